import type { Vectors } from '../../numeric/distances.ts';
import type { NeighbourGraph, Points } from '../../numeric/points.ts';
import type { Call } from '../../shared/protocol.ts';
import type { Layout, LayoutFrame, Metric } from '../../shared/spaceProtocol.ts';
import type { SetGeometry, SetGeometryTask } from '../training/setGeometry.ts';
import type { SharedControl } from './control.ts';

/** Which neighbours are looked for. */
export interface GraphRequest {
  /** On a SharedArrayBuffer nothing is copied on the way to the thread. */
  points: Vectors;
  /** Who looks for neighbours among the points; undefined: they themselves. */
  queries?: Vectors;
  k: number;
  metric: Metric;
}

export interface LayoutTask {
  points: Points;
  /** LayoutInfo.id. */
  method: string;
  /** All of them, checked. */
  params: Readonly<Record<string, number | string>>;
}

/** A layout but for what the caller knows. */
export type LaidOut = Omit<Layout, 'revision' | 'method' | 'params' | 'ms'>;

/** What the engine asks of its numeric thread. */
export interface ThreadCalls {
  /** Progress: share of the work done, 0..1. `recall`: of an approximate graph, how much of the true one it has. */
  neighbourGraph: Call<GraphRequest & { control: SharedControl }, NeighbourGraph & { recall?: number | undefined }, { done: number }>;
  layout: Call<LayoutTask & { control: SharedControl }, LaidOut, LayoutFrame>;
  setGeometry: Call<SetGeometryTask & { control: SharedControl }, SetGeometry, { done: number }>;
}

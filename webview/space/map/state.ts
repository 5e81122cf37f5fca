import type { ErrorRecord } from '../../../src/shared/errors.ts';
import type { Layout, LayoutFrame, LayoutRequest, Neighbourhood, SpaceRows } from '../../../src/shared/spaceProtocol.ts';
import type { Point } from '../../draw/camera.ts';
import { anyTheme, type MapTheme } from '../../draw/classColours.ts';
import { noAnswer, type Slot } from '../../page/ask.ts';

/** What the points on screen are of. */
export interface Shown {
  rows: SpaceRows;
  request: LayoutRequest;
  /** [n,2] */
  positions: Float32Array;
  /** Undefined while it runs, or where it ended without an answer. */
  layout: Layout | undefined;
}

export interface Running {
  /** Of the rows that are laid out. */
  revision: string;
  request: LayoutRequest;
  /** How far it is; undefined: nothing heard yet. */
  frame: LayoutFrame | undefined;
  stopping: boolean;
}

export interface MapState {
  shown: Shown | undefined;
  running: Running | undefined;
  /** Why the last layout did not come. */
  error: ErrorRecord | undefined;
  /** The point under the pointer, and its place on screen. */
  hover: { row: number; at: Point } | undefined;
  /** Neighbours of the image in focus; rows of `state.rows`. */
  near: Slot<Neighbourhood>;
  /** Dragging draws a lasso. */
  lassoing: boolean;
  /** Groups of the legend on show; undefined: all. */
  only: ReadonlySet<number> | undefined;
  /** The group of the legend that is pointed at. */
  lit: number | undefined;
  theme: MapTheme;
  saving: boolean;
}

export const noMap: MapState = {
  shown: undefined,
  running: undefined,
  error: undefined,
  hover: undefined,
  near: noAnswer,
  lassoing: false,
  only: undefined,
  lit: undefined,
  theme: anyTheme,
  saving: false,
};

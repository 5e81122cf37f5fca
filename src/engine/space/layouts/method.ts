import type { Params } from '../../../explain/method.ts';
import type { Points } from '../../../numeric/points.ts';
import type { ParamInfo } from '../../../shared/protocol.ts';
import { type LayoutInfo, type Metric, metrics } from '../../../shared/spaceProtocol.ts';
import type { LaidOut } from '../threadCalls.ts';
import type { LayoutRun } from './run.ts';

/** A layout without what is measured of every one. */
export type Placed = Omit<LaidOut, 'quality'>;

/** A way to lay points out in the plane. */
export interface LayoutMethod {
  info: LayoutInfo;
  /**
   * At least one point, all finite. Gives way to other work of its thread now and then.
   * @param params all of `info.params`, checked
   */
  run(points: Points, params: Params, run: LayoutRun): Promise<Placed>;
}

/** What a layout has that tells nothing but where the points are. */
export function placed(positions: Float32Array, more: Partial<Placed> = {}): Placed {
  return {
    positions,
    iterations: 0,
    stopped: false,
    kl: undefined,
    klFrom: undefined,
    variance: undefined,
    threads: 1,
    remark: undefined,
    ...more,
  };
}

export const metricParam: ParamInfo = {
  id: 'metric',
  label: 'Metric',
  about: 'What counts as near: features that point the same way (cosine), or whose difference is short (Euclidean).',
  default: 'cosine',
  options: metrics,
};

export const pcaParam: ParamInfo = {
  id: 'pca',
  label: 'PCA first',
  about: 'Principal components that neighbours are looked for in, where the features have more dimensions. 0: all dimensions.',
  default: 50,
  min: 0,
  max: 1000,
  step: 1,
};

export const seedParam: ParamInfo = {
  id: 'seed',
  label: 'Seed',
  about: 'Of the random numbers: the same seed gives the same map.',
  default: 0,
  min: 0,
  max: 1_000_000,
  step: 1,
};

export function metricOf(params: Params): Metric {
  return params.metric as Metric;
}

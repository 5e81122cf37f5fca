import type { Checkpoint } from '../../src/shared/trainingProtocol.ts';

/** The axis that everything over the run shares: the slider, the traces, the film strips, the logs. */
export interface Axis {
  checkpoints: readonly Checkpoint[];
  from: number;
  to: number;
  /** Where a number of the run's axis stands, 0..1 inside it. */
  x(at: number): number;
}

export function axisOf(checkpoints: readonly Checkpoint[]): Axis {
  const from = checkpoints[0]?.at ?? 0;
  const to = checkpoints.at(-1)?.at ?? from;
  return { checkpoints, from, to, x: (at) => (to > from ? (at - from) / (to - from) : 0.5) };
}

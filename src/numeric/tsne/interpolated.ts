import type { Repulsion } from './repulsion.ts';

/** Repulsion on a grid: linear in the number of points. */
export class InterpolatedRepulsion implements Repulsion {
  /** @param options.shared grids on SharedArrayBuffers: `attach` in other threads. */
  constructor(_count: number, _options: { shared?: boolean } = {}) {}

  /** What other threads need to `attach`; the same object after every `prepare`. Undefined unless shared. */
  get shared(): InterpolatedState | undefined {
    throw new Error('not there yet');
  }

  /** For another thread: `apply` reads what the thread that made `state` has prepared. It never calls `prepare`. */
  static attach(_state: InterpolatedState, _positions: Float64Array): InterpolatedRepulsion {
    throw new Error('not there yet');
  }

  prepare(_positions: Float64Array): void {
    throw new Error('not there yet');
  }

  apply(_from: number, _to: number, _forces: Float64Array): number {
    throw new Error('not there yet');
  }
}

/** Buffers shared between threads. */
export interface InterpolatedState {
  grid: SharedArrayBuffer;
  header: SharedArrayBuffer;
}

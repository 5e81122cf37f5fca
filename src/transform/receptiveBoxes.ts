import type { Graph } from '../graph/graph.ts';
import type { Rect } from '../shared/protocol.ts';
import type { Placement } from '../shared/unitsProtocol.ts';

/** Exact receptive fields. */
export class ReceptiveBoxes {
  constructor(_graph: Graph, _input: string, _options: { ignoreGates?: boolean } = {}) {}

  /** In input pixels, clipped; undefined: sees only padding. */
  box(_value: string, _row: number, _column: number): Rect | undefined {
    throw new Error('not there yet');
  }
}

export function centres(_graph: Graph, _input: string, _value: string): Placement {
  throw new Error('not there yet');
}

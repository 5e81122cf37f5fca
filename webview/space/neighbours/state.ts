import type { Neighbourhood, PairExplanation } from '../../../src/shared/spaceProtocol.ts';
import { noAnswer, type Slot } from '../../page/ask.ts';

export interface NeighboursState {
  /** Of the image in focus. */
  found: Slot<Neighbourhood>;
  /** The image in focus and the neighbour that was clicked. */
  pair: Slot<PairExplanation>;
}

export const noNeighbours: NeighboursState = { found: noAnswer, pair: noAnswer };

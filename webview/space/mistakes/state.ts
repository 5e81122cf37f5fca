import type { Agreement } from '../../../src/shared/spaceProtocol.ts';
import type { MatrixPlace } from '../../confusion/matrixPlace.ts';
import { noAnswer, type Slot } from '../../page/ask.ts';

export interface MistakesState {
  /** Do neighbours have the same label? Asked for where it is looked at. */
  agreement: Slot<Agreement>;
  /** How far that is, 0..1. */
  done: number;
  /** Cell that Tab leads to, and the one under the pointer. */
  cursor: MatrixPlace;
  pointed: MatrixPlace | undefined;
  /** Of the matrix of very many classes, CSS pixels: room, how far it is scrolled, side of a cell (0: all of it in sight). */
  width: number;
  left: number;
  top: number;
  cell: number;
}

export const noMistakes: MistakesState = {
  agreement: noAnswer,
  done: 0,
  cursor: { row: 0, column: 0 },
  pointed: undefined,
  width: 0,
  left: 0,
  top: 0,
  cell: 0,
};

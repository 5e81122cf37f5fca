import type { SpaceRows } from '../../../src/shared/spaceProtocol.ts';
import type { Matrix } from '../../confusion/matrixModel.ts';
import type { MatrixPlace } from '../../confusion/matrixPlace.ts';
import type { Flow } from '../flow.ts';
import { rowsOfPair } from './rankings.ts';
import { behind } from './text.ts';

/** Opens the pictures behind a place of the matrix. */
export function openPlace(rows: SpaceRows, matrix: Matrix, place: MatrixPlace, { mistakes }: Pick<Flow, 'mistakes'>): void {
  const found = behind(rows, matrix, place);
  if (found) mistakes.open(rowsOfPair(rows, found), found.title);
}

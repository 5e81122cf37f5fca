import type { SpaceRows } from '../../../src/shared/spaceProtocol.ts';
import type { Flow } from '../flow.ts';
import type { Matrix } from './matrixModel.ts';
import { rowsOfPair } from './rankings.ts';
import type { MatrixPlace } from './state.ts';
import { behind } from './text.ts';

/** Opens the pictures behind a place of the matrix. */
export function openPlace(rows: SpaceRows, matrix: Matrix, place: MatrixPlace, { mistakes }: Pick<Flow, 'mistakes'>): void {
  const found = behind(rows, matrix, place);
  if (found) mistakes.open(rowsOfPair(rows, found), found.title);
}

/** Where a key leads from a place; the last row and column are those of precision and recall. Undefined: nowhere. */
export function nextPlace(key: string, { row, column }: MatrixPlace, matrix: Matrix): MatrixPlace | undefined {
  const within = (value: number, most: number) => Math.max(0, Math.min(most, value));
  const [rows, columns] = [matrix.rows.length, matrix.columns.length];
  switch (key) {
    case 'ArrowLeft':
      return { row, column: within(column - 1, columns) };
    case 'ArrowRight':
      return { row, column: within(column + 1, columns) };
    case 'ArrowUp':
      return { row: within(row - 1, rows), column };
    case 'ArrowDown':
      return { row: within(row + 1, rows), column };
    case 'Home':
      return { row, column: 0 };
    case 'End':
      return { row, column: columns };
    case 'PageUp':
      return { row: within(row - 10, rows), column };
    case 'PageDown':
      return { row: within(row + 10, rows), column };
    default:
      return undefined;
  }
}

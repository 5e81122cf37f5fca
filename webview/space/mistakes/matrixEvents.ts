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

/** Where a key leads from a place, headings, precision and recall included. Undefined: nowhere. */
export function nextPlace(key: string, { row, column }: MatrixPlace, matrix: Matrix): MatrixPlace | undefined {
  // There is nothing in the corner of the headings.
  const least = (other: number) => (other < 0 ? 0 : -1);
  const [rows, columns] = [matrix.rows.length, matrix.columns.length];
  const down = (by: number) => ({ row: Math.max(least(column), Math.min(rows, row + by)), column });
  const right = (by: number) => ({ row, column: Math.max(least(row), Math.min(columns, column + by)) });
  switch (key) {
    case 'ArrowLeft':
      return right(-1);
    case 'ArrowRight':
      return right(1);
    case 'ArrowUp':
      return down(-1);
    case 'ArrowDown':
      return down(1);
    case 'Home':
      return { row, column: 0 };
    case 'End':
      return { row, column: columns };
    case 'PageUp':
      return down(-10);
    case 'PageDown':
      return down(10);
    default:
      return undefined;
  }
}

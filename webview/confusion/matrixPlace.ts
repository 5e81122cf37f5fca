import type { Matrix } from './matrixModel.ts';

/** A place in the matrix. −1 is that of the headings, a row or a column beyond the classes that of precision or recall. */
export interface MatrixPlace {
  row: number;
  column: number;
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

/** Moves the focus to a place, in sight: after the page is drawn, which waits for the end of the turn just so. */
export function focusCell(grid: Element, { row, column }: MatrixPlace): void {
  queueMicrotask(() => {
    const found = grid.querySelector<HTMLElement>(`[data-row="${row}"][data-column="${column}"]`);
    found?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    found?.focus({ preventScroll: true });
  });
}

/** The place that an event is of. */
export function placeOf(event: Event): MatrixPlace | undefined {
  const found = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-row][data-column]') : null;
  return found ? { row: Number(found.dataset.row), column: Number(found.dataset.column) } : undefined;
}

export function isAt(a: MatrixPlace, b: MatrixPlace): boolean {
  return a.row === b.row && a.column === b.column;
}

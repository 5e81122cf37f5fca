/** Places of a grid filled row by row. */
export interface Grid {
  count: number;
  columns: number;
  /** Places that a page leads over. */
  page: number;
}

/** Where a key leads from a place, as in a file explorer; may lie outside the grid. Undefined: the key leads nowhere. */
export function gridKey(key: string, place: number, { count, columns, page }: Grid): number | undefined {
  switch (key) {
    case 'ArrowLeft':
      return place - 1;
    case 'ArrowRight':
      return place + 1;
    case 'ArrowUp':
      return place < columns ? place : place - columns;
    case 'ArrowDown':
      return place + columns < count ? place + columns : place;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    case 'PageUp':
      return place - page;
    case 'PageDown':
      return place + page;
    default:
      return undefined;
  }
}

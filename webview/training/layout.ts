/** What the width of the page allows, CSS pixels. */
export interface Layout {
  /** Rows of probes beside each other. */
  columns: number;
  /** Width of a row. */
  row: number;
  /** Side of a probe's picture. */
  picture: number;
  /** Side of a frame of a film strip; the axis begins and ends half of it from the edges. */
  frame: number;
}

/** Between columns. */
const gap = 20;
/** No column is narrower, unless it is the only one. */
const narrowest = 360;
/** As long as all checkpoints have room, their frames fill the strip: between these sides. */
const [smallest, largest] = [20, 56];

/** For a run of `count` checkpoints. */
export function layoutOf(width: number, count: number): Layout {
  const columns = Math.max(1, Math.floor((width + gap) / (narrowest + gap)));
  const row = Math.max(1, Math.floor((width - gap * (columns - 1)) / columns));
  const [picture, least] = row < 340 ? [76, 28] : row < 420 ? [96, 32] : [120, 36];
  const each = Math.floor(row / Math.max(1, count));
  const frame = each < smallest ? least : Math.min(largest, each);
  return { columns, row, picture, frame };
}

/** So many frames stand beside each other in a row. */
export function framesThatFit({ row, frame }: Layout): number {
  return Math.max(1, Math.floor(row / frame));
}

/**
 * Which of `count` checkpoints have a frame of their own: all, or as many as fit, evenly thinned, the first and the last among them.
 */
export function thinned(count: number, fit: number): number[] {
  const shown = Math.min(count, Math.max(1, fit));
  return Array.from({ length: shown }, (_, i) => (shown === 1 ? count - 1 : Math.round((i * (count - 1)) / (shown - 1))));
}

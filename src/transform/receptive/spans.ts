import type { AxisMap } from './axisMaps.ts';

/**
 * What the cells of a value see of the input along one axis: cell i the pixels from[i] up to but without to[i], clipped to
 * the input. from ≥ to: nothing but padding.
 */
export interface Spans {
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** The same unclipped, where it is one window that moves with the cells. Undefined: everything, wherever the cell is. */
  readonly window: Window | undefined;
}

/** Cell i sees the pixels start + i·stride … start + i·stride + size − 1, padding included. Steps between pixels are possible. */
export interface Window {
  readonly start: number;
  readonly size: number;
  readonly stride: number;
  /** Every cell sees all of it and nothing else. False: it says where cells lie only. */
  readonly exact: boolean;
}

/** Every pixel sees itself. */
export function pixels(size: number): Spans {
  const from = Int32Array.from({ length: size }, (_, i) => i);
  return { from, to: from.map((i) => i + 1), window: { start: 0, size: 1, stride: 1, exact: true } };
}

/** What the cells behind a map see. */
export function through(spans: Spans, map: AxisMap): Spans {
  const from = new Int32Array(map.size).fill(nothing.from);
  const to = new Int32Array(map.size).fill(nothing.to);
  for (let cell = 0; cell < map.size; cell++) {
    for (const read of map.reads(cell)) {
      from[cell] = Math.min(from[cell]!, spans.from[read]!);
      to[cell] = Math.max(to[cell]!, spans.to[read]!);
    }
  }
  return { from, to, window: spans.window && map.behind(spans.window) };
}

/** Both along the same axis. */
export function hull(a: Spans, b: Spans): Spans {
  if (a === b) return a;
  return {
    from: a.from.map((v, i) => Math.min(v, b.from[i]!)),
    to: a.to.map((v, i) => Math.max(v, b.to[i]!)),
    window: bothWindows(a.window, b.window),
  };
}

/** All cells in one. */
export function together({ from, to }: Spans): Spans {
  return {
    from: Int32Array.of(from.reduce((a, b) => Math.min(a, b), nothing.from)),
    to: Int32Array.of(to.reduce((a, b) => Math.max(a, b), nothing.to)),
    window: undefined,
  };
}

/** One cell as `size` that see the same; more cells as they are. */
export function spread(spans: Spans, size: number): Spans {
  if (spans.from.length !== 1 || size === 1) return spans;
  const fill = (values: Int32Array) => new Int32Array(size).fill(values[0]!);
  return { from: fill(spans.from), to: fill(spans.to), window: undefined };
}

export function alive({ from, to }: Spans, cell: number): boolean {
  return from[cell]! < to[cell]!;
}

export function sameSpans(a: Spans, b: Spans): boolean {
  return a === b || (a.from.every((v, i) => v === b.from[i]) && a.to.every((v, i) => v === b.to[i]));
}

/** Neutral for minima and maxima. */
const nothing = { from: 0x7fffffff, to: -1 };

/** Where paths do not agree on the step, or one sees everything, that of the smaller window: it says most of where the cell lies. */
function bothWindows(a: Window | undefined, b: Window | undefined): Window | undefined {
  const small = !a || (b && b.size < a.size) ? b : a;
  if (!small || !a || !b || Math.abs(a.stride - b.stride) > 1e-9 * Math.abs(a.stride)) return small && { ...small, exact: false };
  const start = Math.min(a.start, b.start);
  const size = Math.max(a.start + a.size, b.start + b.size) - start;
  return { start, size, stride: a.stride, exact: a.exact && b.exact };
}

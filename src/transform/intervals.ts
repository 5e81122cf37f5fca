import type { Pads, Pair } from '../graph/opset.ts';

/** The cells from `from` up to but without `to` along one axis. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** A rectangle of cells of an image [H,W]: rows, columns. */
export type Region = readonly [rows: Interval, columns: Interval];

/** A window that slides along one axis: output o reads the cells o·stride − pad + k·dilation, 0 ≤ k < kernel. */
export interface Sliding {
  kernel: number;
  stride: number;
  dilation: number;
  /** Cells of padding before the first; those after the last follow from the output's size. */
  pad: number;
}

export function slidings(kernel: Pair, w: { strides: Pair; dilations: Pair; pads: Pads }): readonly [Sliding, Sliding] {
  const along = (axis: 0 | 1) => ({ kernel: kernel[axis], stride: w.strides[axis], dilation: w.dilations[axis], pad: w.pads[axis] });
  return [along(0), along(1)];
}

/**
 * The outputs, of `size`, whose window reaches into `cells`: what can change where these cells change. The interval is exact
 * but for dilated windows that step over the cells. Where no window reaches them (strides beyond the kernel) it is one output
 * nearby: never empty, so that it can be computed.
 * @see Araujo, Norris, Sim, Computing Receptive Fields of Convolutional Neural Networks, Distill 2019
 */
export function reachedFrom({ kernel, stride, dilation, pad }: Sliding, cells: Interval, size: number): Interval {
  const first = Math.ceil((cells.from + pad - (kernel - 1) * dilation) / stride);
  const last = Math.floor((cells.to - 1 + pad) / stride);
  const from = Math.min(Math.max(first, 0), size - 1);
  return { from, to: Math.max(Math.min(last + 1, size), from + 1) };
}

/** The cells that the windows of `outputs` read, padding included: it may begin below 0 and end beyond the last cell. */
export function readBy({ kernel, stride, dilation, pad }: Sliding, outputs: Interval): Interval {
  return { from: outputs.from * stride - pad, to: (outputs.to - 1) * stride - pad + (kernel - 1) * dilation + 1 };
}

/** The smallest interval that holds both. */
export function hull(a: Interval, b: Interval): Interval {
  return { from: Math.min(a.from, b.from), to: Math.max(a.to, b.to) };
}

export function hullOf(regions: readonly Region[]): Region {
  return regions.reduce(([rows, columns], [r, c]) => [hull(rows, r), hull(columns, c)]);
}

export function length({ from, to }: Interval): number {
  return to - from;
}

export function area([rows, columns]: Region): number {
  return length(rows) * length(columns);
}

export function sameInterval(a: Interval, b: Interval): boolean {
  return a.from === b.from && a.to === b.to;
}

import type { OpAttrs } from '../../graph/opset.ts';
import { repeatedCell, resizePlace } from '../../ops/axisMatrix.ts';
import type { Sliding } from '../intervals.ts';
import type { Window } from './spans.ts';

/** How an operator reads along one axis. */
export interface AxisMap {
  /** Output cells. */
  readonly size: number;
  /** The input cells that an output cell reads, padding left out. */
  reads(cell: number): readonly number[];
  /** The window of the output cells, given that of the input cells; undefined: none that moves with them. */
  behind(window: Window): Window | undefined;
  /** Every cell reads itself and no other. */
  readonly same?: boolean;
}

/** A window that slides: convolutions and pools. */
export function sliding({ kernel, stride, dilation, pad }: Sliding, input: number, size: number): AxisMap {
  return {
    size,
    reads: (cell) =>
      within(
        input,
        count(kernel, (k) => cell * stride - pad + k * dilation),
      ),
    behind: (w) => affine(w, { scale: stride, offset: -pad, reach: (kernel - 1) * dilation }),
    same: kernel === 1 && stride === 1 && pad === 0 && input === size,
  };
}

/** Transposed convolution: output o is made of the inputs i with o = i·stride − pad + k·dilation. */
export function slidingTransposed({ kernel, stride, dilation, pad }: Sliding, input: number, size: number): AxisMap {
  const extent = (kernel - 1) * dilation;
  return {
    size,
    reads: (cell) =>
      within(
        input,
        count(kernel, (k) => (cell + pad - k * dilation) / stride),
      ).filter(Number.isInteger),
    behind: (w) => somewhere(w, { scale: 1 / stride, offset: (pad - extent) / stride, reach: extent / stride }),
  };
}

/** Interpolation, as `interpolation` of ops/axisMatrix weighs it. */
export function resized(input: number, size: number, { mode, coordinates }: Pick<OpAttrs['Resize'], 'mode' | 'coordinates'>): AxisMap {
  const place = (cell: number) => Math.min(Math.max(resizePlace(cell, input, size, coordinates), 0), input - 1);
  // Repeated cells lie side by side within the one that they repeat: their places are those of half-pixel coordinates.
  const between = mode === 'nearest' ? 'half_pixel' : coordinates;
  const offset = resizePlace(0, input, size, between);
  const scale = size > 1 ? resizePlace(1, input, size, between) - offset : 1;
  return {
    size,
    reads: (cell) => {
      const at = place(cell);
      const low = Math.floor(at);
      return mode === 'linear' && at > low ? [low, low + 1] : [low];
    },
    behind: (w) => somewhere(w, { scale, offset, reach: 0 }),
    same: input === size,
  };
}

/** `begin` and `end` cells more: constants, or the cells within repeated or mirrored. */
export function padded(input: number, begin: number, end: number, mode: OpAttrs['Pad']['mode']): AxisMap {
  return {
    size: begin + input + end,
    reads: (cell) => (mode === 'constant' ? within(input, [cell - begin]) : [repeatedCell(cell - begin, input, mode)]),
    behind: (w) => (mode === 'constant' ? affine : somewhere)(w, { scale: 1, offset: -begin, reach: 0 }),
  };
}

/** Every `step`-th cell from `start` on, which may be negative: counted from the end. */
export function sliced(input: number, size: number, start: number, step: number): AxisMap {
  const first = Math.min(Math.max(start < 0 ? start + input : start, 0), step < 0 ? input - 1 : input);
  return {
    size,
    reads: (cell) => [first + cell * step],
    behind: (w) => (step > 0 ? affine : somewhere)(w, { scale: step, offset: first, reach: 0 }),
  };
}

/** Cells `from` up to `from` + input of a longer axis; the others are another value's. */
export function placed(input: number, size: number, from: number): AxisMap {
  return { size, reads: (cell) => within(input, [cell - from]), behind: (w) => affine(w, { scale: 1, offset: -from, reach: 0 }) };
}

/** Cells by their numbers. */
export function picked(cells: readonly number[]): AxisMap {
  const step = (cells[1] ?? 1) - (cells[0] ?? 0);
  const even = cells.every((cell, i) => cell === (cells[0] as number) + i * step);
  return {
    size: cells.length,
    reads: (cell) => [cells[cell] as number],
    behind: (w) => (even ? somewhere(w, { scale: step, offset: cells[0] as number, reach: 0 }) : undefined),
  };
}

/** Each cell `times` times, side by side: all of them (`only` undefined), or only the `only`-th of each. */
export function repeated(input: number, times: number, only?: number): AxisMap {
  return {
    size: input * times,
    reads: (cell) => (only === undefined || cell % times === only ? [Math.floor(cell / times)] : []),
    behind: (w) => somewhere(w, { scale: 1 / times, offset: 0.5 / times - 0.5, reach: 0 }),
  };
}

/** Output cell o begins at scale·o + offset and ends `reach` cells later. */
function affine(
  { start, size, stride, exact }: Window,
  { scale, offset, reach }: { scale: number; offset: number; reach: number },
): Window {
  return { start: start + offset * stride, size: size + reach * stride, stride: stride * scale, exact };
}

/** Where cells lie, of a map whose cells do not all see as much. */
function somewhere(window: Window, map: { scale: number; offset: number; reach: number }): Window {
  return { ...affine(window, map), exact: false };
}

function within(size: number, cells: readonly number[]): number[] {
  return cells.filter((cell) => cell >= 0 && cell < size);
}

function count(n: number, at: (k: number) => number): number[] {
  return Array.from({ length: n }, (_, k) => at(k));
}

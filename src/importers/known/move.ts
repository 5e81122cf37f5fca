import { count, type Known, known, type Scalar } from './known.ts';

/** Operators that only rearrange values, on known tensors. Axes are non-negative. */

export function strides(shape: readonly number[]): number[] {
  const out = new Array<number>(shape.length);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    out[i] = step;
    step *= shape[i] as number;
  }
  return out;
}

/** A tensor of `shape` whose element at coordinates (i, j, …) is element `start + Σ steps·coordinates` of `source`. */
export function view(source: Known, shape: readonly number[], start: number, steps: readonly number[]): Known {
  const size = count(shape);
  if (source.dtype === 'float32') return known('float32', shape, floatView(source.data, shape, start, steps));
  const data = new Array<Scalar>(size);
  const at = new Array<number>(shape.length).fill(0);
  let from = start;
  for (let i = 0; i < size; i++) {
    data[i] = source.data[from] as number;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += steps[axis] as number;
      at[axis] = (at[axis] as number) + 1;
      if ((at[axis] as number) < (shape[axis] as number)) break;
      from -= (at[axis] as number) * (steps[axis] as number);
      at[axis] = 0;
    }
  }
  return known(source.dtype, shape, data);
}

/** The same for weights, a run of the last axes at a time where they lie together or repeat one value. */
function floatView(source: Float32Array, shape: readonly number[], start: number, steps: readonly number[]): Float32Array {
  const data = new Float32Array(count(shape));
  let outer = shape.length;
  let run = 1;
  let repeats = true;
  for (let contiguous = true; outer > 0; outer--) {
    const [size, step] = [shape[outer - 1] as number, steps[outer - 1] as number];
    const goesOn: boolean = contiguous && (size === 1 || step === run);
    const repeatsOn: boolean = repeats && (size === 1 || step === 0);
    if (!goesOn && !repeatsOn) break;
    contiguous = goesOn;
    repeats = repeatsOn;
    run *= size;
  }
  const at = new Array<number>(outer).fill(0);
  let from = start;
  for (let i = 0; i < data.length; i += run) {
    if (run === 1) data[i] = source[from] as number;
    else if (repeats) data.fill(source[from] as number, i, i + run);
    else data.set(source.subarray(from, from + run), i);
    for (let axis = outer - 1; axis >= 0; axis--) {
      from += steps[axis] as number;
      at[axis] = (at[axis] as number) + 1;
      if ((at[axis] as number) < (shape[axis] as number)) break;
      from -= (at[axis] as number) * (steps[axis] as number);
      at[axis] = 0;
    }
  }
  return data;
}

export function transpose(source: Known, perm: readonly number[]): Known {
  // Axes of one cell may go anywhere.
  const wide = perm.filter((p) => source.shape[p] !== 1);
  if (wide.every((p, i) => i === 0 || p > (wide[i - 1] as number)))
    return known(
      source.dtype,
      perm.map((p) => source.shape[p] as number),
      source.data,
    );
  const s = strides(source.shape);
  const shape = perm.map((p) => source.shape[p] as number);
  const steps = perm.map((p) => s[p] as number);
  return view(source, shape, 0, steps);
}

/** Numpy broadcast to `shape`. */
export function expand(source: Known, shape: readonly number[]): Known {
  if (shape.length === source.shape.length && shape.every((d, i) => d === source.shape[i])) return source;
  const s = strides(source.shape);
  const lead = shape.length - source.shape.length;
  const steps = shape.map((_, i) => (i < lead || source.shape[i - lead] === 1 ? 0 : (s[i - lead] as number)));
  return view(source, shape, 0, steps);
}

/** One axis cut with resolved bounds. */
export interface Cut {
  axis: number;
  start: number;
  /** Number of elements. */
  size: number;
  step: number;
}

export function slice(source: Known, cuts: readonly Cut[]): Known {
  const steps = strides(source.shape);
  const shape = [...source.shape];
  let start = 0;
  for (const { axis, start: first, size, step } of cuts) {
    start += first * (steps[axis] as number);
    steps[axis] = (steps[axis] as number) * step;
    shape[axis] = size;
  }
  return view(source, shape, start, steps);
}

/** Takes `indices` (non-negative) of `axis`; the axis is replaced by the shape of the indices. */
export function gather(source: Known, axis: number, indices: readonly number[], indexShape: readonly number[]): Known {
  const inner = count(source.shape.slice(axis + 1));
  const outer = count(source.shape.slice(0, axis));
  const length = source.shape[axis] as number;
  const data: Scalar[] = [];
  for (let o = 0; o < outer; o++) {
    for (const index of indices) {
      for (let i = 0; i < inner; i++) data.push(source.data[(o * length + index) * inner + i] as Scalar);
    }
  }
  return known(source.dtype, [...source.shape.slice(0, axis), ...indexShape, ...source.shape.slice(axis + 1)], data);
}

/** Undefined where the parts do not fit together. */
export function concat(parts: readonly Known[], axis: number): Known | undefined {
  const [first] = parts;
  const rank = first?.shape.length;
  if (!first || parts.some(({ shape }) => shape.length !== rank || shape.some((d, i) => i !== axis && d !== first.shape[i])))
    return undefined;
  const outer = count(first.shape.slice(0, axis));
  const data: Scalar[] = [];
  for (let o = 0; o < outer; o++) {
    for (const part of parts) {
      const run = count(part.shape.slice(axis));
      for (let i = 0; i < run; i++) data.push(part.data[o * run + i] as Scalar);
    }
  }
  const shape = [...first.shape];
  shape[axis] = parts.reduce((n, p) => n + (p.shape[axis] as number), 0);
  return known(first.dtype, shape, data);
}

import { count, type Known, known, type Scalar } from './known.ts';
import { strides } from './move.ts';

/** `source` with the slices at `indices` [..., k] replaced by those of `updates`; undefined where an index is outside. */
export function scatterND(source: Known, indices: Known, updates: Known): Known | undefined {
  const k = indices.shape.at(-1) ?? 0;
  const run = count(source.shape.slice(k));
  const starts = rowsAt(source, indices, k);
  if (!starts || updates.data.length !== starts.length * run) return undefined;
  const data = source.dtype === 'float32' ? Float32Array.from(source.data) : Array.from(source.data);
  starts.forEach((start, row) => {
    for (let i = 0; i < run; i++) data[start + i] = updates.data[row * run + i] as number;
  });
  return known(source.dtype, source.shape, data);
}

/** The slices of `source` at `indices` [..., k]; undefined where an index is outside. */
export function gatherND(source: Known, indices: Known): Known | undefined {
  const k = indices.shape.at(-1) ?? 0;
  const run = count(source.shape.slice(k));
  const starts = rowsAt(source, indices, k);
  if (!starts) return undefined;
  const shape = [...indices.shape.slice(0, -1), ...source.shape.slice(k)];
  const data = source.dtype === 'float32' ? new Float32Array(starts.length * run) : new Array<Scalar>(starts.length * run);
  starts.forEach((start, row) => {
    for (let i = 0; i < run; i++) data[row * run + i] = source.data[start + i] as number;
  });
  return known(source.dtype, shape, data);
}

/** Where in `source` each row of `indices` points to. */
function rowsAt(source: Known, indices: Known, k: number): number[] | undefined {
  const steps = strides(source.shape);
  const rows = count(indices.shape.slice(0, -1));
  const starts: number[] = [];
  for (let row = 0; row < rows; row++) {
    let start = 0;
    for (let axis = 0; axis < k; axis++) {
      const index = indices.data[row * k + axis] as Scalar;
      const size = source.shape[axis] ?? 0;
      if (typeof index !== 'number' || index < -size || index >= size) return undefined;
      start += (index < 0 ? index + size : index) * (steps[axis] as number);
    }
    starts.push(start);
  }
  return starts;
}

/** Running sums along `axis` (CumSum). */
export function cumulative(source: Known, axis: number, exclusive: boolean, reverse: boolean): Known | undefined {
  if (source.data.some((v: Scalar) => typeof v !== 'number')) return undefined;
  const step = strides(source.shape)[axis] as number;
  const size = source.shape[axis] as number;
  const data = new Array<number>(source.data.length);
  for (let start = 0; start < data.length; start++) {
    if (Math.floor(start / step) % size !== 0) continue;
    let total = 0;
    for (let j = 0; j < size; j++) {
      const i = start + (reverse ? size - 1 - j : j) * step;
      const v = source.data[i] as number;
      data[i] = exclusive ? total : total + v;
      total += v;
    }
  }
  return known(source.dtype, source.shape, data);
}

/** The triangle on and above (`upper`) or below diagonal `k` of the last two axes, 0 elsewhere. */
export function triangle(source: Known, k: number, upper: boolean): Known {
  const columns = source.shape.at(-1) ?? 1;
  const rows = source.shape.at(-2) ?? 1;
  const keeps = (i: number) => {
    const [row, column] = [Math.floor(i / columns) % rows, i % columns];
    return upper ? column >= row + k : column <= row + k;
  };
  const data = Array.from(source.data as ArrayLike<Scalar>, (v, i) => (keeps(i) ? v : 0));
  return known(source.dtype, source.shape, data);
}

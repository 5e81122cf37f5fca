import { count, type Known, known, type Scalar } from './known.ts';
import { strides, transpose } from './move.ts';

/** The numbers that become one. */
type Group = Float32Array | Float64Array;
type Reducer = (values: Group) => number;

/** Sums up in double precision. */
function total(values: Group, term: (v: number) => number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += term(values[i] as number);
  return sum;
}

function chain(values: Group, start: number, next: (a: number, b: number) => number): number {
  let result = start;
  for (let i = 0; i < values.length; i++) result = next(result, values[i] as number);
  return result;
}

const sum: Reducer = (values) => total(values, (v) => v);
const mean: Reducer = (values) => sum(values) / values.length;

/** By ONNX's names. */
export const reducers: Readonly<Record<string, Reducer>> = {
  ReduceSum: sum,
  ReduceMean: mean,
  ReduceMax: (values) => chain(values, Number.NEGATIVE_INFINITY, Math.max),
  ReduceMin: (values) => chain(values, Number.POSITIVE_INFINITY, Math.min),
  ReduceProd: (values) => chain(values, 1, (a, b) => a * b),
  ReduceL1: (values) => total(values, Math.abs),
  ReduceL2: (values) => Math.sqrt(total(values, (v) => v * v)),
  ReduceSumSquare: (values) => total(values, (v) => v * v),
  ReduceLogSum: (values) => Math.log(sum(values)),
  ReduceLogSumExp: (values) => Math.log(total(values, Math.exp)),
};

/** Reduces `axes` (non-negative) of a tensor without symbolic sizes; undefined where it has some. */
export function reduce(name: string, source: Known, axes: readonly number[], keepdims: boolean): Known | undefined {
  const reducer = Object.hasOwn(reducers, name) ? reducers[name] : undefined;
  if (!reducer) return undefined;
  const shape = source.shape.flatMap((d, axis) => (axes.includes(axis) ? (keepdims ? [1] : []) : [d]));
  const groups = groupsOf(source, axes);
  if (!groups) return undefined;
  const values = groups.map(reducer);
  return source.dtype === 'float32' ? known('float32', shape, Float32Array.from(values)) : known(source.dtype, shape, values);
}

/** Mean and variance of each slice along `axis`, over all other axes. */
export function moments(source: Known, axis: number): { mean: Float64Array; variance: Float64Array } | undefined {
  const others = source.shape.map((_, i) => i).filter((i) => i !== axis);
  const groups = groupsOf(source, others);
  if (!groups) return undefined;
  const means = Float64Array.from(groups, mean);
  const variance = Float64Array.from(groups, (values, i) => {
    const m = means[i] as number;
    return total(values, (v) => (v - m) ** 2) / values.length;
  });
  return { mean: means, variance };
}

/** The numbers of each group, groups in row-major order. */
function groupsOf(source: Known, axes: readonly number[]): Group[] | undefined {
  if (source.dtype === 'float32') {
    // Weights: with the reduced axes last each group lies together.
    const kept = source.shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
    const data = transpose(source, [...kept, ...axes]).data as Float32Array;
    const groups = count(kept.map((axis) => source.shape[axis] as number));
    const each = data.length / (groups || 1);
    return Array.from({ length: groups }, (_, i) => data.subarray(i * each, (i + 1) * each));
  }
  const steps = strides(source.shape);
  const inner = axes.map((axis) => [source.shape[axis] as number, steps[axis] as number] as const);
  const outer = source.shape.flatMap((d, axis) => (axes.includes(axis) ? [] : [[d, steps[axis] as number] as const]));
  const size = count(inner.map(([d]) => d));
  const out: Float64Array[] = [];
  for (const start of offsets(outer)) {
    const values = new Float64Array(size);
    let i = 0;
    for (const offset of offsets(inner)) {
      const v = source.data[start + offset] as Scalar;
      if (typeof v !== 'number') return undefined;
      values[i++] = v;
    }
    out.push(values);
  }
  return out;
}

/** Offsets of all cells of a grid, row-major. */
function* offsets(axes: readonly (readonly [size: number, step: number])[]): Iterable<number> {
  const at = new Array<number>(axes.length).fill(0);
  const total = count(axes.map(([size]) => size));
  let offset = 0;
  for (let i = 0; i < total; i++) {
    yield offset;
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      const [size, step] = axes[axis] as readonly [number, number];
      at[axis] = (at[axis] as number) + 1;
      offset += step;
      if ((at[axis] as number) < size) break;
      offset -= size * step;
      at[axis] = 0;
    }
  }
}

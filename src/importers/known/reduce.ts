import { count, type Known, known, type Scalar } from './known.ts';
import { strides } from './move.ts';

/** A value per group of numbers that are reduced to one. In double precision. */
type Reducer = (values: Float64Array) => number;

const sum: Reducer = (values) => values.reduce((s, v) => s + v, 0);
const mean: Reducer = (values) => sum(values) / values.length;

/** By ONNX's names. */
export const reducers: Readonly<Record<string, Reducer>> = {
  ReduceSum: sum,
  ReduceMean: mean,
  ReduceMax: (values) => values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  ReduceMin: (values) => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
  ReduceProd: (values) => values.reduce((p, v) => p * v, 1),
  ReduceL1: (values) => values.reduce((s, v) => s + Math.abs(v), 0),
  ReduceL2: (values) => Math.sqrt(values.reduce((s, v) => s + v * v, 0)),
  ReduceSumSquare: (values) => values.reduce((s, v) => s + v * v, 0),
  ReduceLogSum: (values) => Math.log(sum(values)),
  ReduceLogSumExp: (values) => Math.log(values.reduce((s, v) => s + Math.exp(v), 0)),
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
    return values.reduce((s, v) => s + (v - m) ** 2, 0) / values.length;
  });
  return { mean: means, variance };
}

/** The numbers of each group, groups in row-major order. */
function groupsOf(source: Known, axes: readonly number[]): Float64Array[] | undefined {
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

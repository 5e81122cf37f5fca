import type { OpAttrs } from '../../../src/graph/opset.ts';
import { at, inside, make, position, type Value } from './array.ts';

/** Every output with the inputs along `axes` it is made of, in row-major order. */
function reduce(x: Value, axes: readonly number[], keepdims: boolean, f: (values: number[]) => number): Value {
  const groups = new Map<number, number[]>();
  const kept = x.shape.map((d, k) => (axes.includes(k) ? 1 : d));
  make(x.shape, (index, flat) => {
    const target = position(
      kept,
      index.map((i, k) => (axes.includes(k) ? 0 : i)),
    );
    groups.set(target, [...(groups.get(target) ?? []), x.data[flat] as number]);
    return 0;
  });
  const out = make(kept, (_, flat) => f(groups.get(flat) as number[]));
  return { shape: keepdims ? kept : kept.filter((_, k) => !axes.includes(k)), data: out.data };
}

const sum = (values: number[]) => values.reduce((a, c) => a + c, 0);
const over =
  (f: (values: number[]) => number) =>
  ([x]: Value[], { axes, keepdims }: OpAttrs['ReduceSum']) => [reduce(x as Value, axes, keepdims, f)];

function alongAxis([x]: Value[], axis: number, f: (value: number, row: number[]) => number): Value[] {
  const v = x as Value;
  return [
    make(v.shape, (index, flat) => {
      const row = Array.from({ length: v.shape[axis] as number }, (_, i) => at(v, index.with(axis, i)));
      return f(v.data[flat] as number, row);
    }),
  ];
}

/** Window cells of an output position: [row, column], inside the image or not. */
function windowCells(a: OpAttrs['AveragePool'] | OpAttrs['MaxPool'], y: number, x: number): [number, number][] {
  const cells: [number, number][] = [];
  for (let i = 0; i < a.kernel[0]; i++) {
    for (let j = 0; j < a.kernel[1]; j++) {
      cells.push([y * a.strides[0] - a.pads[0] + i * a.dilations[0], x * a.strides[1] - a.pads[1] + j * a.dilations[1]]);
    }
  }
  return cells;
}

function pooledShape(x: Value, a: OpAttrs['AveragePool'] | OpAttrs['MaxPool']): number[] {
  const size = (axis: 0 | 1) => {
    const input = x.shape[axis + 2] as number;
    const whole = input + a.pads[axis] + a.pads[(axis + 2) as 2 | 3];
    const steps = (whole - a.dilations[axis] * (a.kernel[axis] - 1) - 1) / a.strides[axis];
    if (!a.ceilMode) return Math.floor(steps) + 1;
    const out = Math.ceil(steps) + 1;
    // The last window must start inside the image or the padding in front (PyTorch).
    return (out - 1) * a.strides[axis] < input + a.pads[axis] ? out : out - 1;
  };
  return [x.shape[0] as number, x.shape[1] as number, size(0), size(1)];
}

function maxPool([input]: Value[], a: OpAttrs['MaxPool']): Value[] {
  const x = input as Value;
  const shape = pooledShape(x, a);
  const winner = make(shape, ([n, c, y, column]) => {
    let best = -1;
    for (const [row, col] of windowCells(a, y as number, column as number)) {
      if (!inside(x, row, col)) continue;
      const k = position(x.shape, [n as number, c as number, row, col]);
      if (best < 0 || (x.data[k] as number) > (x.data[best] as number)) best = k;
    }
    return best;
  });
  const values = make(shape, (_, flat) => x.data[winner.data[flat] as number] as number);
  return a.withIndices ? [values, winner] : [values];
}

/** Cells beyond the end padding, where a window sticks out in ceil mode, never count. */
function averagePool([input]: Value[], a: OpAttrs['AveragePool']): Value[] {
  const x = input as Value;
  const [h, w] = [x.shape[2] as number, x.shape[3] as number];
  return [
    make(pooledShape(x, a), ([n, c, y, column]) => {
      const cells = windowCells(a, y as number, column as number);
      const real = cells.filter(([row, col]) => inside(x, row, col));
      const padded = cells.filter(([row, col]) => row < h + a.pads[2] && col < w + a.pads[3]);
      const total = sum(real.map(([row, col]) => at(x, [n as number, c as number, row, col])));
      return total / (a.countIncludePad ? padded : real).length;
    }),
  ];
}

export const reduction = {
  ReduceMean: over((v) => sum(v) / v.length),
  ReduceSum: over(sum),
  ReduceMax: over((v) => Math.max(...v)),
  ReduceMin: over((v) => Math.min(...v)),
  ArgMax: ([x]: Value[], { axis, keepdims }: OpAttrs['ArgMax']) => [reduce(x as Value, [axis], keepdims, (v) => v.indexOf(Math.max(...v)))],
  Softmax: (inputs: Value[], { axis }: OpAttrs['Softmax']) => alongAxis(inputs, axis, (v, row) => Math.exp(v) / sum(row.map(Math.exp))),
  LogSoftmax: (inputs: Value[], { axis }: OpAttrs['LogSoftmax']) =>
    alongAxis(inputs, axis, (v, row) => v - Math.log(sum(row.map(Math.exp)))),
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: ([x]: Value[]) => [reduce(x as Value, [2, 3], true, (v) => sum(v) / v.length)],
  GlobalMaxPool: ([x]: Value[]) => [reduce(x as Value, [2, 3], true, (v) => Math.max(...v))],
};

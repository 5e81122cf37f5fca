import type { GraphBuilder } from '../graph/builder.ts';
import type { NodeOf } from '../graph/graph.ts';
import type { Dim, Pads } from '../graph/opset.ts';
import { add, FLOAT_MAX, minus, mul, STEEP, sub } from './emit.ts';

/** Windows up to this side are taken apart; larger ones (global pooling) go by indices. */
const SEPARABLE = 4;

/**
 * Gradient of a max pool: each output's gradient goes to its winner, the first in row-major order among equals.
 *
 * Pooling rows, then columns, is the same maximum, and the first winner of the second among the first winners of the first
 * is the first in row-major order. So each axis is taken apart into its k shifted slices and the winners found by
 * comparison: vectorised passes, which onnxruntime runs in half the time of its MaxPool with indices (npm run bench).
 */
export function maxPoolGradient(b: GraphBuilder, node: NodeOf<'MaxPool'>, grad: string): string {
  const { kernel, dilations } = node.attrs;
  const small = kernel.every((k) => k <= SEPARABLE) && dilations.every((d) => d === 1);
  return small ? byComparison(b, node, grad) : byIndices(b, node, grad);
}

function byComparison(b: GraphBuilder, node: NodeOf<'MaxPool'>, grad: string): string {
  const [batch, channels, height, width] = b.shape(node.inputs[0] as string) as [Dim, number, number, number];
  const [, , outHeight, outWidth] = b.shape(grad) as readonly [Dim, number, number, number];
  const { kernel, strides, pads } = node.attrs;
  const columns: Axis = { axis: 3, kernel: kernel[1], stride: strides[1], out: outWidth };
  const rows: Axis = { axis: 2, kernel: kernel[0], stride: strides[0], out: outHeight };
  const [x, size] = padded(b, node.inputs[0] as string, pads, [height, width], rows, columns);
  const rowMax = b.op('MaxPool', [x], {
    kernel: [1, kernel[1]],
    strides: [1, strides[1]],
    dilations: [1, 1],
    pads: [0, 0, 0, 0],
    ceilMode: false,
    withIndices: false,
  });
  const winnersInRow = winners(b, x, rowMax, columns);
  const winningRows = winners(b, rowMax, node.outputs[0] as string, rows);
  const toRows = assemble(b, grad, winningRows, rows, [batch, channels, size[0], outWidth]);
  const toCells = assemble(b, toRows, winnersInRow, columns, [batch, channels, size[0], size[1]]);
  if (size[0] === height && size[1] === width) return toCells;
  const [top, left] = pads;
  return b.op('Slice', [toCells], { starts: [top, left], ends: [top + height, left + width], axes: [2, 3], steps: [1, 1] });
}

interface Axis {
  axis: 2 | 3;
  kernel: number;
  stride: number;
  /** Number of windows. */
  out: number;
}

/** x with its padding made explicit, so that every window lies inside; padding never wins. */
function padded(
  b: GraphBuilder,
  x: string,
  pads: Pads,
  [height, width]: [number, number],
  rows: Axis,
  columns: Axis,
): [string, [number, number]] {
  const reach = ({ kernel, stride, out }: Axis) => (out - 1) * stride + kernel;
  const [top, left] = pads;
  const bottom = Math.max(0, reach(rows) - height - top);
  const right = Math.max(0, reach(columns) - width - left);
  if (top + left + bottom + right === 0) return [x, [height, width]];
  const attrs = { pads: [0, 0, top, left, 0, 0, bottom, right], mode: 'constant', value: -FLOAT_MAX } as const;
  return [b.op('Pad', [x], attrs), [height + top + bottom, width + left + right]];
}

/** For each offset in the window the mask of the outputs it wins; the last is what is left over. */
function winners(b: GraphBuilder, x: string, max: string, { axis, kernel, stride, out }: Axis): string[] {
  const masks: string[] = [];
  let open: string | undefined;
  for (let offset = 0; offset < kernel - 1; offset++) {
    const slice = { starts: [offset], ends: [offset + (out - 1) * stride + 1], axes: [axis], steps: [stride] };
    // 1 where the difference is 0, 0 where it is negative.
    const equal = b.op('HardSigmoid', [sub(b, b.op('Slice', [x], slice), max)], { alpha: STEEP, beta: 1 });
    const mask = open === undefined ? equal : mul(b, equal, open);
    open = open === undefined ? minus(b, 1, mask) : sub(b, open, mask);
    masks.push(mask);
  }
  return [...masks, open ?? b.op('HardSigmoid', [max], { alpha: 0, beta: 1 })];
}

/** Puts grad·mask of every offset where it came from: sums per position modulo the stride, then interleaves. */
function assemble(
  b: GraphBuilder,
  grad: string,
  masks: readonly string[],
  { axis, kernel, stride, out }: Axis,
  shape: readonly Dim[],
): string {
  const shifts = Math.floor((kernel - 1) / stride);
  const shifted = (value: string, by: number) => {
    if (shifts === 0) return value;
    const pads = [0, 0, 0, 0, 0, 0, 0, 0];
    pads[axis] = by;
    pads[axis + 4] = shifts - by;
    return b.op('Pad', [value], { pads, mode: 'constant', value: 0 });
  };
  const phases = Array.from({ length: stride }, (_, phase) => {
    const offsets = masks.flatMap((mask, offset) => (offset % stride === phase ? [{ mask, by: Math.floor(offset / stride) }] : []));
    return offsets
      .map(({ mask, by }) => shifted(mul(b, grad, mask), by))
      .reduce<string | undefined>((sum, v) => (sum === undefined ? v : add(b, sum, v)), undefined);
  });
  const zeros = () => mul(b, phases[0] as string, b.scalar(0));
  const stacked = phases.map((phase) => b.op('Unsqueeze', [phase ?? zeros()], { axes: [axis + 1] }));
  const length = (out + shifts) * stride;
  const full = shape.map((d, i) => (i === axis ? length : d));
  const joined = stride === 1 ? (phases[0] as string) : b.op('Reshape', [b.op('Concat', stacked, { axis: axis + 1 })], { shape: full });
  return resized(b, joined, axis, length, shape[axis] as number);
}

/** Cuts off what lies beyond the last window, or fills with zeros what no window covers. */
function resized(b: GraphBuilder, value: string, axis: number, length: number, size: number): string {
  if (length === size) return value;
  if (length > size) return b.op('Slice', [value], { starts: [0], ends: [size], axes: [axis], steps: [1] });
  const pads = [0, 0, 0, 0, 0, 0, 0, 0];
  pads[axis + 4] = size - length;
  return b.op('Pad', [value], { pads, mode: 'constant', value: 0 });
}

/** By the winners' indices: any window. */
function byIndices(b: GraphBuilder, node: NodeOf<'MaxPool'>, grad: string): string {
  const x = node.inputs[0] as string;
  const indices = node.attrs.withIndices
    ? (node.outputs[1] as string)
    : (b.ops('MaxPool', [x], { ...node.attrs, withIndices: true }, [`${x}:max`, `${x}:winner`])[1] as string);
  const flat = { shape: ['N'], regroup: true } as const;
  const zeros = mul(b, x, b.scalar(0));
  const scattered = b.op(
    'ScatterElements',
    [b.op('Reshape', [zeros], flat), b.op('Reshape', [indices], flat), b.op('Reshape', [grad], flat)],
    { axis: 0 },
  );
  return b.op('Reshape', [scattered], { shape: b.shape(x), regroup: true });
}

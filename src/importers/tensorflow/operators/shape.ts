import type { Dim } from '../../../graph/opset.ts';
import type { Cut } from '../../known/move.ts';
import { newShape } from '../../known/newShape.ts';
import type { NodeContext } from '../context.ts';
import { reshapesRows } from '../rows.ts';
import { sliceCuts, stridedSlice } from '../slicing.ts';
import { graphAxis, type Order, TO_FIRST, TO_LAST } from '../values.ts';
import { aligned, only } from './elementwise.ts';
import type { Operator } from './operator.ts';

export const Reshape: Operator = (n) => {
  const wanted = n.known(1);
  if (!wanted) throw n.unsupported('has a shape that is computed from the image');
  if (reshapesRows(n, wanted)) return;
  const shape = newShape(n, n.shape(0), wanted, { zeroCopies: false, fileBatch: 1 });
  const from = n.shape(0);
  if (shape.length === from.length && shape.every((d, i) => d === from[i])) n.alias(0);
  else n.emit('Reshape', [n.plain(0)], { shape }, 'file');
};

export const Squeeze: Operator = (n) => {
  const shape = n.shape(0);
  const said = [...(n.ints('squeeze_dims') ?? n.ints('axis') ?? [])].map((axis) => n.axis(axis, shape.length));
  const axes = said.length > 0 ? said.sort((a, b) => a - b) : shape.flatMap((d, i) => (d === 1 ? [i] : []));
  if (axes.length === 0) return n.alias(0);
  // Rows and columns of one pooled place: the channels are left, in the same order.
  if (n.order(0) === 'NCHW' && axes.join() === '1,2') return n.emit('Squeeze', [n.channelsFirst(0)], { axes: [2, 3] }, 'file');
  n.emit('Squeeze', [n.plain(0)], { axes }, 'file');
};

export const ExpandDims: Operator = (n) => {
  const rank = n.shape(0).length + 1;
  const [axis = 0] = n.constants(1, 'an axis');
  n.emit('Unsqueeze', [n.plain(0)], { axes: [n.axis(axis, rank)] }, 'file');
};

/** From one order of an image to the other nothing moves: the graph value is the same, seen as the file has it now. */
export const Transpose: Operator = (n) => {
  const rank = n.shape(0).length;
  const perm = n.constants(1, 'an order of axes').map((axis) => n.axis(axis, rank));
  if (perm.length !== rank || new Set(perm).size !== rank) throw n.corrupt(`has perm [${perm}] for ${rank} axes`);
  const held = n.held(0);
  if (!('constant' in held)) {
    if (held.order === 'NCHW' && perm.join() === TO_FIRST.join()) return n.put(held.value, 'picture');
    if (held.order !== 'NCHW' && perm.join() === TO_LAST.join()) return n.put(held.value, 'NCHW');
  }
  if (perm.every((p, i) => p === i)) return n.alias(0);
  n.emit('Transpose', [n.plain(0)], { perm }, 'file');
};

/** [values…, axis]. */
export const ConcatV2: Operator = (n) => concat(n, n.node.inputs.length - 1, 0);
/** [axis, values…]. */
export const Concat: Operator = (n) => concat(n, 0, 1);

function concat(n: NodeContext, axisInput: number, first: number): void {
  const parts = n.node.inputs.map((_, i) => i).filter((i) => i !== axisInput);
  const rank = n.shape(first).length;
  const axis = n.axis(n.constants(axisInput, 'an axis')[0] ?? 0, rank);
  if (axis === 0) throw n.unsupported('joins batches');
  const orders = parts.map((i) => n.order(i));
  const order: Order = orders.includes('NCHW') ? 'NCHW' : orders.includes('picture') ? 'picture' : 'file';
  const values = parts.map((i) => (order === 'NCHW' ? n.channelsFirst(i) : n.plain(i)));
  if (values.length === 1) n.alias(first);
  else n.emit('Concat', values, { axis: graphAxis(order, axis) }, order);
}

/** Stacks along a new axis. */
export const Pack: Operator = (n) => {
  const rank = n.shape(0).length + 1;
  const axis = n.axis(n.int('axis', 0), rank);
  if (axis === 0) throw n.unsupported('stacks along the batch');
  const parts = n.node.inputs.map((_, i) => n.helper('Unsqueeze', [n.plain(i)], { axes: [axis] }, `part${i}`));
  if (parts.length === 1) n.put(parts[0] as string, 'file');
  else n.emit('Concat', parts, { axis }, 'file');
};

/** Takes an axis apart. */
export const Unpack: Operator = (n) => {
  const shape = n.shape(0);
  const axis = n.axis(n.int('axis', 0), shape.length);
  const size = shape[axis];
  if (size === 'N' || size < n.node.outputs.length) throw n.unsupported(`takes an axis of ${size} apart into ${n.node.outputs.length}`);
  const value = n.plain(0);
  n.node.outputs.forEach((_, i) => {
    const cut = n.helper('Slice', [value], { starts: [i], ends: [i + 1], axes: [axis], steps: [1] }, `part${i}`);
    n.emit('Squeeze', [cut], { axes: [axis] }, 'file', i);
  });
};

/** [axis, x] in equal parts. */
export const Split: Operator = (n) => {
  const parts = n.node.outputs.length;
  const axis = n.axis(n.constants(0, 'an axis')[0] ?? 0, n.shape(1).length);
  const size = n.shape(1)[axis] as Dim;
  if (size === 'N' || size % parts !== 0) throw n.unsupported(`splits an axis of ${size} into ${parts}`);
  split(n, 1, axis, new Array<number>(parts).fill(size / parts));
};

/** [x, sizes, axis]. */
export const SplitV: Operator = (n) => {
  const axis = n.axis(n.constants(2, 'an axis')[0] ?? 0, n.shape(0).length);
  const sizes = [...n.constants(1, 'sizes')];
  const open = sizes.indexOf(-1);
  if (open >= 0) sizes[open] = Number(n.shape(0)[axis]) - sizes.reduce((sum, s) => sum + s, 1);
  split(n, 0, axis, sizes);
};

function split(n: NodeContext, i: number, axis: number, sizes: readonly number[]): void {
  const { value, order } = only(n, i);
  const names = n.node.outputs.map((name, k) => n.fresh(`${name || n.node.name}:${k}`));
  const outputs = n.b.ops('Split', [value], { axis: graphAxis(order, axis), sizes }, names);
  for (const [k, output] of outputs.entries()) n.put(output, order, k);
}

export const Slice: Operator = (n) => {
  const { value, order } = only(n);
  const cuts = sliceCuts(n, n.shape(0));
  n.put(cut(n, value, order, cuts), order);
};

export const StridedSlice: Operator = (n) => {
  const { cuts, dropped, added } = stridedSlice(n, n.shape(0));
  if (dropped.length === 0 && added.length === 0) {
    const { value, order } = only(n);
    return n.put(cut(n, value, order, cuts), order);
  }
  let value = cut(n, n.plain(0), 'file', cuts);
  if (dropped.length > 0) value = n.helper('Squeeze', [value], { axes: dropped }, 'dropped');
  if (added.length > 0) value = n.helper('Unsqueeze', [value], { axes: added }, 'added');
  n.put(value, 'file');
};

function cut(n: NodeContext, value: string, order: Order, cuts: readonly Cut[]): string {
  const shape = n.b.shape(value);
  const real = cuts
    .map((c) => ({ ...c, axis: graphAxis(order, c.axis) }))
    .filter((c) => c.step !== 1 || c.start !== 0 || c.size !== shape[c.axis]);
  if (real.length === 0) return value;
  // Backwards to the first entry: a negative end would count from the back.
  const end = ({ start, size, step }: Cut) => (start + size * step < 0 ? -(2 ** 31) : start + size * step);
  const attrs = { starts: real.map((c) => c.start), ends: real.map(end), axes: real.map((c) => c.axis), steps: real.map((c) => c.step) };
  return n.helper('Slice', [value], attrs, 'cut');
}

const modes = { REFLECT: 'reflect', SYMMETRIC: undefined } as const;

/** [x, paddings [rank,2], value?]; MirrorPad has a mode. */
export const Pad: Operator = (n) => {
  const rank = n.shape(0).length;
  const paddings = n.constants(1, 'paddings');
  const mirrored = n.string('mode', '');
  const mode = mirrored === '' ? 'constant' : modes[mirrored as keyof typeof modes];
  if (!mode) throw n.unsupported(`pads by mode '${mirrored}'`);
  if (paddings.length !== 2 * rank || paddings.some((p) => !(p >= 0))) throw n.corrupt(`has paddings [${paddings}] for ${rank} axes`);
  if (paddings.every((p) => p === 0)) return n.alias(0);
  const { value, order } = only(n);
  const pads = new Array<number>(2 * rank).fill(0);
  for (let axis = 0; axis < rank; axis++) {
    pads[graphAxis(order, axis)] = paddings[2 * axis] as number;
    pads[rank + graphAxis(order, axis)] = paddings[2 * axis + 1] as number;
  }
  n.emit('Pad', [value], { pads, mode, value: n.has(2) ? (n.constants(2, 'a value')[0] ?? 0) : 0 }, order);
};

/** [x, indices, axis]. */
export const GatherV2: Operator = (n) => {
  const axis = n.axis(n.has(2) ? (n.constants(2, 'an axis')[0] ?? 0) : n.int('axis', 0), n.shape(0).length);
  if (!n.known(1)) throw n.unsupported('gathers at places that are computed from the image');
  n.emit('Gather', [n.plain(0), n.plain(1)], { axis }, 'file');
};

export const BroadcastTo: Operator = (n) => {
  const wanted = n.known(1);
  if (!wanted) throw n.unsupported('has a shape that is computed from the image');
  const shape = Array.from(wanted.data, (d): Dim => (typeof d === 'number' ? d : 'N'));
  n.emit('Expand', [n.plain(0)], { shape }, 'file');
};

/** Repeats whole axes: each by joining copies, but for axes of one, which broadcast. */
export const Tile: Operator = (n) => {
  const times = n.known(1);
  const shape = n.shape(0);
  if (!times) throw n.unsupported('repeats as often as the image says');
  let value = n.plain(0);
  Array.from(times.data).forEach((count, axis) => {
    if (count === 1) return;
    if (shape[axis] === 1) {
      const to: Dim[] = [...n.b.shape(value)];
      to[axis] = typeof count === 'number' ? count : 'N';
      value = n.helper('Expand', [value], { shape: to }, `repeated${axis}`);
    } else if (typeof count === 'number' && count > 0 && count <= 64 && axis > 0) {
      value = n.helper('Concat', new Array<string>(count).fill(value), { axis }, `repeated${axis}`);
    } else throw n.unsupported('repeats the batch');
  });
  n.put(value, 'file');
};

export const ZerosLike: Operator = (n) => {
  const { inputs, order } = aligned(n);
  n.emit('Mul', [inputs[0] as string, n.b.scalar(0)], {}, order);
};

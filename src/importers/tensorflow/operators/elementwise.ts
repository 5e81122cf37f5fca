import type { OpAttrs, OpName } from '../../../graph/opset.ts';
import { FLOAT_MAX } from '../../../ops/emit.ts';
import type { NodeContext } from '../context.ts';
import type { Order } from '../values.ts';
import type { Operator } from './operator.ts';

type Plain = { [K in OpName]: OpAttrs[K] extends Record<string, never> ? K : never }[OpName];

/** All inputs in one order of axes, so that they broadcast as in the file: channels first where one of them is an image. */
export function aligned(n: NodeContext): { inputs: string[]; order: Order } {
  const all = n.node.inputs.flatMap((name, i) => (name ? [i] : []));
  const orders = all.map((i) => n.order(i));
  if (orders.includes('NCHW') && all.every((i) => n.shape(i).length === 4 || 'constant' in n.held(i) || n.shape(i).length === 0)) {
    return { inputs: all.map((i) => (n.shape(i).length === 0 ? n.plain(i) : n.channelsFirst(i))), order: 'NCHW' };
  }
  return { inputs: all.map((i) => n.plain(i)), order: orders.includes('picture') ? 'picture' : 'file' };
}

/** Element-wise operators that are the same here and there. */
export const plain =
  (op: Plain): Operator =>
  (n) => {
    const { inputs, order } = aligned(n);
    n.emit(op, inputs, {}, order);
  };

/** Element-wise operators of one input with attributes. */
export const unary =
  <O extends OpName>(op: O, attrs: OpAttrs[O] | ((n: NodeContext) => OpAttrs[O])): Operator =>
  (n) => {
    const { value, order } = only(n);
    n.emit(op, [value], typeof attrs === 'function' ? attrs(n) : attrs, order);
  };

/** The first input, as it lies. */
export function only(n: NodeContext, i = 0): { value: string; order: Order } {
  const order = n.order(i);
  return { value: order === 'NCHW' ? n.channelsFirst(i) : n.plain(i), order };
}

export const Identity: Operator = (n) => n.alias(0);

export const IdentityN: Operator = (n) => {
  n.node.inputs.forEach((_, i) => {
    n.alias(i, i);
  });
};

/** 1 − erf(x). */
export const Erfc: Operator = (n) => {
  const { value, order } = only(n);
  n.emit('Sub', [n.b.scalar(1), n.helper('Erf', [value], {}, 'erf')], {}, order);
};

/** A chain of the binary operator. */
export const AddN: Operator = (n) => {
  const { inputs, order } = aligned(n);
  const last = inputs.pop() as string;
  if (inputs.length === 0) n.alias(0);
  else n.emit('Add', [inputs.reduce((sum, value) => n.helper('Add', [sum, value], {}, 'part')), last], {}, order);
};

export const Square: Operator = (n) => {
  const { value, order } = only(n);
  n.emit('Mul', [value, value], {}, order);
};

export const SquaredDifference: Operator = (n) => {
  const { inputs, order } = aligned(n);
  const difference = n.helper('Sub', inputs, {}, 'difference');
  n.emit('Mul', [difference, difference], {}, order);
};

/** 1/√x. */
export const Rsqrt: Operator = (n) => {
  const { value, order } = only(n);
  n.emit('Div', [n.b.scalar(1), n.helper('Sqrt', [value], {}, 'root')], {}, order);
};

export const Reciprocal: Operator = (n) => {
  const { value, order } = only(n);
  n.emit('Div', [n.b.scalar(1), value], {}, order);
};

export const ClipByValue: Operator = (n) => {
  const { value, order } = only(n);
  const [min = -FLOAT_MAX] = n.constants(1, 'bounds');
  const [max = FLOAT_MAX] = n.constants(2, 'bounds');
  n.emit('Clip', [value], { min, max }, order);
};

const floats: readonly string[] = ['DT_FLOAT', 'DT_HALF', 'DT_BFLOAT16', 'DT_DOUBLE'];
const types: Readonly<Record<string, OpAttrs['Cast']['to'] | undefined>> = {
  DT_BOOL: 'bool',
  DT_INT32: 'int32',
  DT_INT64: 'int64',
  DT_UINT8: 'uint8',
};

/** The image of an integer input is floats here already, and floats of every size are one type. */
export const Cast: Operator = (n) => {
  const { value, order } = only(n);
  const target = n.string('DstT', '');
  const to = floats.includes(target) ? 'float32' : types[target];
  if (!to) throw n.unsupported(`casts to ${target}, which is not supported`);
  if (n.b.type(value).dtype === to) n.alias(0);
  else n.emit('Cast', [value], { to }, order);
};

/** [condition, a, b]. The old Select takes a condition of one axis for whole rows. */
export const Select: Operator = (n) => {
  if (n.node.op === 'Select' && n.shape(0).length !== n.shape(1).length && n.shape(0).length !== 0)
    throw n.unsupported('selects whole rows, which is not supported');
  const { inputs, order } = aligned(n);
  n.emit('Where', inputs, {}, order);
};

/** Along `axis`, by default the file's last. */
export const softmax =
  (op: 'Softmax' | 'LogSoftmax'): Operator =>
  (n) => {
    const beta = n.int('beta', 1);
    const { value, order } = only(n);
    const rank = n.shape(0).length;
    const axis = n.axis(n.int('axis', -1), rank);
    const scaled = beta === 1 ? value : n.helper('Mul', [value, n.b.scalar(beta)], {}, 'beta');
    n.emit(op, [scaled], { axis: order === 'NCHW' ? ([0, 2, 3, 1][axis] as number) : axis }, order);
  };

/** [x, slope]: the slope broadcasts over the file's last axes. */
export const PRelu: Operator = (n) => {
  const { inputs, order } = aligned(n);
  n.emit('PRelu', inputs, {}, order);
};

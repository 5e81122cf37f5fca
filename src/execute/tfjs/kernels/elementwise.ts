import type { DataType, Tensor } from '@tensorflow/tfjs-core';
import type { DType, OpName } from '../../../graph/opset.ts';
import { refusal } from '../refuse.ts';
import type { Tf, Value } from '../value.ts';
import { unary } from './activation.ts';
import { align, broadcastTo } from './align.ts';
import type { Kernel, KernelsOf } from './kernel.ts';

type Binary = (tf: Tf, a: Tensor, b: Tensor) => Tensor;

/** An element-wise operator of one or more inputs, from left to right. */
function nary<O extends OpName>(f: Binary): Kernel<O> {
  return ({ tf, node, value }) =>
    (input) => {
      const { tensors, channels } = align(
        tf,
        node.inputs.map((_, i) => input(i)),
      );
      return value(
        tensors.reduce((a, b) => f(tf, a, b)),
        channels,
      );
    };
}

/** Select of the wasm backend does not broadcast. */
function sameShapes(tf: Tf, tensors: readonly Tensor[]): Tensor[] {
  const rank = Math.max(...tensors.map((t) => t.rank));
  const sizes = (t: Tensor) => [...new Array<number>(rank - t.rank).fill(1), ...t.shape];
  const shape = tensors.map(sizes).reduce((a, b) => a.map((d, k) => (d === 1 ? (b[k] as number) : d)));
  return tensors.map((t) => broadcastTo(tf, t, shape));
}

/** TensorFlow.js divides integers towards minus infinity, ONNX towards zero. */
const div: Kernel<'Div'> = (site) => {
  const step = nary<'Div'>((tf, a, b) => tf.div(a, b))(site);
  return (input) => {
    if (input(0).tensor.dtype !== 'float32') {
      const where = site.node.outputs[0] ?? 'Div';
      throw refusal(where, `Div '${where}' divides integers, which TensorFlow.js rounds another way`);
    }
    return step(input);
  };
};

const where: Kernel<'Where'> =
  ({ tf, value }) =>
  (input) => {
    const { tensors, channels } = align(tf, [input(0), input(1), input(2)]);
    const [condition, a, b] = sameShapes(tf, tensors) as [Tensor, Tensor, Tensor];
    return value(tf.where(condition, a, b), channels);
  };

/** TensorFlow.js has neither int64 nor uint8: both are int32 while a graph runs. */
export const storedTypes: Record<DType, DataType> = {
  float32: 'float32',
  int64: 'int32',
  int32: 'int32',
  uint8: 'int32',
  bool: 'bool',
};

const cast: Kernel<'Cast'> = ({ tf, node, value }) => {
  const { to } = node.attrs;
  const convert = (x: Tensor): Tensor => {
    if (to === 'bool') return tf.notEqual(x, tf.zerosLike(x));
    const stored = tf.cast(x, storedTypes[to] as 'float32');
    return to === 'uint8' ? tf.mod(stored, tf.scalar(256, 'int32')) : stored;
  };
  return (input: (i: number) => Value) => value(convert(input(0).tensor), input(0).channels);
};

export const elementwise: KernelsOf<
  | 'Add'
  | 'Sub'
  | 'Mul'
  | 'Div'
  | 'Pow'
  | 'Max'
  | 'Min'
  | 'Neg'
  | 'Abs'
  | 'Sign'
  | 'Sqrt'
  | 'Exp'
  | 'Log'
  | 'Greater'
  | 'Less'
  | 'Equal'
  | 'Where'
  | 'Cast'
  | 'Identity'
> = {
  Add: nary((tf, a, b) => tf.add(a, b)),
  Sub: nary((tf, a, b) => tf.sub(a, b)),
  Mul: nary((tf, a, b) => tf.mul(a, b)),
  Div: div,
  Pow: nary((tf, a, b) => tf.pow(a, b)),
  Max: nary((tf, a, b) => tf.maximum(a, b)),
  Min: nary((tf, a, b) => tf.minimum(a, b)),
  Neg: unary((tf, x) => tf.neg(x)),
  Abs: unary((tf, x) => tf.abs(x)),
  Sign: unary((tf, x) => tf.sign(x)),
  Sqrt: unary((tf, x) => tf.sqrt(x)),
  Exp: unary((tf, x) => tf.exp(x)),
  Log: unary((tf, x) => tf.log(x)),
  Greater: nary((tf, a, b) => tf.greater(a, b)),
  Less: nary((tf, a, b) => tf.less(a, b)),
  Equal: nary((tf, a, b) => tf.equal(a, b)),
  Where: where,
  Cast: cast,
  Identity: unary((_, x) => x),
};

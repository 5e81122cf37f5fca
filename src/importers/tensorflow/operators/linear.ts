import { float32 } from '../../../graph/graph.ts';
import { range } from '../../../ops/axes.ts';
import { tight } from '../../tight.ts';
import type { NodeContext } from '../context.ts';
import { multiplyRows } from '../rows.ts';
import { graphAxis } from '../values.ts';
import { fuse } from './fused.ts';
import type { Operator } from './operator.ts';

/** [a, b] of two axes; `transpose_a`, `transpose_b`. Dense layers: b is a weight [in,out]. */
export const MatMul: Operator = (n) => {
  const transA = n.flag('transpose_a');
  const transB = n.flag('transpose_b');
  const rows = n.rowsOf(0);
  if (rows && !transA) return multiplyRows(n, rows, transB);
  const [a, b] = [n.plain(0), n.plain(1)];
  if (n.b.shape(a).length !== 2 || n.b.shape(b).length !== 2) return batched(n, a, b, transA, transB);
  fuse(n, 'file', (bias) => n.helper('Gemm', [a, b, ...bias], { transA, transB, alpha: 1, beta: 1 }, 'linear'));
};

/** Products of the last two axes; `adj_x`, `adj_y` swap them. */
export const BatchMatMul: Operator = (n) => batched(n, n.plain(0), n.plain(1), n.flag('adj_x'), n.flag('adj_y'));

function batched(n: NodeContext, a: string, b: string, transA: boolean, transB: boolean): void {
  const product = () => n.helper('MatMul', [transA ? swapped(n, a, 'a') : a, transB ? swapped(n, b, 'b') : b], {}, 'linear');
  fuse(n, 'file', ([bias]) => (bias === undefined ? product() : n.helper('Add', [product(), bias], {}, 'biased')));
}

function swapped(n: NodeContext, value: string, role: string): string {
  const perm = range(n.b.shape(value).length);
  perm.push(...(perm.splice(-2).reverse() as [number, number]));
  return n.helper('Transpose', [value], { perm }, `${role}:transposed`);
}

/** A bias over the channels: of an image, or of the file's last axis. */
export const BiasAdd: Operator = (n) => {
  const [channels] = n.shape(1) as [number];
  if (n.shape(0).length === 4) {
    const x = n.image(0);
    const bias = n.constant(1, 'per channel', () => float32([channels, 1, 1], tight(n.weight(1, 'a bias').data)));
    n.emit('Add', [x.value, bias], {}, x.order);
  } else n.emit('Add', [n.plain(0), n.plain(1)], {}, 'file');
};

/** x·scale + shift per channel with statistics of the training; only the first output is one at inference. */
export const FusedBatchNorm: Operator = (n) => {
  if (n.node.attrs.is_training !== false)
    throw n.unsupported('is in training mode (statistics of the batch); save the model for inference');
  const x = n.image(0);
  const parameters = [1, 2, 3, 4].map((i) => n.plain(i));
  n.emit('BatchNormalization', [x.value, ...parameters], { epsilon: n.int('epsilon', 1e-4) }, x.order);
};

/** sqr_sum over `depth_radius` channels on both sides: ONNX divides alpha by the size, TensorFlow does not. */
export const LRN: Operator = (n) => {
  const size = 2 * n.int('depth_radius', 5) + 1;
  const x = n.image(0);
  n.emit('LRN', [x.value], { size, alpha: n.int('alpha', 1) * size, beta: n.int('beta', 0.5), bias: n.int('bias', 1) }, x.order);
};

/** x / √max(Σx², ε) along the file's last axis. */
export const L2Normalize: Operator = (n) => {
  const order = n.order(0);
  const value = order === 'NCHW' ? n.channelsFirst(0) : n.plain(0);
  const axes = [graphAxis(order, n.shape(0).length - 1)];
  const sum = n.helper('ReduceSum', [n.helper('Mul', [value, value], {}, 'square')], { axes, keepdims: true }, 'sum');
  const root = n.helper('Sqrt', [n.helper('Max', [sum, n.b.scalar(1e-12)], {}, 'bounded')], {}, 'norm');
  n.put(n.helper('Div', [value, root], {}, 'unit'), order);
};

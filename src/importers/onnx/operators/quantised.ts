import type { NodeContext } from '../context.ts';
import { dequantised, dequantisedWeights, type Quantisation, quantisationAt, requantise } from '../quantisation.ts';
import { convolution } from './convolution.ts';
import type { Operator } from './operator.ts';
import { averagePool } from './pooling.ts';

/**
 * 8-bit operators: of the standard (QuantizeLinear, QLinearConv, …) and of onnxruntime (com.microsoft.QLinearAdd, …). Weights
 * become the floats they stand for; results are computed in float and rounded where the file rounds. onnxruntime's integer
 * kernels may differ by one step of the rounding where a float sum lies halfway between two, and in QLinearSigmoid,
 * QLinearLeakyRelu and the pools, which look results up or round twice.
 */

const blocksRefused = (n: NodeContext) => {
  if (n.int('block_size', 0) !== 0) throw n.unsupported('has block_size (a scale per block), which is not supported');
  n.ignore('saturate');
};

/** The axis of scales per slice: 1 unless said, and without meaning for a single scale. */
const axisOf = (n: NodeContext, rank: number) => {
  const axis = n.int('axis', 1);
  return rank === 0 || axis >= rank ? 0 : n.axis(axis, rank);
};

export const QuantizeLinear: Operator = (n) => {
  blocksRefused(n);
  n.ignore('precision');
  requantise(n, n.value(0), quantisationAt(n, 1, axisOf(n, n.shape(0).length)));
};

export const DequantizeLinear: Operator = (n) => {
  blocksRefused(n);
  n.ignore('output_dtype');
  const dynamic = n.scope.quantised.get(n.proto.inputs[0] ?? '')?.dynamic;
  const q = dynamic ? undefined : quantisationAt(n, 1, axisOf(n, rankOf(n, 0)));
  const constant = q && dequantisedWeights(n, 0, q);
  if (constant) n.scope.known.set(n.proto.outputs[0] as string, constant);
  else n.emit('Identity', [q ? dequantised(n, 0, q) : n.value(0)], {});
};

function rankOf(n: NodeContext, i: number): number {
  return n.scope.codes.get(n.proto.inputs[i] ?? '')?.dims.length ?? n.shape(i).length;
}

/** x, w and y with a scale and a zero point each, then the bias, integers of scale x·w. */
export const QLinearConv: Operator = (n) => {
  const x = quantisationAt(n, 1, 1);
  const w = quantisationAt(n, 4, 0);
  const inputs = [dequantised(n, 0, x), dequantised(n, 3, w)];
  if (n.has(8))
    inputs.push(
      biasOf(
        n,
        8,
        w.scale.map((s) => s * (x.scale[0] as number)),
      ),
    );
  const sum = n.helper('Conv', inputs, convolution(n, 3), 'sum');
  requantise(n, sum, quantisationAt(n, 6, 1));
};

function biasOf(n: NodeContext, i: number, scale: readonly number[]): string {
  const bias = dequantisedWeights(n, i, { scale, zero: scale.map(() => 0), axis: 0 });
  if (!bias) throw n.unsupported('has a bias that is computed from the image');
  return n.constant(n.proto.inputs[i] as string, bias);
}

export const QLinearMatMul: Operator = (n) => {
  const product = n.helper('MatMul', [dequantised(n, 0, quantisationAt(n, 1, 0)), dequantised(n, 3, columns(n, 4, 3))], {}, 'product');
  requantise(n, product, quantisationAt(n, 6, 0));
};

/** Scales of a matrix: one, or one per column. */
function columns(n: NodeContext, scaleInput: number, i: number): Quantisation {
  return quantisationAt(n, scaleInput, Math.max(0, rankOf(n, i) - 1));
}

/** alpha·a·b + c with c of scale alpha·a·b; without a scale of the output it stays float. */
export const QGemm: Operator = (n) => {
  const alpha = n.float('alpha', 1);
  const a = quantisationAt(n, 1, 0);
  const transB = n.flag('transB');
  const b = quantisationAt(n, 4, transB ? 0 : 1);
  const inputs = [dequantised(n, 0, a), dequantised(n, 3, b)];
  if (n.has(6))
    inputs.push(
      biasOf(
        n,
        6,
        b.scale.map((s) => s * alpha * (a.scale[0] as number)),
      ),
    );
  const attrs = { transA: n.flag('transA'), transB, alpha, beta: 1 };
  if (n.has(7)) requantise(n, n.helper('Gemm', inputs, attrs, 'sum'), quantisationAt(n, 7, 1));
  else n.emit('Gemm', inputs, attrs);
};

export const QLinearBinary =
  (op: 'Add' | 'Mul'): Operator =>
  (n) => {
    const [a, b] = [dequantised(n, 0, quantisationAt(n, 1, 1)), dequantised(n, 3, quantisationAt(n, 4, 1))];
    requantise(n, n.helper(op, [a, b], {}, 'float'), quantisationAt(n, 6, 1));
  };

/** An operator of one quantised input and output: x, its scale and zero point, those of y. */
const unary =
  (compute: (n: NodeContext, x: string) => string): Operator =>
  (n) => {
    requantise(n, compute(n, dequantised(n, 0, quantisationAt(n, 1, 1))), quantisationAt(n, 3, 1));
  };

const channelsFirst = (n: NodeContext) => {
  if (n.flag('channels_last')) throw n.unsupported('has channels_last 1, which is not supported');
};

export const QLinearLeakyRelu = unary((n, x) => n.helper('LeakyRelu', [x], { alpha: n.float('alpha', 0.01) }, 'float'));
export const QLinearSigmoid = unary((n, x) => n.helper('Sigmoid', [x], {}, 'float'));
export const QLinearSoftmax = unary((n, x) => {
  n.ignore('opset');
  return n.helper('Softmax', [x], { axis: n.axis(n.int('axis', -1), n.shape(0).length) }, 'float');
});
export const QLinearGlobalAveragePool = unary((n, x) => {
  channelsFirst(n);
  return n.helper('GlobalAveragePool', [x], {}, 'float');
});
export const QLinearAveragePool = unary((n, x) => {
  channelsFirst(n);
  return n.helper('AveragePool', [x], averagePool(n), 'float');
});

/** Scale and zero point of y, then each input with its own. */
export const QLinearConcat: Operator = (n) => {
  const axis = n.axis(n.int('axis', 0), n.shape(2).length);
  const parts: string[] = [];
  for (let i = 2; i < n.proto.inputs.length; i += 3) parts.push(dequantised(n, i, quantisationAt(n, i + 1, 1)));
  if (parts.length === 0) throw n.corrupt('has no inputs');
  const all = parts.length === 1 ? (parts[0] as string) : n.helper('Concat', parts, { axis }, 'float');
  requantise(n, all, quantisationAt(n, 0, 1));
};

/** x·w without their scales, which the file multiplies with after. */
export const ConvInteger: Operator = (n) => {
  const w = unscaled(n, 1, 3, 0);
  n.emit('Conv', [integerInput(n, 0, 2), w], convolution(n, 1));
};

export const MatMulInteger: Operator = (n) => {
  const w = unscaled(n, 1, 3, Math.max(0, rankOf(n, 1) - 1));
  n.emit('MatMul', [integerInput(n, 0, 2), w], {});
};

/** Constant integers less their zero points. */
function unscaled(n: NodeContext, i: number, zeroInput: number, axis: number): string {
  const zero = n.constants(zeroInput, 'zero points') ?? [0];
  const weights = dequantisedWeights(n, i, { scale: zero.map(() => 1), zero, axis });
  if (!weights) throw n.unsupported('has weights that are computed from the image');
  return n.constant(n.proto.inputs[i] as string, weights);
}

function integerInput(n: NodeContext, i: number, zeroInput: number): string {
  const own = n.scope.quantised.get(n.proto.inputs[i] ?? '');
  if (!own) throw n.unsupported(`reads '${n.proto.inputs[i] ?? ''}', which is not quantised`);
  if (own.dynamic) return n.value(i);
  const zero = n.constants(zeroInput, 'zero points') ?? [0];
  return dequantised(n, i, { ...own, scale: [1], zero });
}

/**
 * Range, scale and zero point of each image by itself: of a batch, the file would take one for all. The scale is 1 to what
 * reads it: the value in the graph carries it already, and products with weights keep one factor instead of dividing by one
 * that depends on the image and multiplying with it again.
 */
export const DynamicQuantizeLinear: Operator = (n) => {
  const [, scaleName = '', zeroName = ''] = n.proto.outputs;
  const scaleReaders = n.scope.readers.get(scaleName) ?? [];
  if (scaleReaders.some(({ opType }) => opType !== 'Mul' && opType !== 'DequantizeLinear'))
    throw n.unsupported('has a scale that more than products read');
  if ((n.scope.readers.get(zeroName) ?? []).some(({ opType }) => !['MatMulInteger', 'ConvInteger', 'DequantizeLinear'].includes(opType)))
    throw n.unsupported('has a zero point that more than products read');
  const x = n.value(0);
  const { b } = n.scope;
  const axes = n.shape(0).flatMap((_, i) => (i === 0 ? [] : [i]));
  const most = n.helper('Relu', [n.helper('ReduceMax', [x], { axes, keepdims: true }, 'largest')], {}, 'most');
  const least = n.helper('Min', [n.helper('ReduceMin', [x], { axes, keepdims: true }, 'smallest'), b.scalar(0)], {}, 'least');
  const range = n.helper('Div', [n.helper('Sub', [most, least], {}, 'range'), b.scalar(255)], {}, 'step');
  // An image of zeros has no range.
  const scale = n.helper('Max', [range, b.scalar(1e-30)], {}, 'scale');
  const shift = n.helper('Neg', [n.helper('Div', [least, scale], {}, 'first')], {}, 'shift');
  const zero = n.helper('FakeQuantize', [shift, b.scalar(1), b.scalar(0)], { low: 0, high: 255 }, 'zero');
  n.emit('FakeQuantize', [x, scale, zero], { low: 0, high: 255 });
  n.scope.quantised.set(n.proto.outputs[0] as string, { scale: [1], zero: [0], axis: 0, low: 0, high: 255, dynamic: true });
  if (scaleName) n.scope.known.set(scaleName, { dtype: 'float32', shape: [], data: Float32Array.of(1) });
  if (zeroName) n.scope.known.set(zeroName, { dtype: 'uint8', shape: [], data: [0] });
};

/** Operators that move or pick integers, which then stand for what they stood for. */
export const keepsIntegers: ReadonlySet<string> = new Set(
  'MaxPool Reshape Transpose Flatten Squeeze Unsqueeze Slice Gather Split Identity Expand Tile DepthToSpace SpaceToDepth Concat Pad Dropout GlobalMaxPool ReduceMax'.split(
    ' ',
  ),
);

/** Operators that know what the integers stand for. */
export function computesWithIntegers(opType: string): boolean {
  return /^Q(Linear|Gemm|uantize)|Integer$|^DequantizeLinear$/.test(opType);
}

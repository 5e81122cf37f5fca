import { Clip, Elu, Gelu, HardSigmoid, LeakyRelu, LogSoftmax, plain, Selu, Softmax, Swish } from './activation.ts';
import { Conv, ConvTranspose } from './convolution.ts';
import { Cast, Mean, Reciprocal, variadic } from './elementwise.ts';
import { Gemm, MatMul } from './linear.ts';
import { BatchNormalization, Dropout, LayerNormalization, LRN } from './normalisation.ts';
import type { Operator } from './operator.ts';
import { AveragePool, GlobalAveragePool, GlobalMaxPool, MaxPool } from './pooling.ts';
import { ArgMax, ReduceL2, reduce } from './reduction.ts';
import { Resize, Upsample } from './resize.ts';
import * as shape from './shape.ts';

/**
 * Every operator that may stand in a graph, by op_type (standard domain; others with their domain in front). What only
 * computes shapes is folded before (../fold).
 */
const operators: Readonly<Record<string, Operator>> = {
  Abs: plain('Abs'),
  Add: plain('Add'),
  ArgMax,
  AveragePool,
  BatchNormalization,
  Cast,
  Clip,
  Concat: shape.Concat,
  Conv,
  ConvTranspose,
  DepthToSpace: shape.DepthToSpace,
  Div: plain('Div'),
  Dropout,
  Elu,
  Equal: plain('Equal'),
  Erf: plain('Erf'),
  Exp: plain('Exp'),
  Expand: shape.Expand,
  Flatten: shape.Flatten,
  Gather: shape.Gather,
  Gelu,
  'com.microsoft.Gelu': Gelu,
  Gemm,
  GlobalAveragePool,
  GlobalMaxPool,
  Greater: plain('Greater'),
  HardSigmoid,
  HardSwish: plain('HardSwish'),
  Identity: plain('Identity'),
  LRN,
  LayerNormalization,
  LeakyRelu,
  Less: plain('Less'),
  Log: plain('Log'),
  LogSoftmax,
  MatMul,
  Max: variadic('Max'),
  MaxPool,
  Mean,
  Min: variadic('Min'),
  Mish: plain('Mish'),
  Mul: plain('Mul'),
  Neg: plain('Neg'),
  PRelu: plain('PRelu'),
  Pad: shape.Pad,
  Pow: plain('Pow'),
  Reciprocal,
  ReduceL2,
  ReduceMax: reduce('ReduceMax'),
  ReduceMean: reduce('ReduceMean'),
  ReduceMin: reduce('ReduceMin'),
  ReduceSum: reduce('ReduceSum'),
  Relu: plain('Relu'),
  Reshape: shape.Reshape,
  Resize,
  Selu,
  Sigmoid: plain('Sigmoid'),
  Sign: plain('Sign'),
  Slice: shape.Slice,
  Softmax,
  Softplus: plain('Softplus'),
  Softsign: plain('Softsign'),
  Split: shape.Split,
  Sqrt: plain('Sqrt'),
  Squeeze: shape.Squeeze,
  Sub: plain('Sub'),
  Sum: variadic('Add'),
  Swish,
  Tanh: plain('Tanh'),
  Transpose: shape.Transpose,
  Unsqueeze: shape.Unsqueeze,
  Upsample,
  Where: plain('Where'),
};

export function operatorFor(domain: string, opType: string): Operator | undefined {
  const key = domain ? `${domain}.${opType}` : opType;
  return Object.hasOwn(operators, key) ? operators[key] : undefined;
}

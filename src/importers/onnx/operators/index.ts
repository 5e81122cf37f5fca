import { Clip, Elu, Gelu, HardSigmoid, LeakyRelu, LogSoftmax, plain, Selu, Softmax, Swish } from './activation.ts';
import { Conv, ConvTranspose } from './convolution.ts';
import { Einsum } from './einsum.ts';
import { Cast, CastLike, Celu, Mean, Reciprocal, ThresholdedRelu, variadic } from './elementwise.ts';
import { Gemm, MatMul } from './linear.ts';
import * as normalisation from './normalisation.ts';
import type { Operator } from './operator.ts';
import * as pooling from './pooling.ts';
import * as reduction from './reduction.ts';
import { Resize, Upsample } from './resize.ts';
import * as shape from './shape.ts';

/**
 * Every operator that may stand in a graph, by op_type (standard domain; others with their domain in front). What only
 * computes shapes is folded before (../fold).
 */
const operators: Readonly<Record<string, Operator>> = {
  Abs: plain('Abs'),
  Add: plain('Add'),
  ArgMax: reduction.ArgMax,
  AveragePool: pooling.AveragePool,
  BatchNormalization: normalisation.BatchNormalization,
  Cast,
  CastLike,
  Celu,
  Clip,
  Concat: shape.Concat,
  Conv,
  ConvTranspose,
  DepthToSpace: shape.DepthToSpace,
  Div: plain('Div'),
  Dropout: normalisation.Dropout,
  Einsum,
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
  GlobalAveragePool: pooling.GlobalAveragePool,
  GlobalLpPool: pooling.GlobalLpPool,
  GlobalMaxPool: pooling.GlobalMaxPool,
  GroupNormalization: normalisation.GroupNormalization,
  Greater: plain('Greater'),
  HardSigmoid,
  HardSwish: plain('HardSwish'),
  Identity: plain('Identity'),
  InstanceNormalization: normalisation.InstanceNormalization,
  LRN: normalisation.LRN,
  LayerNormalization: normalisation.LayerNormalization,
  LeakyRelu,
  Less: plain('Less'),
  Log: plain('Log'),
  LogSoftmax,
  LpNormalization: normalisation.LpNormalization,
  LpPool: pooling.LpPool,
  MatMul,
  Max: variadic('Max'),
  MaxPool: pooling.MaxPool,
  Mean,
  Min: variadic('Min'),
  Mish: plain('Mish'),
  Mul: plain('Mul'),
  Neg: plain('Neg'),
  PRelu: plain('PRelu'),
  Pad: shape.Pad,
  Pow: plain('Pow'),
  RMSNormalization: normalisation.RMSNormalization,
  Reciprocal,
  ReduceL1: reduction.ReduceL1,
  ReduceL2: reduction.ReduceL2,
  ReduceLogSum: reduction.ReduceLogSum,
  ReduceLogSumExp: reduction.ReduceLogSumExp,
  ReduceMax: reduction.reduce('ReduceMax'),
  ReduceMean: reduction.reduce('ReduceMean'),
  ReduceMin: reduction.reduce('ReduceMin'),
  ReduceSum: reduction.reduce('ReduceSum'),
  ReduceSumSquare: reduction.ReduceSumSquare,
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
  SpaceToDepth: shape.SpaceToDepth,
  Split: shape.Split,
  Sqrt: plain('Sqrt'),
  Squeeze: shape.Squeeze,
  Sub: plain('Sub'),
  Sum: variadic('Add'),
  Swish,
  Tanh: plain('Tanh'),
  ThresholdedRelu,
  Tile: shape.Tile,
  Transpose: shape.Transpose,
  Unsqueeze: shape.Unsqueeze,
  Upsample,
  Where: plain('Where'),
};

export function operatorFor(domain: string, opType: string): Operator | undefined {
  const key = domain ? `${domain}.${opType}` : opType;
  return Object.hasOwn(operators, key) ? operators[key] : undefined;
}

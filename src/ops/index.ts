import type { Infer } from '../graph/builder.ts';
import { GraphBuilder } from '../graph/builder.ts';
import type { Graph, Node, NodeOf, ValueType } from '../graph/graph.ts';
import type { OpName } from '../graph/opset.ts';
import { abs } from './abs.ts';
import { add } from './add.ts';
import { argMax } from './argMax.ts';
import { averagePool } from './averagePool.ts';
import { batchNormalization } from './batchNormalization.ts';
import { cast } from './cast.ts';
import { clip } from './clip.ts';
import { concat } from './concat.ts';
import { conv } from './conv.ts';
import { convTranspose } from './convTranspose.ts';
import { depthToSpace } from './depthToSpace.ts';
import { div } from './div.ts';
import { elu } from './elu.ts';
import { equal } from './equal.ts';
import { erf } from './erf.ts';
import { exp } from './exp.ts';
import { expand } from './expand.ts';
import { fakeQuantize } from './fakeQuantize.ts';
import { flatten } from './flatten.ts';
import { gather } from './gather.ts';
import { gelu } from './gelu.ts';
import { gemm } from './gemm.ts';
import { globalAveragePool } from './globalAveragePool.ts';
import { globalMaxPool } from './globalMaxPool.ts';
import { greater } from './greater.ts';
import { hardSigmoid } from './hardSigmoid.ts';
import { hardSwish } from './hardSwish.ts';
import { identity } from './identity.ts';
import { layerNormalization } from './layerNormalization.ts';
import { leakyRelu } from './leakyRelu.ts';
import { less } from './less.ts';
import { log } from './log.ts';
import { logSoftmax } from './logSoftmax.ts';
import { lRN } from './lRN.ts';
import { matMul } from './matMul.ts';
import { max } from './max.ts';
import { maxPool } from './maxPool.ts';
import { min } from './min.ts';
import { mish } from './mish.ts';
import { mul } from './mul.ts';
import { neg } from './neg.ts';
import type { Op, OpTable } from './op.ts';
import { pad } from './pad.ts';
import { pow } from './pow.ts';
import { pRelu } from './pRelu.ts';
import { reduceMax } from './reduceMax.ts';
import { reduceMean } from './reduceMean.ts';
import { reduceMin } from './reduceMin.ts';
import { reduceSum } from './reduceSum.ts';
import { relu } from './relu.ts';
import { reshape } from './reshape.ts';
import { resize } from './resize.ts';
import { scatterElements } from './scatterElements.ts';
import { selu } from './selu.ts';
import { sigmoid } from './sigmoid.ts';
import { sign } from './sign.ts';
import { siLU } from './siLU.ts';
import { slice } from './slice.ts';
import { softmax } from './softmax.ts';
import { softplus } from './softplus.ts';
import { softsign } from './softsign.ts';
import { split } from './split.ts';
import { sqrt } from './sqrt.ts';
import { squeeze } from './squeeze.ts';
import { sub } from './sub.ts';
import { tanh } from './tanh.ts';
import { transpose } from './transpose.ts';
import { unsqueeze } from './unsqueeze.ts';
import { where } from './where.ts';

/** Every operator. A missing or doubled line is a compile error. */
export const ops: OpTable = {
  Conv: conv,
  ConvTranspose: convTranspose,
  Gemm: gemm,
  MatMul: matMul,
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  LRN: lRN,
  Relu: relu,
  LeakyRelu: leakyRelu,
  PRelu: pRelu,
  Clip: clip,
  Sigmoid: sigmoid,
  Tanh: tanh,
  HardSigmoid: hardSigmoid,
  HardSwish: hardSwish,
  SiLU: siLU,
  Gelu: gelu,
  Elu: elu,
  Selu: selu,
  Softplus: softplus,
  Softsign: softsign,
  Mish: mish,
  Erf: erf,
  FakeQuantize: fakeQuantize,
  Softmax: softmax,
  LogSoftmax: logSoftmax,
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: globalAveragePool,
  GlobalMaxPool: globalMaxPool,
  Add: add,
  Sub: sub,
  Mul: mul,
  Div: div,
  Pow: pow,
  Max: max,
  Min: min,
  Neg: neg,
  Abs: abs,
  Sign: sign,
  Sqrt: sqrt,
  Exp: exp,
  Log: log,
  Greater: greater,
  Less: less,
  Equal: equal,
  Where: where,
  Cast: cast,
  Identity: identity,
  Concat: concat,
  Split: split,
  Slice: slice,
  Pad: pad,
  Flatten: flatten,
  Reshape: reshape,
  Transpose: transpose,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Expand: expand,
  Resize: resize,
  DepthToSpace: depthToSpace,
  Gather: gather,
  ScatterElements: scatterElements,
  ReduceMean: reduceMean,
  ReduceSum: reduceSum,
  ReduceMax: reduceMax,
  ReduceMin: reduceMin,
  ArgMax: argMax,
};

/** Output types of a node, by its operator's row. */
export const infer: Infer = (node: Node, inputs: readonly (ValueType | undefined)[]) => opOf(node).infer(node as NodeOf<OpName>, inputs);

/** The row of a node's operator. The one place that forgets which operator it is: a union of rows cannot be called with a union of nodes. */
export function opOf(node: Node): Op<OpName> {
  return ops[node.op] as unknown as Op<OpName>;
}

export function newBuilder(base?: Graph): GraphBuilder {
  return new GraphBuilder(infer, base);
}

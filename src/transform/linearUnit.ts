import type { GraphBuilder } from '../graph/builder.ts';
import { float32, type Node, type NodeOf, type Tensor } from '../graph/graph.ts';
import { affineOf } from './foldBatchNorm.ts';

/** A linear operator with constant weights, read apart; a batch norm behind it is merged in where it is asked for. */
export interface LinearUnit {
  /** Position of x among the operator's inputs. */
  x: number;
  input: string;
  /** Output of the unit: behind the merged batch norm. */
  output: string;
  /** Operator and attributes without bias and factors: those are in weight and bias. */
  bare: Pick<Node, 'op' | 'attrs'>;
  weightName: string;
  weight(): Tensor;
  biasName: string;
  /** Undefined: there is none. */
  bias: (() => Tensor) | undefined;
  /** Output channels. */
  outputs: number;
}

/**
 * Reads a linear operator apart. `norm`: a batch norm behind it, merged in.
 * @returns undefined where its weights are not constant
 */
export function linearUnit(
  b: GraphBuilder,
  node: Node,
  depends: ReadonlySet<string>,
  norm: NodeOf<'BatchNormalization'> | undefined,
): LinearUnit | undefined {
  const x = node.inputs.findIndex((i) => depends.has(i));
  const weightName = node.inputs[1 - x];
  const constant = weightName === undefined ? undefined : b.constants.get(weightName);
  if (x < 0 || x > 1 || !constant || weightName === undefined) return undefined;
  const shape = b.shape(node.outputs[0] as string);
  const isImage = node.op === 'Conv' || node.op === 'ConvTranspose';
  const outputs = (isImage ? shape[1] : shape.at(-1)) as number;
  const common = { x, input: node.inputs[x] as string, output: (norm ?? node).outputs[0] as string, outputs };
  const biasName = node.inputs[2] ?? '';
  const bias = biasName === '' ? undefined : b.constants.get(biasName);
  if (biasName !== '' && !bias) return undefined;
  switch (node.op) {
    case 'MatMul':
      return { ...common, bare: { op: 'MatMul', attrs: {} }, weightName, weight: () => constant, biasName, bias: undefined };
    case 'Gemm': {
      const { alpha, beta } = node.attrs;
      const times = (tensor: Tensor, factor: number) => () => scaledTensor(tensor, factor);
      const bare = { op: node.op, attrs: { ...node.attrs, alpha: 1, beta: 1 } } as const;
      return { ...common, bare, weightName, weight: times(constant, alpha), biasName, bias: bias && times(bias, beta) };
    }
    case 'Conv':
    case 'ConvTranspose': {
      const merged = norm && mergedNorm(b, norm, constant, bias);
      const name = merged ? `${norm?.outputs[0]}:merged` : undefined;
      const own = merged?.bias ?? (bias && (() => bias));
      return {
        ...common,
        bare: { op: node.op, attrs: node.attrs } as LinearUnit['bare'],
        weightName: name ? `${name}:weight` : weightName,
        weight: merged?.weight ?? (() => constant),
        biasName: name ? `${name}:bias` : biasName,
        bias: own,
      };
    }
    default:
      return undefined;
  }
}

function scaledTensor(tensor: Tensor, factor: number): Tensor {
  return factor === 1
    ? tensor
    : float32(
        tensor.shape,
        (tensor.data as Float32Array).map((v) => v * factor),
      );
}

/** Weight and bias of convolution and batch norm as one convolution; undefined where the norm is not constant. */
function mergedNorm(b: GraphBuilder, norm: NodeOf<'BatchNormalization'>, weight: Tensor, bias: Tensor | undefined) {
  if (!norm.inputs.slice(1).every((i) => b.constants.has(i))) return undefined;
  const affine = affineOf(b, norm);
  return { weight: () => mergeWeight(weight, affine.scale), bias: () => mergeBias(bias, affine) };
}

function mergeWeight(weight: Tensor, scale: Float32Array): Tensor {
  const perOutput = weight.data.length / scale.length;
  return float32(
    weight.shape,
    (weight.data as Float32Array).map((w, i) => w * (scale[Math.floor(i / perOutput)] as number)),
  );
}

function mergeBias(bias: Tensor | undefined, { scale, shift }: { scale: Float32Array; shift: Float32Array }): Tensor {
  return float32(
    [shift.length],
    shift.map((t, c) => t + Number(bias?.data[c] ?? 0) * (scale[c] as number)),
  );
}

import type { GraphBuilder } from '../graph/builder.ts';
import { float32 } from '../graph/graph.ts';
import type { Dim } from '../graph/opset.ts';
import { add, asFloat, div, mul, scaled } from '../ops/emit.ts';
import type { LayerValues } from './method.ts';
import { gradient } from './sweeps/gradient.ts';

/** Mean over positions of each channel: [N,C,H,W] → [N,1,C]. */
export function channelMeans(b: GraphBuilder, value: string): string {
  const [images, channels] = b.shape(value) as [Dim, number];
  // Not ReduceMean: onnxruntime pools in its blocked layout, so that gradients need not leave it.
  const mean = b.op('GlobalAveragePool', [value], {});
  return b.op('Reshape', [mean], { shape: [images, 1, channels] });
}

/** Σ_k w_k A_k as a matrix product: reads the activation once and writes one plane. weights [N,1,C] → [N,1,H·W]. */
export function weightedSum(b: GraphBuilder, weights: string, { activation, shape }: Pick<LayerValues, 'activation' | 'shape'>): string {
  const [images, channels, height, width] = shape as [Dim, number, number, number];
  return b.op('MatMul', [weights, b.op('Reshape', [activation], { shape: [images, channels, height * width] })], {});
}

/** Σ over positions of each channel: [N,C,H,W] → [N,C,1,1]. */
export function channelTotals(b: GraphBuilder, value: string): string {
  const [, , height, width] = b.shape(value) as [Dim, number, number, number];
  return scaled(b, b.op('GlobalAveragePool', [value], {}), height * width);
}

/** [N,C,1,1] → [N,1,C], as `weightedSum` takes them. */
export function asWeights(b: GraphBuilder, value: string): string {
  const [images, channels] = b.shape(value) as [Dim, number];
  return b.op('Reshape', [value], { shape: [images, 1, channels] });
}

/** Σ over channels at each position, as a matrix product: [N,C,H,W] → [N,1,H·W]. */
export function sumOverChannels(b: GraphBuilder, value: string): string {
  const channels = b.shape(value)[1] as number;
  const name = `ones:${channels}`;
  const ones = b.constants.has(name) ? name : b.constant(name, float32([1, 1, channels], new Float32Array(channels).fill(1)));
  return weightedSum(b, ones, { activation: value, shape: b.shape(value) });
}

/** Σ over channels: [N,C,H,W] → [N,H,W]. */
export function overChannels(b: GraphBuilder, value: string): string {
  return b.op('ReduceSum', [value], { axes: [1], keepdims: false });
}

/** Σ over channels and positions: [N,C,H,W] → [N,1,1,1]. */
export function total(b: GraphBuilder, value: string): string {
  return b.op('ReduceSum', [value], { axes: [1, 2, 3], keepdims: true });
}

/** g∘A, cell by cell [N,C,H,W]: what several methods sum up, in one way or another. */
export function gradientTimesActivation(b: GraphBuilder, at: LayerValues): string {
  return mul(b, at.swept(gradient), at.activation);
}

/** a/b for small tensors, and 0 where both are: a sum of nothing has no shares. */
export function ratio(b: GraphBuilder, dividend: string, divisor: string): string {
  return div(b, dividend, add(b, divisor, asFloat(b, b.op('Equal', [divisor, b.scalar(0)], {}))));
}

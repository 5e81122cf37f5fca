import type { GraphBuilder } from '../graph/builder.ts';
import type { Dim } from '../graph/opset.ts';
import type { LayerValues } from './method.ts';

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

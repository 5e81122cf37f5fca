import type { GraphBuilder } from '../../graph/builder.ts';
import { float32 } from '../../graph/graph.ts';
import type { Dim } from '../../graph/opset.ts';
import type { GraphMethod, LayerValues } from '../method.ts';

/**
 * Grad-CAM: w_k = mean over positions of ∂z_c/∂A_k; map = Σ_k w_k A_k.
 * The value written is before the ReLU of the paper's equation 2, which drawing applies: negative evidence stays reachable.
 * @see Selvaraju et al., Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization, ICCV 2017, eq. 1-2
 */
export const gradCam: GraphMethod = {
  family: 'graph',
  info: {
    id: 'grad-cam',
    label: 'Grad-CAM',
    about:
      'Where the channels that speak for the class are active. Coarse, and class-specific at deep layers; at early layers one weight per channel says little.',
    source: 'Selvaraju et al., ICCV 2017, eq. 1-2. Gradient of the logit.',
    at: 'layer',
    slow: false,
    variants: [
      { id: 'standard', label: 'positive evidence', about: 'Draws max(0, map), as published.' },
      { id: 'signed', label: 'signed', about: 'Draws the map before its ReLU: what speaks against the class is blue.' },
    ],
    params: [],
  },
  kind: (variant) => ({ relu: variant === 'standard', signed: true, unit: 'Σ w·A of the logit' }),
  computes: () => 'standard',
  // The parts' gradients are the whole's (its channels, for a Concat), so Σ w·A falls apart.
  additive: true,
  emit: (b, at) => weightedSum(b, channelWeights(b, at), at),
  // With y = s∘x + t: w(x) = s∘w(y), and Σ w(x)·x = Σ w(y)·(y − t) = map(y) − Σ w(y)·t.
  emitBeforeAffine: (b, at, shift) => {
    const weights = channelWeights(b, at);
    const offset = b.op('MatMul', [weights, b.constant('shift', float32([shift.length, 1], shift))], {});
    return b.op('Sub', [weightedSum(b, weights, at), offset], {});
  },
};

/** w_k = mean over positions of the gradient: [N,1,C]. */
export function channelWeights(b: GraphBuilder, { gradient, shape }: LayerValues): string {
  // Not ReduceMean: onnxruntime pools in its blocked layout, so that gradients need not leave it.
  const mean = b.op('GlobalAveragePool', [gradient], {});
  return b.op('Reshape', [mean], { shape: [shape[0] as Dim, 1, shape[1] as number] });
}

/** Σ_k w_k A_k as a matrix product: reads the activation once and writes one plane. weights [N,1,C] → [N,1,H·W]. */
export function weightedSum(b: GraphBuilder, weights: string, { activation, shape }: LayerValues): string {
  const [images, channels, height, width] = shape as [Dim, number, number, number];
  return b.op('MatMul', [weights, b.op('Reshape', [activation], { shape: [images, channels, height * width] })], {});
}

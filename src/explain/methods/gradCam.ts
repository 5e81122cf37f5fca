import type { GraphBuilder } from '../../graph/builder.ts';
import type { GraphMethod, LayerValues } from '../method.ts';

/**
 * Grad-CAM: w_k = mean over positions of ∂z_c/∂A_k; map = Σ_k w_k A_k, [N,H,W].
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
      { id: 'relu', label: 'positive evidence', about: 'Draws max(0, map), as published.' },
      { id: 'signed', label: 'signed', about: 'Draws the map before its ReLU: what speaks against the class is blue.' },
    ],
    params: [],
  },
  kind: (variant) => ({ relu: variant === 'relu', signed: true, unit: 'Σ w·A of the logit' }),
  computes: () => 'relu',
  emit: (b, at) => {
    const weights = b.op('ReduceMean', [at.gradient], { axes: [2, 3], keepdims: false });
    return weightedSum(b, weights, at);
  },
};

/** Σ_k w_k A_k as a matrix product: reads the activation once and writes one plane. weights [N,C] → [N,H,W]. */
export function weightedSum(b: GraphBuilder, weights: string, { activation, shape }: LayerValues): string {
  const [, channels, height, width] = shape as [unknown, number, number, number];
  const rows = b.op('Reshape', [weights], { shape: ['N', 1, channels] });
  const planes = b.op('Reshape', [activation], { shape: ['N', channels, height * width] });
  const sum = b.op('MatMul', [rows, planes], {});
  return b.op('Reshape', [sum], { shape: ['N', height, width] });
}

import { float32 } from '../../graph/graph.ts';
import type { GraphMethod } from '../method.ts';
import { gradient } from '../sweeps/gradient.ts';
import { channelMeans, weightedSum } from '../weights.ts';

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
    family: 'cam',
    about: 'Where the channels that speak for the class are active. Class-specific at deep layers.',
    misleads:
      'Coarse at deep layers. At early layers one weight per channel says little, and evidence of opposite sign within a channel cancels: compare HiRes-CAM or Relevance-CAM there.',
    formula: 'max(0, Σ_k w_k A_k), w_k = mean_ij ∂z_c/∂A_k,ij',
    source: 'Selvaraju et al., ICCV 2017, eq. 1-2. Gradient of the logit.',
    at: 'layer',
    slow: false,
    targets: 'any',
    exportable: true,
    variants: [
      { id: 'standard', label: 'positive evidence', about: 'Draws max(0, map), as published.' },
      { id: 'signed', label: 'signed', about: 'Draws the map before its ReLU: what speaks against the class is blue.' },
    ],
    params: [],
  },
  kind: (variant) => ({ relu: variant === 'standard', signed: true, unit: 'Σ w·A of the logit' }),
  computes: () => 'standard',
  sweeps: () => [gradient],
  // The parts' gradients are the whole's (its channels, for a Concat), so Σ w·A falls apart.
  additive: true,
  emit: (b, at) => weightedSum(b, channelMeans(b, at.swept(gradient)), at),
  // With y = s∘x + t: w(x) = s∘w(y), and Σ w(x)·x = Σ w(y)·(y − t) = map(y) − Σ w(y)·t.
  emitBeforeAffine: (b, at, shift) => {
    const weights = channelMeans(b, at.swept(gradient));
    const offset = b.op('MatMul', [weights, b.constant('shift', float32([shift.length, 1], shift))], {});
    return b.op('Sub', [weightedSum(b, weights, at), offset], {});
  },
};

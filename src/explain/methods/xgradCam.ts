import type { GraphBuilder } from '../../graph/builder.ts';
import { div, shifted } from '../../ops/emit.ts';
import type { GraphMethod, LayerValues } from '../method.ts';
import { gradient } from '../sweeps/gradient.ts';
import { asWeights, channelTotals, gradientTimesActivation, weightedSum } from '../weights.ts';

/** Keeps a channel that is 0 everywhere from dividing by 0, as in the authors' code. */
const epsilon = 1e-7;

/**
 * XGrad-CAM: w_k = Σ_ij g·A / (Σ_ij A + 1e-7), the gradient averaged with the activation as its weight; map = Σ_k w_k A_k.
 * @see Fu et al., Axiom-based Grad-CAM: Towards Accurate Visualization and Explanation of CNNs, BMVC 2020, eq. 8-9
 */
export const xgradCam: GraphMethod = {
  family: 'graph',
  info: {
    id: 'xgrad-cam',
    label: 'XGrad-CAM',
    family: 'cam',
    about:
      'Grad-CAM whose channel weights average the gradient only where the channel is active, so that the map adds up to what the layer contributes.',
    misleads:
      'Unstable before a ReLU: a channel whose positive and negative activations cancel gets an arbitrary weight. Coarse at deep layers.',
    formula: 'max(0, Σ_k w_k A_k), w_k = Σ_ij g_k A_k / (Σ_ij A_k + 1e-7)',
    source: 'Fu et al., BMVC 2020, eq. 8-9; ε as in their code. Gradient of the logit.',
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
  emit: (b, at) => weightedSum(b, xgradWeights(b, at), at),
};

/** w [N,1,C]. */
export function xgradWeights(b: GraphBuilder, at: LayerValues): string {
  const shares = channelTotals(b, gradientTimesActivation(b, at));
  const total = shifted(b, channelTotals(b, at.activation), epsilon);
  return asWeights(b, div(b, shares, total));
}

import type { GraphMethod, Params } from '../method.ts';
import { type LrpChoices, lrpComposites } from '../relevance/composites.ts';
import { logitStart } from '../relevance/starts.ts';
import type { Sweep } from '../sweep.ts';
import { relevance } from '../sweeps/relevance.ts';
import { overChannels } from '../weights.ts';

/**
 * Layer-wise relevance propagation: the logit is handed down layer by layer, each unit's relevance shared among its inputs
 * in proportion to what they contribute. The map is the relevance of the pixels, summed over channels.
 * @see Bach et al., On Pixel-Wise Explanations for Non-Linear Classifier Decisions by Layer-Wise Relevance Propagation, PLoS ONE 2015
 */
export const lrp: GraphMethod = {
  family: 'graph',
  info: {
    id: 'lrp',
    label: 'LRP',
    family: 'relevance',
    about: 'What each pixel contributes to the logit: the logit itself, handed down layer by layer.',
    misleads:
      'The rule decides what is seen: z⁺ shows only support and depends little on the class, ε is noisy in deep networks. Biases and gates swallow relevance: look at the conservation below the map.',
    formula: 'R_i = Σ_j x_i w_ij / Σ_i x_i w_ij · R_j, from R = z_c at the logits',
    source: 'Bach et al., PLoS ONE 2015; composites of Montavon et al., LRP: An Overview, 2019, and zennit. Starts from the logit.',
    at: 'input',
    slow: false,
    targets: 'any',
    exportable: true,
    variants: [
      {
        id: 'epsilon-plus',
        label: 'ε + z⁺',
        about: 'ε at dense layers, z⁺ with the positive bias at convolutions: the usual composite (zennit EpsilonPlus).',
      },
      {
        id: 'epsilon-plus-box',
        label: 'ε + z⁺ + zB',
        about: 'The same, and zB at the first layer, which knows that pixels lie between black and white.',
      },
      { id: 'epsilon', label: 'ε', about: 'ε everywhere, bias in the denominator; near gradient × input.' },
      { id: 'z-plus', label: 'z⁺', about: 'z⁺ everywhere, with the positive part of the bias in the denominator (zennit ZPlus).' },
      { id: 'z-plus-no-bias', label: 'z⁺, no bias', about: 'z⁺ everywhere, no bias in the denominator: conserves relevance.' },
      { id: 'z-plus-box', label: 'z⁺ + zB', about: 'Bias-free z⁺, and zB at the first layer: deep Taylor decomposition.' },
      { id: 'alpha-beta', label: 'αβ', about: 'α times what raises a unit, minus β = α − 1 times what lowers it.' },
      { id: 'gamma', label: 'γ', about: 'Favours what raises a unit by γ; between ε and z⁺ (generalised form, zennit Gamma).' },
    ],
    params: [
      {
        id: 'norm',
        label: 'Batch norm',
        about: 'fold: part of the convolution before it. pass: relevance passes unchanged. The maps differ much.',
        default: 'fold',
        options: ['fold', 'pass'],
      },
      {
        id: 'epsilon',
        label: 'ε',
        about: 'Stabiliser of the ε rule, in units of the activations: larger is smoother and loses relevance.',
        default: 1e-6,
        min: 0,
        max: 1,
        step: 1e-6,
      },
      {
        id: 'gamma',
        label: 'γ',
        about: 'How much more raising contributions count, for the γ variant.',
        default: 0.25,
        min: 0,
        max: 10,
        step: 0.05,
      },
      {
        id: 'alpha',
        label: 'α',
        about: 'Weight of raising contributions, for the αβ variant; β = α − 1.',
        default: 2,
        min: 1,
        max: 5,
        step: 0.1,
      },
    ],
  },
  kind: () => ({ relu: false, signed: true, unit: 'relevance (share of the logit)' }),
  computes: (variant) => variant,
  sweeps: (variant, params) => [lrpSweep(variant, params)],
  emit: (b, at, variant, params) => overChannels(b, at.swept(lrpSweep(variant, params))),
};

/** Relevance of every value [N,…] under one of LRP's composites. */
export function lrpSweep(variant: string, { norm = 'fold', epsilon = 1e-6, gamma = 0.25, alpha = 2 }: Params): Sweep {
  const choices: LrpChoices = {
    norm: norm === 'pass' ? 'pass' : 'fold',
    epsilon: Number(epsilon),
    gamma: Number(gamma),
    alpha: Number(alpha),
  };
  return relevance(lrpComposites[variant as keyof typeof lrpComposites](choices), logitStart);
}

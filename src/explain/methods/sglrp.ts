import { mul, sub } from '../../ops/emit.ts';
import type { GraphMethod } from '../method.ts';
import { contrastiveComposite } from '../relevance/composites.ts';
import { otherSoftmaxStart, softmaxStart } from '../relevance/starts.ts';
import { relevance } from '../sweeps/relevance.ts';
import { overChannels, ratio, total } from '../weights.ts';

export const sglrpTarget = relevance(contrastiveComposite('first'), softmaxStart);
export const sglrpDual = relevance(contrastiveComposite('first'), otherSoftmaxStart);

/**
 * Softmax-gradient LRP: relevance that starts with the gradient of the softmax instead of the logit.
 * @see Iwana, Kuroki, Uchida, Explaining Convolutional Neural Networks using Softmax Gradient Layer-wise Relevance Propagation, ICCV workshop 2019, eq. 8-9
 */
export const sglrp: GraphMethod = {
  family: 'graph',
  info: {
    id: 'sglrp',
    label: 'SGLRP',
    family: 'relevance',
    about:
      'Which pixels speak for this class rather than for those it is confused with: other classes count as much as the softmax gives them.',
    misleads: 'Where the network is certain (p near 1) the start is nearly 0 and only the scaled variant says anything.',
    formula: 'R_t − R_d·ΣR_t/ΣR_d, from p_c(1 − p_c) at c and p_c p_j at the others',
    source: "Iwana et al., ICCV workshop 2019, eq. 8-9; scaling and the 1e-8 of the authors' code.",
    at: 'input',
    slow: false,
    targets: 'class',
    exportable: true,
    variants: [
      { id: 'scaled', label: 'scaled', about: "The other classes' relevance is brought to the same sum, as the authors' code does." },
      { id: 'signed', label: 'signed', about: 'The plain difference: one signed pass, its start sums to 0.' },
    ],
    params: [],
  },
  kind: () => ({ relu: false, signed: true, unit: 'relevance (share of p(1 − p))' }),
  computes: (variant) => variant,
  sweeps: () => [sglrpTarget, sglrpDual],
  emit: (b, at, variant) => {
    const [own, dual] = [at.swept(sglrpTarget), at.swept(sglrpDual)];
    const scaled = () => mul(b, dual, ratio(b, total(b, own), total(b, dual)));
    return overChannels(b, sub(b, own, variant === 'scaled' ? scaled() : dual));
  },
};

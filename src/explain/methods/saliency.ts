import { reduceChannels } from '../channels.ts';
import type { GraphMethod } from '../method.ts';
import { gradient } from '../sweeps/gradient.ts';

/**
 * Saliency: the gradient of the logit with respect to the input (or any layer), reduced over channels to [N,H,W].
 * @see Simonyan, Vedaldi, Zisserman, Deep Inside Convolutional Networks, ICLR workshop 2014, section 3.1 (max over channels of |g|)
 */
export const saliency: GraphMethod = {
  family: 'graph',
  info: {
    id: 'saliency',
    label: 'Saliency',
    family: 'backpropagation',
    about: 'Which pixels the logit reacts to most, to first order.',
    misleads: 'Fine but noisy. It says what would change the score, not what makes it up; where a unit is saturated it is 0.',
    formula: 'max_k |∂z_c/∂x_k|',
    source: 'Simonyan et al., ICLR workshop 2014, section 3.1. Gradient of the logit.',
    at: 'input',
    slow: false,
    targets: 'any',
    exportable: true,
    variants: [
      { id: 'max', label: 'max |g|', about: 'Largest absolute gradient over the channels, as published.' },
      { id: 'sum', label: 'Σ |g|', about: 'Sum of absolute gradients over the channels.' },
      { id: 'squared', label: 'max g²', about: 'Largest squared gradient over the channels.' },
      { id: 'signed', label: 'Σ g', about: 'Signed sum over the channels: would brightening the pixel raise the logit?' },
      { id: 'squared-sum', label: 'Σ g²', about: 'Sum of squared gradients over the channels.' },
    ],
    params: [],
  },
  kind: (variant) => ({
    relu: false,
    signed: variant === 'signed',
    unit: variant.startsWith('squared') ? '(logit per unit of input)²' : 'logit per unit of input',
  }),
  computes: (variant) => variant,
  sweeps: () => [gradient],
  emit: (b, at, variant) => reduceChannels(b, at.swept(gradient), variant),
};

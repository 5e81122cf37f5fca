import { reduceChannels } from '../channels.ts';
import type { GraphMethod } from '../method.ts';
import { gradient } from '../sweeps/gradient.ts';

/**
 * Gradient × input: the first-order share of each fed value in the logit. Without biases, in a network of ReLUs and max
 * pools, the shares add up to the logit.
 * @see Shrikumar et al., Not Just a Black Box: Learning Important Features Through Propagating Activation Differences, 2016,
 *   section 3; Ancona et al., Towards better understanding of gradient-based attribution methods, ICLR 2018, table 1
 */
export const gradientXInput: GraphMethod = {
  family: 'graph',
  info: {
    id: 'gradient-x-input',
    label: 'Gradient × input',
    family: 'backpropagation',
    about: 'How much of the logit each pixel makes up, to first order: its gradient times its fed value.',
    misleads:
      'Noisy as the gradient is. A pixel fed as 0 counts for nothing whatever it shows, and which colour that is depends on the preprocessing.',
    formula: 'Σ_k x_k ∂z_c/∂x_k',
    source: 'Shrikumar et al., arXiv 1605.01713, 2016, section 3. Fed values after preprocessing; gradient of the logit.',
    at: 'input',
    slow: false,
    targets: 'any',
    exportable: true,
    variants: [
      { id: 'signed', label: 'Σ x·g', about: 'Signed sum over the channels: speaks the pixel for the class or against it?' },
      { id: 'sum', label: 'Σ |x·g|', about: 'Sum of absolute shares over the channels.' },
      { id: 'max', label: 'max |x·g|', about: 'Largest absolute share over the channels.' },
    ],
    params: [],
  },
  kind: (variant) => ({ relu: false, signed: variant === 'signed', unit: 'logit' }),
  computes: (variant) => variant,
  sweeps: () => [gradient],
  emit: (b, at, variant) => reduceChannels(b, b.op('Mul', [at.swept(gradient), at.activation], {}), variant),
};

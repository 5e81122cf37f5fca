import { reduceChannels } from '../channels.ts';
import type { GraphMethod } from '../method.ts';
import { guided, reluKind } from '../sweeps/reluRules.ts';

/**
 * Guided backpropagation: the gradient, but at each ReLU only what is positive going back and was positive going forward
 * passes: d·[d>0]·[x>0]. Not a derivative of anything.
 * @see Springenberg et al., Striving for Simplicity: The All Convolutional Net, ICLR workshop 2015, section 3.4
 */
export const guidedBackprop: GraphMethod = {
  family: 'graph',
  info: {
    id: 'guided-backprop',
    label: 'Guided backprop',
    family: 'backpropagation',
    about: 'Sharp outlines of what excites the units that speak for the class.',
    misleads:
      'Close to an edge detector: it looks nearly the same for every class and survives randomised upper layers (Adebayo et al. 2018). Do not read it as evidence for a class.',
    formula: 'backpropagation with d·[d>0]·[x>0] at each ReLU; max_k |·|',
    source:
      'Springenberg et al., ICLR workshop 2015, section 3.4. ReLU6 counts as a ReLU, unlike in Captum and pytorch-grad-cam; other activations keep their derivative, which is said. From the logit.',
    at: 'input',
    slow: false,
    targets: 'any',
    exportable: true,
    variants: [
      { id: 'max', label: 'max |·|', about: 'Largest absolute value over the channels.' },
      { id: 'signed', label: 'Σ', about: 'Signed sum over the channels.' },
      { id: 'captum', label: 'ReLU only', about: 'Largest absolute value; only ReLU itself is guided, ReLU6 is not: Captum’s numbers.' },
    ],
    params: [],
  },
  kind: (variant) => ({ relu: false, signed: variant === 'signed', unit: 'guided gradient of the logit' }),
  computes: (variant) => variant,
  sweeps: (variant) => [guided[reluKind(variant)]],
  emit: (b, at, variant) => reduceChannels(b, at.swept(guided[reluKind(variant)]), variant === 'signed' ? 'signed' : 'max'),
};

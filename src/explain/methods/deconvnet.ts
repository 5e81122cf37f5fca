import { reduceChannels } from '../channels.ts';
import type { GraphMethod } from '../method.ts';
import { deconvnet as deconvolution, reluKind } from '../sweeps/reluRules.ts';

/**
 * Deconvnet: back through the layers with ReLUs applied to what goes back, d·[d>0], and not to where the input was
 * positive. Max pools give to their winner, as the paper's unpooling by switches does.
 * @see Zeiler, Fergus, Visualizing and Understanding Convolutional Networks, ECCV 2014, section 2.1
 */
export const deconvnet: GraphMethod = {
  family: 'graph',
  info: {
    id: 'deconvnet',
    label: 'Deconvnet',
    family: 'backpropagation',
    about: 'Which patterns would excite the units that speak for the class, projected back to the pixels.',
    misleads:
      'Hardly depends on the class, and without max pools hardly on the image: ReLUs let back through what they blocked going forward. Speckled where strides skip pixels.',
    formula: 'backpropagation with d·[d>0] at each ReLU; max_k |·|',
    source:
      'Zeiler, Fergus, ECCV 2014, section 2.1. ReLU6 counts as a ReLU, unlike in Captum; other activations keep their derivative, which is said. From the logit.',
    at: 'input',
    slow: false,
    targets: 'any',
    exportable: true,
    variants: [
      { id: 'max', label: 'max |·|', about: 'Largest absolute value over the channels.' },
      { id: 'signed', label: 'Σ', about: 'Signed sum over the channels.' },
      { id: 'captum', label: 'ReLU only', about: 'Largest absolute value; only ReLU itself is rectified, ReLU6 is not: Captum’s numbers.' },
    ],
    params: [],
  },
  kind: (variant) => ({ relu: false, signed: variant === 'signed', unit: 'deconvnet signal of the logit' }),
  computes: (variant) => variant,
  sweeps: (variant) => [deconvolution[reluKind(variant)]],
  emit: (b, at, variant) => reduceChannels(b, at.swept(deconvolution[reluKind(variant)]), variant === 'signed' ? 'signed' : 'max'),
};

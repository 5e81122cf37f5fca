import { float32 } from '../../graph/graph.ts';
import type { GraphMethod } from '../method.ts';
import { gradient } from '../sweeps/gradient.ts';
import { gradientTimesActivation, sumOverChannels } from '../weights.ts';

/**
 * HiRes-CAM: map = Σ_k g_k·A_k, cell by cell: gradient × input at a layer. Equals Grad-CAM where the gradient is the same at
 * every position, so at the last layer before a global average pool.
 * @see Draelos, Carin, Use HiResCAM instead of Grad-CAM for faithful explanations of convolutional neural networks, 2020, eq. 4
 */
export const hiresCam: GraphMethod = {
  family: 'graph',
  info: {
    id: 'hires-cam',
    label: 'HiRes-CAM',
    family: 'cam',
    about:
      'How much of the logit each cell of the layer makes up, to first order. Gradients are not averaged over places, so it marks only places the network used.',
    misleads: 'As noisy as the gradient at early layers. Biases behind the layer are in no cell.',
    formula: 'max(0, Σ_k ∂z_c/∂A_k · A_k)',
    source: 'Draelos, Carin, arXiv 2011.08891, 2020, eq. 4. Gradient of the logit.',
    at: 'layer',
    slow: false,
    targets: 'any',
    exportable: true,
    variants: [
      { id: 'standard', label: 'positive evidence', about: 'Draws max(0, map).' },
      { id: 'signed', label: 'signed', about: 'Draws every share: what speaks against the class is blue.' },
    ],
    params: [],
  },
  kind: (variant) => ({ relu: variant === 'standard', signed: true, unit: 'logit' }),
  computes: () => 'standard',
  sweeps: () => [gradient],
  // The parts' gradients are the whole's (its channels, for a Concat).
  additive: true,
  emit: (b, at) => sumOverChannels(b, gradientTimesActivation(b, at)),
  // With y = s∘x + t: g(x)·x = g(y)·(y − t), so the map is that at y without Σ_k t_k g_k.
  emitBeforeAffine: (b, at, shift) => {
    const offset = b.constant('shift', float32([1, shift.length, 1, 1], shift));
    const centred = b.op('Sub', [at.activation, offset], {});
    return sumOverChannels(b, b.op('Mul', [at.swept(gradient), centred], {}));
  },
};

import type { GraphMethod } from '../method.ts';
import { gradient } from '../sweeps/gradient.ts';
import { sumOverChannels } from '../weights.ts';

/**
 * Layer-CAM: every cell has its own weight, its positive gradient: map = Σ_k max(0, g_k)·A_k. Written before the paper's
 * last ReLU, which drawing applies; it matters only where activations are negative.
 * @see Jiang et al., LayerCAM: Exploring Hierarchical Class Activation Maps for Localization, IEEE TIP 2021, eq. 5-7
 */
export const layerCam: GraphMethod = {
  family: 'graph',
  info: {
    id: 'layer-cam',
    label: 'Layer-CAM',
    family: 'cam',
    about: 'Where active cells would raise the logit further. Stays fine-grained at early layers.',
    misleads: 'Negative evidence is left out, so maps of different classes look alike: hardly class-specific before the last layers.',
    formula: 'max(0, Σ_k max(0, ∂z_c/∂A_k) · A_k)',
    source: 'Jiang et al., IEEE Transactions on Image Processing 2021, eq. 5-7. Gradient of the logit.',
    at: 'layer',
    slow: false,
    targets: 'any',
    exportable: true,
    variants: [
      { id: 'standard', label: 'positive evidence', about: 'Draws max(0, map), as published.' },
      { id: 'signed', label: 'signed', about: 'Draws the map before its last ReLU: negative where activations are.' },
    ],
    params: [],
  },
  kind: (variant) => ({ relu: variant === 'standard', signed: true, unit: 'Σ g⁺·A of the logit' }),
  computes: () => 'standard',
  sweeps: () => [gradient],
  // The parts' gradients are the whole's (its channels, for a Concat).
  additive: true,
  emit: (b, at) => sumOverChannels(b, b.op('Mul', [b.op('Relu', [at.swept(gradient)], {}), at.activation], {})),
};

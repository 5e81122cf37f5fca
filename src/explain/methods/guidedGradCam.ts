import type { GraphBuilder } from '../../graph/builder.ts';
import type { Dim } from '../../graph/opset.ts';
import { mul } from '../../ops/emit.ts';
import { reduceChannels } from '../channels.ts';
import type { GraphMethod, LayerValues } from '../method.ts';
import { gradient } from '../sweeps/gradient.ts';
import { guided, reluKind } from '../sweeps/reluRules.ts';
import { gradCam } from './gradCam.ts';

/**
 * Guided Grad-CAM: max(0, Grad-CAM at the layer) enlarged to the input, times guided backpropagation.
 * @see Selvaraju et al., Grad-CAM, ICCV 2017, section 3.2
 */
export const guidedGradCam: GraphMethod = {
  family: 'graph',
  info: {
    id: 'guided-grad-cam',
    label: 'Guided Grad-CAM',
    family: 'cam',
    about: 'The outlines of guided backprop where Grad-CAM at the layer sees evidence for the class. Drawn at the input’s resolution.',
    misleads: 'Its detail comes from guided backprop, which is close to an edge detector: only the region depends on the class.',
    formula: 'max_k |G_k| · upsample(max(0, Σ_k w_k A_k)), G guided backpropagation',
    source:
      'Selvaraju et al., ICCV 2017, section 3.2. Bilinear with half-pixel centres, unnormalised. Variant nearest: Captum. Gradient of the logit.',
    at: 'layer',
    slow: false,
    targets: 'any',
    exportable: true,
    variants: [
      { id: 'max', label: 'max |·|', about: 'Largest absolute value over the channels.' },
      { id: 'signed', label: 'Σ', about: 'Signed sum over the channels.' },
      { id: 'nearest', label: 'nearest (Captum)', about: 'Signed sum; enlarged without smoothing, and ReLU6 not guided, as Captum does.' },
    ],
    params: [],
  },
  kind: (variant) => ({ relu: false, signed: variant !== 'max', unit: 'guided gradient × Grad-CAM of the logit' }),
  computes: (variant) => variant,
  sweeps: () => [gradient],
  inputSweeps: (variant) => [guided[reluKind(variant)]],
  drawnAtInput: true,
  emit: (b, at, variant, params) => guide(b, at, gradCam.emit(b, at, 'standard', params), variant),
};

/** The class map [N,1,H·W] at the layer, enlarged and times the guided gradients: [N,H,W] of the input. */
function guide(b: GraphBuilder, at: LayerValues, map: string, variant: string): string {
  const [images, , height, width] = at.shape as [Dim, number, number, number];
  const sizes = b.shape(at.input).slice(2) as [number, number];
  const small = b.op('Reshape', [b.op('Relu', [map], {})], { shape: [images, 1, height, width] });
  const mode = variant === 'nearest' ? ({ mode: 'nearest', coordinates: 'asymmetric' } as const) : smooth;
  const mask = b.op('Reshape', [b.op('Resize', [small], { sizes, ...mode })], { shape: [images, ...sizes] });
  // The mask is not negative: it may stand outside of the reduction, which then is one for all layers.
  return mul(b, reduceChannels(b, at.sweptAtInput(guided[reluKind(variant)]), variant === 'max' ? 'max' : 'signed'), mask);
}

const smooth = { mode: 'linear', coordinates: 'half_pixel' } as const;

import type { GraphBuilder } from '../../graph/builder.ts';
import type { Dim } from '../../graph/opset.ts';
import type { Model } from '../../importers/model.ts';
import { ModelError } from '../../shared/errors.ts';
import { differentiate } from '../../transform/differentiate.ts';
import { type LinearHead, linearHead } from '../linearHead.ts';
import type { GraphMethod, LayerValues } from '../method.ts';
import { weightedSum } from '../weights.ts';

/**
 * Class activation mapping: map = Σ_k W[c,k] A_k at the layer whose spatial means the linear layer reads. Bias left out,
 * so that mean(map) + b_c = z_c; where a channel per class is averaged (SqueezeNet) the map is that channel, bias and all.
 * There is one such layer in a network, or none.
 * @see Zhou et al., Learning Deep Features for Discriminative Localization, CVPR 2016, eq. 2
 */
export const cam: GraphMethod = {
  family: 'graph',
  info: {
    id: 'cam',
    label: 'CAM',
    family: 'cam',
    about:
      'What each place adds to the logit: the class weights of the last layer, applied before the average over places. Exact, at the one layer that is averaged.',
    misleads: 'Coarse. A cell stands for its whole receptive field, which may be most of the image.',
    formula: 'Σ_k W[c,k] A_k, mean_ij of it + b_c = z_c',
    source: 'Zhou et al., CVPR 2016, eq. 2. No bias, except where a channel per class is averaged.',
    at: 'layer',
    slow: false,
    targets: 'any',
    exportable: true,
    variants: [
      { id: 'signed', label: 'signed', about: 'Every contribution: what speaks against the class is blue.' },
      { id: 'positive', label: 'positive evidence', about: 'Draws max(0, map).' },
    ],
    params: [],
  },
  kind: (variant) => ({ relu: variant === 'positive', signed: true, unit: 'logit, before the mean over positions' }),
  computes: () => 'signed',
  sweeps: () => [],
  refuses: (model) => {
    const head = linearHead(model);
    return head instanceof ModelError ? head : undefined;
  },
  onlyLayer: (model) => required(model).layer.name,
  remarks: (model) => {
    const text = `CAM exists at '${required(model).layer.name}' only: the logits read that layer's means and nothing else.`;
    return [{ id: 'layer', label: 'Layer', text, ok: undefined }];
  },
  emit: (b, at) => {
    const { layer, pooled } = required(at.model);
    if (at.activation === layer.value) return weightedSum(b, headWeights(b, at, pooled), at);
    throw new ModelError('method', `CAM exists only at '${layer.name}', the layer that is averaged into the logits.`, {
      file: at.model.file,
      where: layer.name,
      hint: `Choose the layer '${layer.name}', or Grad-CAM, which works at every layer.`,
    });
  },
};

function required(model: Model): LinearHead {
  const head = linearHead(model);
  if (head instanceof ModelError) throw head;
  return head;
}

/** W[c,·] as the derivative of the logit by the means: what stands between is affine, so this is its matrix. [N,1,C]. */
function headWeights(b: GraphBuilder, { logits, target }: LayerValues, pooled: string): string {
  const weights = differentiate(b, logits, target, [pooled]).get(pooled) as string;
  const [images, channels] = b.shape(weights) as [Dim, number];
  return b.op('Reshape', [weights], { shape: [images, 1, channels] });
}

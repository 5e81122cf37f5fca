import type { GraphMethod } from '../method.ts';
import { relevanceCamComposite } from '../relevance/composites.ts';
import { contrastStart } from '../relevance/starts.ts';
import type { Sweep } from '../sweep.ts';
import { relevance } from '../sweeps/relevance.ts';
import { channelMeans, weightedSum } from '../weights.ts';

const sweeps: Record<string, Sweep> = {
  standard: relevance(relevanceCamComposite('none'), contrastStart('N-1')),
  'one-nth': relevance(relevanceCamComposite('none'), contrastStart('N')),
  official: relevance(relevanceCamComposite('twice'), contrastStart('N')),
  'official-balanced': relevance(relevanceCamComposite('twice'), contrastStart('N-1')),
};

/**
 * Relevance-CAM: channels weighted by the mean over positions of their relevance, at any layer from one sweep.
 * @see Lee, Kim, Park, Hwang, Relevance-CAM: Your Model Already Knows Where to Look, CVPR 2021
 */
export const relevanceCam: GraphMethod = {
  family: 'graph',
  info: {
    id: 'relevance-cam',
    label: 'Relevance-CAM',
    family: 'relevance',
    about:
      'Where the channels that are relevant for this class rather than the others are active: at every layer, also early ones, where gradients shatter.',
    misleads:
      'Like every CAM it is as coarse as its layer. Rules without bias: in networks whose units live on their biases (ReLU6, depthwise) relevance is lost on the way, see the conservation.',
    formula: 'Σ_k w_k A_k, w_k = mean_ij R_k,ij, from R = 1 at c and −1/(N−1) elsewhere',
    source: "Lee et al., CVPR 2021. Standard: no bias, balanced start; official: the rules of the authors' repository (bias twice, −1/N).",
    at: 'layer',
    slow: false,
    targets: 'any',
    exportable: true,
    variants: [
      {
        id: 'standard',
        label: 'balanced',
        about: 'Bias-free z⁺; starts with 1 at the class and −1/(N−1) at the others, so that relevance sums to 0.',
      },
      { id: 'one-nth', label: '−1/N', about: 'Bias-free z⁺; −1/N at the other classes, as the authors compute it.' },
      {
        id: 'official',
        label: "authors' code",
        about: "The authors' repository: the bias twice in the denominator of convolutions, −1/N at the other classes.",
      },
      { id: 'official-balanced', label: "authors' rules, balanced", about: "The authors' rules with −1/(N−1) at the other classes." },
    ],
    params: [],
  },
  kind: () => ({ relu: false, signed: true, unit: 'Σ w·A, w the mean relevance' }),
  computes: (variant) => variant,
  sweeps: (variant) => [sweeps[variant] as Sweep],
  emit: (b, at, variant) => weightedSum(b, channelMeans(b, at.swept(sweeps[variant] as Sweep)), at),
};

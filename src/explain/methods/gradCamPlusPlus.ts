import type { GraphBuilder } from '../../graph/builder.ts';
import { add, asFloat, div, mul, positive, shifted } from '../../ops/emit.ts';
import { nonNegativeValues } from '../../transform/nonNegative.ts';
import type { GraphMethod, LayerValues } from '../method.ts';
import { gradient } from '../sweeps/gradient.ts';
import { asWeights, channelTotals, weightedSum } from '../weights.ts';

/** pytorch-grad-cam's, in the denominator of α. */
const epsilon = 1e-6;
/** Keeps a channel that is 0 everywhere from dividing by 0; next to any other total it is nothing. */
const tiny = 1e-20;

/**
 * Grad-CAM++: w_k = Σ_ij α_k·max(0, g_k) with α = g²/(2g² + S_k g³), S_k = Σ_ij A_k; map = Σ_k w_k A_k.
 * In the authors' code the score is exp(z_c): the factor e^z cancels in α and is a common positive factor of the map, which
 * is left out here (it would overflow float32 from z = 89 on).
 * @see Chattopadhyay et al., Grad-CAM++: Generalized Gradient-based Visual Explanations, WACV 2018, eq. 10, 19
 */
export const gradCamPlusPlus: GraphMethod = {
  family: 'graph',
  info: {
    id: 'grad-cam++',
    label: 'Grad-CAM++',
    family: 'cam',
    about:
      'Grad-CAM that weights positive gradients only, by second- and third-order terms: several objects of one class are marked alike.',
    misleads:
      'Negative gradients are left out, so maps of the most and the least likely class look alike: hardly class-specific. Before a ReLU a channel whose sum is negative may get any weight.',
    formula: 'max(0, Σ_k w_k A_k), w_k = Σ_ij α_k max(0, g_k), α_k ∝ g_k²/(2g_k² + g_k³ Σ_ab A_k) on g_k > 0, Σ_ij α_k = 1',
    source:
      "Chattopadhyay et al., WACV 2018, eq. 10 and 19, as in the authors' code: α adds up to 1 over the cells of positive gradient. e^z, a common positive factor, is taken as 1.",
    at: 'layer',
    slow: false,
    targets: 'any',
    exportable: true,
    variants: [
      { id: 'authors', label: "authors'", about: "α adds up to 1 in each channel, as in the authors' code. Draws max(0, map)." },
      { id: 'pgc', label: 'pytorch-grad-cam', about: 'α is not normalised and has 1e-6 in its denominator. Draws max(0, map).' },
    ],
    params: [],
  },
  kind: () => ({ relu: true, signed: true, unit: 'Σ w·A of the logit' }),
  computes: (variant) => variant,
  sweeps: () => [gradient],
  keepsNorms: true,
  emit: (b, at, variant) => weightedSum(b, plusPlusWeights(b, at, variant), at),
};

/** w [N,1,C] of a variant. */
export function plusPlusWeights(b: GraphBuilder, at: LayerValues, variant: string): string {
  const rectified = b.op('Relu', [at.swept(gradient)], {});
  const total = channelTotals(b, at.activation);
  // Where S is not negative no denominator is 0, and the pass over memory that looks for it is saved.
  const safe = nonNegativeValues(at.model.graph.nodes, () => false).has(at.activation);
  const denominator = (value: string) => (safe ? value : orOne(b, value));
  return asWeights(b, (variant === 'pgc' ? plain : normalised)(b, rectified, total, denominator));
}

type Denominator = (value: string) => string;

/**
 * Σ α·g⁺ / Σ α, both over the cells of positive gradient; 0 where there is none. There α = 1/(2 + S g), of which the factor
 * 1/S cancels: 1/(2/S + g) is one pass over memory less.
 */
function normalised(b: GraphBuilder, rectified: string, total: string, denominator: Denominator): string {
  const offset = div(b, b.scalar(2), shifted(b, total, tiny));
  const alpha = div(b, positive(b, rectified), denominator(add(b, rectified, offset)));
  return div(b, channelTotals(b, mul(b, alpha, rectified)), orOne(b, channelTotals(b, alpha)));
}

/** Σ g⁺·g²/(2g² + S g³ + ε). */
function plain(b: GraphBuilder, rectified: string, total: string, denominator: Denominator): string {
  const squared = mul(b, rectified, rectified);
  const cubic = mul(b, squared, shifted(b, mul(b, rectified, total), 2));
  return channelTotals(b, mul(b, rectified, div(b, squared, denominator(shifted(b, cubic, epsilon)))));
}

/** A denominator of exactly 0 is taken as 1, as in the authors' code. */
function orOne(b: GraphBuilder, value: string): string {
  return add(b, value, asFloat(b, b.op('Equal', [value, b.scalar(0)], {})));
}

import { type LinearRule, type Modifier, type Part, type Stabiliser, type Term, whole } from '../../transform/relevanceRule.ts';

const positive: Modifier = { id: '+', of: (v) => Math.max(v, 0) };
const negative: Modifier = { id: '-', of: (v) => Math.min(v, 0) };
const twice: Modifier = { id: '2b', of: (v) => 2 * v };

/** What the denominator of a rule holds besides the products: the positive part of the bias, nothing, or (Relevance-CAM's repository) the bias twice. */
export type BiasTreatment = 'positive' | 'none' | 'twice';

/** x⁺w⁺ + x⁻w⁻: the products that raise the output. */
const raising: readonly Term[] = [
  { input: 'positive', weight: positive },
  { input: 'negative', weight: negative },
];

/** x⁺w⁻ + x⁻w⁺: the products that lower it. */
const lowering: readonly Term[] = [
  { input: 'positive', weight: negative },
  { input: 'negative', weight: positive },
];

export const epsilonOf = (value: number): Stabiliser => ({ kind: 'epsilon', value });

/**
 * LRP-ε: R_i = x_i Σ_j w_ij R_j / (z_j + ε·sign z_j), bias in the denominator.
 * @see Bach et al., PLoS ONE 2015, eq. 58
 */
export function epsilonRule(epsilon: number): LinearRule {
  return {
    stabiliser: epsilonOf(epsilon),
    parts: [{ share: 1, terms: [{ input: 'all', weight: whole }], bias: whole }],
  };
}

/**
 * z⁺ (α1β0): only what raises the output counts. Implementations differ in the bias of the denominator: its positive part
 * (zennit), none (CLRP), the whole bias twice (Relevance-CAM's repository).
 * @see Montavon et al., Explaining Nonlinear Classification Decisions with Deep Taylor Decomposition, 2017, eq. 15
 */
export function zPlusRule(bias: BiasTreatment, stabiliser: Stabiliser): LinearRule {
  const biased: Pick<Part, 'bias' | 'denominator'> = {
    positive: { bias: positive, denominator: 1 as const },
    none: { denominator: 1 as const },
    // Unclamped: a negative bias can turn the denominator's sign.
    twice: { bias: twice },
  }[bias];
  return { stabiliser, parts: [{ share: 1, terms: raising, ...biased }] };
}

/**
 * z⁺ of a layer whose weights are negated: what lowers its output, the dual signal of CLRP type 2.
 * @see Gu, Yang, Tresp, Understanding Individual Decisions of CNNs via Contrastive Backpropagation, ACCV 2018, section 4.2
 */
export function negatedZPlusRule(stabiliser: Stabiliser): LinearRule {
  const flipped = (v: Modifier): Modifier => ({ id: `neg${v.id}`, of: (w) => v.of(-w) });
  const terms = raising.map((term) => ({ ...term, weight: flipped(term.weight) }));
  return { stabiliser, parts: [{ share: 1, terms, denominator: 1 }] };
}

/**
 * αβ: R = α·(raising share) − β·(lowering share), β = α − 1, so that relevance is conserved.
 * @see Bach et al., PLoS ONE 2015, eq. 60
 */
export function alphaBetaRule(alpha: number, stabiliser: Stabiliser): LinearRule {
  return {
    stabiliser,
    parts: [
      { share: alpha, terms: raising, bias: positive, denominator: 1 },
      { share: 1 - alpha, terms: lowering, bias: negative, denominator: -1 },
    ],
  };
}

/**
 * γ, the generalised form for inputs of both signs: where the output is positive what raises it weighs (1 + γ) times, where
 * it is negative what lowers it.
 * @see Montavon et al., Layer-Wise Relevance Propagation: An Overview, 2019; Andéol et al., 2021, for the generalised form
 */
export function gammaRule(gamma: number, stabiliser: Stabiliser): LinearRule {
  const more = (part: Modifier): Modifier => ({ id: `γ${gamma}${part.id}`, of: (v) => v + gamma * part.of(v) });
  const [up, down] = [more(positive), more(negative)];
  const terms = (forPositive: Modifier, forNegative: Modifier): readonly Term[] => [
    { input: 'positive', weight: forPositive },
    { input: 'negative', weight: forNegative },
  ];
  return {
    stabiliser,
    parts: [
      { share: 1, where: 'positive', terms: terms(up, down), bias: up },
      { share: 1, where: 'negative', terms: terms(down, up), bias: down },
    ],
  };
}

/**
 * zB, for a layer that reads pixels, whose values lie between l and h: numerators x w − l w⁺ − h w⁻, no bias. Padding is
 * outside the box: it stays 0.
 * @see Montavon et al., Deep Taylor Decomposition, 2017, eq. 20
 */
export function boxRule(stabiliser: Stabiliser): LinearRule {
  const terms: readonly Term[] = [
    { input: 'all', weight: whole },
    { input: 'low', weight: positive, factor: -1 },
    { input: 'high', weight: negative, factor: -1 },
  ];
  return { stabiliser, parts: [{ share: 1, terms, denominator: 1 }] };
}

import type { Composite, LinearPlace, LinearRule } from '../../transform/relevanceRule.ts';
import { alphaBetaRule, type BiasTreatment, boxRule, epsilonOf, epsilonRule, gammaRule, negatedZPlusRule, zPlusRule } from './rules.ts';

export type NormTreatment = 'fold' | 'pass';

/** Choices that a composite of LRP leaves open. */
export interface LrpChoices {
  norm: NormTreatment;
  epsilon: number;
  gamma: number;
  alpha: number;
}

const stabiliser = 1e-6;

function lrpComposite(id: string, { norm, epsilon }: LrpChoices, linear: readonly (readonly [LinearPlace, LinearRule])[]): Composite {
  return { id: `${id},${norm},ε${epsilon}`, linear, norm, sums: epsilonOf(stabiliser), positivePools: false, ties: 'first' };
}

const zPlus = (bias: BiasTreatment) => zPlusRule(bias, epsilonOf(stabiliser));

/** LRP's composites by variant. */
export const lrpComposites = {
  'epsilon-plus': (c: LrpChoices) =>
    lrpComposite('epsilon-plus', c, [
      ['convolution', zPlus('positive')],
      ['any', epsilonRule(c.epsilon)],
    ]),
  'epsilon-plus-box': (c: LrpChoices) =>
    lrpComposite('epsilon-plus-box', c, [
      ['first', boxRule(epsilonOf(stabiliser))],
      ['convolution', zPlus('positive')],
      ['any', epsilonRule(c.epsilon)],
    ]),
  epsilon: (c: LrpChoices) => lrpComposite('epsilon', c, [['any', epsilonRule(c.epsilon)]]),
  'z-plus': (c: LrpChoices) => lrpComposite('z-plus', c, [['any', zPlus('positive')]]),
  'z-plus-no-bias': (c: LrpChoices) => lrpComposite('z-plus-no-bias', c, [['any', zPlus('none')]]),
  'z-plus-box': (c: LrpChoices) =>
    lrpComposite('z-plus-box', c, [
      ['first', boxRule(epsilonOf(stabiliser))],
      ['any', zPlus('none')],
    ]),
  'alpha-beta': (c: LrpChoices) => lrpComposite(`alpha${c.alpha}`, c, [['any', alphaBetaRule(c.alpha, epsilonOf(stabiliser))]]),
  gamma: (c: LrpChoices) => lrpComposite(`gamma${c.gamma}`, c, [['any', gammaRule(c.gamma, epsilonOf(stabiliser))]]),
} as const;

/** z⁺ without bias everywhere, zB at the pixels: the rules of CLRP and SGLRP (their code adds 1e-9 to denominators). */
export function contrastiveComposite(ties: Composite['ties'], last?: 'negated'): Composite {
  const small = epsilonOf(1e-9);
  const box = ['first', boxRule(small)] as const;
  const rest = ['any', zPlusRule('none', small)] as const;
  return {
    id: `contrastive,${ties},${last ?? ''}`,
    linear: last ? [['last', negatedZPlusRule(small)], box, rest] : [box, rest],
    norm: 'fold',
    sums: small,
    positivePools: false,
    ties,
  };
}

/**
 * Relevance-CAM's rules: z⁺ everywhere, relevance passes through batch norms, means of max(0, x), sums without stabiliser.
 * `twice`: convolutions have their bias twice in the denominator, as in the authors' repository.
 * @see Lee et al., Relevance-CAM: Your Model Already Knows Where to Look, CVPR 2021
 */
export function relevanceCamComposite(bias: 'none' | 'twice'): Composite {
  const exact = { kind: 'exact' } as const;
  const linear: Composite['linear'] = [
    ...(bias === 'twice' ? ([['convolution', zPlusRule('twice', exact)]] as const) : []),
    ['any', zPlusRule('none', exact)],
  ];
  return { id: `relevance-cam,${bias}`, linear, norm: 'pass', sums: exact, positivePools: true, ties: 'first' };
}

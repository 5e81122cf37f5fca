import type { GraphBuilder } from '../../graph/builder.ts';
import { sub } from '../../ops/emit.ts';
import type { GraphMethod } from '../method.ts';
import { contrastiveComposite } from '../relevance/composites.ts';
import { absoluteLogitStart, otherLogitsStart } from '../relevance/starts.ts';
import type { Sweep } from '../sweep.ts';
import { relevance } from '../sweeps/relevance.ts';
import { overChannels, ratio, total } from '../weights.ts';

/** Relevance of the class, and of what it is held against. */
export const clrpSweeps: Record<string, readonly [Sweep, Sweep]> = {
  type1: [relevance(contrastiveComposite('shared'), absoluteLogitStart), relevance(contrastiveComposite('shared'), otherLogitsStart)],
  type2: [
    relevance(contrastiveComposite('shared'), absoluteLogitStart),
    relevance(contrastiveComposite('shared', 'negated'), absoluteLogitStart),
  ],
};

/**
 * Contrastive LRP: the relevance of the class minus that of all others, each divided by its own sum.
 * @see Gu, Yang, Tresp, Understanding Individual Decisions of CNNs via Contrastive Backpropagation, ACCV 2018, eq. 6-9
 */
export const clrp: GraphMethod = {
  family: 'graph',
  info: {
    id: 'clrp',
    label: 'CLRP',
    family: 'relevance',
    about: 'Which pixels speak for this class rather than for the others: plain z⁺ relevance looks much the same for every class.',
    misleads:
      'Both parts are divided by their own sums: the size of a value says nothing about the logit. Type 1 and type 2 often disagree.',
    formula: 'max(0, R/ΣR − R′/ΣR′), R′ the relevance of the other classes',
    source:
      "Gu et al., ACCV 2018, eq. 6-9; rules and starts of the authors' code: z⁺ without bias, zB at the pixels, equal pool maxima share.",
    at: 'input',
    slow: false,
    targets: 'class',
    exportable: true,
    variants: [
      { id: 'type1', label: 'type 1: other classes', about: "Against the relevance of all other classes' logits." },
      { id: 'type2', label: 'type 2: negated weights', about: "Against the relevance of the class with the last layer's weights negated." },
    ],
    params: [],
  },
  kind: () => ({ relu: true, signed: true, unit: 'share of relevance' }),
  computes: (variant) => variant,
  sweeps: (variant) => clrpSweeps[variant] ?? [],
  emit: (b, at, variant) => {
    const [own, dual] = (clrpSweeps[variant] as readonly [Sweep, Sweep]).map((sweep) => shareOfTotal(b, at.swept(sweep))) as [
      string,
      string,
    ];
    return overChannels(b, sub(b, own, dual));
  },
};

/** R/ΣR, an image each; 0 where there is no relevance. */
function shareOfTotal(b: GraphBuilder, value: string): string {
  return ratio(b, value, total(b, value));
}

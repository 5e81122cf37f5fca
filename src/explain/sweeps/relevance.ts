import type { GraphBuilder } from '../../graph/builder.ts';
import { add, scaled } from '../../ops/emit.ts';
import { propagateRelevance } from '../../transform/relevance.ts';
import type { Composite } from '../../transform/relevanceRule.ts';
import type { Start } from '../relevance/starts.ts';
import type { Sweep, SweepContext } from '../sweep.ts';

/** Relevance from a start at the logits down to every value asked for, by the rules of a composite. */
export function relevance(composite: Composite, start: Start): Sweep {
  return {
    id: `relevance:${composite.id}:${start.id}`,
    label: start.label,
    affine: false,
    conserved: true,
    emit(b, context, wrt) {
      const { logits, input } = context;
      const bounds = (side: 'low' | 'high') => boundImage(b, context, side);
      return propagateRelevance(b, { logits, input, start: start.emit(b, context), composite, bounds }, wrt);
    },
  };
}

/** The bound of each channel at every pixel. */
function boundImage(b: GraphBuilder, { input, bounds, model }: SweepContext, side: 'low' | 'high'): string {
  const perChannel = b.op('Reshape', [bounds()[side]], { shape: [model.input.channels, 1, 1] });
  return add(b, scaled(b, input, 0), perChannel);
}

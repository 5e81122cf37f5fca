import type { GraphBuilder } from '../../graph/builder.ts';
import { minus, mul, scaled, shifted, sub } from '../../ops/emit.ts';
import type { SweepContext } from '../sweep.ts';

/** The relevance a sweep starts with [N,classes]. */
export interface Start {
  id: string;
  /** What it stands for, a phrase. */
  label: string;
  emit(b: GraphBuilder, context: Pick<SweepContext, 'logits' | 'target' | 'model'>): string;
}

/** z_c at the class, 0 elsewhere; negative for a negative logit. Of a difference: z_c at the one, −z_d at the other. */
export const logitStart: Start = { id: 'logit', label: 'the logit', emit: (b, { logits, target }) => mul(b, target, logits) };

/**
 * 1 at the class, −1/N or −1/(N−1) at the N−1 others; of a difference 1 and −1. −1/N is what Relevance-CAM's authors
 * compute; with −1/(N−1) the relevance sums to 0.
 */
export function contrastStart(others: 'N' | 'N-1'): Start {
  return {
    id: `contrast${others}`,
    label: 'the class against the others',
    emit(b, { target, model }) {
      const share = 1 / Math.max(1, others === 'N' ? model.classes : model.classes - 1);
      const single = b.op('ReduceSum', [target], { axes: [1], keepdims: true });
      return sub(b, target, mul(b, scaled(b, single, share), minus(b, 1, target)));
    },
  };
}

/** |z_c| at the class. */
export const absoluteLogitStart: Start = {
  id: '|logit|',
  label: 'the class',
  emit: (b, { logits, target }) => mul(b, target, b.op('Abs', [logits], {})),
};

/** |z_j| at all classes but the one explained. */
export const otherLogitsStart: Start = {
  id: '|other logits|',
  label: 'the other classes',
  emit: (b, { logits, target }) => mul(b, minus(b, 1, target), b.op('Abs', [logits], {})),
};

const softmax = (b: GraphBuilder, logits: string) => b.op('Softmax', [logits], { axis: 1 });

/** p_c, shaped [N,1]. */
function ownProbability(b: GraphBuilder, logits: string, target: string): string {
  return b.op('ReduceSum', [mul(b, target, softmax(b, logits))], { axes: [1], keepdims: true });
}

/** p_c(1 − p_c) + 1e-8 at the class: the softmax gradient's own entry. */
export const softmaxStart: Start = {
  id: 'softmax',
  label: 'the class',
  emit(b, { logits, target }) {
    const p = ownProbability(b, logits, target);
    return mul(b, target, shifted(b, mul(b, p, minus(b, 1, p)), 1e-8));
  },
};

/** p_c·p_j at all classes but the one explained. */
export const otherSoftmaxStart: Start = {
  id: 'other softmax',
  label: 'the other classes',
  emit: (b, { logits, target }) => mul(b, minus(b, 1, target), mul(b, softmax(b, logits), ownProbability(b, logits, target))),
};

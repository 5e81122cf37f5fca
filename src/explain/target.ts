import type { Tensor } from '../graph/graph.ts';
import type { OutputActivation } from '../importers/model.ts';
import { probabilities } from './scores.ts';

/** The scalar explained: the logit of a class, or its difference to another's. Softmax and sigmoid are left out. */
export interface Target {
  class: number;
  against: number | undefined;
}

/** Weight of each logit in the scalar [1,classes]: what a plan takes as its target. */
export function targetWeights({ class: index, against }: Target, classes: number): Tensor {
  const data = new Float32Array(classes);
  data[index] = 1;
  if (against !== undefined) data[against] = -1;
  return { dtype: 'float32', shape: [1, classes], data };
}

/** The scalar's value for one row of logits [classes]; `probability`: the same of the probabilities. */
export function targetScore(
  { class: index, against }: Target,
  logits: Float32Array,
  { score, activation }: { score: 'logit' | 'probability'; activation: OutputActivation },
): number {
  const values = score === 'probability' ? probabilities(logits, activation) : logits;
  return (values[index] as number) - (against === undefined ? 0 : (values[against] as number));
}

/** Identifies a target among those of one model. */
export function targetKey({ class: index, against }: Target): string {
  return against === undefined ? `${index}` : `${index}-${against}`;
}

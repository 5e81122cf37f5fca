import type { Tensor } from '../graph/graph.ts';
import type { OutputActivation } from '../importers/model.ts';
import { scoresClasses } from '../shared/classScores.ts';
import type { ModelInfo, Rect } from '../shared/protocol.ts';
import { probabilities } from './scores.ts';

/** The scalar explained: the logit of a class, or its difference to another's. Softmax and sigmoid are left out. */
export interface Target {
  class: number;
  against: number | undefined;
  /** Part of a dense output that the logits are the mean of, in its cells; absent: all of it. */
  region?: Rect;
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
export function targetKey({ class: index, against, region }: Target): string {
  return `${index}${against === undefined ? '' : `-${against}`}${region ? `@${regionKey(region)}` : ''}`;
}

export function regionKey({ x, y, width, height }: Rect): string {
  return [x, y, width, height].join();
}

/**
 * The scalar in words: `logit of star`, `probability of star − probability of square`, `output 3`, of a dense output
 * `mean logit of road over 12 × 9 cells, x 3 to 14, y 4 to 12`. Which output it is, is said where the file has several.
 */
export function targetPhrase(
  { class: index, against, region }: Target,
  model: Pick<ModelInfo, 'activation' | 'labels' | 'classes' | 'dense' | 'outputs' | 'output'>,
  score: 'logit' | 'probability',
): string {
  const one = (i: number) => `${model.dense ? 'mean ' : ''}${scalarPhrase(i, model, score)}`;
  const difference = `${one(index)}${against === undefined ? '' : ` − ${one(against)}`}`;
  const where = model.dense ? ` over ${cellsPhrase(model.dense, region)}` : '';
  return `${difference}${where}${model.outputs.length > 1 ? ` (output '${model.output}')` : ''}`;
}

function scalarPhrase(index: number, model: Pick<ModelInfo, 'activation' | 'labels' | 'classes'>, score: 'logit' | 'probability'): string {
  const label = model.labels?.[index];
  if (scoresClasses(model)) return `${score} of ${label ?? `class ${index}`}`;
  return `output ${label ?? index}`;
}

function cellsPhrase(dense: { height: number; width: number }, region: Rect | undefined): string {
  if (!region) return `all ${dense.width} × ${dense.height} cells`;
  const { x, y, width, height } = region;
  return `${width} × ${height} cells, x ${x} to ${x + width - 1}, y ${y} to ${y + height - 1}`;
}

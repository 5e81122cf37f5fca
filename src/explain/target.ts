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

type Named = Pick<ModelInfo, 'activation' | 'labels' | 'classes' | 'dense' | 'outputs' | 'output'>;

/**
 * The scalar in words: `logit of star`, `probability of star − probability of square`, `output 3`, of a dense output
 * `mean logit of road over 12 × 9 cells, x 3 to 14, y 4 to 12`. Which output it is, is said where the file has several.
 */
export function targetPhrase({ class: index, against, region }: Target, model: Named, score: 'logit' | 'probability'): string {
  const averaged = model.dense !== undefined && score === 'logit' && !isCell(region);
  const one = (i: number) => `${averaged ? 'mean ' : ''}${scalarPhrase(i, model, score)}`;
  const difference = `${one(index)}${against === undefined ? '' : ` − ${one(against)}`}`;
  const where = model.dense ? ` ${cellsPhrase(model.dense, region, averaged)}` : '';
  return `${difference}${where}${model.outputs.length > 1 ? ` (output '${model.output}')` : ''}`;
}

function scalarPhrase(index: number, model: Named, score: 'logit' | 'probability'): string {
  const label = model.labels?.[index];
  if (scoresClasses(model)) return `${score} of ${label ?? `class ${index}`}`;
  return `output ${label ?? index}`;
}

function isCell(region: Rect | undefined): region is Rect {
  return region?.width === 1 && region.height === 1;
}

/** Where, of a dense output. A probability is that of the mean logits, not the mean of those of the cells. */
function cellsPhrase(dense: { height: number; width: number }, region: Rect | undefined, averaged: boolean): string {
  if (isCell(region)) return `at cell (${region.x}, ${region.y})`;
  const over = averaged ? 'over' : 'from the mean logits over';
  if (!region) return `${over} all ${dense.width} × ${dense.height} cells`;
  const span = (from: number, count: number) => (count === 1 ? `${from}` : `${from} to ${from + count - 1}`);
  const { x, y, width, height } = region;
  return `${over} ${width} × ${height} cells, x ${span(x, width)}, y ${span(y, height)}`;
}

import type { ModelInfo } from './protocol.ts';

type Scored = Pick<ModelInfo, 'activation' | 'labels' | 'classes'>;

/** From this many raw outputs on they are taken for classes: that is what PyTorch's classifiers export, and no regression has as many. */
const surelyClasses = 10;

/**
 * Whether a model's outputs are scores of classes, so that there are probabilities. A softmax or sigmoid says so, and for a
 * file that has neither, names for the outputs or their number. Other outputs are numbers of whatever the model was trained
 * for: a regression, features.
 */
export function scoresClasses({ activation, labels, classes }: Scored): boolean {
  return activation !== 'none' || classes >= surelyClasses || (labels !== undefined && classes > 1);
}

/** Whether one class excludes the others, so that one of them can be ahead. */
export function canLead(model: Scored): boolean {
  return scoresClasses(model) && model.activation !== 'sigmoid' && model.classes > 1;
}

/** What a map's values are, in this model's terms: a number that scores no class is no logit. */
export function unitOf(unit: string, model: Scored): string {
  return scoresClasses(model) ? unit : unit.replaceAll('logit', 'output');
}

/** Name of class (or output) `index`. */
export function className(model: Scored, index: number): string {
  return model.labels?.[index] ?? `${scoresClasses(model) ? 'class' : 'output'} ${index}`;
}

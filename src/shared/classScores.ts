import type { ModelInfo } from './protocol.ts';

/**
 * Whether a model's outputs are scores of classes, so that there are probabilities. A softmax or sigmoid says so, and so do
 * names for the classes of a file that has neither. Other outputs are numbers of whatever the model was trained for: a
 * regression, features.
 */
export function scoresClasses({ activation, labels, classes }: Pick<ModelInfo, 'activation' | 'labels' | 'classes'>): boolean {
  return activation !== 'none' || (labels !== undefined && classes > 1);
}

/** Name of class (or output) `index`. */
export function className(model: Pick<ModelInfo, 'activation' | 'labels' | 'classes'>, index: number): string {
  return model.labels?.[index] ?? `${scoresClasses(model) ? 'class' : 'output'} ${index}`;
}

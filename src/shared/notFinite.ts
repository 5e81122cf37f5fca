import { quantityOf } from './logQuantity.ts';
import type { LogSeries } from './trainingProtocol.ts';

/**
 * Where a logged curve stops being finite, as an index; undefined: nowhere. NaN before the first number means that the quantity is not
 * defined yet (a validation that has not been), but for the loss of training, which always is.
 */
export function firstNotFinite({ name, y }: Pick<LogSeries, 'name' | 'y'>): number | undefined {
  const begin = isTrainingLoss(name) ? 0 : y.findIndex(Number.isFinite);
  if (begin < 0) return undefined;
  for (let i = begin; i < y.length; i++) if (!Number.isFinite(y[i])) return i;
  return undefined;
}

export function isTrainingLoss(name: string): boolean {
  const { kind, split } = quantityOf(name);
  return kind === 'loss' && (split === undefined || split === 'train');
}

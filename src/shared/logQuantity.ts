/** What the name of a logged curve says. */
export interface Quantity {
  /** Names what is measured, the same for training and validation: `loss`. */
  id: string;
  kind: 'loss' | 'accuracy' | 'other';
  split: Split | undefined;
}

export type Split = 'train' | 'validation' | 'test';

const splits: ReadonlyMap<string, Split> = new Map([
  ...['train', 'training', 'trn'].map((word) => [word, 'train'] as const),
  ...['val', 'valid', 'validation', 'eval', 'evaluation', 'dev'].map((word) => [word, 'validation'] as const),
  ...['test', 'testing'].map((word) => [word, 'test'] as const),
]);
/** How often it is measured says nothing of what is. */
const often = new Set(['epoch', 'batch', 'step', 'iter', 'iteration', 'avg', 'mean', 'running', 'vs', 'iterations', 'metrics']);
const same: ReadonlyMap<string, string> = new Map([
  ['acc', 'accuracy'],
  ['lr', 'learning rate'],
  ['losses', 'loss'],
]);

const lossLike = /loss|error|\berr\b|\bm[sa]e\b|nll|perplexity|entropy|divergence|\bkl\b/;
const accuracyLike = /accuracy|\bacc\b|\bauc\b|\bf1\b|\bf beta\b|precision|recall|\biou\b|\bmap\d*\b|\btop ?\d|dice|score/;

/** `val_loss`, `Loss/test`, `validation/epoch_loss`, `train_loss_step`: each is a loss of something. */
export function quantityOf(name: string): Quantity {
  const words = name
    .replaceAll(/([a-z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[\s_/.\-:]+/)
    .filter((word) => word !== '');
  const split = words.map((word) => splits.get(word)).find((each) => each !== undefined);
  const own = words.filter((word) => splits.get(word) === undefined && !often.has(word)).map((word) => same.get(word) ?? word);
  // The folder of a run and its tag may say the same: `loss_val/loss`.
  const id = own.filter((word, i) => own.indexOf(word) === i).join(' ') || name;
  return { id, kind: lossLike.test(id) ? 'loss' : accuracyLike.test(id) ? 'accuracy' : 'other', split };
}

import type { RunAxis } from '../../../shared/trainingProtocol.ts';

/**
 * How sure a number in a name is to count checkpoints. `named`: a word says so (`epoch_03`, `ckpt-5`, `iter_10000`); one file is a run.
 * `short`: a word that means other things too (`e12`, `ep-3`, `batch_8`); two files are. `bare`: a number that stands alone between
 * separators (`model-05`, `0001`); three are.
 */
export type Sureness = (typeof surenesses)[number];

/** The surest first. */
export const surenesses = ['named', 'short', 'bare'] as const;

const words: readonly { words: readonly string[]; axis: RunAxis; sureness: Sureness }[] = [
  { words: ['epoch'], axis: 'epoch', sureness: 'named' },
  { words: ['step', 'global_step', 'globalstep', 'iter', 'iters', 'iteration', 'iterations'], axis: 'step', sureness: 'named' },
  { words: ['ckpt', 'ckpts', 'checkpoint', 'checkpoints', 'chkpt'], axis: 'number', sureness: 'named' },
  // Several may be how many there were: net_epochs_50, timing_steps_4.
  { words: ['epochs', 'epo', 'ep', 'e'], axis: 'epoch', sureness: 'short' },
  { words: ['steps', 'itr', 'it', 'batch'], axis: 'step', sureness: 'short' },
  { words: ['cp', 'snapshot'], axis: 'number', sureness: 'short' },
];
/** What counts behind a word, lower case. */
export const byWord = new Map(words.flatMap((each) => each.words.map((word) => [word, each] as const)));

/** What a number behind such a word says is how good the network was, not which one it is. */
export const measures =
  /^(val|train|test|valid|validation|loss|acc|accuracy|top|f1|auc|map|miou|iou|precision|recall|error|err|lr|score|psnr|mse|mae)$/;
/** Numbers behind these tell one experiment, part or kind of export from the other: each has a run of its own. */
export const others =
  /^(fold|folds|kfold|cv|seed|seeds|trial|trials|copy|run|runs|exp|exps|experiment|experiments|version|versions|ver|v|rank|gpu|rev|stage|phase|part|split|class|classes|layer|layers|head|member|client|worker|size|width|height|depth|opset|int|fp|float|uint|bits|bit|bs|job|task|imgsz|img|res|input|group|shard|of)$/;

import type { RunAxis } from '../../../shared/trainingProtocol.ts';

/**
 * How sure a number in a name is to count checkpoints. `named`: a word says so (`epoch_03`, `ckpt-5`, `iter_10000`); one file is a run.
 * `short`: a word that means other things too (`e12`, `ep-3`, `batch_8`); two files are. `bare`: a number that stands alone between
 * separators (`model-05`, `0001`); three are.
 */
export type Sureness = 'named' | 'short' | 'bare';

/** A number of a name that may be the one that counts. */
export interface NameKey {
  sureness: Sureness;
  axis: RunAxis;
  /** Exact up to 2^53. */
  at: number;
  /** Its place among the parts. */
  part: number;
}

/** A name, taken apart: what is left of it when it is put together again with `*` for what differs from checkpoint to checkpoint. */
export interface ParsedName {
  /** Text, and numbers as written. */
  parts: readonly string[];
  keys: readonly NameKey[];
  /** Parts that say how good the checkpoint was or when it was made: they differ without counting. */
  free: ReadonlySet<number>;
}

const words: readonly { words: readonly string[]; axis: RunAxis; sureness: Sureness }[] = [
  { words: ['epoch', 'epochs'], axis: 'epoch', sureness: 'named' },
  {
    words: ['step', 'steps', 'global_step', 'globalstep', 'iter', 'iters', 'iteration', 'iterations'],
    ...{ axis: 'step', sureness: 'named' },
  },
  { words: ['ckpt', 'checkpoint', 'chkpt'], axis: 'number', sureness: 'named' },
  { words: ['ep', 'e'], axis: 'epoch', sureness: 'short' },
  { words: ['it', 'batch'], axis: 'step', sureness: 'short' },
  { words: ['cp', 'snapshot'], axis: 'number', sureness: 'short' },
];
const byWord = new Map(words.flatMap((each) => each.words.map((word) => [word, each] as const)));

/** What a number behind such a word says is how good the network was, not which one it is. */
const measures =
  /^(val|train|test|valid|validation|loss|acc|accuracy|top|f1|auc|map|miou|iou|precision|recall|error|err|lr|score|psnr|mse|mae)$/;
/** Numbers behind these tell one experiment, part or kind of export from the other: each has a run of its own. */
const others =
  /^(fold|seed|trial|run|exp|experiment|version|ver|v|rank|gpu|rev|stage|phase|part|split|class|classes|layer|layers|head|member|client|worker|size|width|height|depth|opset|int|fp|float|uint|bits|bit|bs|job|task|imgsz|img|res|input|group|shard|of)$/;
const family =
  /^(resnet|resnext|resnest|vgg|densenet|darknet|wideresnet|regnet|senet|seresnet|dla|hrnet|yolo|inception|mobilenet|efficientnet|vit|swin|convnext)$/;

/** Half-written by its name, or hidden: what writes through a temporary name renames when it is done. */
const temporary = /^[.~]|~$|(^|[._-])(tmp|temp|part|partial|incomplete|swp|swap|crdownload)([._-]|$)/i;

export function isTemporary(name: string): boolean {
  return temporary.test(name);
}

/** Undefined: nothing in it can count. `name`: of a file without its extension, or of a folder. */
export function parseName(name: string): ParsedName | undefined {
  const parts = splitName(name);
  const keys: NameKey[] = [];
  const free = new Set<number>();
  const dated = datedParts(parts);
  for (const [index, part] of parts.entries()) {
    if (!isNumber(part)) continue;
    const key = dated.has(index) ? undefined : keyAt(parts, index);
    if (key) keys.push(key);
    if (isMeasure(parts, index)) free.add(index);
  }
  // Lightning's second file of one name: epoch=3-step=400-v1.
  if (/-v$/.test(parts.at(-3) ?? '') && parts.at(-1) === '') free.add(parts.length - 2);
  return keys.length > 0 ? { parts, keys, free } : undefined;
}

/** Text and numbers in turn, text first and last: a float is one number, unless a word before it says that whole numbers count. */
function splitName(name: string): string[] {
  const parts: string[] = [];
  let text = '';
  let rest = name;
  const number = /^\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/;
  while (rest !== '') {
    const found = number.exec(rest)?.[0];
    if (found === undefined) {
      text += rest[0];
      rest = rest.slice(1);
      continue;
    }
    const taken = byWord.has(wordBefore(text).word) ? (/^\d+/.exec(found)?.[0] ?? found) : found;
    parts.push(text, taken);
    text = '';
    rest = rest.slice(taken.length);
  }
  return [...parts, text];
}

function isNumber(part: string): boolean {
  return /^\d/.test(part);
}

/** The word that stands right before a number, with or without a separator between them. */
function wordBefore(text: string): { word: string; separated: boolean } {
  const found = /(global[_-]?step|[a-zA-Z]+)?([-_. =()[\]]*)$/i.exec(text);
  return { word: (found?.[1] ?? '').toLowerCase().replace('-', '_'), separated: (found?.[2] ?? '') !== '' || text === '' };
}

function keyAt(parts: readonly string[], index: number): NameKey | undefined {
  const digits = parts[index] as string;
  const { word, separated } = wordBefore(parts[index - 1] as string);
  const after = parts[index + 1] as string;
  const at = Number(digits);
  if (!/^\d+$/.test(digits) || !Number.isSafeInteger(at)) return undefined;
  const known = byWord.get(word);
  if (known) {
    const { axis } = known;
    // One letter is part of hashes too.
    if (known.sureness === 'short' && /^[a-zA-Z]/.test(after)) return undefined;
    return { sureness: known.sureness, axis, at, part: index };
  }
  const standsAlone = separated && (after === '' || /^[-_. =()[\]]/.test(after));
  const isVersion = index > 1 && parts[index - 1] === '.';
  if (!standsAlone || isVersion || others.test(word) || measures.test(word) || isTime(digits)) return undefined;
  return { sureness: 'bare', axis: 'number', at, part: index };
}

/** Floats are measures whatever stands before them; whole numbers where a word says so, and what else counts, a step beside an epoch. */
function isMeasure(parts: readonly string[], index: number): boolean {
  if (!/^\d+$/.test(parts[index] as string)) return true;
  const { word } = wordBefore(parts[index - 1] as string);
  return measures.test(word) || byWord.get(word)?.sureness === 'named';
}

/** Seconds or milliseconds since 1970, a date, or digits of a hash. */
function isTime(digits: string): boolean {
  return digits.length > 9 || /^(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/.test(digits);
}

/** Numbers of a date, and of the time behind it: 2024-01-31_12-00-00, 20240131_120000. */
function datedParts(parts: readonly string[]): ReadonlySet<number> {
  const dated = new Set<number>();
  for (let i = 1; i < parts.length; i += 2) {
    const whole = /^(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/.test(parts[i] as string);
    const spelt = /^(19|20)\d\d$/.test(parts[i] as string) && [2, 4].every((n) => /^\d\d$/.test(parts[i + n] ?? ''));
    if (!whole && !spelt) continue;
    let next = i + (whole ? 2 : 6);
    for (let n = i; n < next; n += 2) dated.add(n);
    // Times are of two digits each, or of four or six.
    for (; /^(\d\d|\d{4}|\d{6})$/.test(parts[next] ?? '') && /^[-_.T :h]$/i.test(parts[next - 1] ?? ''); next += 2) dated.add(next);
  }
  return dated;
}

/** Depths that architectures are called after, sizes of pictures, years: numbers that differ without counting checkpoints. */
export function areOtherNumbers(name: ParsedName, part: number, numbers: readonly number[]): boolean {
  const { word } = wordBefore(name.parts[part - 1] as string);
  if (family.test(word) && numbers.every((n) => depths.has(n))) return true;
  if (numbers.every((n) => n % 32 === 0 && n >= 32 && n <= 2048)) return true;
  if (numbers.every((n) => n > 0 && (n & (n - 1)) === 0) && numbers.some((n) => n > 4)) return true;
  return numbers.every((n) => n >= 1990 && n <= 2100);
}

const depths = new Set([
  ...[8, 11, 13, 14, 16, 18, 19, 20, 26, 32, 34, 38, 44, 50, 53, 56, 68, 74, 92, 98, 101, 103, 107],
  ...[110, 121, 131, 152, 161, 164, 169, 200, 201, 264, 269],
]);

import type { RunAxis } from '../../../shared/trainingProtocol.ts';
import { datedParts, isTime } from './nameDates.ts';
import { splitName, wordBefore } from './nameParts.ts';
import { byWord, measures, others, type Sureness } from './nameWords.ts';

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
  /** Parts that say how good the checkpoint was: they differ without counting. */
  free: ReadonlySet<number>;
  /** Parts of dates and times. */
  dated: ReadonlySet<number>;
}

/** Half-written by its name, or hidden: what writes through a temporary name renames when it is done. */
const temporary = /^[.~]|~$|(^|[._-])(tmp|temp|part|partial|incomplete|swp|swap|crdownload)([._-]|$)/i;

export function isTemporary(name: string): boolean {
  return temporary.test(name);
}

/** What a name lies in: it says what a number that the name begins with counts (`checkpoints/05.keras`, `runs/3/model.h5`). */
interface Place {
  /** Name of the folder. */
  folder: string;
  /** The name is that of a file. */
  isFile: boolean;
}

/** Undefined: nothing in it can count. `name`: of a file without its extension, or of a folder. */
export function parseName(name: string, place?: Place): ParsedName | undefined {
  const parts = splitName(name);
  const keys: NameKey[] = [];
  const free = new Set<number>();
  const dated = datedParts(parts);
  for (let index = 1; index < parts.length; index += 2) {
    const key = dated.has(index) ? undefined : index === 1 && parts[0] === '' ? firstKey(parts, place) : keyAt(parts, index);
    if (key) keys.push(key);
    if (isMeasure(parts, index)) free.add(index);
  }
  // Lightning's second file of one name: epoch=3-step=400-v1.
  if (/-v$/.test(parts.at(-3) ?? '') && parts.at(-1) === '') free.add(parts.length - 2);
  return keys.length > 0 ? { parts, keys, free, dated } : undefined;
}

function firstKey(parts: readonly string[], place: Place | undefined): NameKey | undefined {
  const key = keyAt(parts, 1);
  if (!key || !place) return key;
  const { word } = wordBefore(place.folder);
  // Files of one run lie in `exp`, those of several in `exps`.
  if (others.test(word) && (!place.isFile || word.endsWith('s'))) return undefined;
  const known = byWord.get(word.replace(/s$/, ''));
  return known?.sureness === 'named' ? { ...key, sureness: 'named', axis: known.axis } : key;
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
    return { sureness: known.sureness, axis, at: /^k(?![a-z])/i.test(after) ? at * 1000 : at, part: index };
  }
  const standsAlone = separated && (after === '' || /^[-_. =()[\]]/.test(after));
  if (!standsAlone || isTime(digits) || isCopy(parts, index)) return undefined;
  const isVersion = index > 1 && parts[index - 1] === '.';
  if (!isBeforeLoss(parts, index) && (isVersion || others.test(word) || measures.test(word))) return undefined;
  // `ppo_20000_steps`.
  const axis = byWord.get(/^[-_ ](epochs|steps|iters|iterations)(?![a-z])/i.exec(after)?.[1]?.toLowerCase() ?? '')?.axis ?? 'number';
  return { sureness: 'bare', axis, at, part: index };
}

/** Keras' `test.{epoch:02d}-{val_loss:.2f}`, whatever the word before it means elsewhere. */
function isBeforeLoss(parts: readonly string[], index: number): boolean {
  return /\.$/.test(parts[index - 1] as string) && parts[index + 1] === '-' && /^(\d+\.\d|nan|inf)/i.test(parts[index + 2] ?? '');
}

/** Downloaded once more: `model (2)`. */
function isCopy(parts: readonly string[], index: number): boolean {
  return /\($/.test(parts[index - 1] as string) && /^\)/.test(parts[index + 1] as string);
}

/** Floats are measures, unless a word says `v1.5`; whole numbers where a word says so, and what else counts, a step beside an epoch. */
function isMeasure(parts: readonly string[], index: number): boolean {
  const { word } = wordBefore(parts[index - 1] as string);
  if (!/^\d+$/.test(parts[index] as string)) return !others.test(word);
  return measures.test(word) || byWord.get(word)?.sureness === 'named';
}

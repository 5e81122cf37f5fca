import { byWord, measures } from './nameWords.ts';

const number = /^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/;
/** What a diverged run writes in place of its loss. */
const noNumber = /^-?(nan|inf)(?![a-z0-9])/i;
/** Keras' own `{epoch:02d}-{val_loss:.2f}` behind a name that ends in a number: `cifar10.03-0.41` is no 10.03. */
const kerasEnd = /^[1-9]\d*(?=\.\d{2,}-(?:\d+\.\d+|nan|inf)(?![-\d]))/i;

/**
 * Text and numbers in turn, text first and last: a float is one number, unless a word before it says that whole numbers count. Behind a
 * number, `nan` and `inf` are others; a sign belongs to a number that it does not join to what is before (`reward=-1.2`).
 */
export function splitName(name: string): string[] {
  const parts: string[] = [];
  let text = '';
  let rest = name;
  while (rest !== '') {
    const found = numberAt(text, rest, parts.length > 0);
    if (found === undefined) {
      text += rest[0];
      rest = rest.slice(1);
      continue;
    }
    parts.push(text, found);
    text = '';
    rest = rest.slice(found.length);
  }
  return [...parts, text];
}

/** The number that `rest` begins with, as written. `text`: what stands before it, since the last number. */
function numberAt(text: string, rest: string, isBehind: boolean): string | undefined {
  if (!/^[-\dni]/i.test(rest)) return undefined;
  const { word } = wordBefore(text);
  const found = number.exec(rest)?.[0];
  if (found === undefined) return isBehind && (measures.test(word) || /[-_=. (]$/.test(text)) ? noNumber.exec(rest)?.[0] : undefined;
  if (found.startsWith('-') && !/[=_:]$/.test(text)) return undefined;
  if (byWord.has(word)) return /^-?\d+/.exec(found)?.[0];
  return (measures.test(word) ? undefined : kerasEnd.exec(rest)?.[0]) ?? found;
}

/** The word that stands right before a number, with or without a separator between them. */
export function wordBefore(text: string): { word: string; separated: boolean } {
  const found = /(global[_-]?step|[a-zA-Z]+)?([-_. =()[\]]*)$/i.exec(text);
  return { word: (found?.[1] ?? '').toLowerCase().replace('-', '_'), separated: (found?.[2] ?? '') !== '' || text === '' };
}

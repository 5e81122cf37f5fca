import { byWord } from './nameWords.ts';

/** Text and numbers in turn, text first and last: a float is one number, unless a word before it says that whole numbers count. */
export function splitName(name: string): string[] {
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

export function isNumber(part: string): boolean {
  return /^\d/.test(part);
}

/** The word that stands right before a number, with or without a separator between them. */
export function wordBefore(text: string): { word: string; separated: boolean } {
  const found = /(global[_-]?step|[a-zA-Z]+)?([-_. =()[\]]*)$/i.exec(text);
  return { word: (found?.[1] ?? '').toLowerCase().replace('-', '_'), separated: (found?.[2] ?? '') !== '' || text === '' };
}

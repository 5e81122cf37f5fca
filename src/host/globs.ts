import { imageExtensions } from './images.ts';

/** One glob for all of them; undefined: none. */
export function anyOf(globs: readonly string[]): string | undefined {
  return globs.length < 2 ? globs[0] : `{${globs.join(',')}}`;
}

/** Images in a folder, at any depth. Globs tell upper from lower case, file names do not. */
export const imageFiles = `**/*.{${imageExtensions.map((extension) => [...extension].map(eitherCase).join('')).join(',')}}`;

function eitherCase(letter: string): string {
  return `[${letter}${letter.toUpperCase()}]`;
}

import { anyOf } from '../../globs.ts';

/** Absolute paths of files that match a glob, at most so many: which of more, nobody knows. */
export type Find = (glob: string, most: number) => Promise<readonly string[]>;

export const mostFiles = 5_000;

/** What checkpoints among too many files are called. Globs tell upper from lower case. */
const named = '*{[eE]poch,[cC]heckpoint,[cC]kpt,[sS]tep,[iI]ter,[wW]eights}*';

/**
 * Files that may be models, by their globs. Where they are too many, each kind by itself: twenty thousand slices of a data set in `.h5` hide
 * no `.onnx`. Of a kind that is too many alone, those that are called checkpoints, or lie in a folder that is: never some of all, which would
 * be others at each search.
 */
export async function findModelFiles(globs: readonly string[], find: Find, most = mostFiles): Promise<readonly string[]> {
  const all = anyOf(globs);
  if (all === undefined) return [];
  const found = await find(all, most);
  if (found.length < most) return found;
  const kinds = await Promise.all(
    globs.map(async (glob) => {
      const files = await find(glob, most);
      return files.length < most ? files : (await Promise.all(namedOf(glob).map((each) => find(each, most)))).flat();
    }),
  );
  return [...new Set(kinds.flat())];
}

/** Of all `.h5` those with such a name, and those in folders with one; of globs that a person has narrowed down, themselves. */
function namedOf(glob: string): string[] {
  const rest = /^\*\*\/(.+)$/.exec(glob)?.[1];
  if (rest === undefined) return [glob];
  const inFolders = `**/${named}/**/${rest}`;
  return rest.startsWith('*.') ? [`**/${named}${rest.slice(1)}`, inFolders] : [inFolders];
}

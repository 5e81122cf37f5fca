import { basename, dirname, extname, join } from 'node:path';

/** Absolute paths. */
export interface Move {
  from: string;
  to: string;
}

/**
 * Where images go in a folder. A name that is taken, by a file there or by an image that moves, gets a number: `cat-2.png`. Images that
 * are there already stay. `names`: of what the folder holds.
 */
export function planMoves(images: readonly string[], folder: string, names: readonly string[]): Move[] {
  // Disks may take upper and lower case for the same.
  const taken = new Set(names.map((name) => name.toLowerCase()));
  return images
    .filter((from) => dirname(from) !== folder)
    .map((from) => {
      const name = freeName(basename(from), taken);
      taken.add(name.toLowerCase());
      return { from, to: join(folder, name) };
    });
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  const extension = extname(name);
  const stem = basename(name, extension);
  let free = name;
  for (let number = 2; taken.has(free.toLowerCase()); number++) free = `${stem}-${number}${extension}`;
  return free;
}

/** The way back. */
export function reversed(moves: readonly Move[]): Move[] {
  return moves.map(({ from, to }) => ({ from: to, to: from }));
}

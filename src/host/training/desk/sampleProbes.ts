import { dirname } from 'node:path';

/** A balanced sample: one image of each folder in turn, in order, until there are enough. */
export function sampleProbes(images: readonly string[], count: number): string[] {
  const folders = new Map<string, string[]>();
  for (const image of images) folders.set(dirname(image), [...(folders.get(dirname(image)) ?? []), image]);
  const rest = [...folders.values()];
  const taken: string[] = [];
  for (let turn = 0; taken.length < count && rest.some((own) => own.length > turn); turn++) {
    for (const own of evenly(rest, count - taken.length)) if (own[turn] !== undefined && taken.length < count) taken.push(own[turn]!);
  }
  return taken.sort((a, b) => images.indexOf(a) - images.indexOf(b));
}

/** Of too many folders some from all over. */
function evenly<T>(all: readonly T[], count: number): T[] {
  if (all.length <= count) return [...all];
  return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)] as T);
}

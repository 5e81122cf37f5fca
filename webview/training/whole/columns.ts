import type { WholeSet } from '../../../src/shared/trainingProtocol.ts';

export interface OfCheckpoint {
  checkpoint: string;
  whole: WholeSet;
}

/**
 * `all` with what checkpoints say of the set. Every message brings lists of its own: those that are the same are shared, so that a run holds
 * its paths once. All are of the same images: what was said of another set goes.
 */
export function withWholes(all: ReadonlyMap<string, WholeSet>, news: readonly OfCheckpoint[]): ReadonlyMap<string, WholeSet> {
  let now = new Map(all);
  for (const { checkpoint, whole } of news) {
    const [like] = now.values();
    if (like && like.images !== whole.images && !areSame(like.images, whole.images)) now = new Map();
    now.set(checkpoint, like && now.size > 0 ? sharing(whole, like) : whole);
  }
  return now;
}

function sharing(whole: WholeSet, { images, classes, labels }: WholeSet): WholeSet {
  return {
    ...whole,
    images,
    classes: areSame(classes, whole.classes) ? classes : whole.classes,
    labels: areSame(labels, whole.labels) ? labels : whole.labels,
  };
}

function areSame(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

const rows = new WeakMap<readonly string[], ReadonlyMap<string, number>>();

/** Row of an image; undefined: it is not of the set. */
export function rowOf({ images }: Pick<WholeSet, 'images'>, image: string): number | undefined {
  const known = rows.get(images) ?? new Map(images.map((path, row) => [path, row]));
  rows.set(images, known);
  return known.get(image);
}

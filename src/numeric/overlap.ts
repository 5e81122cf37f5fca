import type { NeighbourGraph } from './points.ts';

/** The nearest neighbours of points that have names: the same point has the same one in all spaces. */
export interface NamedNeighbours {
  /** [count]; no two alike. */
  names: readonly string[];
  graph: Pick<NeighbourGraph, 'k' | 'indices'>;
}

export interface Overlap {
  /** Mean share of the neighbours that a point has in both; NaN for too few points. */
  share: number;
  /** Neighbours that were compared. */
  k: number;
  /** Points that were. */
  points: number;
}

/**
 * How much of the points' neighbourhoods is the same in two spaces. Of points that are in one of them only nothing is counted: neighbours
 * are the nearest among those that both have, which lists longer than `k` tell of most points; the rest is left out. Of so few points that
 * k would be more than half of the others, k is that half.
 */
export function neighbourOverlap(a: NamedNeighbours, b: NamedNeighbours, k: number): Overlap {
  const shared = sharedPoints(a.names, b.names);
  const each = Math.min(k, Math.floor((shared.count - 1) / 2));
  let [sum, points] = [0, 0];
  for (let i = 0; each > 0 && i < a.names.length; i++) {
    const j = shared.inOther[i]!;
    if (j < 0) continue;
    const own = nearest(a, i, each, (point) => shared.inOther[point]! >= 0);
    const other = nearest(b, j, each, (point) => shared.isThere[point] === 1);
    if (!own || !other) continue;
    const set = new Set(other);
    sum += own.filter((point) => set.has(shared.inOther[point]!)).length / each;
    points++;
  }
  return { share: points > 0 ? sum / points : Number.NaN, k: Math.max(0, each), points };
}

/** By point of the one, which it is of the other, −1: none; by point of the other, 1: it is one of both. */
function sharedPoints(names: readonly string[], others: readonly string[]): { inOther: Int32Array; isThere: Uint8Array; count: number } {
  const byName = new Map(others.map((name, j) => [name, j]));
  const inOther = Int32Array.from(names, (name) => byName.get(name) ?? -1);
  const isThere = new Uint8Array(others.length);
  for (const j of inOther) if (j >= 0) isThere[j] = 1;
  return { inOther, isThere, count: isThere.reduce((sum, one) => sum + one, 0) };
}

/** The first k of a point's neighbours that count; undefined: the list is too short to tell. */
function nearest(
  { graph: { k: length, indices } }: NamedNeighbours,
  point: number,
  k: number,
  counts: (point: number) => boolean,
): number[] | undefined {
  const found: number[] = [];
  for (let at = point * length; at < (point + 1) * length && found.length < k; at++) if (counts(indices[at]!)) found.push(indices[at]!);
  return found.length === k ? found : undefined;
}

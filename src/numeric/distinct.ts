import type { Vectors } from './distances.ts';
import { Ranked } from './nearest.ts';

/** Vectors that are the same, bit by bit: of many (features that are all 0) no order of distances could tell the nearest. */
export interface Distinct {
  /** The first vector of each group, ascending. */
  first: Int32Array;
  /** Neighbours [vectors,k] of all vectors, from those of the first ones of the groups, which are numbered as vectors. */
  spread(found: Ranked, k: number): Ranked;
}

export function distinct({ data, count, dimensions }: Vectors): Distinct {
  const words = data instanceof Float32Array ? new Uint32Array(data.buffer, data.byteOffset, data.length) : data;
  const byHash = new Map<number, number[]>();
  const groups: number[][] = [];
  const groupOf = new Int32Array(count);
  const same = (i: number, j: number) => {
    for (let t = 0; t < dimensions; t++) if (words[i * dimensions + t] !== words[j * dimensions + t]) return false;
    return true;
  };
  for (let i = 0; i < count; i++) {
    const hash = hashOf(words, i * dimensions, dimensions);
    const candidates = byHash.get(hash) ?? [];
    let group = candidates.find((g) => same(i, (groups[g] as number[])[0] as number));
    if (group === undefined) {
      group = groups.push([]) - 1;
      candidates.push(group);
      byHash.set(hash, candidates);
    }
    (groups[group] as number[]).push(i);
    groupOf[i] = group;
  }
  const first = Int32Array.from(groups, (group) => group[0] as number);
  return { first, spread: (found, k) => spread(found, k, groups, groupOf) };
}

/** FNV-1a over words. */
function hashOf(words: Uint32Array | Uint8Array, from: number, length: number): number {
  let hash = 0x811c9dc5;
  for (let t = from; t < from + length; t++) hash = Math.imul(hash ^ (words[t] as number), 0x01000193);
  // The lower bits alone would take part in the lower bits of the product.
  return hash ^ (hash >>> 15);
}

function spread(found: Ranked, k: number, groups: readonly (readonly number[])[], groupOf: Int32Array): Ranked {
  const all = new Ranked(groupOf.length, k);
  groupOf.forEach((own, row) => {
    const offer = (group: number, distance: number) => {
      // Of each group not more than k can be among the nearest, itself left out.
      for (const member of (groups[group] as number[]).slice(0, k + 1)) if (member !== row) all.offer(row, member, distance);
    };
    offer(own, 0);
    for (let at = own * found.k; at < (own + 1) * found.k; at++) {
      offer(groupOf[found.indices[at] as number] as number, found.distances[at] as number);
    }
  });
  return all;
}

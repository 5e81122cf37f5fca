import type { Affinities } from '../affinities.ts';
import type { TsneMemory } from './memory.ts';
import { Quadtree } from './quadtree.ts';

/**
 * The order of points in memory: neighbours of the layout next to each other, so that what acts on one is in the cache for the next. It is
 * made anew as the layout takes shape.
 */
export class PointOrder {
  /** By place in memory: which point it is. */
  readonly points: Int32Array;
  readonly #tree: Quadtree;
  readonly #affinities: Affinities;

  constructor(affinities: Affinities) {
    this.#affinities = affinities;
    this.points = Int32Array.from({ length: affinities.count }, (_, i) => i);
    this.#tree = new Quadtree(affinities.count);
  }

  /** Sorts the points of a run by where they are, with what belongs to each: pairs of numbers [n,2]. */
  sort(memory: TsneMemory, ...pairs: readonly Float64Array[]): void {
    this.#tree.build(memory.positions);
    const { order } = this.#tree;
    for (const pair of [memory.positions, ...pairs]) permute(pair, order);
    this.points.set(Int32Array.from(order, (place) => this.points[place] as number));
    this.#placeAffinities(memory);
  }

  /** What is kept in memory order, [n,2], in the order of the points. */
  restore(pairs: Float64Array): Float32Array {
    const out = new Float32Array(pairs.length);
    for (const [place, point] of this.points.entries()) {
      out[2 * point] = pairs[2 * place] as number;
      out[2 * point + 1] = pairs[2 * place + 1] as number;
    }
    return out;
  }

  #placeAffinities({ indptr, indices, values }: TsneMemory): void {
    const from = this.#affinities;
    const places = new Int32Array(from.count);
    for (const [place, point] of this.points.entries()) places[point] = place;
    let at = 0;
    for (const [place, point] of this.points.entries()) {
      for (let e = from.indptr[point] as number; e < (from.indptr[point + 1] as number); e++) {
        indices[at] = places[from.indices[e] as number] as number;
        values[at++] = from.values[e] as number;
      }
      indptr[place + 1] = at;
    }
  }
}

function permute(pairs: Float64Array, order: Int32Array): void {
  const before = pairs.slice();
  for (const [to, from] of order.entries()) {
    pairs[2 * to] = before[2 * from] as number;
    pairs[2 * to + 1] = before[2 * from + 1] as number;
  }
}

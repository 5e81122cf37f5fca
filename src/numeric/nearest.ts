/** The k nearest candidates of each of some rows in double precision, nearest first, of equally near ones the lower index. */
export class Ranked {
  readonly rows: number;
  readonly k: number;
  /** [rows,k]; −1: none yet. */
  readonly indices: Int32Array;
  /** [rows,k]; infinite where there is none yet. */
  readonly distances: Float64Array;

  constructor(rows: number, k: number) {
    this.rows = rows;
    this.k = k;
    this.indices = new Int32Array(rows * k).fill(-1);
    this.distances = new Float64Array(rows * k).fill(Number.POSITIVE_INFINITY);
  }

  /** Distance of the row's farthest candidate; infinite while there are less than k. */
  farthest(row: number): number {
    return this.distances[(row + 1) * this.k - 1] as number;
  }

  /** Offered twice, a candidate would be there twice. */
  offer(row: number, index: number, distance: number): void {
    const { indices, distances, k } = this;
    const start = row * k;
    let at = start + k;
    while (at > start && isBehind(indices[at - 1] as number, distances[at - 1] as number, index, distance)) at--;
    if (at === start + k) return;
    distances.copyWithin(at + 1, at, start + k - 1);
    indices.copyWithin(at + 1, at, start + k - 1);
    distances[at] = distance;
    indices[at] = index;
  }

  /** Forgets the candidates of a row. */
  clear(row: number): void {
    this.indices.fill(-1, row * this.k, (row + 1) * this.k);
    this.distances.fill(Number.POSITIVE_INFINITY, row * this.k, (row + 1) * this.k);
  }
}

function isBehind(index: number, distance: number, other: number, otherDistance: number): boolean {
  return distance > otherDistance || (distance === otherDistance && index > other) || index < 0;
}

/**
 * The k nearest candidates of many rows, in single precision and no order: a heap each, its farthest candidate on top. What is equally far
 * as that one is left out.
 */
export class NearestHeaps {
  readonly k: number;
  /** [rows,k]; −1: none yet. */
  readonly indices: Int32Array;
  /** [rows,k]. */
  readonly distances: Float32Array;

  constructor(rows: number, k: number) {
    this.k = k;
    this.indices = new Int32Array(rows * k).fill(-1);
    this.distances = new Float32Array(rows * k).fill(Number.POSITIVE_INFINITY);
  }

  /** The farthest candidate's distance; infinite while there are less than k. */
  bound(row: number): number {
    return this.distances[row * this.k] as number;
  }

  /** Takes a candidate that is nearer than the bound of the row; returns the bound that is then. */
  take(row: number, index: number, distance: number): number {
    const { distances, indices, k } = this;
    const start = row * k;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= k) break;
      if (child + 1 < k && (distances[start + child + 1] as number) > (distances[start + child] as number)) child++;
      const below = distances[start + child] as number;
      if (below <= distance) break;
      distances[start + at] = below;
      indices[start + at] = indices[start + child] as number;
      at = child;
    }
    distances[start + at] = distance;
    indices[start + at] = index;
    return distances[start] as number;
  }
}

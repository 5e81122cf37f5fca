import { distanceBetween } from './distances.ts';
import { roundingError } from './neighbours.ts';
import { Panels, type Shift, shiftOf } from './panels.ts';
import type { Points } from './points.ts';

/** Bytes of points in the kernel's memory at a time. */
const candidateBytes = 2 ** 26;

/**
 * How near these points are, by rank: 1 is the nearest of all others, of equal ones the lower index is nearer. Distances are compared in
 * single precision, and again in double precision where that does not tell.
 * @param rows points that are asked about @param others [rows,k]: points whose rank for the row is asked
 * @returns [rows,k]
 */
export function ranksOf(points: Points, rows: Int32Array, others: Int32Array): Int32Array {
  const shift = shiftOf(points, 'euclidean');
  const atOnce = Math.min(points.count, Math.max(1024, Math.floor(candidateBytes / (4 * points.dimensions))));
  const panels = new Panels(rows.length + atOnce, points.dimensions);
  const laid = panels.lay(points, shift, rows);
  const asked = new Asked(points, rows, others, shift, panels.norms(laid));
  // What is farther than the farthest of a row's points raises none of its ranks.
  panels.bounds(laid).fill(Number.NEGATIVE_INFINITY).set(asked.bounds);
  for (let first = 0; first < points.count; first += atOnce) {
    const chunk = Int32Array.from({ length: Math.min(atOnce, points.count - first) }, (_, i) => first + i);
    const candidates = panels.lay(points, shift, chunk);
    panels.bounds(candidates).fill(Number.NEGATIVE_INFINITY);
    for (let from = 0; from < rows.length; from += panels.blockRows) {
      const block = { from, to: Math.min(laid.padded, from + panels.blockRows) };
      panels.compare(laid, block, candidates, 0, (row, column, squared) => {
        if (row < rows.length && column < chunk.length) asked.meet(row, first + column, squared);
      });
    }
    panels.free(candidates);
  }
  return asked.ranks();
}

class Asked {
  /** [rows]: of squared distances. */
  readonly bounds: Float32Array;
  readonly #rows: Int32Array;
  readonly #others: Int32Array;
  readonly #k: number;
  /** In double precision, scaled as those of the kernel. */
  readonly #distance: (row: number, point: number) => number;
  /** [rows,k]: distances of the row's points, ascending, and which of them each is. */
  readonly #limits: Float64Array;
  readonly #order: Int32Array;
  /** [rows,k], 1 and more: points that single precision left open. */
  readonly #ranks: Int32Array;
  /** [rows,k]: points that are surely nearer than this one and those after it, but not than the one before it. */
  readonly #nearer: Int32Array;
  /** [rows]: how far a distance of the kernel may be off. */
  readonly #errors: Float64Array;

  constructor(points: Points, rows: Int32Array, others: Int32Array, { scale }: Shift, norms: Float32Array) {
    const exact = distanceBetween(points, points, 'euclidean');
    this.#rows = rows;
    this.#others = others;
    this.#k = others.length / rows.length;
    this.#distance = (row, point) => exact(rows[row]!, point) * scale * scale;
    this.#ranks = new Int32Array(others.length).fill(1);
    this.#nearer = new Int32Array(others.length);
    this.bounds = new Float32Array(rows.length);
    this.#limits = new Float64Array(others.length);
    this.#order = new Int32Array(others.length);
    // The longest point has length 1.
    this.#errors = Float64Array.from(rows, (_, row) => roundingError(points.dimensions, norms[row]!, 1));
    for (let row = 0; row < rows.length; row++) this.#sort(row);
  }

  #sort(row: number): void {
    const begin = row * this.#k;
    const distances = Float64Array.from({ length: this.#k }, (_, s) => this.#distance(row, this.#others[begin + s]!));
    const ascending = Int32Array.from(distances.keys()).sort((a, b) => distances[a]! - distances[b]!);
    for (let at = 0; at < this.#k; at++) {
      this.#order[begin + at] = begin + ascending[at]!;
      this.#limits[begin + at] = distances[ascending[at]!]!;
    }
    this.bounds[row] = (this.#limits[begin + this.#k - 1]! + this.#errors[row]!) * (1 + 2 ** -20) + Number.MIN_VALUE;
  }

  /** `squared`: the distance of a point, as the kernel has it. The point comes before all of the row's that are farther. */
  meet(row: number, point: number, squared: number): void {
    if (squared >= this.bounds[row]! || point === this.#rows[row]) return;
    const [begin, error] = [row * this.#k, this.#errors[row]!];
    let at = begin + this.#k - 1;
    while (at >= begin && squared < this.#limits[at]! - error) at--;
    if (at < begin + this.#k - 1) this.#nearer[at + 1] = this.#nearer[at + 1]! + 1;
    if (at < begin || squared > this.#limits[at]! + error) return;
    const sure = this.#distance(row, point);
    for (; at >= begin && squared <= this.#limits[at]! + error; at--) {
      const other = this.#order[at]!;
      if (sure < this.#limits[at]! || (sure === this.#limits[at] && point < this.#others[other]!))
        this.#ranks[other] = this.#ranks[other]! + 1;
    }
  }

  /** [rows,k], after all points were met. */
  ranks(): Int32Array {
    const ranks = this.#ranks.slice();
    for (let at = 0, sum = 0; at < ranks.length; at++) {
      sum = at % this.#k === 0 ? this.#nearer[at]! : sum + this.#nearer[at]!;
      const other = this.#order[at]!;
      ranks[other] = ranks[other]! + sum;
    }
    return ranks;
  }
}

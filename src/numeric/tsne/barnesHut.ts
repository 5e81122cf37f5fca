/**
 * Repulsion by the method of Barnes and Hut: the points of a cell that looks small from where they are felt act as one.
 * @see van der Maaten, Accelerating t-SNE using Tree-Based Algorithms, JMLR 2014, section 4
 * @see Barnes, A modified tree code: don't laugh, it runs, Journal of Computational Physics 1990: one list for a group of points
 */
import { Quadtree } from './quadtree.ts';
import type { Repulsion } from './repulsion.ts';

/** Points of a group: they walk the tree together. */
const groupSize = 32;

/** A cell looks small if its longer side is less than θ times its distance from all points of a group: θ = 0 is exact. */
export class BarnesHut implements Repulsion {
  readonly #tree: Quadtree;
  readonly #theta2: number;
  /** What acts on a group: cells and single points, where they are and how many points each is. */
  readonly #x: Float64Array;
  readonly #y: Float64Array;
  readonly #mass: Float64Array;

  constructor(count: number, theta: number) {
    this.#tree = new Quadtree(count);
    this.#theta2 = theta * theta;
    this.#x = new Float64Array(count);
    this.#y = new Float64Array(count);
    this.#mass = new Float64Array(count);
  }

  prepare(positions: Float64Array): void {
    this.#tree.build(positions);
  }

  /** In the order of the tree. */
  apply(from: number, to: number, forces: Float64Array): number {
    const { start, end, next, nodes } = this.#tree;
    let z = 0;
    for (let node = 0; node < nodes && (start[node] as number) < to; ) {
      const first = start[node] as number;
      const last = end[node] as number;
      const behind = next[node] as number;
      const isGroup = last - first <= groupSize || behind === node + 1;
      if (last > from && !isGroup) {
        node++;
        continue;
      }
      // A group belongs to where its first point does.
      if (first >= from) z += this.#repelGroup(node, forces);
      node = behind;
    }
    return z;
  }

  #repelGroup(group: number, forces: Float64Array): number {
    const { start, end } = this.#tree;
    const length = this.#list(group);
    const last = (end[group] as number) - 1;
    let z = 0;
    for (let i = start[group] as number; i <= last; i += 2) z += this.#repelTwo(i, Math.min(i + 1, last), length, forces);
    return z;
  }

  /**
   * The forces on two points, which share what is read and the division: 1/a and 1/b are b/ab and a/ab. A point is in its own list, where it
   * does nothing but to add 1 to Z.
   */
  #repelTwo(i: number, j: number, length: number, forces: Float64Array): number {
    const { order, x, y } = this.#tree;
    const listX = this.#x;
    const listY = this.#y;
    const listMass = this.#mass;
    const ix = x[i] as number;
    const iy = y[i] as number;
    const jx = x[j] as number;
    const jy = y[j] as number;
    let [iSumX, iSumY, iZ, jSumX, jSumY, jZ] = [0, 0, -1, 0, 0, -1];
    for (let k = 0; k < length; k++) {
      const px = listX[k] as number;
      const py = listY[k] as number;
      const mass = listMass[k] as number;
      const idx = ix - px;
      const idy = iy - py;
      const jdx = jx - px;
      const jdy = jy - py;
      const a = 1 + idx * idx + idy * idy;
      const b = 1 + jdx * jdx + jdy * jdy;
      const inverse = 1 / (a * b);
      const iq = b * inverse;
      const jq = a * inverse;
      iZ += mass * iq;
      jZ += mass * jq;
      const iw = mass * iq * iq;
      const jw = mass * jq * jq;
      iSumX += iw * idx;
      iSumY += iw * idy;
      jSumX += jw * jdx;
      jSumY += jw * jdy;
    }
    const [atI, atJ] = [2 * (order[i] as number), 2 * (order[j] as number)];
    forces[atI] = iSumX;
    forces[atI + 1] = iSumY;
    forces[atJ] = jSumX;
    forces[atJ + 1] = jSumY;
    return i === j ? iZ : iZ + jZ;
  }

  /** Lists what acts on the points of a group; returns how many entries there are. */
  #list(group: number): number {
    const { start, end, next, nodes, x, y, meanX, meanY, side2 } = this.#tree;
    const theta2 = this.#theta2;
    const left = this.#tree.left[group] as number;
    const right = this.#tree.right[group] as number;
    const bottom = this.#tree.bottom[group] as number;
    const top = this.#tree.top[group] as number;
    let length = 0;
    for (let node = 0; node < nodes; ) {
      const cellX = meanX[node] as number;
      const cellY = meanY[node] as number;
      const dx = Math.max(left - cellX, 0, cellX - right);
      const dy = Math.max(bottom - cellY, 0, cellY - top);
      if ((side2[node] as number) <= theta2 * (dx * dx + dy * dy)) {
        length = this.#push(length, cellX, cellY, (end[node] as number) - (start[node] as number));
        node = next[node] as number;
        continue;
      }
      if (next[node] === node + 1) {
        for (let i = start[node] as number; i < (end[node] as number); i++) length = this.#push(length, x[i] as number, y[i] as number, 1);
      }
      node++;
    }
    return length;
  }

  #push(at: number, x: number, y: number, mass: number): number {
    this.#x[at] = x;
    this.#y[at] = y;
    this.#mass[at] = mass;
    return at + 1;
  }
}

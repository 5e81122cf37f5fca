/**
 * Repulsion by the method of Barnes and Hut: the points of a cell that looks small from where they are felt act as one.
 * @see van der Maaten, Accelerating t-SNE using Tree-Based Algorithms, JMLR 2014, section 4
 * @see Barnes, A modified tree code: don't laugh, it runs, Journal of Computational Physics 1990: one list for a group of points
 */
import { Quadtree } from './quadtree.ts';
import type { Repulsion } from './repulsion.ts';
import { entryNumbers, RepulsionKernel } from './repulsionKernel.ts';

/** Points of a group: they walk the tree together. */
const groupSize = 64;

/** A cell looks small if its longer side is less than θ times its distance from all points of a group: θ = 0 takes no cell as one point. */
export class BarnesHut implements Repulsion {
  readonly #tree: Quadtree;
  readonly #theta2: number;
  readonly #kernel: RepulsionKernel;
  /** What the kernel's places are relative to. */
  #originX = 0;
  #originY = 0;

  constructor(count: number, theta: number) {
    this.#tree = new Quadtree(count);
    this.#theta2 = theta * theta;
    this.#kernel = new RepulsionKernel(groupSize, count);
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
    this.#list(group);
    const last = end[group] as number;
    let z = 0;
    // There may be more than a group's at one place.
    for (let from = start[group] as number; from < last; from += groupSize) {
      z += this.#repelPoints(from, Math.min(last, from + groupSize), forces);
    }
    return z;
  }

  /** A point is in its own list, where it does nothing but to add 1 to Z. */
  #repelPoints(from: number, to: number, forces: Float64Array): number {
    const { order, x, y } = this.#tree;
    const kernel = this.#kernel;
    for (let i = from; i < to; i++) kernel.setPoint(i - from, (x[i] as number) - this.#originX, (y[i] as number) - this.#originY);
    kernel.run(to - from);
    let z = 0;
    for (let i = from; i < to; i++) {
      const point = 2 * (order[i] as number);
      forces[point] = kernel.forceX(i - from);
      forces[point + 1] = kernel.forceY(i - from);
      z += kernel.z(i - from) - 1;
    }
    return z;
  }

  /** Lists what acts on the points of a group, relative to the middle of the box around them, which becomes the origin. */
  #list(group: number): void {
    const { start, end, next, nodes, x, y, meanX, meanY, left, right, bottom, top, side2 } = this.#tree;
    const { list } = this.#kernel;
    const theta2 = this.#theta2;
    const halfX = ((right[group] as number) - (left[group] as number)) / 2;
    const halfY = ((top[group] as number) - (bottom[group] as number)) / 2;
    const originX = (left[group] as number) + halfX;
    const originY = (bottom[group] as number) + halfY;
    let at = 0;
    for (let node = 0; node < nodes; ) {
      const first = start[node] as number;
      const last = end[node] as number;
      const behind = next[node] as number;
      const cellX = (meanX[node] as number) - originX;
      const cellY = (meanY[node] as number) - originY;
      // From the box to the cell's mean.
      const dx = Math.abs(cellX) - halfX;
      const dy = Math.abs(cellY) - halfY;
      const d2 = (dx > 0 ? dx * dx : 0) + (dy > 0 ? dy * dy : 0);
      if ((side2[node] as number) <= theta2 * d2) {
        list[at] = cellX;
        list[at + 1] = cellY;
        list[at + 2] = last - first;
        at += entryNumbers;
        node = behind;
        continue;
      }
      if (behind === node + 1) {
        for (let i = first; i < last; i++) {
          list[at] = (x[i] as number) - originX;
          list[at + 1] = (y[i] as number) - originY;
          list[at + 2] = 1;
          at += entryNumbers;
        }
      }
      node++;
    }
    this.#kernel.entries = at / entryNumbers;
    this.#originX = originX;
    this.#originY = originY;
  }
}

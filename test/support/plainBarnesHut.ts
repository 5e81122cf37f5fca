import type { Repulsion } from '../../src/numeric/tsne/repulsion.ts';

/** Equal points end here. */
const deepest = 50;

/**
 * Barnes-Hut as it is usually written, in typed arrays: points are put into a quadtree one after the other, one to a leaf, and each walks the
 * tree by itself. A cell acts as one point where its width over its distance is below θ.
 */
export class PlainBarnesHut implements Repulsion {
  readonly #theta2: number;
  readonly #children: Int32Array;
  readonly #mass: Float64Array;
  readonly #x: Float64Array;
  readonly #y: Float64Array;
  readonly #width: Float64Array;
  readonly #stack = new Int32Array(4 * deepest + 4);
  #positions: Float64Array = new Float64Array();
  #nodes = 0;

  constructor(count: number, theta: number) {
    const most = 16 * count + 4 * deepest;
    this.#theta2 = theta * theta;
    this.#children = new Int32Array(4 * most);
    this.#mass = new Float64Array(most);
    this.#x = new Float64Array(most);
    this.#y = new Float64Array(most);
    this.#width = new Float64Array(most);
  }

  prepare(positions: Float64Array): void {
    this.#positions = positions;
    let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let k = 0; k < positions.length; k += 2) {
      left = Math.min(left, positions[k] as number);
      right = Math.max(right, positions[k] as number);
      bottom = Math.min(bottom, positions[k + 1] as number);
      top = Math.max(top, positions[k + 1] as number);
    }
    const width = Math.max(right - left, top - bottom) || 1;
    this.#nodes = 0;
    this.#newNode(width);
    for (let k = 0; k < positions.length; k += 2) {
      this.#insert(positions[k] as number, positions[k + 1] as number, 1, left + width / 2, bottom + width / 2, 0, 0);
    }
  }

  apply(from: number, to: number, forces: Float64Array): number {
    let z = 0;
    for (let i = from; i < to; i++) z += this.#walk(i, forces);
    return z;
  }

  #newNode(width: number): number {
    const node = this.#nodes++;
    this.#children.fill(0, 4 * node, 4 * node + 4);
    this.#mass[node] = 0;
    this.#width[node] = width;
    return node;
  }

  #isLeaf(node: number): boolean {
    const at = 4 * node;
    return !this.#children[at] && !this.#children[at + 1] && !this.#children[at + 2] && !this.#children[at + 3];
  }

  #insert(px: number, py: number, count: number, middleX: number, middleY: number, root: number, level: number): void {
    let [node, cx, cy] = [root, middleX, middleY];
    for (let depth = level; ; depth++) {
      const mass = this.#mass[node] as number;
      const [oldX, oldY] = [this.#x[node] as number, this.#y[node] as number];
      const wasLeaf = this.#isLeaf(node);
      this.#x[node] = (oldX * mass + px * count) / (mass + count);
      this.#y[node] = (oldY * mass + py * count) / (mass + count);
      this.#mass[node] = mass + count;
      if (mass === 0 || depth >= deepest) return;
      if (wasLeaf && oldX === px && oldY === py) return;
      if (wasLeaf) {
        const { child } = this.#childFor(node, oldX, oldY, cx, cy);
        this.#x[child] = oldX;
        this.#y[child] = oldY;
        this.#mass[child] = mass;
      }
      const into = this.#childFor(node, px, py, cx, cy);
      [node, cx, cy] = [into.child, into.x, into.y];
    }
  }

  #childFor(node: number, px: number, py: number, cx: number, cy: number): { child: number; x: number; y: number } {
    const quarter = (px > cx ? 1 : 0) + (py > cy ? 2 : 0);
    const width = (this.#width[node] as number) / 2;
    const child = this.#children[4 * node + quarter] || this.#newNode(width);
    this.#children[4 * node + quarter] = child;
    return { child, x: cx + (px > cx ? width : -width) / 2, y: cy + (py > cy ? width : -width) / 2 };
  }

  #walk(i: number, forces: Float64Array): number {
    const stack = this.#stack;
    const px = this.#positions[2 * i] as number;
    const py = this.#positions[2 * i + 1] as number;
    let z = 0;
    let forceX = 0;
    let forceY = 0;
    let length = 1;
    stack[0] = 0;
    while (length > 0) {
      const node = stack[--length] as number;
      const dx = px - (this.#x[node] as number);
      const dy = py - (this.#y[node] as number);
      const d2 = dx * dx + dy * dy;
      const width = this.#width[node] as number;
      const leaf = this.#isLeaf(node);
      if (leaf || width * width < this.#theta2 * d2) {
        // The point itself is in its leaf, at distance 0.
        const mass = (this.#mass[node] as number) - (leaf && d2 === 0 ? 1 : 0);
        const q = 1 / (1 + d2);
        z += mass * q;
        forceX += mass * q * q * dx;
        forceY += mass * q * q * dy;
        continue;
      }
      for (let quarter = 0; quarter < 4; quarter++) {
        const child = this.#children[4 * node + quarter] as number;
        if (child) stack[length++] = child;
      }
    }
    forces[2 * i] = forceX;
    forces[2 * i + 1] = forceY;
    return z;
  }
}

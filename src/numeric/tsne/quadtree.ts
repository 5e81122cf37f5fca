/** No more points than this stay together in a leaf, unless they are at one place. */
const leafSize = 8;

interface Box {
  left: number;
  right: number;
  bottom: number;
  top: number;
  /** Half the longer side. */
  half: number;
}

/**
 * Points in the plane sorted into cells, each cell into its quarters. Points of a cell are neighbours in memory, and nodes lie depth first:
 * the descendants of a node follow it up to `next`. Quick to build where the positions are almost in such an order already.
 */
export class Quadtree {
  readonly count: number;
  /** Sorted points: which they are, and where. */
  readonly order: Int32Array;
  readonly x: Float64Array;
  readonly y: Float64Array;
  nodes = 0;
  /** By node: its points are start..end of the sorted ones. */
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** By node: the first one behind its descendants; a leaf has none. */
  readonly next: Int32Array;
  /** By node: the mean of its points, and the box around them. */
  readonly meanX: Float64Array;
  readonly meanY: Float64Array;
  readonly left: Float64Array;
  readonly right: Float64Array;
  readonly bottom: Float64Array;
  readonly top: Float64Array;
  /** By node: the longer side of the box, squared; 0 where the points count as one. */
  readonly side2: Float64Array;
  /** What was measured last. */
  readonly #box: Box = { left: 0, right: 0, bottom: 0, top: 0, half: 0 };

  constructor(count: number) {
    this.count = count;
    // Each inner node has at least two children.
    const most = 2 * count + 1;
    const numbers = () => new Float64Array(most);
    this.order = new Int32Array(count);
    this.x = new Float64Array(count);
    this.y = new Float64Array(count);
    this.start = new Int32Array(most);
    this.end = new Int32Array(most);
    this.next = new Int32Array(most);
    this.meanX = numbers();
    this.meanY = numbers();
    this.left = numbers();
    this.right = numbers();
    this.bottom = numbers();
    this.top = numbers();
    this.side2 = numbers();
  }

  /** Sorts points at `positions` [count,2], none of them NaN. */
  build(positions: Float64Array): void {
    const { order, x, y, count } = this;
    for (let i = 0; i < count; i++) {
      order[i] = i;
      x[i] = positions[2 * i] as number;
      y[i] = positions[2 * i + 1] as number;
    }
    this.nodes = 0;
    if (count === 0) return;
    const box = this.#measure(0, count);
    this.#add(0, count, box.left + box.half, box.bottom + box.half, box.half);
  }

  /** Adds the points start..end of a cell around a middle, half as wide as `half`. */
  #add(start: number, end: number, middleX: number, middleY: number, half: number): void {
    const node = this.nodes++;
    this.start[node] = start;
    this.end[node] = end;
    const inner = end - start > leafSize && (this.#quarter(start, end, middleX, middleY, half) || this.#quarterBox(start, end));
    this.next[node] = this.nodes;
    if (inner) this.#summariseChildren(node);
    else this.#summarisePoints(node);
  }

  /** Adds the quarters of a cell; false: one of them has all points. */
  #quarter(start: number, end: number, middleX: number, middleY: number, half: number): boolean {
    const { x, y } = this;
    const upper = this.#split(y, middleY, start, end);
    const right = this.#split(x, middleX, start, upper);
    const upperRight = this.#split(x, middleX, upper, end);
    const oneColumn = (right === start && upperRight === upper) || (right === upper && upperRight === end);
    if (oneColumn && (upper === start || upper === end)) return false;
    const h = half / 2;
    if (start < right) this.#add(start, right, middleX - h, middleY - h, h);
    if (right < upper) this.#add(right, upper, middleX + h, middleY - h, h);
    if (upper < upperRight) this.#add(upper, upperRight, middleX - h, middleY + h, h);
    if (upperRight < end) this.#add(upperRight, end, middleX + h, middleY + h, h);
    return true;
  }

  /** Adds the quarters of the box around points that are close to each other in a large cell; false: they cannot be parted. */
  #quarterBox(start: number, end: number): boolean {
    const { left, bottom, half } = this.#measure(start, end);
    return this.#quarter(start, end, left + half, bottom + half, half);
  }

  /** Moves the points up to `middle` before the others; returns where these begin. */
  #split(along: Float64Array, middle: number, start: number, end: number): number {
    let i = start;
    let j = end - 1;
    for (;;) {
      while (i <= j && (along[i] as number) <= middle) i++;
      while (i <= j && (along[j] as number) > middle) j--;
      if (i >= j) return i;
      this.#swap(i++, j--);
    }
  }

  #swap(i: number, j: number): void {
    const { order, x, y } = this;
    const o = order[i] as number;
    const px = x[i] as number;
    const py = y[i] as number;
    order[i] = order[j] as number;
    x[i] = x[j] as number;
    y[i] = y[j] as number;
    order[j] = o;
    x[j] = px;
    y[j] = py;
  }

  /** Measures the box around points. */
  #measure(start: number, end: number): Box {
    const { x, y } = this;
    const box = this.#box;
    let left = Infinity;
    let right = -Infinity;
    let bottom = Infinity;
    let top = -Infinity;
    for (let i = start; i < end; i++) {
      const px = x[i] as number;
      const py = y[i] as number;
      if (px < left) left = px;
      if (px > right) right = px;
      if (py < bottom) bottom = py;
      if (py > top) top = py;
    }
    box.left = left;
    box.right = right;
    box.bottom = bottom;
    box.top = top;
    box.half = Math.max(right - left, top - bottom) / 2;
    return box;
  }

  #summarisePoints(node: number): void {
    const { x, y } = this;
    const start = this.start[node] as number;
    const end = this.end[node] as number;
    let sumX = 0;
    let sumY = 0;
    for (let i = start; i < end; i++) {
      sumX += x[i] as number;
      sumY += y[i] as number;
    }
    const box = this.#measure(start, end);
    this.#summarise(node, sumX / (end - start), sumY / (end - start), box.left, box.right, box.bottom, box.top);
    if (end - start > leafSize) this.side2[node] = 0;
  }

  #summariseChildren(node: number): void {
    let sumX = 0;
    let sumY = 0;
    let left = Infinity;
    let right = -Infinity;
    let bottom = Infinity;
    let top = -Infinity;
    const behind = this.next[node] as number;
    for (let child = node + 1; child < behind; child = this.next[child] as number) {
      const points = (this.end[child] as number) - (this.start[child] as number);
      sumX += points * (this.meanX[child] as number);
      sumY += points * (this.meanY[child] as number);
      left = Math.min(left, this.left[child] as number);
      right = Math.max(right, this.right[child] as number);
      bottom = Math.min(bottom, this.bottom[child] as number);
      top = Math.max(top, this.top[child] as number);
    }
    const points = (this.end[node] as number) - (this.start[node] as number);
    this.#summarise(node, sumX / points, sumY / points, left, right, bottom, top);
  }

  #summarise(node: number, meanX: number, meanY: number, left: number, right: number, bottom: number, top: number): void {
    const side = Math.max(right - left, top - bottom);
    this.meanX[node] = meanX;
    this.meanY[node] = meanY;
    this.left[node] = left;
    this.right[node] = right;
    this.bottom[node] = bottom;
    this.top[node] = top;
    this.side2[node] = side * side;
  }
}

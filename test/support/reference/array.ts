/** A dense array in row-major order, in double precision whatever its element type in the graph. */
export interface Value {
  shape: readonly number[];
  data: Float64Array;
}

export function count(shape: readonly number[]): number {
  return shape.reduce((n, d) => n * d, 1);
}

/** The array whose element at each index is f(index); the index array is reused between calls. */
export function make(shape: readonly number[], f: (index: readonly number[], flat: number) => number): Value {
  const data = new Float64Array(count(shape));
  const index = shape.map(() => 0);
  for (let flat = 0; flat < data.length; flat++) {
    data[flat] = f(index, flat);
    for (let k = shape.length - 1; k >= 0; k--) {
      index[k] = (index[k] as number) + 1;
      if ((index[k] as number) < (shape[k] as number)) break;
      index[k] = 0;
    }
  }
  return { shape: [...shape], data };
}

/** Calls f for every index. */
export function each(shape: readonly number[], f: (index: readonly number[], flat: number) => void): void {
  make(shape, (index, flat) => {
    f(index, flat);
    return 0;
  });
}

/** Row-major position of an index. */
export function position(shape: readonly number[], index: readonly number[]): number {
  return shape.reduce((flat, d, k) => flat * d + (index[k] as number), 0);
}

export function at(v: Value, index: readonly number[]): number {
  return v.data[position(v.shape, index)] as number;
}

/** Element at an index of 4 axes, 0 outside the image: zero padding. */
export function pixel(v: Value, n: number, c: number, y: number, x: number): number {
  return inside(v, y, x) ? at(v, [n, c, y, x]) : 0;
}

export function inside(v: Value, y: number, x: number): boolean {
  return y >= 0 && y < (v.shape[2] as number) && x >= 0 && x < (v.shape[3] as number);
}

/** Element that an index of a broadcast result reads: axes are matched from the right, size 1 repeats. */
export function broadcastAt(v: Value, index: readonly number[]): number {
  const skip = index.length - v.shape.length;
  return at(
    v,
    v.shape.map((d, k) => (d === 1 ? 0 : (index[k + skip] as number))),
  );
}

export function broadcastShape(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((s) => s.length));
  return Array.from({ length: rank }, (_, k) =>
    shapes.reduce((size, s) => {
      const d = s[k - rank + s.length] ?? 1;
      if (d !== 1 && size !== 1 && d !== size) throw new Error(`[${shapes.join('] and [')}] do not broadcast`);
      return d === 1 ? size : d;
    }, 1),
  );
}

/** Rows of values copied side by side: together they are a line of the cache. */
const TILE = 16;

/** Values of a row-major tensor with its axes reordered as NumPy's transpose does: axis i of the result is axis perm[i]. */
export function permute(data: Float32Array, shape: readonly number[], perm: readonly number[]): { shape: number[]; data: Float32Array } {
  const out = new Float32Array(data.length);
  const strides = stridesOf(shape);
  const sizes: number[] = [];
  const from: number[] = [];
  // Axes of size 1 do not move anything, and axes that stay side by side move as one.
  for (const p of perm) {
    const [size, stride] = [shape[p] as number, strides[p] as number];
    if (size === 1) continue;
    if (from.at(-1) === stride * size) {
      sizes.push((sizes.pop() as number) * size);
      from.splice(-1, 1, stride);
    } else {
      sizes.push(size);
      from.push(stride);
    }
  }
  if (sizes.length < 2) out.set(data);
  else copyTiled(data, out, { sizes, from, to: stridesOf(sizes) });
  return { shape: perm.map((p) => shape[p] as number), data: out };
}

const stridesOf = (shape: readonly number[]): number[] => shape.map((_, i) => shape.slice(i + 1).reduce((n, d) => n * d, 1));

/** Axes of the result with their strides in both arrays. */
interface Move {
  sizes: readonly number[];
  from: readonly number[];
  to: readonly number[];
}

/** Along the source's last axis in tiles, and over the others within each: values that lie side by side are read while they are in the cache. */
function copyTiled(data: Float32Array, out: Float32Array, { sizes, from, to }: Move): void {
  const near = from.indexOf(1);
  const length = sizes[near] as number;
  const step = to[near] as number;
  const others = sizes.map((_, axis) => axis).filter((axis) => axis !== near);
  const inner = others.pop() as number;
  const [width, fromStep, toStep] = [sizes[inner] as number, from[inner] as number, to[inner] as number];
  const rows = data.length / (length * width);
  const index = sizes.map(() => 0);
  for (let tile = 0; tile < length; tile += TILE) {
    const count = Math.min(TILE, length - tile);
    let source = tile;
    let target = tile * step;
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < width; i++) {
        const s = source + i * fromStep;
        const t = target + i * toStep;
        for (let k = 0; k < count; k++) out[t + k * step] = data[s + k] as number;
      }
      for (let o = others.length - 1; o >= 0; o--) {
        const axis = others[o] as number;
        const size = sizes[axis] as number;
        source += from[axis] as number;
        target += to[axis] as number;
        const next = (index[axis] as number) + 1;
        index[axis] = next < size ? next : 0;
        if (next < size) break;
        source -= (from[axis] as number) * size;
        target -= (to[axis] as number) * size;
      }
    }
  }
}

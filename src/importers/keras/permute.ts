/** Tile of the source's last axis, half a line of the cache, and of the one before. */
const NEAR = 8;
const NEXT = 32;

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

/**
 * In tiles of the source's last two axes, over the others within each: what lies side by side in either array is read and
 * written while it is in the cache.
 */
function copyTiled(data: Float32Array, out: Float32Array, { sizes, from, to }: Move): void {
  const axes = sizes.map((_, axis) => axis).sort((a, b) => (from[a] as number) - (from[b] as number));
  const [near, next, ...others] = axes as [number, number, ...number[]];
  const [length, step] = [sizes[near] as number, to[near] as number];
  const [width, fromStep, toStep] = [sizes[next] as number, from[next] as number, to[next] as number];
  const offsets = offsetsOf(others, { sizes, from, to });
  for (let i0 = 0; i0 < width; i0 += NEXT) {
    const i1 = Math.min(width, i0 + NEXT);
    for (let k0 = 0; k0 < length; k0 += NEAR) {
      const count = Math.min(NEAR, length - k0);
      for (let o = 0; o < offsets.length; o += 2) {
        const source = (offsets[o] as number) + k0;
        const target = (offsets[o + 1] as number) + k0 * step;
        let i = i0;
        // Four rows at a time: half the time of one by one.
        for (; i + 3 < i1; i += 4) {
          let s = source + i * fromStep;
          let t = target + i * toStep;
          for (let k = 0; k < count; k++) {
            out[t] = data[s] as number;
            out[t + toStep] = data[s + fromStep] as number;
            out[t + 2 * toStep] = data[s + 2 * fromStep] as number;
            out[t + 3 * toStep] = data[s + 3 * fromStep] as number;
            s += 1;
            t += step;
          }
        }
        for (; i < i1; i++) {
          const s = source + i * fromStep;
          let t = target + i * toStep;
          for (let k = 0; k < count; k++) {
            out[t] = data[s + k] as number;
            t += step;
          }
        }
      }
    }
  }
}

/** Where each combination of places along `axes` begins, in the source and in the result, alternately. */
function offsetsOf(axes: readonly number[], { sizes, from, to }: Move): Float64Array {
  let offsets = Float64Array.of(0, 0);
  for (const axis of axes) {
    const [size, source, target] = [sizes[axis] as number, from[axis] as number, to[axis] as number];
    const longer = new Float64Array(offsets.length * size);
    for (let i = 0; i < size; i++) {
      for (let o = 0; o < offsets.length; o += 2) {
        longer[i * offsets.length + o] = (offsets[o] as number) + i * source;
        longer[i * offsets.length + o + 1] = (offsets[o + 1] as number) + i * target;
      }
    }
    offsets = longer;
  }
  return offsets;
}

/** Values of a row-major tensor with its axes reordered as NumPy's transpose does: axis i of the result is axis perm[i]. */
export function permute(data: Float32Array, shape: readonly number[], perm: readonly number[]): { shape: number[]; data: Float32Array } {
  const strides = shape.map((_, i) => shape.slice(i + 1).reduce((n, d) => n * d, 1));
  // Axes of size 1 do not move anything; without them 1×1 kernels are plain matrices.
  const moved = perm.filter((p) => shape[p] !== 1);
  const to = moved.map((p) => shape[p] as number);
  const step = moved.map((p) => strides[p] as number);
  const out = new Float32Array(data.length);
  const last = to.length - 1;
  const width = last < 0 ? 1 : (to[last] as number);
  const stride = last < 0 ? 0 : (step[last] as number);
  const index = new Array<number>(Math.max(0, last)).fill(0);
  let from = 0;
  for (let i = 0; i < out.length; ) {
    for (let k = 0; k < width; k++) out[i++] = data[from + k * stride] as number;
    for (let axis = last - 1; axis >= 0; axis--) {
      const [size, s] = [to[axis] as number, step[axis] as number];
      const next = (index[axis] as number) + 1;
      if (next < size) {
        index[axis] = next;
        from += s;
        break;
      }
      index[axis] = 0;
      from -= s * (size - 1);
    }
  }
  return { shape: perm.map((p) => shape[p] as number), data: out };
}

/** The value of an IEEE 754 binary16. */
export function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Values of all 65,536 of them, made when they are needed. */
let table: Float32Array | undefined;

/** The values of many: one look-up each. */
export function halves(bits: ArrayLike<number>): Float32Array {
  table ??= Float32Array.from({ length: 2 ** 16 }, (_, i) => half(i));
  const values = new Float32Array(bits.length);
  for (let i = 0; i < values.length; i++) values[i] = table[(bits[i] as number) & 0xffff] as number;
  return values;
}

/** Values of bfloat16, the upper half of a float32. */
export function bfloats(bits: ArrayLike<number>): Float32Array {
  const words = new Uint32Array(bits.length);
  for (let i = 0; i < words.length; i++) words[i] = ((bits[i] as number) & 0xffff) << 16;
  return new Float32Array(words.buffer);
}

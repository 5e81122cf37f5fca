import type { Random } from '../../shared/random.ts';

/** Numbers from N(0, deviation²). */
export function normal(random: Random, length: number, deviation: number): Float64Array {
  const numbers = new Float64Array(length + (length % 2));
  for (let i = 0; i < length; i += 2) {
    const [a, b] = random.normals();
    numbers[i] = deviation * a;
    numbers[i + 1] = deviation * b;
  }
  return numbers.subarray(0, length);
}

// Points of a made-up feature space.
import type { Points } from '../../src/numeric/points.ts';
import { Random } from '../../src/shared/random.ts';

/** Points around some centres far apart, in shared memory, and which centre each belongs to: in turn. */
export function groups({ count, dimensions, kinds = 3, seed = 1 }: { count: number; dimensions: number; kinds?: number; seed?: number }): {
  points: Points;
  labels: Int32Array;
} {
  const random = Random.seeded(seed);
  const centres = Float32Array.from({ length: kinds * dimensions }, () => 4 * random.normals()[0]);
  const data = new Float32Array(new SharedArrayBuffer(count * dimensions * Float32Array.BYTES_PER_ELEMENT));
  for (let i = 0; i < data.length; i++) {
    const kind = Math.floor(i / dimensions) % kinds;
    data[i] = centres[kind * dimensions + (i % dimensions)]! + random.normals()[0];
  }
  return { points: { data, count, dimensions }, labels: Int32Array.from({ length: count }, (_, row) => row % kinds) };
}

import { Random } from '../../shared/random.ts';

/** Standard deviation of the start: all points feel each other at first. */
const spread = 1e-4;
/** Of what is added to part points that start at the same place, as a share of `spread`. */
const jitter = 0.01;

/**
 * Where points start: as they are given, centred and small.
 * @see Kobak, Linderman, Initialization is critical for preserving global data structure in both t-SNE and UMAP, Nature Biotechnology 2021
 */
export function startPositions(given: Float32Array, seed: number): Float64Array {
  const count = given.length / 2;
  const random = Random.seeded(seed);
  const centred = Float64Array.from(given);
  const deviation = Math.max(centre(centred, 0), centre(centred, 1));
  const scale = deviation > 0 ? spread / deviation : 0;
  const noise = spread * (deviation > 0 ? jitter : 1);
  for (let i = 0; i < count; i++) {
    const [a, b] = random.normals();
    centred[2 * i] = (centred[2 * i] as number) * scale + a * noise;
    centred[2 * i + 1] = (centred[2 * i + 1] as number) * scale + b * noise;
  }
  return centred;
}

/** Takes the mean off an axis; returns its standard deviation. */
function centre(positions: Float64Array, axis: 0 | 1): number {
  const count = positions.length / 2;
  let mean = 0;
  for (let k = axis; k < positions.length; k += 2) mean += (positions[k] as number) / count;
  let variance = 0;
  for (let k = axis; k < positions.length; k += 2) {
    const off = (positions[k] as number) - mean;
    positions[k] = off;
    variance += (off * off) / count;
  }
  return Math.sqrt(variance);
}

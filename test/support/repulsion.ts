import type { Repulsion } from '../../src/numeric/tsne/repulsion.ts';

/**
 * Forces and Z by their definition, all pairs in double precision; `strength`: the length of the vector [n] of how strongly all others
 * act on a point, which may well cancel.
 */
export function bruteForce(positions: Float64Array): { forces: Float64Array; z: number; strength: number } {
  const forces = new Float64Array(positions.length);
  let strength2 = 0;
  let z = 0;
  for (let i = 0; i < positions.length; i += 2) {
    let strength = 0;
    for (let j = 0; j < positions.length; j += 2) {
      if (i === j) continue;
      const [dx, dy] = [positions[i]! - positions[j]!, positions[i + 1]! - positions[j + 1]!];
      const q = 1 / (1 + dx * dx + dy * dy);
      z += q;
      strength += q * q * Math.sqrt(dx * dx + dy * dy);
      forces[i] = forces[i]! + q * q * dx;
      forces[i + 1] = forces[i + 1]! + q * q * dy;
    }
    strength2 += strength * strength;
  }
  return { forces, z, strength: Math.sqrt(strength2) };
}

/** All forces, computed in as many parts. */
export function repel(repulsion: Repulsion, positions: Float64Array, parts = 1): { forces: Float64Array; z: number } {
  const count = positions.length / 2;
  const forces = new Float64Array(positions.length).fill(NaN);
  repulsion.prepare(positions);
  let z = 0;
  for (let part = 0; part < parts; part++) {
    z += repulsion.apply(Math.floor((part * count) / parts), Math.floor(((part + 1) * count) / parts), forces);
  }
  return { forces, z };
}

/** Length of the difference of two vectors. */
export function distanceOf(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < expected.length; k++) sum += (found[k]! - expected[k]!) ** 2;
  return Math.sqrt(sum);
}

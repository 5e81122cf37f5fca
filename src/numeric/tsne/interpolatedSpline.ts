/** Nodes along an axis that a point touches: those where a B-spline of degree 5 around it is not 0. */
export const reach = 6;

/** How many of them lie before the point, or at it. */
export const before = 3;

/**
 * Weights of the nodes around a point that is `u`, 0 … 1, of the way from its third node to its fourth, and how they change with u.
 * Each degree from the one below, as in Essmann et al., A smooth particle mesh Ewald method, J. Chem. Phys. 1995, equations 4.1 and 4.2.
 * @param weights [6] @param slopes [6]
 */
export function quintic(u: number, weights: Float64Array, slopes: Float64Array): void {
  const v = 1 - u;
  // Degree 2.
  const a0 = (v * v) / 2;
  const a2 = (u * u) / 2;
  const a1 = 1 - a0 - a2;
  // Degree 3.
  const b0 = (v * a0) / 3;
  const b1 = ((u + 2) * a0 + (2 - u) * a1) / 3;
  const b3 = (u * a2) / 3;
  const b2 = 1 - b0 - b1 - b3;
  // Degree 4.
  const c0 = (v * b0) / 4;
  const c1 = ((u + 3) * b0 + (2 - u) * b1) / 4;
  const c2 = ((u + 2) * b1 + (3 - u) * b2) / 4;
  const c4 = (u * b3) / 4;
  const c3 = 1 - c0 - c1 - c2 - c4;
  weights[0] = (v * c0) / 5;
  weights[1] = ((u + 4) * c0 + (2 - u) * c1) / 5;
  weights[2] = ((u + 3) * c1 + (3 - u) * c2) / 5;
  weights[3] = ((u + 2) * c2 + (4 - u) * c3) / 5;
  weights[4] = ((u + 1) * c3 + (5 - u) * c4) / 5;
  weights[5] = (u * c4) / 5;
  slopes[0] = -c0;
  slopes[1] = c0 - c1;
  slopes[2] = c1 - c2;
  slopes[3] = c2 - c3;
  slopes[4] = c3 - c4;
  slopes[5] = c4;
}

/** Fourier transform of the weights of a point on a node, at an angle of −π … π from node to node. Nowhere less than 2/15. */
export function quinticGain(angle: number): number {
  return (66 + 52 * Math.cos(angle) + 2 * Math.cos(2 * angle)) / 120;
}

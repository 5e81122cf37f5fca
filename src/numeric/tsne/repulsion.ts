/**
 * The repulsive half of t-SNE's gradient: for each point i Σ_j (1+|y_i−y_j|²)⁻² (y_i − y_j), and the sum Z of all (1+|y_i−y_j|²)⁻¹, i ≠ j,
 * that it is divided by.
 */
export interface Repulsion {
  /** Takes the positions [n,2] of this iteration: builds the tree, or the grid and its potentials. */
  prepare(positions: Float64Array): void;
  /**
   * Writes the sums of some points (not divided by Z) into `forces` [n,2] and returns their part of Z: from..to of all n, in an order of its
   * own. What is written for a point is the same in whatever parts.
   */
  apply(from: number, to: number, forces: Float64Array): number;
}

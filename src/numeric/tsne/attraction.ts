interface Attracting {
  positions: Float64Array;
  attraction: Float64Array;
  indptr: Int32Array;
  indices: Int32Array;
  values: Float32Array;
}

/** The attractive half of the gradient of the points from..to: Σ_j p_ij (1+|y_i−y_j|²)⁻¹ (y_i − y_j). */
export function attract({ positions, attraction, indptr, indices, values }: Attracting, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    const x = positions[2 * i] as number;
    const y = positions[2 * i + 1] as number;
    const end = indptr[i + 1] as number;
    let sumX = 0;
    let sumY = 0;
    for (let e = indptr[i] as number; e < end; e++) {
      const j = 2 * (indices[e] as number);
      const dx = x - (positions[j] as number);
      const dy = y - (positions[j + 1] as number);
      const w = (values[e] as number) / (1 + dx * dx + dy * dy);
      sumX += w * dx;
      sumY += w * dy;
    }
    attraction[2 * i] = sumX;
    attraction[2 * i + 1] = sumY;
  }
}

/** The part of the points from..to in Σ p_ij ln(p_ij (1+|y_i−y_j|²)): with ln Z it is the Kullback–Leibler divergence. */
export function divergenceOf({ positions, indptr, indices, values }: Omit<Attracting, 'attraction'>, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) {
    for (let e = indptr[i] as number; e < (indptr[i + 1] as number); e++) {
      const j = indices[e] as number;
      const p = values[e] as number;
      const dx = (positions[2 * i] as number) - (positions[2 * j] as number);
      const dy = (positions[2 * i + 1] as number) - (positions[2 * j + 1] as number);
      // 0 ln 0 is 0.
      if (p > 0) sum += p * Math.log(p * (1 + dx * dx + dy * dy));
    }
  }
  return sum;
}

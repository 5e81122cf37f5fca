/**
 * Mean of a score over random masks at each pixel, each weighted by how much of the pixel the mask shows, and the standard
 * error of that mean from the spread between masks.
 */
export interface MaskMean {
  add(score: number, mask: Float64Array): void;
  /** [cells] */
  mean(): Float64Array;
  error(): Float64Array;
}

/** Σ s·M / (N·E[M]): unbiased, as RISE publishes it. Noise includes how often a pixel happened to be seen. */
export function expectedMean(cells: number, expected: number): MaskMean {
  const values = new Float64Array(cells);
  const squares = new Float64Array(cells);
  let count = 0;
  return {
    add(score, mask) {
      const weight = score / expected;
      count += 1;
      for (let cell = 0; cell < cells; cell++) {
        const v = weight * (mask[cell] as number);
        values[cell] = (values[cell] as number) + v;
        squares[cell] = (squares[cell] as number) + v * v;
      }
    },
    mean: () => values.map((sum) => sum / count),
    error: () =>
      values.map((sum, cell) => {
        const mean = sum / count;
        return Math.sqrt(Math.max(0, (squares[cell] as number) / count - mean * mean) / (count - 1));
      }),
  };
}

/** Σ s·M / Σ M: how often a pixel happened to be seen cancels; biased by less than its error. The ratio estimator of survey sampling. */
export function weightedMean(cells: number): MaskMean {
  const make = () => new Float64Array(cells);
  const [m, sm] = [make(), make()];
  // Of squares, for the residuals M·(s − mean).
  const [mm, smm, ssmm] = [make(), make(), make()];
  const mean = () => sm.map((sum, cell) => sum / (m[cell] as number));
  return {
    add(score, mask) {
      for (let cell = 0; cell < cells; cell++) {
        const shown = mask[cell] as number;
        const square = shown * shown;
        m[cell] = (m[cell] as number) + shown;
        sm[cell] = (sm[cell] as number) + score * shown;
        mm[cell] = (mm[cell] as number) + square;
        smm[cell] = (smm[cell] as number) + score * square;
        ssmm[cell] = (ssmm[cell] as number) + score * score * square;
      }
    },
    // NaN where no mask has shown a pixel yet.
    mean,
    error: () =>
      mean().map((s, cell) => {
        const residuals = (ssmm[cell] as number) - 2 * s * (smm[cell] as number) + s * s * (mm[cell] as number);
        return Math.sqrt(Math.max(0, residuals)) / (m[cell] as number);
      }),
  };
}

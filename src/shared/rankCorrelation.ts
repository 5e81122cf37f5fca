/**
 * Spearman's rank correlation of two lists: Pearson's of their ranks, equal values sharing the mean of their ranks (Spearman 1904; with ties
 * as in Kendall 1945). Places where one of them is NaN do not count. NaN where fewer than two are left, or one list is constant there.
 */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const at = Array.from(a, (_, i) => i).filter((i) => !Number.isNaN(a[i]) && !Number.isNaN(b[i]));
  const [x, y] = [ranks(at.map((i) => a[i] as number)), ranks(at.map((i) => b[i] as number))];
  const mean = (at.length - 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < at.length; i++) {
    const [dx, dy] = [(x[i] as number) - mean, (y[i] as number) - mean];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : Number.NaN;
}

/** From 0, of the smallest; equal values share the mean of theirs. */
function ranks(values: readonly number[]): Float64Array {
  const order = values.map((_, i) => i).sort((i, j) => (values[i] as number) - (values[j] as number));
  const out = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    const value = values[order[from] as number];
    let to = from + 1;
    while (to < order.length && values[order[to] as number] === value) to++;
    for (let k = from; k < to; k++) out[order[k] as number] = (from + to - 1) / 2;
    from = to;
  }
  return out;
}

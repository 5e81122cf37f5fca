import type { Rect } from '../shared/protocol.ts';

/** Share of |∂a/∂x| that an effective receptive field holds. */
export const effectiveShare = 0.95;

/**
 * The effective receptive field: the smallest box of the input that holds `effectiveShare` of |∂a/∂x|, summed over the channels.
 * @param gradient [channels,height,width]
 * @returns undefined where the gradient is 0 everywhere
 * @see Luo et al., Understanding the Effective Receptive Field in Deep Convolutional Neural Networks, NeurIPS 2016
 */
export function effectiveField(gradient: Float32Array, { height, width }: { height: number; width: number }): Rect | undefined {
  const cells = height * width;
  const magnitude = new Float64Array(cells);
  for (let i = 0; i < gradient.length; i++) magnitude[i % cells] = (magnitude[i % cells] as number) + Math.abs(gradient[i] as number);
  return smallestBox(magnitude, { height, width }, effectiveShare);
}

/**
 * The box of least area that holds `share` of the weight of a map [height,width] of weights ≥ 0, exactly; of several the one
 * that holds most, of those the first in row-major order. Undefined: there is no weight.
 *
 * For every band of rows that holds enough, the narrowest run of columns that does. Bands that could not be smaller than the
 * best so far, were they as narrow as all rows together allow, are not looked at.
 */
export function smallestBox(weights: Float64Array, { height, width }: { height: number; width: number }, share: number): Rect | undefined {
  const rows = Float64Array.from({ length: height }, (_, y) => sum(weights.subarray(y * width, (y + 1) * width)));
  const total = sum(rows);
  if (total === 0) return undefined;
  const needed = share * total;
  const all = new Float64Array(width);
  for (let y = 0; y < height; y++) addRow(all, weights, y);
  const narrowest = narrowestRun(all, needed)?.length ?? width;
  let best: Rect = { x: 0, y: 0, width, height };
  let [area, held] = [width * height, total];
  const columns = new Float64Array(width);
  for (let top = 0, below = total; top < height && below >= needed; below -= rows[top++] as number) {
    columns.fill(0);
    let band = 0;
    for (let bottom = top; bottom < height; bottom++) {
      const tall = bottom - top + 1;
      if (tall * narrowest > area) break;
      addRow(columns, weights, bottom);
      band += rows[bottom] as number;
      if (band < needed) continue;
      const run = narrowestRun(columns, needed);
      if (!run || tall * run.length > area || (tall * run.length === area && run.held <= held)) continue;
      best = { x: run.from, y: top, width: run.length, height: tall };
      [area, held] = [tall * run.length, run.held];
    }
  }
  return best;
}

/** The shortest run of values ≥ 0 whose sum is at least `needed`; of several the one with the largest sum, then the first. */
function narrowestRun(values: Float64Array, needed: number): { from: number; length: number; held: number } | undefined {
  let best: { from: number; length: number; held: number } | undefined;
  let held = 0;
  for (let to = 0, from = 0; to < values.length; to++) {
    held += values[to] as number;
    while (from < to && held - (values[from] as number) >= needed) held -= values[from++] as number;
    if (held < needed) continue;
    const length = to - from + 1;
    if (!best || length < best.length || (length === best.length && held > best.held)) best = { from, length, held };
  }
  return best;
}

function addRow(columns: Float64Array, weights: Float64Array, row: number): void {
  const from = row * columns.length;
  for (let x = 0; x < columns.length; x++) columns[x] = (columns[x] as number) + (weights[from + x] as number);
}

function sum(values: Float64Array): number {
  return values.reduce((total, v) => total + v, 0);
}

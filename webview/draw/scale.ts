import { type ColorScale, colorScale, drawnValues } from '../../src/shared/colorScale.ts';
import type { ExplanationMap } from '../../src/shared/protocol.ts';

/** `full`: colours end at the extreme values; `robust`: at the 99th percentile, so that a few extreme cells do not darken all others. */
export type Range = 'full' | 'robust';

/** How values become colours, with the values as they are drawn. */
export interface Scale extends ColorScale {
  /** [H·W], max(0, v) where the map is drawn so. */
  drawn: Float32Array;
  /** Share of known values beyond the ends, 0..1 (only with `robust`). */
  beyond: number;
}

type Drawable = Pick<ExplanationMap, 'values' | 'relu' | 'signed'>;

/** The same scale as the command line's, or one that ends at the 99th percentile. */
export function scaleOf(map: Drawable, range: Range): Scale {
  const drawn = drawnValues(map.values, map.relu);
  const full = colorScale(drawn, map);
  if (range === 'full' || full.flat) return { ...full, drawn, beyond: 0 };
  const diverging = full.kind === 'diverging';
  const sizes = drawn.filter((v) => Number.isFinite(v)).map((v) => (diverging ? Math.abs(v) : v));
  sizes.sort();
  const high = sizes[Math.floor(0.99 * (sizes.length - 1))] ?? full.high;
  // Where nearly all values are the same there is no colour left below the percentile.
  if (!(high > (diverging ? 0 : full.low))) return { ...full, drawn, beyond: 0 };
  const inside = sizes.findLastIndex((v) => v <= high) + 1;
  return { ...full, low: diverging ? -high : full.low, high, drawn, beyond: 1 - inside / sizes.length };
}

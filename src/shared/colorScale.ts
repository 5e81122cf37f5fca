/**
 * From the values of a map to 0..1 along a color map. One rule for the page and the command line, so that the same map
 * has the same colours in both.
 */
export interface ColorScale {
  kind: 'sequential' | 'diverging';
  /** Values at the two ends of the color map. */
  low: number;
  high: number;
  /** All values are equal (or none is finite): nothing may be stretched to colours. */
  flat: boolean;
}

export interface ScaleOptions {
  /** Draw max(0, value). */
  relu: boolean;
  /** The sign means something: 0 stands in the middle (unless `relu`). */
  signed: boolean;
}

/** The values as drawn: max(0, v) before any resize where `relu` is set, as the methods publish it. NaN stays NaN. */
export function drawnValues(values: Float32Array, relu: boolean): Float32Array {
  return relu ? values.map((v) => Math.max(0, v)) : values;
}

/** Scale for drawn values: 0..max with `relu`, −m..m around 0 where signed, min..max otherwise. */
export function colorScale(drawn: Float32Array, { relu, signed }: ScaleOptions): ColorScale {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const v of drawn) {
    if (!Number.isFinite(v)) continue;
    if (v < min) min = v;
    if (v > max) max = v;
  }
  const kind = signed && !relu ? 'diverging' : 'sequential';
  if (!(max > min)) {
    const only = Number.isFinite(min) ? min : 0;
    return { kind, low: only, high: only, flat: true };
  }
  if (relu) return { kind, low: 0, high: max, flat: false };
  const reach = Math.max(-min, max);
  return signed ? { kind, low: -reach, high: reach, flat: false } : { kind, low: min, high: max, flat: false };
}

/** Position of a value on the scale, 0..1 inside it; a flat scale gives its middle. */
export function scalePosition(scale: ColorScale, value: number): number {
  return scale.flat ? 0.5 : (value - scale.low) / (scale.high - scale.low);
}

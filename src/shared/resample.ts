/**
 * Bilinear interpolation of small maps, half-pixel centres (align_corners=false), edge values repeated: what PyTorch,
 * OpenCV and TensorFlow 2 do. TF.js's own default (legacy corner shift) moves the map to the top left.
 */

/**
 * Value of an [height,width] map at (x, y) in map pixels, where cell (i, j) covers [j, j+1)×[i, i+1).
 * NaN marks cells not computed yet: inside such a cell the result is NaN, beside it only known cells count.
 */
export function sampleBilinear(values: Float32Array, height: number, width: number, x: number, y: number): number {
  const nearest = values[clamp(Math.floor(y), height) * width + clamp(Math.floor(x), width)]!;
  if (Number.isNaN(nearest)) return Number.NaN;
  const fx = x - 0.5;
  const fy = y - 0.5;
  const x0 = Math.floor(fx);
  const y0 = Math.floor(fy);
  let sum = 0;
  let weights = 0;
  for (let dy = 0; dy < 2; dy++) {
    for (let dx = 0; dx < 2; dx++) {
      const value = values[clamp(y0 + dy, height) * width + clamp(x0 + dx, width)]!;
      const weight = (1 - Math.abs(fx - x0 - dx)) * (1 - Math.abs(fy - y0 - dy));
      if (weight === 0 || Number.isNaN(value)) continue;
      sum += weight * value;
      weights += weight;
    }
  }
  return weights > 0 ? sum / weights : nearest;
}

/** Resizes an [height,width] map to [outHeight,outWidth]. Made for enlarging: shrinking takes points, no averages. */
export function resizeBilinear(values: Float32Array, height: number, width: number, outHeight: number, outWidth: number): Float32Array {
  const out = new Float32Array(outHeight * outWidth);
  for (let i = 0; i < outHeight; i++) {
    const y = ((i + 0.5) * height) / outHeight;
    for (let j = 0; j < outWidth; j++) {
      out[i * outWidth + j] = sampleBilinear(values, height, width, ((j + 0.5) * width) / outWidth, y);
    }
  }
  return out;
}

function clamp(index: number, size: number): number {
  return index < 0 ? 0 : index >= size ? size - 1 : index;
}

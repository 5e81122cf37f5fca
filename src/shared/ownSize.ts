/** Longest side and step of a size taken from an image: networks with skip connections halve their maps up to five times. */
const LONGEST = 1024;
const STEP = 32;

/** [height, width] at which an image is fed that decides on the size itself: its own, shrunk to at most 1024, in steps of 32. */
export function ownSize({ width, height }: { width: number; height: number }): [number, number] {
  const shrink = Math.min(1, LONGEST / Math.max(width, height));
  const side = (pixels: number) => Math.min(LONGEST, Math.max(STEP, Math.round((pixels * shrink) / STEP) * STEP));
  return [side(height), side(width)];
}

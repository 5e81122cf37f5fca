// In Node and in the browser. Made-up kernels: waves, each unit its own direction, with a largest |weight| that can be told.

/** Largest |weight| of a unit: seven sizes, over and over. */
export function reachOf(unit: number): number {
  return 0.05 + (0.25 * (unit % 7)) / 6;
}

/** Of all units, where there are seven or more. */
export const largestWeight = reachOf(6);

/** The first weight of a unit is its largest. */
export function weightOf(unit: number, input: number, row: number, column: number): number {
  const turn = 0.7 * unit;
  const wave = Math.cos(1.1 * (row * Math.sin(turn) + column * Math.cos(turn)) + 0.9 * input);
  const fading = Math.exp(-input / 60);
  return Math.fround(reachOf(unit) * wave * (input === 0 && row === 0 && column === 0 ? 1 : 0.98 * fading));
}

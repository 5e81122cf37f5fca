/**
 * Square root of the covariance of the colours of ImageNet's pixels, rows R G B, divided by the largest norm of a column: to
 * independent directions of unit variance it gives the colours of photographs.
 * @see Olah, Mordvintsev, Schubert, Feature Visualization, Distill 2017; the numbers are Lucid's
 */
const correlation: readonly (readonly [number, number, number])[] = normalised([
  [0.26, 0.09, 0.02],
  [0.27, 0, -0.05],
  [0.27, -0.09, 0.03],
]);

function normalised(rows: readonly (readonly [number, number, number])[]): (readonly [number, number, number])[] {
  const norms = [0, 1, 2].map((column) => Math.hypot(...rows.map((row) => row[column]!)));
  const largest = Math.max(...norms);
  return rows.map(([a, b, c]) => [a / largest, b / largest, c / largest] as const);
}

/** Mixes decorrelated planes [3,cells] to planes of R G B in logits; a single plane (grey) stays as it is. */
export function correlate(planes: Float64Array, channels: 1 | 3, into: Float64Array): void {
  if (channels === 1) into.set(planes);
  else mix(planes, correlation, into);
}

/** The adjoint of `correlate`. */
export function correlateAdjoint(gradient: Float64Array, channels: 1 | 3, into: Float64Array): void {
  if (channels === 1) into.set(gradient);
  else mix(gradient, transposed, into);
}

const transposed = [0, 1, 2].map((column) => correlation.map((row) => row[column]!) as [number, number, number]);

function mix(planes: Float64Array, matrix: readonly (readonly [number, number, number])[], into: Float64Array): void {
  const cells = planes.length / 3;
  for (let row = 0; row < 3; row++) {
    const [a, b, c] = matrix[row]!;
    for (let i = 0; i < cells; i++) into[row * cells + i] = a * planes[i]! + b * planes[cells + i]! + c * planes[2 * cells + i]!;
  }
}

/** Logits to 0 … 1. */
export function squash(logits: Float64Array, into: Float32Array): void {
  for (let i = 0; i < logits.length; i++) into[i] = 1 / (1 + Math.exp(-logits[i]!));
}

/** Gradient at the logits from that at `squash`'s result. */
export function squashGradient(gradient: Float32Array, squashed: Float32Array, into: Float64Array): void {
  for (let i = 0; i < into.length; i++) into[i] = gradient[i]! * squashed[i]! * (1 - squashed[i]!);
}

import type { OutputActivation } from '../importers/model.ts';

/** Probabilities of one row of logits [classes]: softmax, or sigmoid of each. `none`: softmax too, for outputs that are class scores (`scoresClasses`). */
export function probabilities(logits: Float32Array, activation: OutputActivation): Float32Array {
  if (activation === 'sigmoid') return logits.map((z) => 1 / (1 + Math.exp(-z)));
  const max = logits.reduce((m, z) => Math.max(m, z), Number.NEGATIVE_INFINITY);
  const powers = Float64Array.from(logits, (z) => Math.exp(z - max));
  const sum = powers.reduce((s, p) => s + p, 0);
  return Float32Array.from(powers, (p) => p / sum);
}

/** Class indices, highest logit first; equal logits in class order. */
export function ranking(logits: Float32Array): number[] {
  return Array.from(logits.keys()).sort((a, b) => (logits[b] as number) - (logits[a] as number) || a - b);
}

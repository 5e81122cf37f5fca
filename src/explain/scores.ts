import type { OutputActivation } from '../importers/model.ts';

/** Probabilities of one row of logits [classes]: softmax, or sigmoid of each. `none`: softmax too, for outputs that are class scores (`scoresClasses`). */
export function probabilities(logits: Float32Array, activation: OutputActivation): Float32Array {
  if (activation === 'sigmoid') return logits.map((z) => 1 / (1 + Math.exp(-z)));
  // Loops: thousands of rows are asked for while a person waits.
  let max = Number.NEGATIVE_INFINITY;
  for (const z of logits) if (z > max) max = z;
  const powers = new Float64Array(logits.length);
  let sum = 0;
  for (let i = 0; i < powers.length; i++) {
    const power = Math.exp((logits[i] as number) - max);
    powers[i] = power;
    sum += power;
  }
  const out = new Float32Array(powers.length);
  for (let i = 0; i < out.length; i++) out[i] = (powers[i] as number) / sum;
  return out;
}

/** Class indices, highest logit first; equal logits in class order. */
export function ranking(logits: Float32Array): number[] {
  return Array.from(logits.keys()).sort((a, b) => (logits[b] as number) - (logits[a] as number) || a - b);
}

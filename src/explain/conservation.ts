import type { Check } from '../shared/protocol.ts';
import type { LayerSum } from './plan.ts';

/** The total of a conserved sweep at one layer, computed. */
export interface Measured extends Omit<LayerSum, 'value' | 'magnitude'> {
  total: number;
  /** Σ|R| at the logits: the size that a difference is held against. */
  magnitude: number;
}

/** Largest part of the relevance that may go missing unsaid: rounding over a deep network. */
const rounding = 1e-4;

/** Whether the relevance of one sweep stays the same from the logits down, and where it is lost. `sums`: in that order. */
export function conservation(sums: readonly Measured[], label: string | undefined): Check | undefined {
  const [first] = sums;
  const last = sums.at(-1);
  if (!first || !last) return undefined;
  const series = sums.map(({ layer, total }) => ({ layer, value: total }));
  const worst = Math.max(...sums.map(({ total }) => Math.abs(total - first.total)));
  const ok = worst <= rounding * first.magnitude;
  const format = (value: number) => (Math.abs(value) <= 1e-6 * first.magnitude ? '0' : Number(value.toPrecision(4)).toString());
  const text = ok
    ? `Σ R stays ${format(first.total)} from the logits to '${last.layer}'.`
    : `Σ R is ${format(first.total)} at the logits and ${format(last.total)} at '${last.layer}': biases, and units that no input speaks for, make the difference.`;
  return { id: 'conservation', label: label === undefined ? 'Conservation' : `Conservation, ${label}`, text, ok, series };
}

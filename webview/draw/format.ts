import type { RankedClass } from '../../src/shared/protocol.ts';

const MINUS = '−';

/** A measured number for people: four significant digits, a true minus sign. */
export function number(value: number): string {
  if (Number.isNaN(value)) return 'not computed';
  const size = Math.abs(value);
  const text = size === 0 ? '0' : size >= 1e5 || size < 1e-3 ? value.toExponential(2) : String(Number(value.toPrecision(4)));
  return text.replaceAll('-', MINUS);
}

/** 0.8731 → `87.3 %`; keeps the small ones apart from zero. */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.1) return '< 0.1 %';
  // Also where a softmax has been rounded to 1: no network is that sure.
  if (value > 99.9) return '> 99.9 %';
  return `${value.toFixed(1)} %`;
}

/** What the network says of a class: its probability; the number itself where the outputs are no class scores. */
export function score({ probability, logit }: Pick<RankedClass, 'probability' | 'logit'>): string {
  return probability === undefined ? number(logit) : percent(probability);
}

export function duration(ms: number): string {
  // No line ends between a number and its unit.
  if (ms < 1) return '<\u00a01\u00a0ms';
  return ms < 1000 ? `${Math.round(ms)}\u00a0ms` : `${(ms / 1000).toFixed(1)}\u00a0s`;
}

export function secondsLeft(seconds: number): string {
  if (seconds < 1.5) return 'about 1 s left';
  return seconds < 90 ? `about ${Math.round(seconds)} s left` : `about ${Math.round(seconds / 60)} min left`;
}

/** [C,H,W] → `512 × 13 × 13`. */
export function shape(dims: readonly number[]): string {
  return dims.join(' × ');
}

import { number, percent } from '../../draw/format.ts';
import type { Probes } from '../probes/probes.ts';

/** `9 → 11 of 12 probes right`; undefined: nothing is right or wrong. */
export function rightText({ judged, right }: Probes): string | undefined {
  return judged === 0 ? undefined : `${right.from} → ${right.to} of ${judged} probes right`;
}

/** `3 became right, 1 became wrong` */
export function flipsText({ becameRight, becameWrong }: Pick<Probes, 'becameRight' | 'becameWrong'>): string {
  if (becameRight + becameWrong === 0) return 'none became right or wrong';
  return [...(becameRight > 0 ? [`${becameRight} became right`] : []), ...(becameWrong > 0 ? [`${becameWrong} became wrong`] : [])].join(
    ', ',
  );
}

/** A share that changed, with its change in points: `71.2 % → 93.0 % (+21.8)`. */
export function changeText(from: number, to: number): string {
  return `${shareText(from)} → ${shareText(to)}${Number.isNaN(from) || Number.isNaN(to) ? '' : ` (${pointsText(to - from)})`}`;
}

/** Of something counted or measured: 100 % is all of it. */
export function shareText(share: number): string {
  return Number.isNaN(share) ? '–' : `${(100 * share).toFixed(1)} %`;
}

/** Percentage points with a sign. */
export function pointsText(change: number): string {
  if (Number.isNaN(change)) return '–';
  const text = (100 * Math.abs(change)).toFixed(1);
  if (text === '0.0') return '0.0';
  return `${change > 0 ? '+' : '−'}${text}`;
}

/** A probability as the network gives it. */
export function probabilityText(probability: number | undefined): string {
  return probability === undefined || Number.isNaN(probability) ? '–' : percent(probability);
}

export function signedText(value: number): string {
  if (Number.isNaN(value)) return '–';
  return value > 0 ? `+${number(value)}` : number(value);
}

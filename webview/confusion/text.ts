import type { Judged } from './confusion.ts';

/** A counted share, exact at its ends: `20 %`, `91.7 %`, `100 %`. */
export function shareText(share: number): string {
  const value = 100 * share;
  const tenths = Math.round(10 * value) / 10;
  if (tenths === 100 && share < 1) return '> 99.9 %';
  if (tenths === 0 && share > 0) return '< 0.1 %';
  return `${Number(tenths.toFixed(1))} %`;
}

export function number(value: number): string {
  return value.toLocaleString('en');
}

export function counted(count: number, one: string, many: string): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}

/** `12 of 60 (20 %)` */
export function partOf(count: number, all: number): string {
  return all === 0 ? `${number(count)} of 0` : `${number(count)} of ${number(all)} (${shareText(count / all)})`;
}

/** `square seen as star`, `star recognised`: names a cell, and the pictures in it. */
export function pairTitle({ classes }: Pick<Judged, 'classes'>, label: number, predicted: number): string {
  return label === predicted ? `${classes[label]} recognised` : `${classes[label]} seen as ${classes[predicted]}`;
}

/** Fits in a cell: 940, 1.2k, 13k. */
export function short(count: number): string {
  if (count < 1000) return String(count);
  return count < 10_000 ? `${(Math.floor(count / 100) / 10).toString()}k` : `${number(Math.floor(count / 1000))}k`;
}

/** Without its sign, which the legend gives; never 0 or 100 where it is not. */
export function wholePercent(share: number): string {
  const value = Math.round(100 * share);
  if (value === 0 && share > 0) return '<1';
  if (value === 100 && share < 1) return '>99';
  return String(value);
}

import type { WholeSet } from '../../../src/shared/trainingProtocol.ts';
import { percent } from '../../draw/format.ts';

const minus = '−';

/** Of shares, in percentage points: `+1.3`, `−0.4`, `±0`; empty where there is nothing to compare with. */
export function pointsText(change: number): string {
  if (Number.isNaN(change)) return '';
  const tenths = Math.round(1000 * change) / 10;
  if (tenths === 0) return change === 0 ? '±0' : change > 0 ? '> 0' : '< 0';
  return `${tenths > 0 ? '+' : minus}${Math.abs(tenths).toFixed(1)}`;
}

/** Of counts: `+3`, `−2`, `±0`. */
export function countChange(change: number): string {
  return change === 0 ? '±0' : `${change > 0 ? '+' : minus}${Math.abs(change).toLocaleString('en')}`;
}

export function nameOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/** `star seen as moon, 93.1 %`; `moon, 93.1 %`: what the network says of a picture. */
export function saidText({ classes, labels, predicted, confidence }: WholeSet, row: number): string {
  const [label, said, sure] = [labels[row] as number, predicted[row] as number, confidence[row] as number];
  if (said < 0) return label < 0 ? 'no prediction' : `${classes[label]}: no prediction`;
  const chance = Number.isNaN(sure) ? '' : `, ${percent(sure)}`;
  if (label < 0) return `seen as ${classes[said]}${chance}`;
  return label === said ? `${classes[label]} recognised${chance}` : `${classes[label]} seen as ${classes[said]}${chance}`;
}

/** Three decimals; never 1 where it is not. */
export function ckaText(value: number): string {
  return value > 0.9995 && value < 1 ? '> 0.999' : value.toFixed(3);
}

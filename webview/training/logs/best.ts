import type { Checkpoint } from '../../../src/shared/trainingProtocol.ts';
import { indexAt } from '../../draw/curve.ts';
import type { LogChart } from './charts.ts';

export interface Best {
  checkpoint: Checkpoint;
  /** Of the curve. */
  name: string;
  value: number;
}

/**
 * The checkpoint at which a loss is lowest or an accuracy highest, by validation where that is logged: the first, where there are several.
 * A checkpoint's value is the last one since the checkpoint before. Undefined: fewer than two have one.
 */
export function bestOf({ kind, onRun, curves }: LogChart, checkpoints: readonly Checkpoint[]): Best | undefined {
  const curve = curves.find(({ look }) => look === 1) ?? curves.find(({ look }) => look === 0);
  if (kind === 'other' || !onRun || !curve) return undefined;
  const sign = kind === 'loss' ? -1 : 1;
  let best: Best | undefined;
  let [count, before] = [0, Number.NEGATIVE_INFINITY];
  for (const checkpoint of checkpoints) {
    const index = indexAt(curve.x, checkpoint.at);
    const value = curve.y[index] ?? Number.NaN;
    const isOwn = (curve.x[index] ?? before) > before;
    before = checkpoint.at;
    if (!isOwn || !Number.isFinite(value)) continue;
    count++;
    if (!best || sign * value > sign * best.value) best = { checkpoint, name: curve.name, value };
  }
  return count > 1 ? best : undefined;
}

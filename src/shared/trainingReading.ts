import { rankCorrelation } from './rankCorrelation.ts';
import type { ProbeFrames } from './trainingProtocol.ts';

export { type Alarm, alarms, isTooCoarse } from './trainingAlarms.ts';

/** Probes whose prediction changed between right and wrong: rows of the later checkpoint. */
export interface Flips {
  /** The largest fall of the true class's probability first. */
  becameWrong: readonly number[];
  /** The largest rise first. */
  becameRight: readonly number[];
}

/** What flipped from one checkpoint to another. Only where both know the true class and could read the image. */
export function flips(before: ProbeFrames, now: ProbeFrames): Flips {
  const rows = matched(before, now).filter(([old, row]) => isJudged(before, old) && isJudged(now, row));
  const rise = ([old, row]: Pair) => (now.trueProbability[row] as number) - (before.trueProbability[old] as number);
  const turned = (right: boolean) => rows.filter(([old, row]) => isRight(before, old) !== right && isRight(now, row) === right);
  const ordered = (pairs: Pair[], sign: 1 | -1) => pairs.sort((a, b) => sign * (rise(a) - rise(b)) || a[1] - b[1]).map(([, row]) => row);
  return { becameWrong: ordered(turned(false), 1), becameRight: ordered(turned(true), -1) };
}

/**
 * How much of each map stayed where it was: rank correlation of the maps of two checkpoints as they are drawn (below 0 nothing is, where a
 * method says so), a number for each row of the later one. 1: the same order of cells. NaN where there is no map, one is flat, or they are
 * not of the same method, layer and size.
 */
export function moved(before: ProbeFrames, now: ProbeFrames): Float32Array {
  const out = new Float32Array(now.images.length).fill(Number.NaN);
  if (!isSameKind(before, now)) return out;
  for (const [old, row] of matched(before, now)) out[row] = rankCorrelation(drawn(before, old), drawn(now, row));
  return out;
}

/** Share of right ones among the probes whose true class is known; NaN where there are none. */
export function accuracy(frames: ProbeFrames): number {
  const judged = frames.images.map((_, row) => row).filter((row) => isJudged(frames, row));
  return judged.filter((row) => isRight(frames, row)).length / judged.length;
}

type Pair = readonly [before: number, now: number];

/** Rows of the same image. */
function matched(before: ProbeFrames, now: ProbeFrames): Pair[] {
  const rows = new Map(before.images.map((image, row) => [image, row]));
  return now.images.flatMap((image, row): Pair[] => {
    const old = rows.get(image);
    return old === undefined ? [] : [[old, row]];
  });
}

function isJudged({ scored, truth, predicted }: ProbeFrames, row: number): boolean {
  return scored && (truth[row] as number) >= 0 && (predicted[row] as number) >= 0;
}

function isRight({ truth, predicted }: ProbeFrames, row: number): boolean {
  return truth[row] === predicted[row];
}

function isSameKind(a: ProbeFrames, b: ProbeFrames): boolean {
  const key = ({ map: { method, variant, layer }, height, width }: ProbeFrames) => [method, variant, layer, height, width].join('\n');
  return key(a) === key(b);
}

/** Values of a row's map as they are drawn. */
function drawn({ maps, height, width, map: { relu } }: ProbeFrames, row: number): Float32Array {
  const values = maps.subarray(row * height * width, (row + 1) * height * width);
  return relu ? values.map((v) => (v < 0 ? 0 : v)) : values;
}

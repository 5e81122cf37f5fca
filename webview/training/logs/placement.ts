import { logName } from '../../../src/shared/logName.ts';
import type { Checkpoint, LogSeries, RunAxis, TrainingLog } from '../../../src/shared/trainingProtocol.ts';

/** A curve with its x as numbers of the run's axis, or as the log counts. */
export interface PlacedSeries {
  series: LogSeries;
  x: Float64Array;
}

export interface PlacedLog {
  log: TrainingLog;
  /** On the run's axis. */
  placed: readonly PlacedSeries[];
  /** What has no place there: over its own epochs or steps. */
  apart: readonly PlacedSeries[];
  /** What was done to bring them there, in sentences. */
  notes: readonly string[];
}

interface Run {
  axis: RunAxis;
  checkpoints: readonly Checkpoint[];
  first: number;
  last: number;
}

/** A place for a curve, and what is to be said of it. */
interface Place {
  x: Float64Array;
  note?: string;
}

/**
 * Brings a log to the axis of the run: epochs to epochs, where the log counts from 0 and the checkpoints from 1 shifted by one; steps to
 * epochs by what the log says of both, or by the time that values and checkpoints were written at.
 */
export function placeLog(log: TrainingLog, checkpoints: readonly Checkpoint[], axis: RunAxis): PlacedLog {
  const run = { axis, checkpoints, first: checkpoints[0]?.at ?? 0, last: checkpoints.at(-1)?.at ?? 0 };
  const name = log.kind === 'tensorboard' ? 'the event files' : logName(log);
  const notes = new Set<string>();
  const [placed, apart]: [PlacedSeries[], PlacedSeries[]] = [[], []];
  const within = epochsWithin(log);
  const extent = extentOf(log);
  for (const series of log.series) {
    const place = placeOf(series, { log, run, name, within, extent });
    if (place?.note !== undefined) notes.add(place.note);
    if (place) placed.push({ series, x: place.x });
    else apart.push({ series, x: series.x });
  }
  if (apart.length > 0) {
    const which = placed.length > 0 ? `Some curves of ${name}` : `The curves of ${name}`;
    const why = `they count ${log.axis}s, the checkpoints ${counted[axis]}, and nothing says which belong together`;
    notes.add(`${which} are drawn over ${log.axis}s of their own: ${why}.`);
  }
  return { log, placed, apart, notes: [...notes] };
}

const counted: Readonly<Record<RunAxis, string>> = { epoch: 'epochs', step: 'steps', number: 'something else', version: 'versions' };

interface Question {
  log: TrainingLog;
  run: Run;
  name: string;
  within: ((epoch: number, step: number) => number) | undefined;
  extent: readonly [number, number];
}

function placeOf(series: LogSeries, { log, run, name, within, extent }: Question): Place | undefined {
  const steps = log.axis === 'step' ? series.x : series.step;
  if (run.checkpoints.length === 0) return { x: series.x };
  const byNumber = run.axis !== 'version';
  if (byNumber && run.axis !== 'step' && log.axis === 'epoch' && (run.axis === 'epoch' || fits(extent, run))) {
    const [low, high] = extent;
    const shift = shiftByTime(series, run) ?? shiftOf(low, high, run);
    const repeats = series.x.some((epoch, i) => i > 0 && epoch === series.x[i - 1]);
    const { step } = series;
    const x = repeats && step && within ? series.x.map((epoch, i) => within(epoch, step[i] as number)) : series.x;
    return { x: shift === 0 ? x : x.map((epoch) => epoch + shift), ...(shift !== 0 && { note: shifted('Epochs', name) }) };
  }
  if (byNumber && steps && run.axis !== 'epoch' && reaches(steps, run)) return { x: steps };
  if (byNumber && run.axis !== 'step' && steps && areEpochs(steps, run)) {
    const shift = shiftOf(steps[0] as number, steps.at(-1) as number, run);
    const note = shift === 0 ? `Steps of ${name} that go with the checkpoints are taken for epochs.` : shifted('Steps', name);
    return { x: shift === 0 ? steps : steps.map((step) => step + shift), note };
  }
  const x = byTime(series, run);
  return x && { x, note: `Curves of ${name} are placed by the time they were written at.` };
}

function shifted(what: string, name: string): string {
  return `${what} of ${name} count from 0: shifted by 1.`;
}

/** Checkpoints may be one ahead of a log whose line follows. */
const ahead = 1;

/** 1 where the log counts from 0, checkpoints do not, and there are as many epochs as checkpoints say. */
function shiftOf(low: number, high: number, { first, last }: Run): number {
  return low === 0 && first >= 1 && last <= high + 1 + ahead ? 1 : 0;
}

/**
 * 0 or 1 by when values were written: a checkpoint is saved at the end of its epoch, when its value is. Undefined: times say neither. Where
 * checkpoints come seldom, counts fit both.
 */
function shiftByTime({ x, time }: LogSeries, { checkpoints, first }: Run): 0 | 1 | undefined {
  if (!time || x[0] !== 0 || first < 1) return undefined;
  const written = new Map(Array.from(x, (epoch, i) => [epoch, time[i] as number]));
  const apart: [number[], number[]] = [[], []];
  for (const { at, modified } of checkpoints) {
    const [same, before] = [written.get(at), written.get(at - 1)];
    if (same === undefined || before === undefined) continue;
    apart[0].push(Math.abs(same - modified));
    apart[1].push(Math.abs(before - modified));
  }
  if (apart[0].length < 2) return undefined;
  const [direct, shifted] = apart.map((all) => all.sort((a, b) => a - b)[all.length >> 1] as number) as [number, number];
  if (shifted < direct / 3) return 1;
  return direct < shifted / 3 ? 0 : undefined;
}

/** Whether numbers that count something unknown can be the log's epochs. */
function fits([low, high]: readonly [number, number], { first, last }: Run): boolean {
  return last <= high + 1 + ahead && first >= low;
}

function reaches(steps: Float64Array, { first, last }: Run): boolean {
  const high = steps.at(-1) ?? 0;
  return high >= first && high >= last / 2;
}

/** Whether what a log calls steps are epochs: one by one, and they end where the checkpoints do. */
function areEpochs(steps: Float64Array, { checkpoints, first, last }: Run): boolean {
  const [low, high] = [steps[0] as number, steps.at(-1) as number];
  const gap = (last - first) / Math.max(1, checkpoints.length - 1) || first;
  const isOneByOne = steps.every((step, i) => i === 0 || step - (steps[i - 1] as number) === 1);
  return steps.length > 1 && isOneByOne && low <= 1 && last <= high + 1 + ahead && high < last + gap + 1;
}

function extentOf({ series }: TrainingLog): readonly [number, number] {
  const ends = series.filter(({ x }) => x.length > 0);
  return [Math.min(...ends.map(({ x }) => x[0] as number)), Math.max(...ends.map(({ x }) => x.at(-1) as number))];
}

/**
 * Of a log that counts both: where in its epoch a step stands. The last step of an epoch is its end, which is where its epoch's mean stands;
 * undefined: the log says nothing of it.
 */
function epochsWithin({ axis, series }: TrainingLog): Question['within'] {
  if (axis !== 'epoch') return undefined;
  const ends = new Map<number, number>();
  for (const { x, step } of series) {
    if (step) for (const [i, epoch] of x.entries()) ends.set(epoch, Math.max(ends.get(epoch) ?? 0, step[i] as number));
  }
  const epochs = [...ends.keys()].sort((a, b) => a - b);
  if (epochs.length === 0) return undefined;
  const places = new Map<number, { begin: number; length: number }>();
  let begin = -1;
  let before = 0;
  for (const [i, epoch] of epochs.entries()) {
    const own = (ends.get(epoch) as number) - begin;
    // The last one may not be over.
    const length = i === epochs.length - 1 && i > 0 ? Math.max(own, before) : own;
    places.set(epoch, { begin, length: Math.max(1, length) });
    [begin, before] = [ends.get(epoch) as number, own];
  }
  return (epoch, step) => {
    const { begin = 0, length = 1 } = places.get(epoch) ?? {};
    return epoch - 1 + (step - begin) / length;
  };
}

/** Between checkpoints in proportion to time, beyond them at the pace of the nearest two; undefined: times say nothing. */
function byTime({ time }: LogSeries, { checkpoints, first }: Run): Float64Array | undefined {
  if (!time || time.length === 0) return undefined;
  const stops: Checkpoint[] = [];
  for (const checkpoint of checkpoints) if (checkpoint.modified > (stops.at(-1)?.modified ?? 0)) stops.push(checkpoint);
  // Copied files are all of one time, or in no order.
  if (stops.length < 2 || stops.length < 0.8 * checkpoints.length) return undefined;
  const [begin, end] = [stops[0] as Checkpoint, stops.at(-1) as Checkpoint];
  const span = end.modified - begin.modified;
  if ((time[0] as number) > end.modified + span || (time.at(-1) as number) < begin.modified - span / stops.length) return undefined;
  const lowest = Math.min(0, first);
  let at = 0;
  return time.map((when) => {
    while (at > 0 && (stops[at] as Checkpoint).modified > when) at--;
    while (at < stops.length - 2 && (stops[at + 1] as Checkpoint).modified <= when) at++;
    const [from, to] = [stops[at] as Checkpoint, stops[at + 1] as Checkpoint];
    return Math.max(lowest, from.at + ((when - from.modified) / (to.modified - from.modified)) * (to.at - from.at));
  });
}

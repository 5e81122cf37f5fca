import { type Quantity, quantityOf, type Split } from '../../../src/shared/logQuantity.ts';
import { firstNotFinite } from '../../../src/shared/notFinite.ts';
import type { Checkpoint, RunAxis, TrainingLog } from '../../../src/shared/trainingProtocol.ts';
import type { Curve } from '../../draw/curves.ts';
import { type Axis, axisOf } from '../axis.ts';
import { type PlacedLog, type PlacedSeries, placeLog } from './placement.ts';

/** One quantity of one log: its training and its validation share it. */
export interface LogChart {
  /** Names it over reloads. */
  id: string;
  title: string;
  kind: Quantity['kind'];
  curves: readonly Curve[];
  /** Drawn over the run's axis; else over what the log counts. */
  onRun: boolean;
  /** Where its x stand, 0..1. The same function for the same numbers. */
  x(at: number): number;
  /** The axis is the slider's own. */
  aligned: boolean;
  /** All values are above zero. */
  positive: boolean;
}

export interface LogCharts extends Pick<PlacedLog, 'log' | 'notes'> {
  charts: readonly LogChart[];
}

const looks: Readonly<Record<Split, number>> = { train: 0, validation: 1, test: 2 };
const kinds: readonly Quantity['kind'][] = ['loss', 'accuracy', 'other'];

let last: { inputs: readonly unknown[]; charts: readonly LogCharts[] } | undefined;

/** All that could be drawn of the logs, those on the run's axis first. Made anew when logs or the numbers of checkpoints change. */
export function chartsOf(logs: readonly TrainingLog[], checkpoints: readonly Checkpoint[], axis: RunAxis): readonly LogCharts[] {
  const run = axisOf(checkpoints);
  const times = checkpoints.map(({ modified }) => modified).join(' ');
  const inputs = [logs, run.x, times, axis];
  if (last && inputs.every((input, i) => input === last?.inputs[i])) return last.charts;
  const placed = logs.map((log) => placeLog(log, checkpoints, axis));
  const charts = placed.map((each) => ({ log: each.log, notes: each.notes, charts: [...onRun(each, run), ...apart(each)].sort(byKind) }));
  last = { inputs, charts: charts.sort((a, b) => Number(startsOnRun(b)) - Number(startsOnRun(a))) };
  return last.charts;
}

/** What is shown before a person chooses: a loss and an accuracy, of one log where one has both; on the run's axis where there are such. */
export function usualCharts(logs: readonly LogCharts[]): readonly string[] {
  const bestIn = (charts: readonly LogChart[], kind: Quantity['kind']) =>
    [...charts].filter((chart) => chart.kind === kind).sort((a, b) => rank(a) - rank(b))[0];
  const wanted = ['loss', 'accuracy'] as const;
  const covers = ({ charts }: LogCharts) => wanted.filter((kind) => bestIn(charts, kind)?.onRun).length;
  const all = [...logs].sort((a, b) => covers(b) - covers(a)).flatMap(({ charts }) => charts);
  return wanted.flatMap((kind) => bestIn(all, kind)?.id ?? []);
}

function rank({ onRun, title, kind }: LogChart): number {
  return (onRun ? 0 : 2) + (title === kind ? 0 : 1);
}

function startsOnRun({ charts }: LogCharts): boolean {
  return charts[0]?.onRun ?? false;
}

function byKind(a: LogChart, b: LogChart): number {
  return Number(b.onRun) - Number(a.onRun) || kinds.indexOf(a.kind) - kinds.indexOf(b.kind);
}

function onRun({ log, placed }: PlacedLog, axis: Axis): LogChart[] {
  if (placed.length === 0 || axis.checkpoints.length === 0) return [];
  const own = extended(placed, axis);
  const place = { onRun: true, x: own ?? axis.x, aligned: own === undefined };
  return chartsIn(log, placed).map((chart) => ({ ...chart, ...place }));
}

function apart({ log, apart }: PlacedLog): LogChart[] {
  if (apart.length === 0) return [];
  const [low, high] = extentOf(apart);
  const place = { onRun: false, x: linear(low, high), aligned: false };
  return chartsIn(log, apart).map((chart) => ({ ...chart, ...place }));
}

/**
 * The slider's axis ends at the first and the last checkpoint. Where a log has more to say beyond them, its charts have an even axis that
 * holds both.
 */
function extended(placed: readonly PlacedSeries[], axis: Axis): ((at: number) => number) | undefined {
  const [low, high] = extentOf(placed);
  const beyond = placed.map(({ x }) => x.filter((at) => at < axis.from || at > axis.to).length / x.length);
  const counts = placed.map(({ x }) => x.filter((at) => at < axis.from || at > axis.to).length);
  // The epoch that the next checkpoint will be of is no reason to leave the slider's axis.
  if (!counts.some((count, i) => count > 1 && (beyond[i] as number) > 0.02)) return undefined;
  return linear(Math.min(low, axis.from), Math.max(high, axis.to));
}

function linear(low: number, high: number): (at: number) => number {
  return (at) => (high > low ? (at - low) / (high - low) : 0.5);
}

function extentOf(all: readonly PlacedSeries[]): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { x } of all) for (const at of x) [low, high] = [Math.min(low, at), Math.max(high, at)];
  return [low, high];
}

type Drawn = Pick<LogChart, 'id' | 'title' | 'kind' | 'curves' | 'positive'>;

function chartsIn(log: TrainingLog, all: readonly PlacedSeries[]): Drawn[] {
  const groups = new Map<string, { quantity: Quantity; members: { curve: PlacedSeries; split: Split | undefined }[] }>();
  for (const curve of all) {
    const quantity = quantityOf(curve.series.name);
    const group = groups.get(quantity.id) ?? { quantity, members: [] };
    groups.set(quantity.id, group);
    group.members.push({ curve, split: quantity.split });
  }
  return [...groups.values()].map(({ quantity: { id, kind }, members }) => ({
    ...{ id: `${log.file}\n${log.axis}\n${id}`, title: id, kind, curves: curvesOf(members) },
    positive: members.every(({ curve }) => curve.series.y.every((value) => !(value <= 0))),
  }));
}

/** Training, validation and test look the same in every chart; `loss` beside `val_loss` is that of training. */
function curvesOf(members: readonly { curve: PlacedSeries; split: Split | undefined }[]): Curve[] {
  const order: readonly (Split | undefined)[] = ['train', undefined, 'validation', 'test'];
  const sorted = [...members].sort((a, b) => order.indexOf(a.split) - order.indexOf(b.split));
  const taken = new Set<number>();
  let next = 3;
  return sorted.map(({ curve: { series, x }, split }) => {
    const own = looks[split ?? 'train'];
    const look = taken.has(own) ? next++ : own;
    taken.add(look);
    return { name: series.name, x, y: series.y, look, endsAt: firstNotFinite(series) };
  });
}

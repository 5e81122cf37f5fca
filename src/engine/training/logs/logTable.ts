import type { LogSeries, TrainingLog } from '../../../shared/trainingProtocol.ts';
import { CurveBuilder } from './curveBuilder.ts';

/** A log as a table: a column for each quantity. A cell is undefined where nothing was written, NaN where that was written. */
export interface LogTable {
  columns: ReadonlyMap<string, readonly (number | undefined)[]>;
  rows: number;
}

export interface TableLog extends Pick<TrainingLog, 'axis' | 'series'> {
  /** How often the run was started again, by what its rows count. */
  restarts: number;
}

/** Names without case and what joins words. */
const epochColumns = ['epoch', 'epochs', 'epochnumber', 'epochindex', 'ep'];
const stepColumns = ['globalstep', 'step', 'steps', 'iteration', 'iterations', 'iter', 'iters', 'nstep', 'trainstep', 'batch'];
const timeColumns = ['walltime', 'timestamp', 'time', 'createdat', 'ts', 'date', 'datetime'];
/** Before 2001, or seconds since something else. */
const earliest = 1e9;
const mostSeries = 500;

/** Names the columns that count rows; the others are curves over them. */
export function tableLog({ columns, rows }: LogTable): TableLog {
  const names = [...columns.keys()];
  const find = (known: readonly string[]) =>
    known.map((name) => names.find((each) => plain(each) === name)).find((name) => name !== undefined);
  const [epochName, stepName, timeName] = [find(epochColumns), find(stepColumns), find(timeColumns)];
  const column = (name: string | undefined) => (name === undefined ? undefined : columns.get(name));
  const epochs = column(epochName);
  const steps = epochs ? wholeRun(epochs, column(stepName)) : column(stepName);
  const times = column(timeName)?.map(asTime);
  const isTimed = times?.some((time) => time !== undefined) ?? false;
  const own = new Set([epochName, stepName, ...(isTimed ? [timeName] : [])]);
  const x = epochs ?? steps;
  let restarts = 0;
  const series = names
    .filter((name) => !own.has(name))
    .slice(0, mostSeries)
    .flatMap((name): LogSeries[] => {
      const builder = new CurveBuilder();
      const cells = columns.get(name) ?? [];
      for (let row = 0; row < rows; row++) {
        const y = cells[row];
        // Without a column that counts, rows are epochs from 0.
        const at = x ? x[row] : row;
        if (y === undefined || at === undefined || !Number.isFinite(at)) continue;
        builder.add({ x: at, y, time: isTimed ? times?.[row] : undefined, step: epochs && steps ? steps[row] : undefined });
      }
      restarts = Math.max(restarts, builder.restarts);
      const made = builder.series(name);
      return made ? [made] : [];
    });
  return { axis: epochs || !steps ? 'epoch' : 'step', series, restarts };
}

export function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]+/g, '');
}

/** Seconds or milliseconds since 1970 as the latter; undefined: something else, as seconds since the run began. */
function asTime(value: number | undefined): number | undefined {
  if (value === undefined || !(value > earliest)) return undefined;
  return value > earliest * 1000 ? value : value * 1000;
}

/** Steps that begin anew in each epoch, counted on over the run. */
function wholeRun(
  epochs: readonly (number | undefined)[],
  steps: readonly (number | undefined)[] | undefined,
): readonly (number | undefined)[] | undefined {
  if (!steps) return undefined;
  let [longest, isOfEpoch] = [0, false];
  for (let row = 1; row < steps.length; row++) {
    const [before, now] = [steps[row - 1], steps[row]];
    if (now === undefined) continue;
    longest = Math.max(longest, now, before ?? 0);
    if (before !== undefined && now < before && (epochs[row] ?? 0) > (epochs[row - 1] ?? 0)) isOfEpoch = true;
  }
  if (!isOfEpoch) return steps;
  return steps.map((step, row) => (step === undefined ? undefined : Math.floor(epochs[row] ?? 0) * (longest + 1) + step));
}

import { basename, dirname, relative, sep } from 'node:path';
import type { EventFile } from '../../../formats/tensorboard/eventFile.ts';
import { type ErrorRecord, toErrorRecord } from '../../../shared/errors.ts';
import type { LogSeries, TrainingLog } from '../../../shared/trainingProtocol.ts';
import { CurveBuilder } from './curveBuilder.ts';

/** Written by Lightning for a table of hyper-parameters; says nothing. */
const ignored = new Set(['hp_metric']);
/** What tells the epoch of a step: Lightning and Hugging Face write it beside everything else. */
const epochTags = new Set(['epoch', 'train/epoch']);
/** Keras' callback counts epochs for these, steps for its others. */
const countsEpochs = /^epoch_./;
const mostSeries = 500;

/**
 * Event files as logs: those of one folder are one run, continued; several folders (Keras writes `train` and `validation`) are told apart
 * by what stands before a curve's name. What counts epochs and what counts steps are two logs.
 */
export function boardLogs(files: readonly EventFile[]): TrainingLog[] {
  const folders = new Map<string, EventFile[]>();
  for (const file of files) folders.set(dirname(file.path), [...(folders.get(dirname(file.path)) ?? []), file]);
  for (const [folder, own] of folders) if (own.every(({ columns, fault }) => columns.size === 0 && !fault)) folders.delete(folder);
  const root = commonFolder([...folders.keys()]);
  const logs = new Map<TrainingLog['axis'], LogSeries[]>([
    ['epoch', []],
    ['step', []],
  ]);
  for (const [folder, own] of [...folders].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const prefix = folders.size > 1 && folder !== root ? `${relative(root, folder).split(sep).join('/')}/` : '';
    for (const { axis, series } of folderSeries(own)) logs.get(axis)?.push({ ...series, name: prefix + series.name });
  }
  const newest = [...files].sort((a, b) => b.modified - a.modified)[0];
  if (!newest) return [];
  const warnings = files.flatMap(({ fault }): ErrorRecord[] => (fault ? [toErrorRecord(fault)] : []));
  const filled = [...logs].filter(([, series]) => series.length > 0);
  // A file of which nothing was read still has something to say.
  if (filled.length === 0 && warnings.length > 0) filled.push(['step', []]);
  return filled.map(([axis, series], i) => ({
    ...{ file: newest.path, kind: 'tensorboard', modified: newest.modified, axis },
    series: series.slice(0, mostSeries),
    warnings: i === 0 ? warnings : [],
  }));
}

function folderSeries(files: readonly EventFile[]): { axis: TrainingLog['axis']; series: LogSeries }[] {
  const curves = new Map<string, CurveBuilder>();
  // Their names begin with the time they were opened at.
  for (const file of [...files].sort((a, b) => (basename(a.path) < basename(b.path) ? -1 : 1))) {
    if (file.restartsAt !== undefined) for (const curve of curves.values()) curve.restartAt(file.restartsAt);
    for (const [tag, { step, wallTime, value }] of file.columns) {
      if (ignored.has(tag)) continue;
      const curve = curves.get(tag) ?? new CurveBuilder();
      curves.set(tag, curve);
      for (let i = 0; i < step.length; i++) {
        curve.add({ x: step[i] as number, y: value[i] as number, time: (wallTime[i] as number) * 1000 });
      }
    }
  }
  const all = [...curves].flatMap(([tag, curve]) => curve.series(tag) ?? []);
  const epoch = all.find(({ name }) => epochTags.has(name));
  return all.flatMap((series): { axis: TrainingLog['axis']; series: LogSeries }[] => {
    if (series === epoch) return [];
    if (countsEpochs.test(series.name)) return [{ axis: 'epoch', series }];
    const epochs = epoch && epochsOf(series.x, epoch);
    return epochs ? [{ axis: 'epoch', series: { ...series, x: epochs, step: series.x } }] : [{ axis: 'step', series }];
  });
}

/** The epoch of each step; undefined: that of some is not told. */
function epochsOf(steps: Float64Array, { x, y }: LogSeries): Float64Array | undefined {
  const epochs = new Float64Array(steps.length);
  let at = -1;
  for (let i = 0; i < steps.length; i++) {
    while (at + 1 < x.length && (x[at + 1] as number) <= (steps[i] as number)) at++;
    if (at < 0 || !Number.isFinite(y[at])) return undefined;
    epochs[i] = y[at] as number;
  }
  return epochs;
}

/** The innermost folder that all of them lie in, or are. */
function commonFolder(folders: readonly string[]): string {
  const [first = '', ...others] = folders.map((folder) => folder.split(sep));
  let common = [...first];
  for (const parts of others) {
    let same = 0;
    while (same < common.length && parts[same] === common[same]) same++;
    common = common.slice(0, same);
  }
  return common.join(sep) || sep;
}

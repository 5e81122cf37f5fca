import { realpath } from 'node:fs/promises';
import { readHead } from '../../images.ts';
import { sniffBytes, sniffModel } from '../../modelSniff.ts';
import { type Disk, realDisk } from '../watch/disk.ts';
import { inParallel } from '../watch/inParallel.ts';
import type { FoundRun } from './checkpointFile.ts';

/** Files of a run that are asked when they were written: those with the highest numbers, and the first. */
const asked = 3;
const atOnce = 16;

/**
 * Runs, those written last first. Data sets that are numbered as models are (`train_001.h5`) are left out, and runs that a link leads to
 * once more (`runs/latest`).
 */
export async function rankRuns(all: readonly FoundRun[], disk: Disk = realDisk): Promise<FoundRun[]> {
  const written = new Map<FoundRun, number>();
  const runs = await withoutLinked(all);
  await inParallel(runs, atOnce, async (run) => {
    const some = [...new Set([...run.files.slice(-asked), ...run.files.slice(0, 1)])];
    const times = await Promise.all(
      some.map(({ path }) =>
        disk.stat(path).then(
          (stamp) => stamp?.modified ?? 0,
          () => 0,
        ),
      ),
    );
    if (await mayBeModels(run)) written.set(run, Math.max(...times));
  });
  const order = (run: FoundRun) => written.get(run) ?? 0;
  return runs.filter((run) => written.has(run)).sort((a, b) => order(b) - order(a));
}

/** Each by its own path where it has one, else by the first. */
async function withoutLinked(runs: readonly FoundRun[]): Promise<FoundRun[]> {
  const byPlace = new Map<string, FoundRun>();
  await inParallel(runs, atOnce, async (run) => {
    const folder = await realpath(run.folder).catch(() => run.folder);
    const place = run.kind === 'file' ? run.id : folder + run.id.slice(run.folder.length);
    const known = byPlace.get(place);
    if (!known || folder === run.folder || (run.id < known.id && place !== known.id)) byPlace.set(place, run);
  });
  const kept = new Set(byPlace.values());
  return runs.filter((run) => kept.has(run));
}

/** Whether its newest file may be one, half-written as it may be. Where a word says that it counts epochs or steps, nobody asks. */
async function mayBeModels({ id, folder, files, axis, kind }: FoundRun): Promise<boolean> {
  const path = files.at(-1)?.path ?? '';
  // CIFAR's data_batch_1.
  const isCounted = axis !== 'number' && !/batch[-_. =]*\*/i.test(id.slice(folder.length));
  if (kind === 'file' || isCounted || /weights/i.test(path) || !/\.(h5|hdf5|json)$/i.test(path)) return true;
  const head = await readHead(path, sniffBytes(path));
  return sniffModel(path, head) !== undefined || (head.length < sniffBytes(path) && !isJson(head));
}

/** What is shorter than what tells may only have begun, unless it is JSON to its end. */
function isJson(head: Buffer): boolean {
  try {
    JSON.parse(head.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

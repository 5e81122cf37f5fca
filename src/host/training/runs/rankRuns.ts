import { readHead } from '../../images.ts';
import { sniffBytes, sniffModel } from '../../modelSniff.ts';
import { type Disk, realDisk } from '../watch/disk.ts';
import { inParallel } from '../watch/inParallel.ts';
import type { FoundRun } from './checkpointFile.ts';

/** Files of a run that are asked when they were written: those with the highest numbers, and the first. */
const asked = 3;
const atOnce = 16;

/** Runs, those written last first. Data sets that are numbered as models are (`train_001.h5`) are left out. */
export async function rankRuns(runs: readonly FoundRun[], disk: Disk = realDisk): Promise<FoundRun[]> {
  const written = new Map<FoundRun, number>();
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

/** Whether its newest file may be one, half-written as it may be. Where a word says that it counts epochs or steps, nobody asks. */
async function mayBeModels({ files, axis, kind }: FoundRun): Promise<boolean> {
  const path = files.at(-1)?.path ?? '';
  if (kind === 'file' || axis !== 'number' || /weights/i.test(path) || !/\.(h5|hdf5|json)$/i.test(path)) return true;
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

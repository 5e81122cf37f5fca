import { open, opendir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isInside } from '../../formats/inside.ts';
import { logKind, maybeLog } from '../../formats/logKind.ts';
import type { FoundRun } from './runs/checkpointFile.ts';

/** Folders that hold logs, beside the checkpoints or above them. */
const logFolders = new Set([
  ...['log', 'logs', 'runs', 'tensorboard', 'tensorboard_logs', 'tb', 'tb_logs', 'board', 'lightning_logs', 'csv_logs'],
  ...['summary', 'summaries', 'events', 'metrics', 'history', 'train', 'training', 'validation', 'val', 'valid', 'eval', 'test'],
]);
/** Of a TensorBoard run: they are parts of one. */
const parts = new Set(['train', 'training', 'validation', 'val', 'valid', 'eval', 'test']);
/** `logs/fit/20260101-120000/train`. */
const deepest = 4;
/** So many folders above the run's. */
const highest = 2;
const most = { folders: 200, entries: 4000, sniffed: 100, files: 20 };
const sniffed = 4096;
/** Logs and checkpoints of one run are not written so far apart, ms. */
const slack = 60_000;

interface Candidate {
  path: string;
  /** Folder of the run that it tells of: dated ones lie side by side. */
  group: string;
  /** That folder is one of many side by side. */
  isOfMany: boolean;
  /** It may be of any run. */
  isFar: boolean;
  /** From afar, out of the folder of many runs that this one lies in, too: of another one, most likely. */
  isBeside: boolean;
  modified: number;
  begun: number;
}

/**
 * Log files that belong to a run, by where they lie, by name and by first bytes: the newest 20 in its folder, in the one above and in
 * folders for logs there and in the next one above. Where those of many runs lie side by side, and from afar, those that were written while
 * the run was; none of a run beside it where it has its own. `root`: workspace folder; nothing outside of it is read, without one nothing
 * above the run's own folder. Absolute paths in order.
 */
export async function logsOf(run: FoundRun, root?: string): Promise<readonly string[]> {
  const search = new Search(run.folder, root === undefined ? undefined : await realpath(root).catch(() => root));
  let base = run.folder;
  for (let above = 0; above <= highest; above++) {
    await search.look(base, { base, depth: 0, isFar: above === highest });
    base = dirname(base);
    if (root === undefined || !isInside(root, base)) break;
  }
  const candidates = await ofItsTime([...search.found.values()], run);
  const newest = candidates.sort((a, b) => b.modified - a.modified || (a.path < b.path ? -1 : 1)).slice(0, most.sniffed);
  const logs: Candidate[] = [];
  for (const each of newest) {
    if (logs.length < most.files && (await isLog(each.path))) logs.push(each);
  }
  const hasOwn = logs.some(({ isFar }) => !isFar);
  return logs.flatMap(({ path, isBeside }) => (hasOwn && isBeside ? [] : [path])).sort();
}

/** A file written to within so many ms may end in half a line, which is read once it has rested. */
const restless = 12_000;

/** Another one where a log was written, has rested since, came or went. */
export async function stampOfLogs(files: readonly string[], now = Date.now()): Promise<string> {
  const stats = await Promise.all(files.map((file) => stat(file).catch(() => undefined)));
  return JSON.stringify(
    stats.map((each, i) => [files[i], each?.size, each?.mtimeMs, each !== undefined && Math.abs(now - each.mtimeMs) < restless]),
  );
}

interface Place {
  /** Folder that the search began in. */
  base: string;
  depth: number;
  isFar: boolean;
  /** Folder for logs in `base` that it has come to. */
  top?: string;
}

class Search {
  readonly found = new Map<string, Candidate>();
  readonly #run: string;
  readonly #root: string | undefined;
  #folders = 0;
  #entries = 0;

  /** @param run its folder */
  constructor(run: string, root: string | undefined) {
    this.#run = run;
    this.#root = root;
  }

  /** Files of `folder`, and of folders for logs in it; inside of those of all. Links are not followed: they may lead out. */
  async look(folder: string, place: Place): Promise<void> {
    if (++this.#folders > most.folders || !(await this.#mayRead(folder))) return;
    const { depth, isFar } = place;
    const below: string[] = [];
    const entries = await opendir(folder).catch(() => undefined);
    if (!entries) return;
    for await (const entry of entries) {
      if (++this.#entries > most.entries) break;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (depth > 0 ? depth < deepest && !entry.name.startsWith('.') : logFolders.has(entry.name.toLowerCase())) below.push(path);
      } else if (entry.isFile() && maybeLog(entry.name) && !this.found.has(path) && !(isFar && depth === 0)) {
        await this.#take(path, place);
      }
    }
    for (const each of below) await this.look(each, { ...place, depth: depth + 1, top: place.top ?? each });
  }

  async #take(path: string, { base, depth, isFar, top }: Place): Promise<void> {
    const { size, mtimeMs, birthtimeMs } = await stat(path).catch(() => ({ size: 0, mtimeMs: 0, birthtimeMs: 0 }));
    if (size === 0) return;
    const stamp = Number(/tfevents\.(\d{9,11})\b/.exec(basename(path))?.[1] ?? Number.NaN) * 1000;
    const folder = dirname(path);
    const isPart = parts.has(basename(folder).toLowerCase()) && folder !== base;
    const begun = Number.isNaN(stamp) ? Math.min(birthtimeMs || mtimeMs, mtimeMs) : stamp;
    const group = isPart ? dirname(folder) : folder;
    const isBeside = isFar && top !== undefined && isInside(top, this.#run);
    this.found.set(path, { path, group, isOfMany: depth > 1 && group !== base, isFar, isBeside, modified: mtimeMs, begun });
  }

  async #mayRead(folder: string): Promise<boolean> {
    if (this.#root === undefined) return true;
    const real = await realpath(folder).catch(() => undefined);
    return real !== undefined && isInside(this.#root, real);
  }
}

/** Of runs that lie side by side those that were written while this one was; the newest, where none was. Of what is far those, or none. */
async function ofItsTime(candidates: readonly Candidate[], run: FoundRun): Promise<Candidate[]> {
  const groups = new Map<string, Group>();
  for (const { group, isOfMany, isFar, begun, modified } of candidates) {
    if (!isOfMany && !isFar) continue;
    const known = groups.get(group) ?? { begun, modified, isFar };
    groups.set(group, { begun: Math.min(known.begun, begun), modified: Math.max(known.modified, modified), isFar });
  }
  if (groups.size === 0) return [...candidates];
  const times = await Promise.all(run.files.slice(-most.sniffed).map(({ path }) => stat(path).catch(() => undefined)));
  const known = times.flatMap((each) => (each ? [each.mtimeMs] : []));
  const [first, last] = [Math.min(...known) - slack, Math.max(...known) + slack];
  const isOfTime = ({ begun, modified }: Group) => begun <= last && modified >= first;
  const own = new Set([...groups].filter(([, group]) => isOfTime(group)).map(([path]) => path));
  for (const family of new Set([...groups.keys()].map(dirname))) {
    const members = [...groups].filter(([path, { isFar }]) => dirname(path) === family && !isFar);
    if (members.length === 0 || members.some(([path]) => own.has(path))) continue;
    own.add(members.reduce((newest, next) => (next[1].modified > newest[1].modified ? next : newest))[0]);
  }
  return candidates.filter(({ group, isOfMany, isFar }) => (!isOfMany && !isFar) || own.has(group));
}

interface Group {
  begun: number;
  modified: number;
  isFar: boolean;
}

/** What a file is does not change while it grows. */
const known = new Map<string, boolean>();

async function isLog(path: string): Promise<boolean> {
  const before = known.get(path);
  if (before !== undefined) return before;
  const handle = await open(path, 'r').catch(() => undefined);
  if (!handle) return false;
  try {
    const first = Buffer.alloc(sniffed);
    const { bytesRead } = await handle.read(first, 0, sniffed, 0);
    const is = logKind(basename(path), first.subarray(0, bytesRead)) !== undefined;
    // So much is no header that is being written.
    if (is || bytesRead === sniffed) known.set(path, is);
    if (known.size > 1000) known.clear();
    return is;
  } catch {
    return false;
  } finally {
    await handle.close();
  }
}

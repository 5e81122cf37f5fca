import { basename, dirname } from 'node:path';
import type { FoundRun, RunFile } from './checkpointFile.ts';

/** Groups model files into runs by the pattern of their names. `paths`: absolute; `label`: path for people. */
export function findRuns(paths: readonly string[], label: (path: string) => string): FoundRun[] {
  const runs = new Map<string, RunFile[]>();
  for (const path of paths) {
    const folder = dirname(path);
    const number = /^(.*?)(\d+)$/.exec(basename(folder));
    if (!number) continue;
    const id = `${dirname(folder)}/${number[1]}*`;
    runs.set(id, [...(runs.get(id) ?? []), { path, name: basename(folder), at: Number(number[2]) }]);
  }
  return [...runs].map(([id, files]) => ({
    id,
    kind: 'checkpoints',
    label: label(id),
    axis: 'epoch',
    folder: dirname(id),
    files: files.sort((a, b) => a.at - b.at),
  }));
}

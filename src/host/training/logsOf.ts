import type { FoundRun } from './checkpointFile.ts';

/** Log files that belong to a run; absolute paths. */
export async function logsOf(_run: FoundRun): Promise<readonly string[]> {
  return [];
}

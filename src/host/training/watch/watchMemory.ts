import type { FileSet } from './fileSet.ts';
import { Pace, type Settling } from './settling.ts';

interface Remembered {
  set: FileSet;
  settling: Settling;
}

/** Runs whose files are remembered. */
const mostRuns = 8;

/** What is known of the files of runs from one watch to the next: what was complete and has not changed is complete at once. */
export class WatchMemory {
  readonly #runs = new Map<string, { pace: Pace; files: Map<string, Remembered> }>();

  of(run: string, path: string, make: (pace: Pace) => Remembered): Remembered {
    const { files, pace } = this.#of(run);
    const known = files.get(path) ?? make(pace);
    files.set(path, known);
    return known;
  }

  #of(run: string) {
    const known = this.#runs.get(run) ?? { pace: new Pace(), files: new Map<string, Remembered>() };
    // Those asked for last are kept.
    this.#runs.delete(run);
    this.#runs.set(run, known);
    const oldest = this.#runs.keys().next().value;
    if (this.#runs.size > mostRuns && oldest !== undefined) this.#runs.delete(oldest);
    return known;
  }
}

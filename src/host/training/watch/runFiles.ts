import { join } from 'node:path';
import type { FoundRun, RunFile } from '../runs/checkpointFile.ts';
import { findRuns } from '../runs/findRuns.ts';
import { parseName } from '../runs/runNames.ts';

const same = (path: string) => path;

/** The files of one run as its folder shows them: new ones are told by the run's own pattern. */
export class RunFiles {
  readonly #run: FoundRun;
  /** Behind the name that holds the number: `/model.json`, `/model_*.onnx` with the number again, or nothing. */
  readonly #rest: string;
  /** Names in the folder that were tried. */
  #seen = new Set<string>();
  #files: readonly RunFile[];

  constructor(run: FoundRun) {
    this.#run = run;
    const pattern = run.id.slice(run.folder.length + 1);
    const end = /[\\/]/.exec(pattern)?.index ?? pattern.length;
    this.#rest = pattern.slice(end);
    this.#files = run.files;
    for (const { path } of run.files) this.#seen.add(this.nameOf(path));
  }

  /** Each checkpoint has a folder of its own. */
  get areFolders(): boolean {
    return this.#rest !== '';
  }

  /** Whether a name in the folder was there before. */
  knows(name: string): boolean {
    return this.#seen.has(name);
  }

  /** In order. */
  get files(): readonly RunFile[] {
    return this.#files;
  }

  /** What in the run's folder a path belongs to. */
  nameOf(path: string): string {
    return /[^\\/]+/.exec(path.slice(this.#run.folder.length))?.[0] ?? '';
  }

  /** `names`: in the run's folder now. Whether there are other files than before, or other numbers. */
  take(names: readonly string[]): boolean {
    const unseen = names.filter((name) => !this.#seen.has(name));
    if (unseen.length === 0) return false;
    this.#seen = new Set([...names, ...this.#files.map(({ path }) => this.nameOf(path))]);
    const paths = [...this.#files.map(({ path }) => path), ...unseen.flatMap((name) => this.#pathsOf(name))];
    const find = (told: boolean) => findRuns(paths, same, { told }).find(({ id }) => id === this.#run.id);
    // One that a person told of may be too small to be found again.
    const found = find(false) ?? find(true);
    if (!found || (found.files.length === this.#files.length && found.axis === this.#run.axis)) return false;
    this.#files = found.files;
    return true;
  }

  /** What a name in the folder may lead to: which of its numbers counts, the pattern tells. */
  #pathsOf(name: string): string[] {
    const path = join(this.#run.folder, name);
    if (!this.#rest.includes('*')) return [path + this.#rest];
    const parsed = parseName(name);
    const numbers = new Set(parsed?.keys.map(({ part }) => parsed.parts[part] as string));
    return [...numbers].map((number) => path + this.#rest.replaceAll('*', number));
  }

  /** Its file is gone: it is tried again when its name comes back. */
  drop(path: string): void {
    this.#files = this.#files.filter((file) => file.path !== path);
    this.#seen.delete(this.nameOf(path));
  }
}

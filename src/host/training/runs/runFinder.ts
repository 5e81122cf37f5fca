import { stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import { ModelError } from '../../../shared/errors.ts';
import { isNamedByFolder, modelName } from '../../../shared/modelFormats.ts';
import { anyOf } from '../../globs.ts';
import { section, settings } from '../../settings.ts';
import { workspacePath } from '../../subject.ts';
import type { FoundRun } from './checkpointFile.ts';
import { findRuns } from './findRuns.ts';
import { type Find, findModelFiles, mostFiles } from './modelFiles.ts';
import { rankRuns } from './rankRuns.ts';
import { unreadableFiles, whyUnreadable } from './unreadable.ts';

const watchedKey = 'trainingWatched';
/** Files come and go several at once, ms. */
const calm = 300;
/** How often files are searched for that no watcher told of, ms: while somebody looks, else; and at most for this part of the time. */
const searchEvery = { looked: 5_000, watched: 30_000 };
const searchShare = 0.02;
/** What a setting may name: other files beside a model match a glob as well. */
const modelFile = /([\\/](model\.json|saved_model\.pb)|\.(onnx|keras|h5|hdf5|tflite))$/i;

/** The training runs of the workspace, by the names of its files; nothing is searched before somebody asks. */
export class RunFinder implements vscode.Disposable {
  readonly #state: vscode.Memento;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[];
  #watchers: vscode.Disposable[] = [];
  #watching = '';
  #timer: NodeJS.Timeout | undefined;
  #search: Promise<readonly FoundRun[]> | undefined;
  /** What was found last. */
  #found: string | undefined;
  #polling: { every: number; timer: NodeJS.Timeout } | undefined;

  /** Runs came, went, or have other checkpoints. */
  readonly onDidChange = this.#changed.event;

  constructor(state: vscode.Memento) {
    this.#state = state;
    const again = () => this.#later();
    this.#subscriptions = [
      this.#changed,
      vscode.workspace.onDidChangeWorkspaceFolders(again),
      vscode.workspace.onDidChangeConfiguration((event) => {
        const names = ['modelFiles', 'modelFilesExclude', 'training.checkpoints'];
        if (names.some((name) => event.affectsConfiguration(`${section}.${name}`))) again();
      }),
    ];
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.poll(undefined);
    for (const each of [...this.#watchers, ...this.#subscriptions]) each.dispose();
  }

  /** Searches now and then: a watcher tells nothing of a network drive, nor of what came before it was ready. Undefined: no longer. */
  poll(how: keyof typeof searchEvery | undefined): void {
    const every = how && searchEvery[how];
    if (every === this.#polling?.every) return;
    clearTimeout(this.#polling?.timer);
    this.#polling = every === undefined ? undefined : { every, timer: setTimeout(() => void this.#searchAgain(every), every) };
  }

  /** Those written last first. */
  async runs(): Promise<readonly FoundRun[]> {
    // Who comes while it is being searched gets what is found; what changes meanwhile is told.
    this.#search ??= this.#find().finally(() => (this.#search = undefined));
    const runs = await this.#search;
    this.#found = JSON.stringify(keyOf(runs));
    return runs;
  }

  /** Where there is no run: why one of the checkpoints that training code writes is none. One search, to its first find. */
  async whyNone(): Promise<string | undefined> {
    const [found] = await vscode.workspace.findFiles(unreadableFiles, anyOf(settings().modelFilesExclude), 1);
    return found && whyUnreadable(workspacePath(found.fsPath));
  }

  /**
   * A file that is overwritten in place, from now on and after a reload. `path`: a model, or a folder with one.
   * @throws ModelError 'file-missing'
   */
  async watchFile(path: string): Promise<FoundRun> {
    const file = await fileIn(path);
    const before = this.#watched();
    if (!before.includes(file)) await this.#state.update(watchedKey, [...before, file]);
    this.#changed.fire();
    return runOfFile(file);
  }

  /** `id`: of its run. */
  async stopWatching(id: string): Promise<void> {
    const left = this.#watched().filter((path) => runOfFile(path).id !== id);
    await this.#state.update(watchedKey, left);
    this.#changed.fire();
  }

  #watched(): readonly string[] {
    return this.#state.get<readonly string[]>(watchedKey, []);
  }

  async #find(): Promise<readonly FoundRun[]> {
    const told = vscode.workspace.getConfiguration(section).get<readonly string[]>('training.checkpoints', []);
    const { modelFiles, modelFilesExclude } = settings();
    const isTold = told.length > 0;
    this.#watch((isTold ? told : [anyOf(modelFiles) ?? '']).filter((glob) => glob !== '').map(patternOf));
    const exclude = isTold ? undefined : anyOf(modelFilesExclude);
    const find: Find = async (glob, most) => (await vscode.workspace.findFiles(patternOf(glob), exclude, most)).map(({ fsPath }) => fsPath);
    const paths = isTold
      ? [...new Set((await Promise.all(told.map((glob) => find(glob, mostFiles)))).flat())].slice(0, mostFiles)
      : await findModelFiles(modelFiles, find);
    const roots = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
    const files = isTold ? paths.filter((path) => modelFile.test(path)) : paths;
    const runs = findRuns(files, workspacePath, { roots, told: isTold });
    return await rankRuns([...runs, ...this.#watched().map(runOfFile)]);
  }

  #watch(patterns: readonly vscode.GlobPattern[]): void {
    const watching = JSON.stringify(patterns);
    if (watching === this.#watching) return;
    this.#watching = watching;
    for (const each of this.#watchers) each.dispose();
    const later = () => this.#later();
    // Names only: what is written into files is for whoever watches the run.
    this.#watchers = patterns.flatMap((pattern) => {
      const watcher = vscode.workspace.createFileSystemWatcher(pattern, false, true, false);
      return [watcher, watcher.onDidCreate(later), watcher.onDidDelete(later)];
    });
  }

  /** Searches again, where somebody has asked before, and tells if something is another now. */
  #later(): void {
    if (this.#found === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#compare(), calm);
  }

  async #compare(): Promise<void> {
    // One that is under way may have passed what has changed.
    await this.#search?.catch(() => {});
    const before = this.#found;
    await this.runs().catch(() => {});
    if (this.#found !== before) this.#changed.fire();
  }

  async #searchAgain(every: number): Promise<void> {
    const polling = this.#polling;
    const began = performance.now();
    if (this.#found !== undefined) await this.#compare();
    const took = performance.now() - began;
    if (!polling || this.#polling !== polling) return;
    polling.timer = setTimeout(() => void this.#searchAgain(every), Math.max(every, took / searchShare));
  }
}

/** What of runs is told of: which there are, and their files. Their order is not. */
function keyOf(runs: readonly FoundRun[]): string[] {
  return runs.map(({ id, axis, files }) => `${id} ${axis} ${files.map(({ path, at }) => `${path} ${at}`).join('\n')}`).sort();
}

function runOfFile(path: string): FoundRun {
  const name = isNamedByFolder(path) ? modelName(path) : basename(path);
  const label = workspacePath(isNamedByFolder(path) ? dirname(path) : path);
  return { id: `file ${path}`, kind: 'file', label, axis: 'version', folder: dirname(path), files: [{ path, name, at: 0 }] };
}

async function fileIn(path: string): Promise<string> {
  const isFile = async (file: string) => (await stat(file).catch(() => undefined))?.isFile() ?? false;
  for (const file of modelFile.test(path)
    ? [path]
    : ['model.json', 'saved_model.pb'].flatMap((name) => [join(path, name), join(dirname(path), name)]))
    if (await isFile(file)) return file;
  throw new ModelError('file-missing', `'${path}' is no model file.`, {
    file: path,
    hint: 'Choose the file that training overwrites: model.json, saved_model.pb, .onnx, .keras, .h5 or .tflite.',
  });
}

/** Globs are relative to the workspace's folders; absolute ones lead to runs elsewhere. */
function patternOf(glob: string): vscode.GlobPattern {
  if (!isAbsolute(glob)) return glob;
  const fixed = /^[^*?{[]*[\\/]/.exec(glob)?.[0] ?? '/';
  return new vscode.RelativePattern(vscode.Uri.file(fixed), glob.slice(fixed.length));
}

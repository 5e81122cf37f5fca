import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import { anyOf, imageFiles } from '../globs.ts';
import { section, settings } from '../settings.ts';
import { workspacePath } from '../subject.ts';
import { Watchers } from '../watchers.ts';
import { type ImageSet, inOrder, takeImages } from './imageSet.ts';

/** The choice of a person, kept per workspace; `setting` is what glassbox.dataset said then: changing the setting wins again. */
interface Choice {
  /** Absolute; empty: all of the workspace. */
  folder: string;
  setting: string;
}

/** The same of the label file of a data set; no file: what stands beside the images tells. */
interface LabelChoice {
  file?: string;
  setting: string;
}

/** `choice`: a person wants others, or other labels. `files`: some came, went or changed. */
export type DatasetChange = 'choice' | 'files';

const choiceKey = 'dataset';
const labelsKey = 'labels';
/** More paths are not looked at. */
const mostFound = 100_000;
const neverTaken = ['**/node_modules/**', '**/.*/**'];
/** Images are left alone until nothing happened to them for so long, and are not told of more often, ms. */
const quiet = 1_500;
const calm = 20_000;

/** The images that units and the feature space are shown of, and where their labels come from. */
export class Dataset implements vscode.Disposable {
  readonly #state: vscode.Memento;
  readonly #changed = new vscode.EventEmitter<DatasetChange>();
  readonly #subscriptions: vscode.Disposable[];
  readonly #watchers = new Watchers();
  readonly #touched = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #lastNews = 0;
  /** When the images were last searched, ms since 1970. */
  #searched = 0;
  #current: Promise<ImageSet | undefined> | undefined;

  readonly onDidChange = this.#changed.event;

  constructor(state: vscode.Memento) {
    this.#state = state;
    this.#subscriptions = [
      this.#changed,
      this.#watchers,
      vscode.workspace.onDidChangeConfiguration((event) => {
        const affects = ['dataset', 'datasetExclude', 'labels'].some((name) => event.affectsConfiguration(`${section}.${name}`));
        if (affects || event.affectsConfiguration('files.exclude')) this.#forget('choice');
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.#forget('choice')),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#forget('choice')),
    ];
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const each of this.#subscriptions) each.dispose();
  }

  /** Undefined: nothing may be read before a person has chosen. Never asks. */
  current(): Promise<ImageSet | undefined> {
    this.#current ??= this.#search();
    return this.#current;
  }

  /** Remembers the person's choice. */
  async use(folder: string): Promise<void> {
    await this.#state.update(choiceKey, { folder, setting: settings().dataset } satisfies Choice);
    this.#forget('choice');
  }

  /** Looks at once for what became of these files: whoever moved them waits for it. */
  async renew(paths: readonly string[]): Promise<void> {
    for (const path of paths) this.#touched.add(path);
    clearTimeout(this.#timer);
    await this.#settle();
  }

  /** Remembers the label file that a person chose for a data set; undefined: what stands beside its images tells. */
  async useLabels({ folder }: ImageSet, file: string | undefined): Promise<void> {
    const choice: LabelChoice = { setting: settings().labels, ...(file !== undefined && { file }) };
    await this.#state.update(labelsKey, { ...this.#labelChoices(), [folder]: choice });
    this.#forget('choice');
  }

  /** By the folder of the data set. */
  #labelChoices(): Readonly<Record<string, LabelChoice>> {
    return this.#state.get(labelsKey, {});
  }

  async #labelFile(folder: string): Promise<string | undefined> {
    const setting = settings().labels;
    const choice = this.#labelChoices()[folder];
    if (choice && choice.setting === setting) return choice.file;
    return setting === '' ? undefined : await resolvePath(setting, (found) => found.isFile());
  }

  /** Absolute path; empty: the workspace; undefined: as `current`. */
  async #folder(): Promise<string | undefined> {
    const setting = settings().dataset;
    const choice = this.#state.get<Choice>(choiceKey);
    if (choice && choice.setting === setting) return choice.folder;
    // Not there: it has no images, and the page names it.
    if (setting !== '') return await resolvePath(setting, (found) => found.isDirectory());
    // In Restricted Mode nothing is read that the person has not picked.
    return vscode.workspace.isTrusted ? '' : undefined;
  }

  async #search(): Promise<ImageSet | undefined> {
    this.#searched = Date.now();
    const folder = await this.#folder();
    if (folder === undefined) return undefined;
    this.#watch(folder);
    const label = folder === '' ? (vscode.workspace.name ?? '') : workspacePath(folder);
    const [found, labelFile] = await Promise.all([findImages(folder), this.#labelFile(folder)]);
    const images = inOrder(found);
    const roots = basesOf(folder).map(({ fsPath }) => fsPath);
    return { folder, roots, label, images, capped: images.length >= mostFound, sample: takeImages(images), labelFile };
  }

  #watch(folder: string): void {
    const touched = (uri: vscode.Uri) => this.#touch(uri.fsPath);
    const start = (base: vscode.Uri) => () => {
      const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(base, imageFiles));
      return vscode.Disposable.from(watcher, watcher.onDidChange(touched), watcher.onDidCreate(touched), watcher.onDidDelete(touched));
    };
    this.#watchers.keep(new Map(basesOf(folder).map((base) => [base.toString(), start(base)])));
  }

  #touch(path: string): void {
    this.#touched.add(path);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#settle(), Math.max(quiet, this.#lastNews + calm - Date.now()));
  }

  /** Most of what is written to a workspace is not of the data set, and watchers are late. */
  async #settle(): Promise<void> {
    const touched = [...this.#touched];
    this.#touched.clear();
    const [before, since] = [this.#current, this.#searched];
    const now = this.#search();
    const [had, has] = [new Set((await before)?.images), new Set((await now)?.images)];
    const isNews = async (path: string) => had.has(path) !== has.has(path) || (has.has(path) && (await isWrittenSince(path, since)));
    const news = await Promise.all(touched.map(isNews));
    if (this.#current !== before || !news.includes(true)) return;
    this.#current = now;
    this.#lastNews = Date.now();
    this.#changed.fire('files');
  }

  #forget(change: DatasetChange): void {
    this.#current = undefined;
    this.#changed.fire(change);
  }
}

/** Images in a folder, or in all of the workspace where that is empty; no order. */
export async function findImages(folder: string): Promise<string[]> {
  const exclude = anyOf([...neverTaken, ...settings().datasetExclude]);
  const find = (base: vscode.Uri) => vscode.workspace.findFiles(new vscode.RelativePattern(base, imageFiles), exclude, mostFound);
  const found = await Promise.all(basesOf(folder).map(find));
  return [...new Set(found.flat().map((uri) => uri.fsPath))];
}

function basesOf(folder: string): vscode.Uri[] {
  return folder === '' ? (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri) : [vscode.Uri.file(folder)];
}

/** Relative to the first workspace folder that has it, else to the first one. */
async function resolvePath(setting: string, isMeant: (found: Stats) => boolean): Promise<string> {
  if (isAbsolute(setting)) return setting;
  const paths = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => join(uri.fsPath, setting));
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined);
    if (found && isMeant(found)) return path;
  }
  return paths[0] ?? setting;
}

/** Also where a copy keeps the time of what was copied. */
async function isWrittenSince(path: string, time: number): Promise<boolean> {
  const now = await stat(path).catch(() => undefined);
  return now !== undefined && Math.max(now.mtimeMs, now.ctimeMs) >= time;
}

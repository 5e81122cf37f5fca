import { stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import { anyOf } from './globs.ts';
import { type ModelCandidate, readCandidate, sortCandidates } from './modelCandidates.ts';
import { section, settings } from './settings.ts';

/** The choice of a person, kept per workspace; `setting` is what glassbox.model said then: changing the setting wins again. */
interface Choice {
  path: string;
  setting: string;
}

const choiceKey = 'model';
const maxCandidates = 500;

/** The models of the workspace and the one in use. */
export class Models implements vscode.Disposable {
  readonly #state: vscode.Memento;
  readonly #changed = new vscode.EventEmitter<string | undefined>();
  readonly #candidatesChanged = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[] = [];
  #candidates: Promise<readonly ModelCandidate[]> | undefined;

  /** The model in use may be another one now: after a choice, a change of the setting, or trust granted. */
  readonly onDidChange = this.#changed.event;
  /** Files that look like models came, went or changed. */
  readonly onDidChangeCandidates = this.#candidatesChanged.event;

  constructor(state: vscode.Memento) {
    this.#state = state;
    this.#subscriptions.push(
      this.#changed,
      this.#candidatesChanged,
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(section)) this.#forget();
        if (event.affectsConfiguration(`${section}.model`)) void this.#announce();
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.#forget()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#announce()),
    );
  }

  dispose(): void {
    for (const each of this.#subscriptions) each.dispose();
  }

  /** The model in use, absolute path; undefined: none, or several and none chosen. Never asks. */
  async current(): Promise<string | undefined> {
    const setting = settings().model;
    const choice = this.#state.get<Choice>(choiceKey);
    if (choice && choice.setting === setting && (await isFile(choice.path))) return choice.path;
    if (setting !== '') return await resolvePath(setting);
    // In Restricted Mode nothing is opened that the person has not picked.
    if (!vscode.workspace.isTrusted) return undefined;
    const candidates = await this.candidates();
    return candidates.length === 1 ? candidates[0]?.path : undefined;
  }

  /** Remembers the person's choice. */
  async use(path: string): Promise<void> {
    await this.#state.update(choiceKey, { path, setting: settings().model } satisfies Choice);
    this.#changed.fire(path);
  }

  /** Files of the workspace that look like models. `image`: what they are wanted for, those near it first. */
  async candidates(image?: string): Promise<readonly ModelCandidate[]> {
    this.#candidates ??= this.#search();
    return sortCandidates(await this.#candidates, image);
  }

  async #search(): Promise<readonly ModelCandidate[]> {
    const { modelFiles, modelFilesExclude } = settings();
    const include = anyOf(modelFiles);
    if (include === undefined || !vscode.workspace.workspaceFolders?.length) return [];
    this.#watch(include);
    const uris = await vscode.workspace.findFiles(include, anyOf(modelFilesExclude), maxCandidates);
    const found = await Promise.all(uris.map((uri) => readCandidate(uri.fsPath)));
    return found.filter((each) => each !== undefined);
  }

  /** One watcher: any change among the candidates has them searched again, when they are asked for. */
  #watch(include: string): void {
    if (this.#watcher) return;
    this.#watcher = vscode.workspace.createFileSystemWatcher(include);
    const forget = () => this.#forget();
    this.#subscriptions.push(
      this.#watcher,
      this.#watcher.onDidCreate(forget),
      this.#watcher.onDidChange(forget),
      this.#watcher.onDidDelete(forget),
    );
  }
  #watcher: vscode.FileSystemWatcher | undefined;

  #forget(): void {
    this.#candidates = undefined;
    this.#candidatesChanged.fire();
  }

  async #announce(): Promise<void> {
    this.#changed.fire(await this.current());
  }
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}

/** Relative to the first workspace folder that has it; a folder may be named instead of the `model.json` or `saved_model.pb` in it. */
async function resolvePath(setting: string): Promise<string> {
  const folders = vscode.workspace.workspaceFolders?.map((folder) => folder.uri.fsPath) ?? [];
  const paths = isAbsolute(setting) ? [setting] : folders.map((folder) => join(folder, setting));
  const files = paths.flatMap((path) => [path, ...['model.json', 'saved_model.pb'].map((name) => join(path, name))]);
  for (const file of files) if (await isFile(file)) return file;
  // Not there: the engine says so, with the full path.
  return paths[0] ?? setting;
}

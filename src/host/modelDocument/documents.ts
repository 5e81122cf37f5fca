import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { type ErrorRecord, toErrorRecord } from '../../shared/errors.ts';
import type { ModelOutline } from '../../shared/protocol.ts';
import type { EngineClient } from '../engineClient.ts';
import { watchModel } from '../fileWatch.ts';
import { readCandidate } from '../modelCandidates.ts';
import { composeError, composeModel, type ModelText, staleNote } from './compose.ts';
import { modelPath, modelScheme } from './uri.ts';

/** What a document says. */
export interface Content {
  text: string;
  /** Undefined: the file is no model that can be read. */
  model: ModelText | undefined;
  /** Why it cannot be read; with a model: that is the one before the file changed. */
  error: ErrorRecord | undefined;
}

interface Entry {
  path: string;
  content: Promise<Content> | undefined;
  /** The last model that could be read. */
  good: { outline: ModelOutline; bytes: number | undefined } | undefined;
  /** The last try to read it failed: who asks again may find the file well. */
  failed: boolean;
  /** When its files changed last, ms since 1970, and how long the text is, bytes. */
  changed: number;
  size: number;
  watcher: vscode.Disposable;
}

/** A closed document is kept for so long, ms: the editor closes and opens it to change its language. */
const afterlife = 2_000;
/** Tells the editor the encoding, whatever its settings say. */
const byteOrderMark = '\ufeff';

/** Models as read-only text. As files of a scheme of their own they are restored after a reload and can be compared like any file. */
export class ModelDocuments implements vscode.FileSystemProvider, vscode.Disposable {
  readonly #engine: EngineClient;
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly #entries = new Map<string, Entry>();
  readonly #subscriptions: vscode.Disposable[];

  readonly onDidChangeFile = this.#changed.event;

  constructor(engine: EngineClient) {
    this.#engine = engine;
    this.#subscriptions = [this.#changed, vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#closed(uri))];
  }

  dispose(): void {
    for (const { watcher } of this.#entries.values()) watcher.dispose();
    for (const each of this.#subscriptions) each.dispose();
  }

  /** What a document says; undefined: it does not say so yet. */
  async contentOf(document: vscode.TextDocument): Promise<Content | undefined> {
    const content = await this.#entries.get(modelPath(document.uri))?.content;
    return content?.text === document.getText() ? content : undefined;
  }

  /** The model that a document shows. */
  async modelOf(document: vscode.TextDocument): Promise<ModelText | undefined> {
    return (await this.contentOf(document))?.model;
  }

  /** The document's files are watched as long as it is open, on screen or not. */
  watch(): vscode.Disposable {
    return new vscode.Disposable(() => {});
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { path, changed, size } = this.#entry(uri);
    const { ctimeMs, mtimeMs } = await stat(path).catch(() => {
      throw vscode.FileSystemError.FileNotFound(uri);
    });
    return { type: vscode.FileType.File, ctime: ctimeMs, mtime: Math.max(mtimeMs, changed), size };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const entry = this.#entry(uri);
    if (entry.content === undefined || entry.failed) entry.content = this.#read(entry);
    const bytes = Buffer.from(byteOrderMark + (await entry.content).text);
    entry.size = bytes.length;
    return bytes;
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  writeFile(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  async #read(entry: Entry): Promise<Content> {
    const { path } = entry;
    entry.failed = false;
    try {
      const [outline, candidate] = await Promise.all([this.#engine.call('outline', { model: path }), readCandidate(path)]);
      entry.good = { outline, bytes: candidate?.bytes };
      const model = composeModel(outline, candidate?.bytes);
      return { text: model.text, model, error: undefined };
    } catch (error) {
      entry.failed = true;
      const why = toErrorRecord(error);
      // A checkpoint that is being written will be whole again.
      const model = entry.good && composeModel(entry.good.outline, entry.good.bytes, staleNote(why, new Date(entry.changed)));
      return { text: model?.text ?? composeError(path, why), model, error: why };
    }
  }

  #entry(uri: vscode.Uri): Entry {
    const path = modelPath(uri);
    const known = this.#entries.get(path);
    if (known) return known;
    const watcher = watchModel(path, () => void this.#filesChanged(uri, entry));
    const entry: Entry = { path, content: undefined, good: undefined, failed: false, changed: 0, size: 0, watcher };
    this.#entries.set(path, entry);
    return entry;
  }

  /** The editor reads again what it shows. */
  async #filesChanged(uri: vscode.Uri, entry: Entry): Promise<void> {
    entry.content = undefined;
    entry.changed = Date.now();
    const there = await stat(entry.path).then(
      () => true,
      () => false,
    );
    this.#changed.fire([{ type: there ? vscode.FileChangeType.Changed : vscode.FileChangeType.Deleted, uri }]);
  }

  #closed(uri: vscode.Uri): void {
    if (uri.scheme !== modelScheme) return;
    setTimeout(() => {
      const isOpen = vscode.workspace.textDocuments.some((document) => document.uri.toString() === uri.toString());
      const entry = this.#entries.get(modelPath(uri));
      if (isOpen || !entry) return;
      entry.watcher.dispose();
      this.#entries.delete(entry.path);
    }, afterlife);
  }
}

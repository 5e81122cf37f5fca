import * as vscode from 'vscode';
import { type ErrorRecord, toErrorRecord } from '../../shared/errors.ts';
import type { ModelOutline } from '../../shared/protocol.ts';
import type { EngineClient } from '../engineClient.ts';
import { watchModel } from '../fileWatch.ts';
import type { Models } from '../models.ts';

/** The model in use as there is to see of it. */
export type Shown = { state: 'none' } | { state: 'failed'; model: string; error: ErrorRecord } | { state: 'ready'; outline: ModelOutline };

/** The outline of the model in use. Read when it is asked for, and again after the model or its files have changed. */
export class ShownModel implements vscode.Disposable {
  readonly #engine: EngineClient;
  readonly #models: Models;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #loading = new vscode.EventEmitter<string>();
  readonly #subscriptions: vscode.Disposable[];
  #shown: Promise<Shown> | undefined;
  #isNone = false;
  #abort = new AbortController();
  #watched: { model: string; watcher: vscode.Disposable } | undefined;

  /** What `current` answers may be something else now. */
  readonly onDidChange = this.#changed.event;
  /** A model begins to be read; its path. */
  readonly onDidStart = this.#loading.event;

  constructor(engine: EngineClient, models: Models) {
    this.#engine = engine;
    this.#models = models;
    this.#subscriptions = [
      this.#changed,
      this.#loading,
      models.onDidChange(() => this.refresh()),
      // A model that was written into the workspace is the one in use, if it is the only one.
      models.onDidChangeCandidates(() => this.#isNone && this.refresh()),
    ];
  }

  dispose(): void {
    this.#abort.abort();
    this.#watched?.watcher.dispose();
    for (const each of this.#subscriptions) each.dispose();
  }

  /** Never fails; who asks while it is being read waits for what is read last. */
  async current(): Promise<Shown> {
    for (;;) {
      this.#shown ??= this.#read();
      const asked = this.#shown;
      const shown = await asked;
      if (asked === this.#shown) return shown;
    }
  }

  /** Forgets what was read. */
  refresh(): void {
    this.#abort.abort();
    this.#shown = undefined;
    this.#changed.fire();
  }

  async #read(): Promise<Shown> {
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const model = await this.#models.current();
    if (signal.aborted) return { state: 'none' };
    this.#watch(model);
    this.#isNone = model === undefined;
    if (model === undefined) return { state: 'none' };
    this.#loading.fire(model);
    try {
      return { state: 'ready', outline: await this.#engine.call('outline', { model }, { signal }) };
    } catch (error) {
      return { state: 'failed', model, error: toErrorRecord(error) };
    }
  }

  #watch(model: string | undefined): void {
    if (this.#watched?.model === model) return;
    this.#watched?.watcher.dispose();
    this.#watched = model === undefined ? undefined : { model, watcher: watchModel(model, () => this.refresh()) };
  }
}

import * as vscode from 'vscode';
import type { Models } from '../models.ts';
import { workspacePath } from '../subject.ts';
import type { FoundRun } from './checkpointFile.ts';
import { findRuns } from './findRuns.ts';

/** The training runs of the workspace. */
export class RunFinder implements vscode.Disposable {
  readonly #models: Models;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;

  /** Runs came, went, or have other checkpoints. */
  readonly onDidChange = this.#changed.event;

  constructor(models: Models, _state: vscode.Memento) {
    this.#models = models;
    this.#subscription = models.onDidChangeCandidates(() => this.#changed.fire());
  }

  /** Those written last first. */
  async runs(): Promise<readonly FoundRun[]> {
    return findRuns(
      (await this.#models.candidates()).map(({ path }) => path),
      workspacePath,
    );
  }

  /** A file that is overwritten in place, from now on and after a reload. */
  async watchFile(_path: string): Promise<FoundRun> {
    throw new Error('not built yet');
  }

  /** `id`: of its run. */
  async stopWatching(_id: string): Promise<void> {
    throw new Error('not built yet');
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}

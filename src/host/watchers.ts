import type * as vscode from 'vscode';

/** The watchers that something needs, by what they watch: they change as a whole, and those that stay miss nothing. */
export class Watchers implements vscode.Disposable {
  readonly #running = new Map<string, vscode.Disposable>();

  /** From now on these are needed, and no others. */
  keep(wanted: ReadonlyMap<string, () => vscode.Disposable>): void {
    for (const [key, watcher] of this.#running) {
      if (wanted.has(key)) continue;
      watcher.dispose();
      this.#running.delete(key);
    }
    for (const [key, start] of wanted) if (!this.#running.has(key)) this.#running.set(key, start());
  }

  dispose(): void {
    this.keep(new Map());
  }
}

import * as vscode from 'vscode';
import type { Training } from './training.ts';

/** The run that is followed, in the status bar; a click shows the view. */
export class TrainingStatus implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('glassbox.training', vscode.StatusBarAlignment.Left, 8);
  readonly #subscription: vscode.Disposable;

  constructor(training: Training) {
    this.#item.name = 'Glassbox Training';
    this.#item.command = 'glassbox.training.focus';
    const none = () => {};
    this.#subscription = training.listen({ state: () => this.#show(training), frames: none, whole: none, logs: none });
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#item.dispose();
  }

  #show({ state, desk }: Training): void {
    const newest = desk?.newest;
    if (state.following !== 'on' || !newest) {
      this.#item.hide();
      return;
    }
    this.#item.text = `$(pulse) ${newest.name}`;
    this.#item.show();
  }
}

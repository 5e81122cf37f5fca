import * as vscode from 'vscode';
import type { Training } from '../training.ts';
import { TrainingView } from '../trainingView.ts';
import type { RunReading } from './runReading.ts';
import { statusText } from './statusText.ts';

/** How often a run that goes quiet is said to, ms. */
const often = 30_000;

/** The run that is followed, in the status bar; a click shows the view. */
export class TrainingStatus implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('glassbox.training', vscode.StatusBarAlignment.Left, 8);
  readonly #training: Training;
  readonly #reading: RunReading;
  readonly #isSeen: () => boolean;
  readonly #subscription: vscode.Disposable;
  #timer: NodeJS.Timeout | undefined;
  #since: { run: string; at: number } | undefined;

  constructor(training: Training, reading: RunReading, isSeen: () => boolean) {
    this.#training = training;
    this.#reading = reading;
    this.#isSeen = isSeen;
    this.#item.name = 'Glassbox Training';
    // Once only: the editor forgets it for a moment whenever it is set.
    this.#item.command = `${TrainingView.id}.focus`;
    const show = () => this.#show();
    this.#subscription = training.listen({ state: show, frames: show, whole: show, logs: () => {} });
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#subscription.dispose();
    this.#item.dispose();
  }

  #show(): void {
    const { following, run, checkpoints, paused } = this.#training.state;
    if (following !== 'on' || !run) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      this.#item.hide();
      return;
    }
    const now = Date.now();
    if (this.#since?.run !== run.id) this.#since = { run: run.id, at: now };
    const followed = { run, checkpoints, facts: this.#reading.all(), paused, visible: this.#isSeen(), since: this.#since.at, now };
    const { text, tooltip, spoken } = statusText(followed);
    // Each change crosses to the window.
    if (text !== this.#item.text) this.#item.text = text;
    if (tooltip !== this.#item.tooltip) this.#item.tooltip = tooltip;
    if (spoken !== this.#item.accessibilityInformation?.label) this.#item.accessibilityInformation = { label: spoken };
    if (!this.#timer) this.#item.show();
    this.#timer ??= setInterval(() => this.#show(), often).unref();
  }
}

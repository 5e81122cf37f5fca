import type * as vscode from 'vscode';
import type { Training } from '../training.ts';
import { News, newsText } from './news.ts';
import type { RunReading } from './runReading.ts';

/** How many checkpoints came since somebody looked last, on the icon in the activity bar. Files are watched for it, none is read. */
export class NewsBadge implements vscode.Disposable {
  readonly #training: Training;
  readonly #reading: RunReading;
  readonly #view: vscode.TreeView<unknown>;
  readonly #isSeen: () => boolean;
  readonly #subscription: vscode.Disposable;
  readonly #news = new News();
  #isWatching = false;

  /** `view`: carries the badge, since the page's view exists only once it was shown. */
  constructor(training: Training, reading: RunReading, view: vscode.TreeView<unknown>, isSeen: () => boolean) {
    this.#training = training;
    this.#reading = reading;
    this.#view = view;
    this.#isSeen = isSeen;
    const look = () => this.#look();
    this.#subscription = training.listen({ state: look, frames: look, whole: () => {}, logs: () => {} });
  }

  dispose(): void {
    this.#training.setWatching(this, false);
    this.#subscription.dispose();
  }

  #look(): void {
    const { following, run, checkpoints, paused } = this.#training.state;
    const watches = following === 'on' && !paused;
    if (watches !== this.#isWatching) {
      this.#isWatching = watches;
      this.#training.setWatching(this, watches);
    }
    const news = this.#news.look({ run: run?.id, checkpoints, seen: this.#isSeen() });
    const tooltip = newsText(news, this.#reading.all());
    if (tooltip === this.#view.badge?.tooltip) return;
    this.#view.badge = tooltip === undefined ? undefined : { value: news.length, tooltip };
  }
}

import * as vscode from 'vscode';
import { emit, serve } from '../../shared/rpc.ts';
import type { TrainingPageCalls, TrainingPageEvents } from '../../shared/trainingProtocol.ts';
import type { Host } from '../host.ts';
import { loadPage } from '../loadPage.ts';
import { servePages } from '../ports.ts';
import type { Training } from './training.ts';
import { type TrainingActions, trainingCalls } from './trainingCalls.ts';

/** The view of the pictures in the side bar. It lives as long as it is visible: what it shows is kept by `Training`. */
export class TrainingView implements vscode.WebviewViewProvider, vscode.Disposable {
  static readonly id = 'glassbox.training';
  readonly #host: Host;
  readonly #training: Training;
  readonly #actions: TrainingActions;
  #view: vscode.WebviewView | undefined;
  #pages: ReturnType<typeof servePages> | undefined;
  readonly #subscriptions: vscode.Disposable[];

  constructor(host: Host, training: Training, actions: TrainingActions) {
    this.#host = host;
    this.#training = training;
    this.#actions = actions;
    const post = <K extends keyof TrainingPageEvents & string>(name: K, value: TrainingPageEvents[K]) => {
      if (this.#pages) emit<TrainingPageEvents, K>(this.#pages.port, name, value);
    };
    this.#subscriptions = [
      vscode.window.registerWebviewViewProvider(TrainingView.id, this),
      training.listen({
        state: (state) => post('state', state),
        frames: (generation, checkpoint, frames) => post('frames', { generation, checkpoint, frames }),
        whole: (generation, checkpoint, whole) => post('whole', { generation, checkpoint, whole }),
        logs: (logs) => post('logs', logs),
      }),
    ];
  }

  dispose(): void {
    this.#training.setLooking(this, false);
    for (const each of this.#subscriptions) each.dispose();
  }

  /** A checkpoint was chosen elsewhere: the slider goes there. */
  show(checkpoint: string): void {
    if (this.#pages) emit<TrainingPageEvents, 'show'>(this.#pages.port, 'show', { checkpoint });
  }

  get visible(): boolean {
    return this.#view?.visible ?? false;
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.#view = view;
    const host = this.#host;
    this.#pages = servePages(view.webview, (port) =>
      serve<TrainingPageCalls>(port, trainingCalls({ host, training: this.#training, actions: this.#actions })),
    );
    const looks = () => this.#training.setLooking(this, view.visible);
    view.onDidChangeVisibility(looks);
    view.onDidDispose(() => {
      this.#pages?.dispose();
      this.#pages = undefined;
      this.#view = undefined;
      this.#training.setLooking(this, false);
    });
    loadPage(view.webview, { name: 'training', extensionUri: host.context.extensionUri });
    looks();
  }
}

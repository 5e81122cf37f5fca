import * as vscode from 'vscode';
import { ModelError } from '../../shared/errors.ts';
import { emit, type Handlers, serve } from '../../shared/rpc.ts';
import type { Checkpoint, TrainingPageCalls, TrainingPageEvents } from '../../shared/trainingProtocol.ts';
import { explainImages } from '../explainCommand.ts';
import type { Host } from '../host.ts';
import { loadPage } from '../loadPage.ts';
import { servePages } from '../ports.ts';
import type { Training } from './training.ts';

/** What a page asks for that others do. */
export interface TrainingActions {
  chooseRun(id: string | undefined): Promise<void>;
  addProbes(): Promise<void>;
  compare(from: string, to: string, image: string | undefined): Promise<void>;
  /** The page's slider stands at a checkpoint. */
  looking(checkpoint: string): void;
}

/** Maps that a person looks at come before what goes on by itself. */
const shownPriority = 1;

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

  set badge(badge: vscode.ViewBadge | undefined) {
    if (this.#view) this.#view.badge = badge;
  }

  get visible(): boolean {
    return this.#view?.visible ?? false;
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.#view = view;
    const { extensionUri } = this.#host.context;
    this.#pages = servePages(view.webview, (port) => serve<TrainingPageCalls>(port, this.#handlers()));
    const looks = () => this.#training.setLooking(this, view.visible);
    view.onDidChangeVisibility(looks);
    view.onDidDispose(() => {
      this.#pages?.dispose();
      this.#pages = undefined;
      this.#view = undefined;
      this.#training.setLooking(this, false);
    });
    loadPage(view.webview, { name: 'training', extensionUri });
    looks();
  }

  #handlers(): Handlers<TrainingPageCalls> {
    const [host, training, actions] = [this.#host, this.#training, this.#actions];
    const { engine } = host;
    const run = (command: string, ...args: unknown[]) => vscode.commands.executeCommand(command, ...args);
    return {
      ready: async () => {
        await training.ready();
        // Where nothing is followed no engine is started.
        const methods = training.state.following === 'on' ? await engine.call('methods', {}) : [];
        return { ...training.snapshot, methods };
      },
      follow: () => training.follow(),
      chooseRun: ({ id }) => actions.chooseRun(id),
      watchFile: async () => void (await run('glassbox.watchFile')),
      choose: ({ choice }) => training.choose(choice),
      followSet: ({ on }) => training.followSet(on),
      setPaused: async ({ paused }) => training.setPaused(paused),
      addProbes: () => actions.addProbes(),
      removeProbe: ({ image }) => training.removeProbe(image),
      pinProbe: ({ image }) => training.pinProbes([image]),
      pictures: async ({ images }, { signal }) => {
        const model = training.desk?.newest?.path;
        const one = async (image: string) =>
          model === undefined ? undefined : await engine.call('picture', { model, image, priority: shownPriority }, { signal });
        return await Promise.all(images.map((image) => one(image).catch(() => undefined)));
      },
      thumbnails: async () => [],
      explain: async ({ checkpoint, image, class: index }, { signal }) => {
        const { path } = this.#there(checkpoint);
        const of = { model: path, image, priority: shownPriority };
        const request = { ...training.choice.request, ...(index !== undefined && { class: index }) };
        const [map, picture] = await Promise.all([
          engine.call('explain', { ...of, request }, { signal }),
          engine.call('picture', of, { signal }),
        ]);
        return { map, picture };
      },
      openProbe: async ({ checkpoint, image }) => {
        const { path } = this.#there(checkpoint);
        await host.models.use(path);
        await explainImages(host, [image]);
      },
      compare: ({ from, to, image }) => actions.compare(from, to, image),
      looking: async ({ checkpoint }) => actions.looking(checkpoint),
      retry: async ({ checkpoint }) => training.desk?.retry(checkpoint),
      openLog: async ({ file }) => void (await run('vscode.open', vscode.Uri.file(file))),
      showSettings: async () => void (await run('workbench.action.openSettings', 'glassbox.training')),
      showLog: async () => host.log.show(),
    };
  }

  /** Throws where a checkpoint's files are gone, or it is not known. */
  #there(id: string): Checkpoint {
    const checkpoint = this.#training.state.checkpoints.find((each) => each.id === id);
    if (checkpoint && !checkpoint.gone) return checkpoint;
    throw new ModelError(
      'file-missing',
      `The files of ${checkpoint?.name ?? 'this checkpoint'} are gone: only what was read of them is left.`,
    );
  }
}

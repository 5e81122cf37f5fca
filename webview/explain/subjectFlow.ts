import { type ErrorRecord, ModelError, toErrorRecord } from '../../src/shared/errors.ts';
import type { PageCalls, PanelSubject, Prediction } from '../../src/shared/protocol.ts';
import type { Question } from '../../src/shared/question.ts';
import type { Client } from '../../src/shared/rpc.ts';
import type { Store } from '../page/store.ts';
import type { MapJobs } from './mapJobs.ts';
import { nothingAnswered, nothingYet, type PageState, type Picture } from './state.ts';
import { withoutTarget } from './stateStore.ts';
import { turned } from './turn.ts';

/** How long the host may take to say what it shows now, ms. */
const patience = 3000;

/** From a subject to its picture, its prediction and the start of its maps. Replies of an older subject are dropped. */
export class SubjectFlow {
  readonly #store: Store<PageState>;
  readonly #client: Client<PageCalls>;
  readonly #jobs: MapJobs;
  #predicting: AbortController | undefined;

  constructor(store: Store<PageState>, client: Client<PageCalls>, jobs: MapJobs) {
    this.#store = store;
    this.#client = client;
    this.#jobs = jobs;
  }

  /** `before`: the subject the kept choices were made for. */
  async begin(before: PanelSubject | undefined): Promise<void> {
    this.#store.set({ failure: undefined });
    try {
      const { subject, methods } = await this.#client.call('ready', {});
      this.#store.set({ methods });
      // An event may have overtaken the reply.
      const known = this.#store.get().subject;
      if (!known || known.generation <= subject.generation) this.show(subject, before);
      else this.#jobs.sync();
    } catch (error) {
      this.#store.set({ failure: toErrorRecord(error) });
    }
  }

  show(subject: PanelSubject, before = this.#store.get().subject): void {
    const state = this.#store.get();
    if (state.subject && subject.generation < state.subject.generation) return;
    if (state.subject?.generation === subject.generation && state.subject.modelPath === subject.modelPath) {
      this.#store.set({ subject });
      return;
    }
    this.#predicting?.abort();
    this.#jobs.clear();
    const same = before?.imagePath === subject.imagePath && before.modelPath === subject.modelPath;
    // The same file stays on screen until its new contents, if they are new, have come.
    const kept = state.subject?.imagePath === subject.imagePath && !state.picture?.error ? state.picture : undefined;
    const current = kept !== undefined && subject.imageUri !== undefined && subject.imageUri === state.subject?.imageUri;
    const choices = turned(state, same ? state.choices : withoutTarget(state.choices), before, subject);
    this.#store.set({
      ...nothingYet(),
      subject,
      choices,
      ...(!kept && { zoom: 1 }),
      // The same file told anew, because it changed, leaves the person where they look.
      ...(!(same && choices.method === state.choices.method) && { family: undefined }),
      picture: kept,
    });
    if (!current) this.#showPicture(subject);
    if (subject.modelPath !== undefined) void this.predict();
  }

  async predict(): Promise<void> {
    const { subject } = this.#store.get();
    if (!subject) return;
    const controller = new AbortController();
    this.#predicting = controller;
    this.#store.set({ failure: undefined, asked: undefined, trials: undefined, answer: nothingAnswered, prediction: undefined });
    try {
      const prediction = await this.#client.call('predict', { generation: subject.generation }, { signal: controller.signal });
      if (!this.#isCurrent(subject)) return;
      this.#store.set({ prediction });
      this.#checkPicture(prediction, subject);
      this.#jobs.sync();
    } catch (error) {
      if (!this.#isCurrent(subject)) return;
      const failure = toErrorRecord(error);
      // Cancelled, but not from here: the host is about to show something else.
      if (failure.code === 'cancelled' && !controller.signal.aborted) return this.#expectSubject(subject, failure);
      this.#store.set({ failure });
      if (failure.question) await this.ask(failure.question);
    } finally {
      if (this.#predicting === controller) this.#predicting = undefined;
    }
  }

  /** Stops the prediction; returns whether one was under way. */
  cancel(): boolean {
    if (!this.#predicting) return false;
    this.#predicting.abort();
    return true;
  }

  /** Waits for the next subject, not for ever. */
  #expectSubject(subject: PanelSubject, failure: ErrorRecord): void {
    setTimeout(() => {
      const { prediction } = this.#store.get();
      if (this.#isCurrent(subject) && !prediction && !this.#predicting) this.#store.set({ failure });
    }, patience);
  }

  #isCurrent(subject: PanelSubject): boolean {
    return this.#store.get().subject?.generation === subject.generation;
  }

  /** Asks the person. Which preprocessing is right is shown by trials; where there is nothing to choose from, it is not asked. */
  async ask(asked: Question): Promise<void> {
    const { subject } = this.#store.get();
    if (!subject) return;
    this.#store.set({ asked, trials: undefined, answer: nothingAnswered });
    if (asked.kind !== 'preprocessing') return;
    const mine = () => this.#isCurrent(subject) && this.#store.get().asked === asked;
    try {
      const trials = await this.#client.call('preprocessings', { generation: subject.generation });
      if (mine()) this.#store.set(trials.length > 0 ? { trials } : { asked: undefined });
    } catch (error) {
      if (!mine()) return;
      const { failure } = this.#store.get();
      this.#store.set({ asked: undefined, ...(!failure && { notice: toErrorRecord(error).message }) });
    }
  }

  #showPicture(subject: PanelSubject): void {
    if (subject.imageUri === undefined) void this.#fetchPicture(subject);
    else this.#setPicture(subject.imageUri);
  }

  /** The picture the engine decoded: the browser cannot draw the file, or draws it differently. */
  async #fetchPicture(subject: PanelSubject): Promise<void> {
    try {
      const { png } = await this.#client.call('imagePng', { generation: subject.generation });
      if (this.#isCurrent(subject)) this.#setPicture(URL.createObjectURL(new Blob([new Uint8Array(png)], { type: 'image/png' })));
    } catch (error) {
      const record = toErrorRecord(error);
      if (this.#isCurrent(subject)) this.#store.set({ picture: { url: '', size: undefined, element: undefined, error: record } });
    }
  }

  #setPicture(url: string): void {
    const old = this.#store.get().picture;
    if (old?.url.startsWith('blob:')) URL.revokeObjectURL(old.url);
    this.#store.set({ picture: { url, size: old?.size, element: old?.element, error: undefined } });
  }

  pictureLoaded(element: HTMLImageElement): void {
    const { picture, prediction, subject } = this.#store.get();
    if (!picture || element.src !== new URL(picture.url, document.baseURI).href) return;
    const size = { width: element.naturalWidth, height: element.naturalHeight };
    this.#store.set({ picture: { ...picture, size, element } });
    if (prediction && subject) this.#checkPicture(prediction, subject);
  }

  pictureFailed(): void {
    const { subject, picture } = this.#store.get();
    if (!subject || !picture) return;
    if (!picture.url.startsWith('blob:')) void this.#fetchPicture(subject);
    else this.#store.set({ picture: unreadable(subject, picture) });
  }

  /** Maps are placed in the engine's pixels: a browser that sees another size (turned by EXIF) must not show its own. */
  #checkPicture(prediction: Prediction, subject: PanelSubject): void {
    const { picture } = this.#store.get();
    const { width, height } = prediction.image;
    if (!picture?.size || picture.url.startsWith('blob:')) return;
    if (picture.size.width !== width || picture.size.height !== height) void this.#fetchPicture(subject);
  }
}

function unreadable(subject: PanelSubject, picture: Picture): Picture {
  const error = new ModelError('file-corrupt', `The picture ${subject.imageName} cannot be drawn.`, { file: subject.imagePath });
  return { ...picture, size: undefined, element: undefined, error: toErrorRecord(error) };
}

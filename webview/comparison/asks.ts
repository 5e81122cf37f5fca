import { type ErrorRecord, toErrorRecord } from '../../src/shared/errors.ts';
import type { BothSides, ComparedImage, Drift, ProbeFrames } from '../../src/shared/trainingProtocol.ts';
import { Ask, type Slot } from '../page/ask.ts';
import type { Page } from './flow.ts';
import { toPass } from './grid/gridModel.ts';
import { ownRequest } from './method/ownMaps.ts';
import { currentImage, keptClass } from './selectors.ts';
import type { ComparisonState } from './state.ts';

/** What the page wants to know of the engine: both maps of a picture, those of all probes, how far the network has moved. */
export class Asks {
  readonly #page: Page;
  readonly #both: Ask<ComparedImage>;
  readonly #frames: Ask<BothSides<ProbeFrames | undefined>>;
  readonly #drift: Ask<Drift>;
  #passing: AbortController | undefined;

  constructor(page: Page) {
    this.#page = page;
    this.#both = new Ask((both) => this.#gotBoth(both));
    this.#frames = new Ask((frames) => this.#gotFrames(frames));
    this.#drift = new Ask((drift) => page.store.set({ drift }));
  }

  /** Asks for what is on show and not there. */
  sync(): void {
    this.#syncBoth();
    this.#syncFrames();
    this.#syncDrift();
    if (!this.#passing) void this.#pass();
  }

  /** For what failed. */
  again(): void {
    this.#both.again();
    this.#frames.again();
    this.#drift.again();
  }

  /** A checkpoint that was being written can be read now: asks again for what it could not answer. */
  mended(): void {
    const { both, frames, passing, subject } = this.#page.store.get();
    if (both.error || both.value?.from.error || both.value?.to.error) this.#both.again();
    const isGap = (side: 'from' | 'to') => frames.value !== undefined && !frames.value[side] && !subject?.[side].gone;
    if (frames.error || isGap('from') || isGap('to')) this.#frames.again();
    const isWhole = (answer: ComparedImage | ErrorRecord) => 'from' in answer && !answer.from.error && !answer.to.error;
    this.stopPassing();
    this.#page.store.set({ passing: new Map([...passing].filter(([, answer]) => isWhole(answer))) });
    this.sync();
  }

  /** Another pair, other probes, other maps. */
  forget(): void {
    this.#both.drop();
    this.#frames.drop();
    this.#drift.drop();
    this.stopPassing();
  }

  /** What the grid lacked is of no use any more. */
  stopPassing(): void {
    this.#passing?.abort();
    this.#passing = undefined;
  }

  #gotBoth(both: Slot<ComparedImage>): void {
    const { store } = this.#page;
    const isThere = !both.loading && !both.error && both.value && !both.value.from.error && !both.value.to.error;
    store.set({ both, ...(isThere && { worked: ownRequest(store.get()) }) });
  }

  #gotFrames(frames: Slot<BothSides<ProbeFrames | undefined>>): void {
    // What was asked for in passing is of other maps.
    this.#page.store.set({ frames, ...(!frames.loading && { passing: new Map() }) });
    if (frames.loading || !(frames.value || frames.error)) return;
    // A map that is kept says which class both explain.
    this.#syncBoth();
    if (!this.#passing) void this.#pass();
  }

  #syncBoth(): void {
    const state = this.#page.store.get();
    const { subject, choices, results } = state;
    const image = currentImage(state);
    if (!subject || subject.trouble || image === undefined || choices.view !== 'probe') return;
    const { generation } = subject;
    const explained = choices.explained ?? keptClass(state, image);
    // Of one whose files are gone, what is read of the store may answer where there was nothing.
    const read = (['from', 'to'] as const).map((side) => subject[side].gone && (results.frames[side]?.version ?? ''));
    const request = ownRequest(state);
    const asked = { generation, image, ...(explained !== undefined && { class: explained }), ...(request && { request }) };
    this.#both.want(JSON.stringify([generation, image]), JSON.stringify([explained, read, request]), (signal) => {
      this.#tell({ both: 0 });
      return this.#page.client.call('explainBoth', asked, { signal, onProgress: ({ done }) => this.#tell({ both: done }) });
    });
  }

  #syncFrames(): void {
    const state = this.#page.store.get();
    const { subject } = state;
    const request = ownRequest(state);
    if (!subject || subject.trouble || !request) {
      this.#frames.drop();
      return;
    }
    const { generation, from, to } = subject;
    // Of one whose files are gone, what is known of the version that was read.
    const gone = [from, to].map((side) => side.gone && side.version);
    this.#frames.want(String(generation), JSON.stringify([request, gone]), (signal) => {
      this.#tell({ frames: 0 });
      const onProgress = ({ done, total }: { done: number; total: number }) => this.#tell({ frames: done / Math.max(1, total) });
      return this.#page.client.call('framesOfBoth', { generation, request }, { signal, onProgress });
    });
  }

  #tell(done: Partial<ComparisonState['done']>): void {
    const { store } = this.#page;
    store.set({ done: { ...store.get().done, ...done } });
  }

  #syncDrift(): void {
    const { subject, results } = this.#page.store.get();
    const [from, to] = [results.wholes.from?.version, results.wholes.to?.version];
    if (!subject || from === undefined || to === undefined) this.#drift.drop();
    else
      this.#drift.want(JSON.stringify([subject.generation, from, to]), '', (signal) =>
        this.#page.client.call('drift', { generation: subject.generation }, { signal }),
      );
  }

  /** What the grid lacks, one after the other. */
  async #pass(): Promise<void> {
    const { store, client } = this.#page;
    const controller = new AbortController();
    this.#passing = controller;
    const isOn = () => this.#passing === controller;
    for (let image = toPass(store.get()); image !== undefined && isOn(); image = toPass(store.get())) {
      const { generation = 0 } = store.get().subject ?? {};
      const [index, request] = [keptClass(store.get(), image), ownRequest(store.get())];
      const asked = { generation, image, background: true, ...(index !== undefined && { class: index }), ...(request && { request }) };
      const answer = await client
        .call('explainBoth', asked, { signal: controller.signal })
        .catch((error): ErrorRecord => toErrorRecord(error));
      if (!isOn()) return;
      store.set({ passing: new Map(store.get().passing).set(image, answer) });
    }
    if (isOn()) this.#passing = undefined;
  }
}

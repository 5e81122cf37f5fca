import { type ErrorRecord, toErrorRecord } from '../../src/shared/errors.ts';
import type { ComparedImage, Drift } from '../../src/shared/trainingProtocol.ts';
import { Ask } from '../page/ask.ts';
import type { Page } from './flow.ts';
import { toPass } from './grid/gridModel.ts';
import { currentImage, keptClass } from './selectors.ts';

/** What the page wants to know of the engine: both maps of a picture, those that the grid lacks, how far the network has moved. */
export class Asks {
  readonly #page: Page;
  readonly #both: Ask<ComparedImage>;
  readonly #drift: Ask<Drift>;
  #passing: AbortController | undefined;

  constructor(page: Page) {
    this.#page = page;
    this.#both = new Ask((both) => page.store.set({ both }));
    this.#drift = new Ask((drift) => page.store.set({ drift }));
  }

  /** Asks for what is on show and not there. */
  sync(): void {
    this.#syncBoth();
    this.#syncDrift();
    if (!this.#passing) void this.#pass();
  }

  /** For what failed. */
  again(): void {
    this.#both.again();
    this.#drift.again();
  }

  /** Another pair, other probes, other maps. */
  forget(): void {
    this.#both.drop();
    this.#drift.drop();
    this.#passing?.abort();
    this.#passing = undefined;
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
    this.#both.want(JSON.stringify([generation, image]), JSON.stringify([explained, read]), (signal) =>
      this.#page.client.call('explainBoth', { generation, image, ...(explained !== undefined && { class: explained }) }, { signal }),
    );
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
      const index = keptClass(store.get(), image);
      const answer = await client
        .call(
          'explainBoth',
          { generation, image, background: true, ...(index !== undefined && { class: index }) },
          { signal: controller.signal },
        )
        .catch((error): ErrorRecord => toErrorRecord(error));
      if (!isOn()) return;
      store.set({ passing: new Map(store.get().passing).set(image, answer) });
    }
    if (isOn()) this.#passing = undefined;
  }
}

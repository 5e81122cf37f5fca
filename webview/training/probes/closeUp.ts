import { cancelled } from '../../../src/shared/errors.ts';
import { Ask } from '../../page/ask.ts';
import type { Page } from '../flow.ts';
import { rowOf } from '../reading.ts';
import { current, framesAt } from '../selectors.ts';
import type { CloseMap } from '../state.ts';

/** The slider has come to rest for so long, ms, before a map is asked for at its own resolution. */
const rest = 150;

/** The probe that is looked at closely: its map at the slider's checkpoint, of the class that the film strip explains. */
export class CloseUp {
  readonly #page: Page;
  readonly #ask: Ask<CloseMap>;

  constructor(page: Page) {
    this.#page = page;
    this.#ask = new Ask((close) => page.store.set({ close }));
  }

  look(): void {
    const { store, client } = this.#page;
    const state = store.get();
    const { probe } = state.choices;
    const checkpoint = current(state);
    const frames = framesAt(state, checkpoint);
    const row = frames && probe !== undefined ? rowOf(frames, probe) : -1;
    if (!checkpoint || !frames || probe === undefined || row < 0 || frames.errors.some((error) => error.row === row)) {
      this.#ask.drop();
      return;
    }
    const explained = frames.explained[row] as number;
    const about = JSON.stringify([probe, state.subject?.generation, frames.map]);
    this.#ask.want(about, `${checkpoint.id}\n${frames.version}\n${explained}`, async (signal) => {
      await new Promise((resolve) => setTimeout(resolve, rest));
      if (signal.aborted) throw cancelled();
      const of = explained >= 0 ? { class: explained } : {};
      return {
        checkpoint: checkpoint.id,
        ...(await client.call('explain', { checkpoint: checkpoint.id, image: probe, ...of }, { signal })),
      };
    });
  }

  again(): void {
    this.#ask.again();
  }
}

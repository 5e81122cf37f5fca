import { toErrorRecord } from '../../../src/shared/errors.ts';
import type { OtherSubject, PageCalls, Prediction } from '../../../src/shared/protocol.ts';
import type { Client } from '../../../src/shared/rpc.ts';
import type { Store } from '../../page/store.ts';
import type { PageState } from '../state.ts';
import { kindOf } from './choices.ts';
import type { Other } from './compareState.ts';

type What = 'image' | 'model';

/** The second image and the second model: from the choice to prediction and picture. */
export class Others {
  readonly #store: Store<PageState>;
  readonly #client: Client<PageCalls>;

  constructor(store: Store<PageState>, client: Client<PageCalls>) {
    this.#store = store;
    this.#client = client;
    store.subscribe(() => this.#sync());
  }

  /** Asks the person. A failure is said in the place of the grid. */
  async choose(what: What): Promise<void> {
    const { subject } = this.#store.get();
    if (!subject) return;
    this.#patch({ chooseFailure: undefined });
    try {
      const other = await this.#client.call('chooseOther', { generation: subject.generation, what });
      if (!other) return;
      const { choices } = this.#store.get();
      this.#store.set({ choices: { ...choices, compare: { ...choices.compare, [what]: other } } });
    } catch (error) {
      this.#patch({ chooseFailure: toErrorRecord(error) });
    }
  }

  /** Loads what the comparison in view needs and has not. */
  #sync(): void {
    const { choices, compare, prediction } = this.#store.get();
    const kind = choices.compare && kindOf(choices.compare);
    if (!choices.compare?.open || !prediction || compare.of !== prediction) return;
    const what = kind === 'images' ? 'image' : kind === 'models' ? 'model' : undefined;
    const wanted = what && choices.compare[what];
    if (!what || !wanted || compare.others[what]?.subject === wanted) return;
    this.#set(what, { subject: wanted, prediction: undefined, picture: undefined, failure: undefined });
    void this.#load(what, wanted);
  }

  async #load(what: What, other: OtherSubject): Promise<void> {
    const generation = this.#store.get().subject?.generation ?? 0;
    const mine = () => this.#store.get().compare.others[what]?.subject === other && this.#store.get().subject?.generation === generation;
    try {
      const prediction = await this.#client.call('predict', { generation, other: other.id });
      if (mine()) this.#set(what, { prediction });
      const picture = what === 'image' && mine() ? await this.#picture(generation, other, prediction) : undefined;
      if (mine()) this.#set(what, { picture });
    } catch (error) {
      if (mine()) this.#set(what, { failure: toErrorRecord(error) });
    }
  }

  /** The file as the browser draws it where that is what the engine decoded, else the engine's own picture. */
  async #picture(generation: number, other: OtherSubject, { image }: Prediction): Promise<HTMLImageElement> {
    const drawn = other.imageUri === undefined ? undefined : await loaded(other.imageUri).catch(() => undefined);
    if (drawn?.naturalWidth === image.width && drawn.naturalHeight === image.height) return drawn;
    const { png } = await this.#client.call('imagePng', { generation, other: other.id });
    return await loaded(URL.createObjectURL(new Blob([new Uint8Array(png)], { type: 'image/png' })));
  }

  #set(what: What, patch: Partial<Other>): void {
    const { others } = this.#store.get().compare;
    this.#patch({ others: { ...others, [what]: { ...others[what], ...patch } } });
  }

  #patch(patch: Partial<PageState['compare']>): void {
    this.#store.set({ compare: { ...this.#store.get().compare, ...patch } });
  }
}

async function loaded(url: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.crossOrigin = 'anonymous';
  image.src = url;
  await image.decode();
  return image;
}

import type { Neighbourhood, PairExplanation } from '../../../src/shared/spaceProtocol.ts';
import type { ImageRef } from '../../../src/shared/unitsProtocol.ts';
import { Ask, type Slot } from '../../page/ask.ts';
import type { Feature, Page } from '../feature.ts';
import type { Flow } from '../flow.ts';
import { currentLayer } from '../selectors.ts';
import type { NeighboursChoices } from './choices.ts';
import type { NeighboursState } from './state.ts';

/** The pictures most like the one in focus, and what makes one of them like it. */
export class Neighbours implements Feature {
  readonly #page: Page;
  readonly #flow: Flow;
  readonly #found: Ask<Neighbourhood>;
  readonly #pair: Ask<PairExplanation>;

  constructor(page: Page, flow: Flow) {
    this.#page = page;
    this.#flow = flow;
    this.#found = new Ask((found) => this.#hear({ found }, found));
    this.#pair = new Ask((pair) => this.#hear({ pair }, pair));
  }

  sync(): void {
    const { subject, choices, ...state } = this.#page.store.get();
    const layer = currentLayer(this.#page.store.get())?.name;
    const { focus, view } = choices;
    if (view !== 'neighbours' || !subject || layer === undefined || focus === undefined) {
      this.#drop();
      return;
    }
    const query = { generation: subject.generation, image: focus };
    const about = `${subject.generation} ${layer} ${focus}`;
    const { k, metric, pair } = choices.neighbours;
    const revision = state.rows.value?.revision;
    if (revision !== undefined)
      this.#found.want(about, `${revision} ${k} ${metric}`, (signal) =>
        this.#page.client.call('neighbours', { ...query, revision, k, metric }, { signal }),
      );
    if (pair === undefined) this.#pair.drop();
    else this.#pair.want(`${about} ${pair}`, '', (signal) => this.#page.client.call('pair', { ...query, other: pair, layer }, { signal }));
  }

  clear(): void {
    this.#drop();
  }

  leave(): boolean {
    if (this.#page.store.get().choices.view !== 'neighbours' || this.#page.store.get().choices.neighbours.pair === undefined) return false;
    this.compare(undefined);
    return true;
  }

  choose(patch: Partial<NeighboursChoices>): void {
    const { neighbours } = this.#page.store.get().choices;
    this.#flow.choose({ neighbours: { ...neighbours, ...patch } });
  }

  /** Asks which regions make a neighbour like the query; undefined: none. */
  compare(path: string | undefined): void {
    const { pair: _, ...rest } = this.#page.store.get().choices.neighbours;
    this.#flow.choose({ neighbours: path === undefined ? rest : { ...rest, pair: path } });
  }

  /** The neighbour becomes the query. */
  goTo(path: string): void {
    const { pair: _, ...neighbours } = this.#page.store.get().choices.neighbours;
    this.#flow.choose({ view: 'neighbours', focus: path, neighbours });
  }

  /** Any picture, also one that is not of the data set. */
  async chooseImage(): Promise<void> {
    const image: ImageRef | undefined = await this.#flow.ask((generation) => this.#page.client.call('chooseImage', { generation }));
    if (image) this.goTo(image.path);
  }

  retry(what: 'found' | 'pair'): void {
    (what === 'found' ? this.#found : this.#pair).again();
  }

  #drop(): void {
    this.#found.drop();
    this.#pair.drop();
  }

  #hear(patch: Partial<NeighboursState>, { error }: Slot<unknown>): void {
    const { store } = this.#page;
    store.set({ neighbours: { ...store.get().neighbours, ...patch } });
    if (error?.code === 'stale') this.#flow.renewRows();
  }
}

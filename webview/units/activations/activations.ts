import type { LayerUnits, UnitWall } from '../../../src/shared/unitsProtocol.ts';
import { Ask } from '../../page/ask.ts';
import type { Feature, Page } from '../feature.ts';
import { currentLayer, currentUnit } from '../selectors.ts';
import { Sight } from '../sight.ts';
import type { ActivationsChoices } from './choices.ts';
import { unitsInOrder, wallOf } from './selectors.ts';
import type { ActivationsState } from './state.ts';

/** All units of the layer on show for one picture. */
export class Activations implements Feature {
  readonly #page: Page;
  readonly #wall: Ask<UnitWall>;
  readonly #units: Ask<LayerUnits>;
  /** Of the bands of units. */
  readonly sight: Sight;
  #layer: string | undefined;
  /** The unit whose own page stands, or stood last, in place of the wall. */
  #away: number | undefined;

  constructor(page: Page) {
    this.#page = page;
    this.#wall = new Ask((wall) => this.#set({ wall }));
    this.#units = new Ask((units) => this.#set({ units }));
    this.sight = new Sight((inView) => this.#set({ inView }));
  }

  sync(): void {
    const { store, client } = this.#page;
    const { subject, choices, patches, activations } = store.get();
    const layer = currentLayer(store.get())?.name;
    const unit = currentUnit(store.get());
    if (choices.view !== 'activations') this.#away = undefined;
    else if (unit !== undefined) this.#away = unit;
    if (!subject?.image || layer === undefined) {
      this.#wall.drop();
      return;
    }
    if (choices.view !== 'activations' || unit !== undefined) {
      // What is there stays for the way back; nobody waits for what is not.
      if (activations.wall.loading) this.#wall.drop();
      return;
    }
    if (layer !== this.#layer) {
      this.#layer = layer;
      this.#set({ cursor: 0, pointed: undefined });
    }
    const { generation, modelPath } = subject;
    const image = subject.image.path;
    const { quantile } = choices;
    // The wall before stays in sight, dimmed, until the next one is there.
    this.#wall.want(`${modelPath}`, `${generation} ${layer} ${image}`, (signal) =>
      client.call('unitWall', { generation, image, layer }, { signal }),
    );
    this.#units.want(`${modelPath} ${layer}`, `${generation} ${quantile} ${patches.runs}`, (signal) =>
      client.call('layerUnits', { generation, layer, quantile }, { signal }),
    );
  }

  /** Asking anew says what is of the old subject: the wall names its picture and layer. */
  clear(): void {}

  leave(): boolean {
    return false;
  }

  choose(patch: Partial<ActivationsChoices>): void {
    const { store } = this.#page;
    const { choices } = store.get();
    store.set({ choices: { ...choices, activations: { ...choices.activations, ...patch } } });
  }

  retry(): void {
    this.#wall.again();
  }

  resized(width: number): void {
    if (this.#state.width !== width) this.#set({ width });
  }

  moveTo(cursor: number): void {
    if (this.#state.cursor !== cursor) this.#set({ cursor });
  }

  point(pointed: number | undefined): void {
    if (this.#state.pointed !== pointed) this.#set({ pointed });
  }

  /** Leads the keyboard to a unit; returns its place. */
  find(unit: number): number | undefined {
    const state = this.#page.store.get();
    const found = wallOf(state);
    const place = found ? unitsInOrder(state, found.wall).indexOf(unit) : -1;
    if (place < 0) return undefined;
    this.#set({ cursor: place, pointed: unit });
    return place;
  }

  /** The wall is back after a unit's own page: the unit that was on it last is in sight and has the focus. */
  returned(focus: (place: number) => void): void {
    const place = this.#away === undefined ? undefined : this.find(this.#away);
    this.#away = undefined;
    if (place !== undefined) focus(place);
  }

  get #state(): ActivationsState {
    return this.#page.store.get().activations;
  }

  #set(patch: Partial<ActivationsState>): void {
    this.#page.store.set({ activations: { ...this.#state, ...patch } });
  }
}

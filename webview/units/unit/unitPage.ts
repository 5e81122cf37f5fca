import type { UnitPatches } from '../../../src/shared/unitsProtocol.ts';
import { oncePerTurn } from '../../page/oncePerTurn.ts';
import type { Feature, Page } from '../feature.ts';
import { best, stampOf } from '../patches/selectors.ts';
import { currentLayer, currentUnit } from '../selectors.ts';
import type { UnitChoices } from './choices.ts';
import { drawImages, mapImages } from './images.ts';
import { noUnit, type UnitState } from './state.ts';
import { type Section, UnitAsks, type UnitSubject } from './unitAsks.ts';

/** How many patches are kept of a unit at most. */
const most = 100;

/** One unit's own page: each section asks for itself, the patches first. */
export class UnitPage implements Feature {
  readonly #page: Page;
  readonly #asks: UnitAsks;
  #about: string | undefined;

  constructor(page: Page) {
    this.#page = page;
    this.#asks = new UnitAsks(page.client, (patch) => this.#set(patch));
    page.store.subscribe(oncePerTurn(() => this.sync()));
  }

  sync(): void {
    const of = this.#turn();
    if (!of) return;
    const { store } = this.#page;
    const { choices, unit, units, patches } = store.get();
    const stamp = stampOf(store.get());
    if (stamp === undefined) this.#asks.drop('patches', 'summary');
    else {
      this.#asks.patches(of, stamp, unit.all ? most : best);
      this.#asks.summary(of, stamp, choices.quantile);
    }
    const shown = unit.patches.value;
    this.#askSelected(of, shown, unit.selected);
    if (choices.unitPage.shows === 'projections' && shown) this.#asks.projections(of, choices.unitPage.rule, shown.patches);
    else this.#asks.drop('projections');
    // The rest goes by what is collected, as soon as that is known.
    if (patches.collection.value || patches.collection.error) {
      this.#askMaps(of);
      this.#asks.classes(of, stamp ?? '');
    }
    if (units?.layers.find(({ name }) => name === of.layer)?.filters) this.#asks.kernel(of);
  }

  clear(): void {
    this.#about = undefined;
    this.#asks.dropAll();
  }

  leave(): boolean {
    const state = this.#page.store.get();
    if (currentUnit(state) === undefined || state.unit.selected === undefined) return false;
    this.select(undefined);
    return true;
  }

  /** Shows the patch at this place large; undefined: none. */
  select(selected: number | undefined): void {
    this.#set({ selected });
  }

  showAll(all: boolean): void {
    const { selected } = this.#page.store.get().unit;
    this.#set({ all, ...(!all && selected !== undefined && selected >= best && { selected: undefined }) });
  }

  choose(patch: Partial<UnitChoices>): void {
    const { store } = this.#page;
    const { choices } = store.get();
    store.set({ choices: { ...choices, unitPage: { ...choices.unitPage, ...patch } } });
  }

  /** Other images of the data set. */
  draw(): void {
    this.#set({ drawn: drawImages(this.#page.store.get()) });
  }

  /** The page has come in place of a view: it begins at its top. */
  opened(title: HTMLElement): void {
    scrollTo(0, 0);
    title.focus({ preventScroll: true });
  }

  again(section: Section): void {
    this.#asks.again(section);
  }

  /** What is asked about; undefined: no unit's page is open. Another unit begins with nothing but the drawn images. */
  #turn(): UnitSubject | undefined {
    const { store } = this.#page;
    const state = store.get();
    const unit = currentUnit(state);
    const layer = currentLayer(state);
    const { subject } = state;
    const about = unit === undefined || !layer || !subject ? undefined : `${layer.name}/${unit}`;
    if (about !== this.#about) {
      this.#about = about;
      this.#asks.dropAll();
      this.#set({ ...noUnit, drawn: state.unit.drawn });
    }
    return about === undefined || unit === undefined || !layer || !subject
      ? undefined
      : { about, generation: subject.generation, layer: layer.name, unit };
  }

  #askSelected(of: UnitSubject, shown: UnitPatches | undefined, selected: number | undefined): void {
    const patch = selected === undefined ? undefined : shown?.patches[selected];
    if (patch) {
      this.#asks.selectedMap(of, patch);
      this.#asks.selectedProjection(of, this.#page.store.get().choices.unitPage.rule, patch);
    } else this.#asks.drop('selectedMap', 'selectedProjection');
  }

  #askMaps(of: UnitSubject): void {
    const { store } = this.#page;
    const { choices, unit } = store.get();
    if (stampOf(store.get()) !== undefined && choices.unitPage.images === 'top' && !unit.patches.value && !unit.patches.error) return;
    if (mapImages(store.get()).kind === 'random' && unit.drawn.length === 0) this.draw();
    const { images } = mapImages(store.get());
    if (images.length > 0) this.#asks.maps(of, images);
  }

  #set(patch: Partial<UnitState>): void {
    const { store } = this.#page;
    store.set({ unit: { ...store.get().unit, ...patch } });
  }
}

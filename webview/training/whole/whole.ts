import type { MatrixPlace } from '../../confusion/matrixPlace.ts';
import type { Point } from '../../draw/camera.ts';
import { themeOf } from '../../draw/classColours.ts';
import { oncePerTurn } from '../../page/oncePerTurn.ts';
import type { Flow, Page } from '../flow.ts';
import { usualWhole, type WholeChoices, type WholeSection } from './choices.ts';
import { rowOf } from './columns.ts';
import { driftBetween, driftKey } from './driftOf.ts';
import { mapScene } from './mapScene.ts';
import { MapSurface } from './mapSurface.ts';
import { type Sight, sightOf } from './selectors.ts';
import type { FocusPlace, WholeState } from './state.ts';
import { SetThumbs } from './thumbs.ts';

/** Curves of classes that can be told apart in a small chart. */
const mostCurves = 4;

/** What a person does with the whole set at a glance. */
export class Whole {
  readonly surface: MapSurface;
  readonly thumbs: SetThumbs;
  readonly #page: Page;
  readonly #flow: Flow;
  #run: string | undefined;
  #isAsking = false;

  constructor(page: Page, flow: Flow) {
    this.#page = page;
    this.#flow = flow;
    this.thumbs = new SetThumbs(page, () => this.#set({ thumbs: this.#state.thumbs + 1 }));
    this.surface = new MapSurface({
      hovered: (row, at) => this.#hover(row, at),
      focused: (row) => this.#focusRow(row),
      opened: (row) => {
        const image = sightOf(page.store.get())?.now.whole.images[row];
        if (image !== undefined) this.explain(image);
      },
    });
    page.store.subscribe(oncePerTurn(() => this.#follow()));
    // The editor turns to another theme: a class of the body, and variables on the root.
    const look = () => this.#set({ theme: themeOf(document.body) });
    const observer = new MutationObserver(look);
    observer.observe(document.body, { attributeFilter: ['class'] });
    observer.observe(document.documentElement, { attributeFilter: ['style'] });
    look();
  }

  choose(patch: Partial<WholeChoices>): void {
    const { whole = usualWhole } = this.#page.store.get().choices;
    this.#flow.choose({ whole: { ...whole, ...patch } });
  }

  /** Another list begins with its first ones. */
  chooseList(list: WholeChoices['list']): void {
    this.choose({ list });
    this.#set({ more: { ...this.#state.more, list: 0 } });
  }

  fold(section: WholeSection, open: boolean): void {
    const { folded } = this.#page.store.get().choices.whole ?? usualWhole;
    if (folded.includes(section) !== open) return;
    this.choose({ folded: open ? folded.filter((id) => id !== section) : [...folded, section] });
  }

  followSet(on: boolean): void {
    void this.#flow.ask(() => this.#flow.client.call('followSet', { on }));
  }

  retry(checkpoint: string): void {
    void this.#flow.ask(() => this.#flow.client.call('retry', { checkpoint }));
  }

  /** Looks at a picture; at the one that is looked at: no longer. */
  focus(image: string | undefined, from: FocusPlace): void {
    const { focus } = this.#state;
    const isSame = focus?.image === image && focus?.from === from;
    this.#set({ focus: image === undefined || isSame ? undefined : { image, from } });
  }

  light(lit: number | undefined): void {
    this.#set({ lit: this.#state.lit === lit ? undefined : lit });
  }

  /** Draws the accuracy of a class over the run, or no longer. The one chosen first gives way where there are too many. */
  toggleClass(of: number): void {
    const { classes } = this.#state;
    this.#set({ classes: classes.includes(of) ? classes.filter((each) => each !== of) : [...classes, of].slice(-mostCurves) });
  }

  moveTo(cursor: MatrixPlace): void {
    this.#set({ cursor });
  }

  point(pointed: MatrixPlace | undefined): void {
    const before = this.#state.pointed;
    if (before?.row !== pointed?.row || before?.column !== pointed?.column) this.#set({ pointed });
  }

  openCell(cell: WholeState['cell']): void {
    const { cell: open } = this.#state;
    const isSame = open?.label === cell?.label && open?.predicted === cell?.predicted;
    this.#set({ cell: isSame ? undefined : cell, more: { ...this.#state.more, cell: 0 } });
  }

  more(list: string, by: number): void {
    this.#set({ more: { ...this.#state.more, [list]: (this.#state.more[list] ?? 0) + by } });
  }

  /** By the checkpoint on show. */
  explain(image: string): void {
    const checkpoint = sightOf(this.#page.store.get())?.now.checkpoint.id;
    if (checkpoint !== undefined) void this.#flow.ask(() => this.#flow.client.call('openProbe', { checkpoint, image }));
  }

  pin(image: string): void {
    void this.#flow.ask(() => this.#flow.client.call('pinProbe', { image }));
  }

  /** Neighbours that were not evaluated one after the other, those at the slider first; one after the other. */
  async #askDrift({ all, index, drifts }: Sight): Promise<void> {
    if (this.#isAsking) return;
    const order = [index, ...all.keys()];
    const at = order.find((i) => {
      const [before, now] = [all[i - 1]?.whole, all[i]?.whole];
      return before && now && !driftBetween(before, now, drifts) && !drifts.has(driftKey(before, now));
    });
    const [from, to] = at === undefined ? [] : [all[at - 1], all[at]];
    if (!from || !to) return;
    this.#isAsking = true;
    const run = this.#run;
    const ids = { from: from.checkpoint.id, to: to.checkpoint.id };
    // One that cannot be had is a gap in the bars.
    const drift = await this.#flow.client.call('drift', ids).catch(() => undefined);
    this.#isAsking = false;
    if (run === this.#run) this.#set({ drifts: new Map(this.#state.drifts).set(driftKey(from.whole, to.whole), drift) });
  }

  get #state(): WholeState {
    return this.#page.store.get().whole;
  }

  #set(patch: Partial<WholeState>): void {
    this.#page.store.set({ whole: { ...this.#state, ...patch } });
  }

  #hover(row: number | undefined, at: Point): void {
    if (row !== this.#state.hover?.row) this.#set({ hover: row === undefined ? undefined : { row, at } });
  }

  #focusRow(row: number | undefined): void {
    const image = row === undefined ? undefined : sightOf(this.#page.store.get())?.now.whole.images[row];
    this.#set({ focus: image === undefined ? undefined : { image, from: 'map' } });
  }

  /** Keeps the map true to the state of the page, and drops what is of another run. */
  #follow(): void {
    const state = this.#page.store.get();
    const run = state.subject?.run?.id;
    if (run !== this.#run) {
      this.#run = run;
      this.thumbs.clear();
      this.#set({
        focus: undefined,
        hover: undefined,
        lit: undefined,
        cell: undefined,
        pointed: undefined,
        more: {},
        classes: [],
        drifts: new Map(),
      });
      return;
    }
    const sight = sightOf(state);
    const { focus } = state.whole;
    if (sight && focus && rowOf(sight.now.whole, focus.image) === undefined) {
      this.#set({ focus: undefined });
      return;
    }
    if (sight) void this.#askDrift(sight);
    const scene = sight && mapScene(state, sight);
    if (scene) this.surface.show(scene);
  }
}

import { isAbort, toErrorRecord } from '../../../src/shared/errors.ts';
import type { Layout, LayoutFrame, LayoutRequest, Neighbourhood, SpaceRows } from '../../../src/shared/spaceProtocol.ts';
import { type MapTheme, themeOf } from '../../draw/classColours.ts';
import { Ask } from '../../page/ask.ts';
import { oncePerTurn } from '../../page/oncePerTurn.ts';
import type { Feature, Page } from '../feature.ts';
import type { Flow } from '../flow.ts';
import { rowOf } from '../selectors.ts';
import type { MapChoices } from './choices.ts';
import { saveMap } from './saveMap.ts';
import { currentGrouping, currentMethod, currentRequest, focusOnMap, isAtRest, newsOf, pointsOf, tiesOf } from './selectors.ts';
import type { MapState } from './state.ts';
import { Surface } from './surface.ts';

/** Neighbours that light up with the image in focus. */
const neighbours = 10;

/** The map of all images: lays them out, draws them, and follows what is done on it. */
export class LayoutMap implements Feature {
  readonly surface: Surface;
  readonly #page: Page;
  readonly #flow: Flow;
  readonly #near: Ask<Neighbourhood>;
  #theme: MapTheme;
  #controller: AbortController | undefined;
  /** Rows that a layout was begun of without a word: once is enough. */
  #begun: string | undefined;
  /** Rows that were asked for anew because the engine did not have them any more: once is enough. */
  #renewed: string | undefined;
  /** Those rows themselves, while a layout waits for the new ones. */
  #stale: SpaceRows | undefined;
  /** Raised when neighbours are to be asked for of renewed rows. */
  #renewals = 0;

  constructor(page: Page, flow: Flow) {
    this.#page = page;
    this.#flow = flow;
    this.#near = new Ask((near) => {
      this.#set({ near });
      if (near.error?.code === 'stale') this.#renew();
    });
    this.surface = new Surface({
      hovered: (row, at) => this.#set({ hover: row === undefined ? undefined : { row, at } }),
      focused: (row) => flow.focus(row === undefined ? undefined : this.#state.shown?.rows.paths[row]),
      opened: (row) => this.explain(this.#state.shown?.rows.paths[row]),
      lassoed: (rows) => this.#lassoed(rows),
      tool: () => this.toggleLasso(),
    });
    // Indexing that ends, thumbnails that come, another selection: all of it shows on the map.
    page.store.subscribe(oncePerTurn(() => this.#follow()));
    const look = () => {
      this.#theme = themeOf(document.body);
      this.#follow();
    };
    // The editor turns to another theme: a class of the body, and variables on the root.
    const observer = new MutationObserver(look);
    observer.observe(document.body, { attributeFilter: ['class'] });
    observer.observe(document.documentElement, { attributeFilter: ['style'] });
    this.#theme = themeOf(document.body);
  }

  sync(): void {
    this.#follow();
  }

  /** What is on the map stays in sight until it is known that it is of something else. */
  clear(): void {
    this.#controller?.abort();
    this.#controller = undefined;
    this.#begun = undefined;
    this.#renewed = undefined;
    this.#stale = undefined;
    this.#near.drop();
    this.#set({ running: undefined, error: undefined, hover: undefined, lit: undefined });
  }

  leave(): boolean {
    if (this.#page.store.get().choices.view !== 'map') return false;
    if (this.surface.dropLasso()) return true;
    const { lassoing, only, running } = this.#state;
    if (lassoing) {
      this.#set({ lassoing: false });
      return true;
    }
    if (this.#page.store.get().choices.focus !== undefined) {
      this.#flow.focus(undefined);
      return true;
    }
    if (only) {
      this.showAll();
      return true;
    }
    if (!running || running.stopping) return false;
    void this.stop();
    return true;
  }

  choose(patch: Partial<MapChoices>): void {
    const { store } = this.#page;
    const { choices, map } = store.get();
    const recoloured = patch.colour !== undefined && patch.colour !== choices.map.colour;
    store.set({
      choices: { ...choices, map: { ...choices.map, ...patch } },
      ...(recoloured && { map: { ...map, only: undefined, lit: undefined } }),
    });
  }

  /** Another way to lay out starts by itself: that is what it is chosen for. */
  chooseMethod(method: string): void {
    if (method === currentMethod(this.#page.store.get())?.id) return;
    this.choose({ method });
    void this.start();
  }

  /** Undefined: its default. Takes effect when the layout is run again. */
  chooseParam(id: string, value: number | string | undefined): void {
    const state = this.#page.store.get();
    const method = currentMethod(state);
    if (!method) return;
    const { [id]: _, ...rest } = state.choices.map.params[method.id] ?? {};
    const usual = method.params.find((param) => param.id === id)?.default;
    const params = value === undefined || value === usual ? rest : { ...rest, [id]: value };
    this.choose({ params: { ...state.choices.map.params, [method.id]: params } });
  }

  resetParams(): void {
    const state = this.#page.store.get();
    const method = currentMethod(state);
    if (method) this.choose({ params: { ...state.choices.map.params, [method.id]: {} } });
  }

  /** Lays the images of now out as they are set. */
  async start(): Promise<void> {
    const { store, client } = this.#page;
    const { subject, rows } = store.get();
    const request = currentRequest(store.get());
    const of = rows.value;
    if (!subject || !of || !request || of.count === 0) return;
    this.#controller?.abort();
    const controller = new AbortController();
    this.#controller = controller;
    this.#begun = of.revision;
    const isOn = () => this.#controller === controller;
    this.#set({ running: { revision: of.revision, request, frame: undefined, stopping: false }, error: undefined });
    try {
      const layout = await client.call(
        'layout',
        { generation: subject.generation, revision: of.revision, request },
        { signal: controller.signal, onProgress: (frame) => isOn() && this.#moved(of, request, frame) },
      );
      if (isOn()) this.#ended(of, request, layout);
    } catch (error) {
      if (isOn()) this.#failed(of, error);
    }
  }

  /** It ends at the iteration it is at; what is there stays. Where nothing is there yet, it is given up. */
  async stop(): Promise<void> {
    const { store, client } = this.#page;
    const { subject, map } = store.get();
    if (!subject || !map.running) return;
    if (map.shown?.request !== map.running.request) {
      this.#controller?.abort();
      this.#controller = undefined;
      this.#set({ running: undefined });
      return;
    }
    this.#set({ running: { ...map.running, stopping: true } });
    try {
      await client.call('stopLayout', { generation: subject.generation, revision: map.running.revision });
    } catch (error) {
      const { running } = this.#state;
      if (running) this.#set({ running: { ...running, stopping: false } });
      if (!isAbort(error)) this.#flow.say(toErrorRecord(error).message);
    }
  }

  toggleLasso(): void {
    this.#set({ lassoing: !this.#state.lassoing });
  }

  /** Shows only a group; with others that are shown only, adds it or takes it away. */
  toggleGroup(id: number): void {
    const { only } = this.#state;
    const next = new Set(only ?? []);
    if (!next.delete(id)) next.add(id);
    this.#set({ only: next.size === 0 ? undefined : next });
  }

  showAll(): void {
    this.#set({ only: undefined });
  }

  light(id: number | undefined): void {
    if (id !== this.#state.lit) this.#set({ lit: id });
  }

  /** Selects all images of the groups on show. */
  selectShown(): void {
    const state = this.#page.store.get();
    const { shown, only } = state.map;
    if (!shown || !only) return;
    const { ids, groups } = currentGrouping(state, shown);
    const rows: number[] = [];
    for (let row = 0; row < ids.length; row++) if (only.has(ids[row] as number)) rows.push(row);
    const names = groups.filter(({ id }) => only.has(id)).map(({ name }) => name);
    this.#select(rows, names.length > 3 ? `${names.length} groups` : names.join(', '));
  }

  explain(path: string | undefined): void {
    if (path === undefined) return;
    void this.#flow.ask((generation) => this.#page.client.call('explainImages', { generation, images: [path] }));
  }

  retryNear(): void {
    this.#near.again();
  }

  async save(): Promise<void> {
    this.#set({ saving: true });
    const said = await saveMap(this.#page, this.surface.picture());
    this.#set({ saving: false });
    if (said !== undefined) this.#flow.say(said);
  }

  get #state(): MapState {
    return this.#page.store.get().map;
  }

  /** Keeps what runs and what is drawn true to the state of the page. */
  #follow(): void {
    // Every subject starts with a state of its own.
    if (this.#state.theme !== this.#theme) this.#set({ theme: this.#theme });
    this.#forgetOthers();
    this.#askNear();
    const state = this.#page.store.get();
    if (state.choices.view !== 'map') return;
    const { rows, map } = state;
    const of = rows.value;
    if (this.#stale && of && of !== this.#stale && !rows.loading) {
      this.#stale = undefined;
      void this.start();
    } else {
      // Also what another subject cut short.
      const missing = !map.shown || (!map.shown.layout && map.shown.rows.revision === of?.revision);
      const wanted = of && of.count > 0 && missing && !map.running && !map.error && this.#begun !== of.revision;
      if (wanted && isAtRest(state)) void this.start();
    }
    this.#draw();
  }

  /** The map of another data set or layer is of no use; the same images under other labels keep their places. */
  #forgetOthers(): void {
    const state = this.#page.store.get();
    const { shown } = state.map;
    const of = state.rows.value;
    const news = newsOf(state);
    if (!shown || !of || !news) return;
    if (of.layer.name !== shown.rows.layer.name || news.more === of.count) {
      this.#controller?.abort();
      this.#controller = undefined;
      this.#set({ shown: undefined, running: undefined, error: undefined, hover: undefined, only: undefined });
    }
  }

  #askNear(): void {
    const { subject, rows, choices } = this.#page.store.get();
    const of = rows.value;
    const { focus, view } = choices;
    // The view of the neighbours asks for itself.
    if (!subject || !of || view !== 'map' || rowOf(of, focus) === undefined || focus === undefined) {
      this.#near.drop();
      return;
    }
    const { generation } = subject;
    const { revision } = of;
    const metric = this.#state.shown?.layout?.params.metric === 'euclidean' ? 'euclidean' : 'cosine';
    this.#near.want(`${generation} ${revision} ${focus}`, `${metric} ${this.#renewals}`, (signal) =>
      this.#page.client.call('neighbours', { generation, revision, image: focus, k: neighbours, metric }, { signal }),
    );
  }

  #draw(): void {
    const state = this.#page.store.get();
    const { map, choices, thumbs } = state;
    const paths = map.shown?.rows.paths;
    this.surface.element.setAttribute('aria-label', `Map of ${map.shown?.rows.count ?? 0} pictures`);
    this.surface.show({
      points: pointsOf(state),
      moving: map.running !== undefined,
      focus: focusOnMap(state),
      ties: tiesOf(state),
      hover: map.hover?.row,
      lassoing: map.lassoing,
      pictures: choices.map.pictures,
      thumb: (row) => this.#page.thumbs.get(paths?.[row] ?? ''),
      thumbs,
      theme: map.theme,
    });
  }

  #moved(rows: SpaceRows, request: LayoutRequest, frame: LayoutFrame): void {
    const { running, shown, hover } = this.#state;
    if (!running) return;
    const { positions } = frame;
    this.#set({
      running: { ...running, frame },
      shown: positions ? { rows, request, positions, layout: undefined } : shown,
      hover: positions ? undefined : hover,
    });
  }

  #ended(rows: SpaceRows, request: LayoutRequest, layout: Layout): void {
    this.#controller = undefined;
    this.#set({ running: undefined, shown: { rows, request, positions: layout.positions, layout }, hover: undefined });
  }

  #failed(rows: SpaceRows, error: unknown): void {
    this.#controller = undefined;
    const record = toErrorRecord(error);
    const again = record.code === 'stale' && this.#renew();
    this.#set({ running: undefined, error: again || isAbort(error) ? undefined : record });
    if (again) this.#stale = rows;
  }

  /** Asks for the rows anew, unless the same ones were renewed already. Returns whether it did. */
  #renew(): boolean {
    const revision = this.#page.store.get().rows.value?.revision;
    if (revision === undefined || this.#renewed === revision) return false;
    this.#renewed = revision;
    this.#renewals++;
    this.#flow.renewRows();
    return true;
  }

  #lassoed(rows: readonly number[]): void {
    this.#set({ lassoing: false });
    if (rows.length === 0) this.#flow.say('There is no picture inside the lasso.');
    else this.#select(rows, 'lasso');
  }

  /** `rows`: of the map. */
  #select(rows: readonly number[], what: string): void {
    const { rows: of, map } = this.#page.store.get();
    const { shown } = map;
    if (!shown || !of.value) return;
    const now = of.value;
    const list = now === shown.rows ? rows : rows.map((row) => rowOf(now, shown.rows.paths[row])).filter((row) => row !== undefined);
    this.#flow.selection.show(list, what);
  }

  #set(patch: Partial<MapState>): void {
    const { store } = this.#page;
    store.set({ map: { ...store.get().map, ...patch } });
  }
}

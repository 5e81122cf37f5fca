import type { SpaceRows } from '../../../src/shared/spaceProtocol.ts';
import type { Feature, Page } from '../feature.ts';
import type { Flow } from '../flow.ts';
import { rowOf } from '../selectors.ts';
import type { SelectionChoices } from './choices.ts';
import { ContactSheet } from './contactSheet.ts';
import { actedOn, selectedInOrder } from './selectors.ts';
import { noSelection, type SelectionState } from './state.ts';

/** A list of images, whatever chose them, and what can be done with them. */
export class Selection implements Feature {
  readonly #page: Page;
  readonly #flow: Flow;
  readonly sheet: ContactSheet;
  /** What is selected: other rows are of the same images when they have the same paths. */
  #paths: readonly string[] = [];
  #title = '';
  /** Rows that the state tells of. */
  #rows: SpaceRows | undefined;
  /** Image in focus, wherever it was chosen. */
  #focus: string | undefined;

  constructor(page: Page, flow: Flow) {
    this.#page = page;
    this.#flow = flow;
    this.sheet = new ContactSheet(page);
  }

  /** Opens a list of images, whatever chose them: a lasso, a cell of the matrix, a list. `title`: `square seen as star`. */
  show(rows: readonly number[], title: string): void {
    const { value } = this.#page.store.get().rows;
    if (!value) return;
    this.#rows = value;
    this.#paths = rows.map((row) => value.paths[row] ?? '');
    this.#title = title;
    const { shown, width } = this.#state;
    this.#set({ ...noSelection, rows, title, width, shown: shown + 1 });
  }

  close(): void {
    this.#paths = [];
    const { shown, width } = this.#state;
    this.sheet.close();
    this.#set({ ...noSelection, width, shown });
  }

  sync(): void {
    this.#carryOver();
    const state = this.#page.store.get();
    const { focus } = state.choices;
    if (focus === this.#focus) return;
    this.#focus = focus;
    // Chosen on the map, it is found in the list: its tile is there, so that the list can be scrolled to it.
    const place = selectedInOrder(state).indexOf(rowOf(state.rows.value, focus) ?? -1);
    if (place >= 0) this.moveTo(place);
  }

  /** Other rows, of another moment or layer: the same images stay selected as far as they are there. */
  #carryOver(): void {
    const { value } = this.#page.store.get().rows;
    if (!value || value === this.#rows) return;
    const before = this.#rows;
    this.#rows = value;
    if (this.#paths.length === 0) return;
    const there = (paths: readonly string[]) => paths.map((path) => rowOf(value, path)).filter((row) => row !== undefined);
    const picked = before ? [...this.#state.picked].map((row) => before.paths[row] ?? '') : [];
    this.#set({ rows: there(this.#paths), title: this.#title, picked: new Set(there(picked)), cursor: 0 });
  }

  /** Images of the old subject are looked for among those of the new one. */
  clear(): void {
    this.#rows = undefined;
    this.sheet.close();
  }

  leave(): boolean {
    if (this.sheet.leave()) return true;
    const { rows, picked } = this.#state;
    if (picked.size > 0) {
      this.#set({ picked: new Set() });
      return true;
    }
    if (rows.length === 0) return false;
    this.close();
    return true;
  }

  choose(patch: Partial<SelectionChoices>): void {
    const { store } = this.#page;
    const { choices } = store.get();
    store.set({ choices: { ...choices, selection: { ...choices.selection, ...patch } } });
    if (patch.order) this.#set({ cursor: 0 });
  }

  resized(width: number): void {
    if (this.#state.width !== width) this.#set({ width });
  }

  scrolled(top: number): void {
    if (this.#state.top !== top) this.#set({ top });
  }

  moveTo(cursor: number): void {
    if (this.#state.cursor !== cursor) this.#set({ cursor });
  }

  /** A click: the image alone, lit on the map. */
  pickOnly(place: number): void {
    const row = selectedInOrder(this.#page.store.get())[place];
    if (row === undefined) return;
    this.#set({ picked: new Set([row]), cursor: place });
    this.#flow.focus(this.#pathOf(row));
  }

  /** One more, or one less. */
  toggle(place: number): void {
    const row = selectedInOrder(this.#page.store.get())[place];
    if (row === undefined) return;
    const picked = new Set(this.#state.picked);
    if (!picked.delete(row)) picked.add(row);
    this.#set({ picked, cursor: place });
  }

  /** All from the cursor to there. */
  pickTo(place: number): void {
    const from = this.#state.cursor;
    const rows = selectedInOrder(this.#page.store.get()).slice(Math.min(from, place), Math.max(from, place) + 1);
    this.#set({ picked: new Set([...this.#state.picked, ...rows]) });
  }

  pickNone(): void {
    this.#set({ picked: new Set() });
  }

  pickAll(): void {
    this.#set({ picked: new Set(this.#state.rows) });
  }

  /** The explanation of one image, or of those that actions are about. */
  explain(row?: number): void {
    const images = this.#images(row);
    void this.#flow.ask((generation) => this.#page.client.call('explainImages', { generation, images }));
  }

  reveal(): void {
    const [image] = this.#images();
    if (image !== undefined) void this.#flow.ask((generation) => this.#page.client.call('revealImage', { generation, image }));
  }

  findSimilar(): void {
    const [image] = this.#images();
    if (image !== undefined) this.#flow.findSimilar(image);
  }

  async copyPaths(): Promise<void> {
    const images = this.#images();
    const done = await this.#flow.ask(async (generation) => {
      await this.#page.client.call('copyPaths', { generation, images });
      return true;
    });
    if (done) this.#flow.say(`${pictures(images.length, 'path', 'paths')} copied.`);
  }

  async move(): Promise<void> {
    const images = this.#images();
    const moved = await this.#flow.ask((generation) => this.#page.client.call('moveImages', { generation, images }));
    if (!moved) return;
    const left = images.length - moved.moved;
    const rest = left > 0 ? ` ${pictures(left)} stayed where a file of the same name is.` : '';
    this.#flow.say(`${pictures(moved.moved)} moved to ${moved.to}.${rest}`);
  }

  openSheet(): void {
    const state = this.#page.store.get();
    const { value } = state.rows;
    if (value) this.sheet.open(value, actedOn(state), this.#state.title);
  }

  #images(row?: number): readonly string[] {
    const rows = row === undefined ? actedOn(this.#page.store.get()) : [row];
    return rows.map((each) => this.#pathOf(each));
  }

  #pathOf(row: number): string {
    return this.#page.store.get().rows.value?.paths[row] ?? '';
  }

  get #state(): SelectionState {
    return this.#page.store.get().selection;
  }

  #set(patch: Partial<SelectionState>): void {
    this.#page.store.set({ selection: { ...this.#state, ...patch } });
  }
}

function pictures(count: number, one = 'picture', many = 'pictures'): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

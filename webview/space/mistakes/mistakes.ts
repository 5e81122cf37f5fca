import type { Agreement, SpaceRows } from '../../../src/shared/spaceProtocol.ts';
import type { MatrixPlace } from '../../confusion/matrixPlace.ts';
import { Ask } from '../../page/ask.ts';
import type { Feature, Page } from '../feature.ts';
import type { Flow } from '../flow.ts';
import type { MistakesChoices } from './choices.ts';
import { currentList } from './selectors.ts';
import type { MistakesState } from './state.ts';

/** Neighbours that are asked about a label. */
export const neighbours = 10;

/** Which classes are taken for which, and where labels may be wrong. */
export class Mistakes implements Feature {
  readonly #page: Page;
  readonly #flow: Flow;
  readonly #agreement: Ask<Agreement>;
  /** Rows that were asked about last, and how many there have been: the same question about newer ones is another. */
  #rows: SpaceRows | undefined;
  #turns = 0;
  /** Rows that were asked for anew already. */
  #renewed: string | undefined;

  constructor(page: Page, flow: Flow) {
    this.#page = page;
    this.#flow = flow;
    this.#agreement = new Ask((agreement) => {
      this.#set({ agreement, ...(!agreement.loading && { done: 0 }) });
      if (agreement.error?.code === 'stale') this.#renew();
    });
  }

  sync(): void {
    const { store, client } = this.#page;
    const state = store.get();
    const { subject, choices, mistakes } = state;
    const { value: rows } = state.rows;
    if (!subject || !rows) {
      this.#agreement.drop();
      return;
    }
    if (rows !== this.#rows) {
      this.#rows = rows;
      this.#turns++;
      this.#set({ cursor: { row: 0, column: 0 }, pointed: undefined });
    }
    if (choices.view !== 'mistakes' || currentList(rows, state) !== 'labels') {
      // What is there stays for the way back; nobody waits for what is not.
      if (mistakes.agreement.loading) this.#agreement.drop();
      return;
    }
    const { generation } = subject;
    const { revision } = rows;
    this.#agreement.want(`${generation} ${revision}`, `${this.#turns}`, (signal) =>
      client.call(
        'agreement',
        { generation, revision, k: neighbours, metric: 'cosine' },
        { signal, onProgress: ({ done }) => this.#set({ done }) },
      ),
    );
  }

  clear(): void {
    this.#agreement.drop();
    this.#rows = undefined;
    this.#renewed = undefined;
  }

  leave(): boolean {
    return false;
  }

  choose(patch: Partial<MistakesChoices>): void {
    const { store } = this.#page;
    const { choices } = store.get();
    if (patch.order || patch.all !== undefined) this.#set({ cursor: { row: 0, column: 0 }, pointed: undefined, left: 0, top: 0 });
    this.#flow.choose({ mistakes: { ...choices.mistakes, ...patch } });
  }

  retry(): void {
    this.#agreement.again();
  }

  moveTo(cursor: MatrixPlace): void {
    this.#set({ cursor, pointed: cursor });
  }

  point(pointed: MatrixPlace | undefined): void {
    const before = this.#state.pointed;
    if (before?.row !== pointed?.row || before?.column !== pointed?.column) this.#set({ pointed });
  }

  resized(width: number): void {
    if (this.#state.width !== width) this.#set({ width });
  }

  scrolled(left: number, top: number): void {
    if (this.#state.left !== left || this.#state.top !== top) this.#set({ left, top });
  }

  /** Side of a cell of the large matrix. */
  zoom(cell: number): void {
    this.#set({ cell });
  }

  /** Images in the panel beside; a list that is there stays as it is. */
  open(rows: readonly number[], title: string): void {
    if (rows.length === 0) return;
    const { selection } = this.#page.store.get();
    if (selection.title !== title || selection.rows.length !== rows.length) this.#flow.selection.show(rows, title);
  }

  /** The engine does not keep these rows any longer: asked for once. */
  #renew(): void {
    const { revision } = this.#rows ?? {};
    if (revision === undefined || revision === this.#renewed) return;
    this.#renewed = revision;
    this.#flow.renewRows();
  }

  get #state(): MistakesState {
    return this.#page.store.get().mistakes;
  }

  #set(patch: Partial<MistakesState>): void {
    this.#page.store.set({ mistakes: { ...this.#state, ...patch } });
  }
}

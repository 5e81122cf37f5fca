import { type ErrorRecord, isAbort, toErrorRecord } from '../../../src/shared/errors.ts';
import type { MapRequest, PageCalls } from '../../../src/shared/protocol.ts';
import type { Client } from '../../../src/shared/rpc.ts';
import type { Store } from '../../page/store.ts';
import { shown } from '../selectors.ts';
import type { PageState } from '../state.ts';
import type { Cell } from './cells.ts';
import { type CompareChoices, kindOf, type Sharing } from './choices.ts';
import { CompareJobs } from './compareJobs.ts';
import type { CompareState, Place } from './compareState.ts';
import { exportGrid } from './exportGrid.ts';
import { withRef } from './methodRefs.ts';
import { Others } from './others.ts';

/** Failures of the machine, not of the question: asking again may help. */
const passing: ReadonlySet<string> = new Set(['engine', 'internal', 'cancelled']);

export function isPassing({ code }: ErrorRecord): boolean {
  return passing.has(code);
}

/** Everything the views of the comparison can do. */
export class CompareActions {
  readonly #store: Store<PageState>;
  readonly #client: Client<PageCalls>;
  readonly #jobs: CompareJobs;
  readonly #others: Others;
  /** Asks for what Explain shows under the present choices. */
  readonly #explain: () => void;

  constructor(store: Store<PageState>, client: Client<PageCalls>, explain: () => void) {
    this.#store = store;
    this.#client = client;
    this.#explain = explain;
    this.#jobs = new CompareJobs(store, client);
    this.#others = new Others(store, client);
  }

  choose(patch: CompareChoices): void {
    const { choices } = this.#store.get();
    this.#store.set({ choices: { ...choices, compare: { ...choices.compare, ...patch } } });
    this.#set({ stopped: false, enlarged: undefined, probe: undefined });
  }

  show(open: boolean): void {
    if (open && this.back()) return;
    this.#store.set({ notice: undefined });
    this.#set({ left: undefined });
    this.choose({ open });
    if (!open) this.#explain();
  }

  resized(width: number): void {
    if (this.#store.get().compare.width !== width) this.#set({ width });
  }

  chooseSharing(sharing: Sharing): void {
    const compare = this.#store.get().choices.compare ?? {};
    this.choose({ sharing: { ...compare.sharing, [kindOf(compare)]: sharing } });
  }

  /** Adds a method (`id:variant`) to the rows or takes it away. */
  toggleMethod(id: string, on: boolean): void {
    this.#chooseMethods(withRef(this.#store.get(), id, on));
  }

  /** The one method of the strip through the depth. */
  chooseMethod(id: string): void {
    this.#chooseMethods([id]);
  }

  #chooseMethods(ids: readonly string[]): void {
    const compare = this.#store.get().choices.compare ?? {};
    this.choose({ methods: { ...compare.methods, [kindOf(compare)]: ids } });
  }

  /** Back to the rows that the kind starts with. */
  usualMethods(): void {
    const compare = this.#store.get().choices.compare ?? {};
    const { [kindOf(compare)]: _, ...methods } = compare.methods ?? {};
    this.choose({ methods });
  }

  openMethods(choosingMethods: boolean): void {
    this.#set({ choosingMethods });
  }

  /** The explained class or the layer: the same as in Explain. */
  chooseShared(patch: { class?: number; layer?: string }): void {
    this.#store.set({ choices: { ...this.#store.get().choices, ...patch } });
    this.#set({ stopped: false });
  }

  swapClasses(a: number, b: number): void {
    const { choices } = this.#store.get();
    this.#store.set({ choices: { ...choices, class: b, compare: { ...choices.compare, against: a } } });
    this.#set({ stopped: false });
  }

  /** Slow maps may run now. */
  allow(keys: readonly string[]): void {
    this.#set({ allowed: new Set([...this.#store.get().compare.allowed, ...keys]), stopped: false });
  }

  chooseOther(what: 'image' | 'model'): void {
    void this.#others.choose(what);
  }

  cancel(): boolean {
    return this.#jobs.cancel();
  }

  resume(): void {
    this.#set({ stopped: false });
  }

  /** Asks again for what failed for no reason of its own. */
  again(): void {
    const { compare } = this.#store.get();
    const kept = [...compare.outcomes].filter(([, outcome]) => !('error' in outcome && isPassing(outcome.error)));
    const { image, model } = compare.others;
    const others = { ...(image && !image.failure && { image }), ...(model && !model.failure && { model }) };
    this.#set({ outcomes: new Map(kept), others, stopped: false });
  }

  probe(probe: Place | undefined): void {
    const now = this.#store.get().compare.probe;
    if (now?.u !== probe?.u || now?.v !== probe?.v) this.#set({ probe });
  }

  /** Brings the layer that Explain shows into view. */
  findCurrent(): void {
    document.querySelector('[role=gridcell][aria-current]')?.scrollIntoView({ block: 'center' });
  }

  focus(key: string): void {
    if (this.#store.get().compare.focus !== key) this.#set({ focus: key });
  }

  /** Opens a map large: in Explain, with its method, variant, layer and class chosen; what Explain cannot show, here. */
  open(cell: Cell): void {
    const { choices, compare } = this.#store.get();
    this.#store.set({ compare: { ...compare, focus: cell.key, left: { key: cell.key, scroll: scrollY, choices } } });
    if (cell.side === 'own' && cell.request && !cell.of) this.#openInExplain(cell.request);
    else this.#set({ enlarged: cell.key });
  }

  #openInExplain({ method, variant, layer, class: index, against }: MapRequest): void {
    const { choices } = this.#store.get();
    const { against: _, ...rest } = choices;
    this.#store.set({
      choices: {
        ...rest,
        method,
        ...(variant !== undefined && { variants: { ...choices.variants, [method]: variant } }),
        ...(layer !== undefined && { layer }),
        ...(index !== undefined && { class: index }),
        ...(against !== undefined && { against }),
        compare: { ...choices.compare, open: false },
      },
      family: undefined,
      notice: 'Escape leads back to the comparison.',
    });
    this.#explain();
    scrollTo(0, 0);
  }

  /** From a map opened large back to the grid as it was. Returns whether there was one. */
  back(): boolean {
    const { compare, choices } = this.#store.get();
    if (!compare.left || (choices.compare?.open && compare.enlarged === undefined)) return false;
    this.#store.set({ choices: { ...compare.left.choices, compare: { ...compare.left.choices.compare, open: true } }, notice: undefined });
    this.#set({ enlarged: undefined });
    return true;
  }

  /** The grid is drawn again: its place in the window and its focus. */
  returned(): void {
    const { left } = this.#store.get().compare;
    if (!left) return;
    this.#set({ left: undefined });
    scrollTo(0, left.scroll);
    document.querySelector<HTMLElement>(`[role=gridcell][data-key="${CSS.escape(left.key)}"]`)?.focus({ preventScroll: true });
  }

  /** The whole comparison as one picture, with labels, scales and where every map comes from. */
  async export(): Promise<void> {
    try {
      const { png, name, provenance } = await exportGrid(this.#store.get());
      const { savedAs } = await this.#client.call('exportPicture', { png, name, provenance });
      if (savedAs !== undefined) this.#store.set({ notice: `Saved as ${savedAs}.` });
    } catch (error) {
      if (!isAbort(error)) this.#store.set({ notice: `Not saved: ${toErrorRecord(error).message}` });
    }
  }

  #set(patch: Partial<CompareState>): void {
    this.#store.set({ compare: { ...this.#store.get().compare, ...patch } });
  }
}

/** Escape leads back, or stops the work of the comparison in view. To be called before the page listens. */
export function listenToCompareKeys(compare: CompareActions, state: () => PageState): void {
  addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    const now = state();
    const open = now.choices.compare?.open === true;
    // A map under way in Explain is stopped first, by the page.
    const busy = !open && shown(now).job?.state === 'running';
    if (!busy && (compare.back() || (open && compare.cancel()))) event.preventDefault();
  });
}

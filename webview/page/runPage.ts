import { render, type TemplateResult } from 'lit';
import { oncePerTurn } from './oncePerTurn.ts';
import type { Store } from './store.ts';
import type { StateStore } from './vscode.ts';

/** What a page about a subject always has. */
interface Shown {
  subject: { generation: number } | undefined;
  choices: object;
}

interface PageOptions<State extends Shown> {
  store: Store<State>;
  stateStore: StateStore;
  root: HTMLElement;
  phase(state: State): string;
  view(state: State): TemplateResult;
  /** The subject as it is kept over hiding and reload: no data. */
  kept(subject: NonNullable<State['subject']>): object;
}

/** Draws the page whenever its state changes, and keeps subject and choices whenever one of them does. */
export function runPage<State extends Shown>({ store, stateStore, root, phase, view, kept }: PageOptions<State>): void {
  root.dataset.testid = 'root';
  const draw = oncePerTurn(() => {
    const state = store.get();
    root.dataset.state = phase(state);
    root.dataset.generation = String(state.subject?.generation ?? '');
    render(view(state), root);
  });
  store.subscribe(draw);
  let { subject, choices } = store.get();
  store.subscribe(() => {
    const now = store.get();
    if (now.subject === subject && now.choices === choices) return;
    ({ subject, choices } = now);
    if (subject) stateStore.set({ subject: kept(subject), choices });
  });
  draw();
}

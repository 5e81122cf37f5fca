import { render } from 'lit';
import type { PageCalls, PageEvents } from '../../src/shared/protocol.ts';
import { type Client, createClient, onEvent, type Port } from '../../src/shared/rpc.ts';
import { oncePerTurn } from '../page/oncePerTurn.ts';
import { Store } from '../page/store.ts';
import type { StateStore } from '../page/vscode.ts';
import { Actions } from './actions.ts';
import { listenToCompareKeys } from './compare/compareActions.ts';
import { MapJobs } from './mapJobs.ts';
import { currentMethod, phase, shown } from './selectors.ts';
import { initialState, type PageState } from './state.ts';
import { restore } from './stateStore.ts';
import { SubjectFlow } from './subjectFlow.ts';
import { app } from './views/app.ts';

/** Runs the page in `root`. Knows nothing of VS Code: it talks through `port` and keeps its choices in `stateStore`. */
export function startPage(port: Port, stateStore: StateStore, root: HTMLElement): void {
  const saved = restore(stateStore);
  const store = new Store<PageState>(initialState(saved.ui));
  const client = createClient<PageCalls>(port);
  const jobs = new MapJobs(store, client);
  const flow = new SubjectFlow(store, client, jobs);
  const actions = new Actions(store, client, jobs, flow);
  onEvent<PageEvents, 'subject'>(port, 'subject', (subject) => flow.show(subject));
  root.dataset.testid = 'root';
  const draw = oncePerTurn(() => {
    const state = store.get();
    root.dataset.state = phase(state);
    root.dataset.generation = String(state.subject?.generation ?? '');
    render(app(state, actions), root);
  });
  store.subscribe(draw);
  keep(store, stateStore);
  tellLayer(store, client);
  listenToCompareKeys(actions.compare, () => store.get());
  listenToKeys(actions);
  draw();
  void flow.begin(saved.subject);
}

/** Keeps subject and choices whenever one of them changes. */
function keep(store: Store<PageState>, stateStore: StateStore): void {
  let { subject, choices } = store.get();
  store.subscribe(() => {
    const now = store.get();
    if (now.subject === subject && now.choices === choices) return;
    ({ subject, choices } = now);
    if (subject) stateStore.set({ subject, ui: choices });
  });
}

/** Tells the host at which layer the map on screen stands, whenever it is another one. */
function tellLayer(store: Store<PageState>, client: Client<PageCalls>): void {
  let told = '';
  store.subscribe(() => {
    const state = store.get();
    const { map, stale } = shown(state);
    if (!state.subject || !map || stale || state.choices.compare?.open || currentMethod(state)?.at !== 'layer') return;
    const { generation, modelPath } = state.subject;
    const now = `${modelPath} ${map.layer}`;
    if (now === told) return;
    told = now;
    // Nobody waits for it: what went wrong is said where the layer is asked for.
    client.call('layerShown', { generation, layer: map.layer }).catch(() => {});
  });
}

/** Escape puts a tool away or stops the work; Space, held, hides the map unless something else wants it. */
function listenToKeys(actions: Actions): void {
  addEventListener('keydown', (event) => {
    // An open list that closes on Escape has taken the key.
    if (event.key === 'Escape' && !event.defaultPrevented && actions.leave()) event.preventDefault();
    if (event.key !== ' ' || !onPicture(event)) return;
    event.preventDefault();
    actions.peek(true);
  });
  addEventListener('keyup', (event) => {
    if (event.key === ' ') actions.peek(false);
  });
  addEventListener('blur', () => actions.peek(false));
}

function onPicture(event: KeyboardEvent): boolean {
  const { target } = event;
  return target === document.body || (target instanceof Element && target.closest('.viewport') !== null);
}

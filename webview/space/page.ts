import { createClient, onEvent, type Port } from '../../src/shared/rpc.ts';
import type { SpacePageCalls, SpacePageEvents } from '../../src/shared/spaceProtocol.ts';
import { runPage } from '../page/runPage.ts';
import { Store } from '../page/store.ts';
import type { StateStore } from '../page/vscode.ts';
import { restore } from './choices.ts';
import { Flow } from './flow.ts';
import { phase } from './selectors.ts';
import { initialState, type SpaceState } from './state.ts';
import { Thumbs } from './thumbs.ts';
import { app } from './views/app.ts';

/** Runs the page in `root`. Knows nothing of VS Code: it talks through `port` and keeps its choices in `stateStore`. */
export function startPage(port: Port, stateStore: StateStore, root: HTMLElement): void {
  const saved = restore(stateStore.get());
  const store = new Store<SpaceState>(initialState(saved.choices));
  const client = createClient<SpacePageCalls>(port);
  const flow = new Flow({ store, client, thumbs: new Thumbs(store, client) });
  onEvent<SpacePageEvents, 'subject'>(port, 'subject', (subject) => flow.hear(subject));
  onEvent<SpacePageEvents, 'indexing'>(port, 'indexing', (indexing) => flow.index.hear(indexing));
  addEventListener('keydown', (event) => onKey(event, flow));
  runPage({ store, stateStore, root, phase, view: (state) => app(state, flow), kept: (subject) => subject });
  void flow.begin(saved.subject);
}

/** Escape leaves what is open. */
function onKey(event: KeyboardEvent, flow: Flow): void {
  // An open list that closes on Escape has taken the key.
  if (event.defaultPrevented) return;
  if (event.key === 'Escape' && flow.leave()) event.preventDefault();
}

import { createClient, onEvent, type Port } from '../../src/shared/rpc.ts';
import type { UnitsPageCalls, UnitsPageEvents, UnitsSubject } from '../../src/shared/unitsProtocol.ts';
import { runPage } from '../page/runPage.ts';
import { Store } from '../page/store.ts';
import type { StateStore } from '../page/vscode.ts';
import { restore } from './choices.ts';
import { Flow } from './flow.ts';
import { phase } from './selectors.ts';
import { initialState, type UnitsState } from './state.ts';
import { app } from './views/app.ts';

/** Runs the page in `root`. Knows nothing of VS Code: it talks through `port` and keeps its choices in `stateStore`. */
export function startPage(port: Port, stateStore: StateStore, root: HTMLElement): void {
  const saved = restore(stateStore.get());
  const store = new Store<UnitsState>(initialState(saved.choices));
  const flow = new Flow({ store, client: createClient<UnitsPageCalls>(port) });
  onEvent<UnitsPageEvents, 'subject'>(port, 'subject', (subject) => flow.show(subject));
  addEventListener('keydown', (event) => onKey(event, flow));
  // Thousands of images are no state: the host tells them again.
  const kept = (subject: UnitsSubject) => ({ ...subject, dataset: undefined });
  runPage({ store, stateStore, root, phase, view: (state) => app(state, flow), kept });
  void flow.begin(saved.subject);
}

/** Escape leaves what is open; brackets lead from layer to layer. */
function onKey(event: KeyboardEvent, flow: Flow): void {
  // An open list that closes on Escape has taken the key.
  if (event.defaultPrevented) return;
  if (event.key === 'Escape' && flow.leave()) event.preventDefault();
  const typing = event.target instanceof Element && event.target.matches('input:not([type=range]), select, textarea');
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === '[') flow.stepLayer(-1);
  if (event.key === ']') flow.stepLayer(1);
}

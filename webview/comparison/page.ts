import { createClient, onEvent, type Port } from '../../src/shared/rpc.ts';
import type { ComparisonPageCalls, ComparisonPageEvents } from '../../src/shared/trainingProtocol.ts';
import { runPage } from '../page/runPage.ts';
import { Store } from '../page/store.ts';
import type { StateStore } from '../page/vscode.ts';
import { restore } from './choices.ts';
import { Flow } from './flow.ts';
import { onKey, onKeyUp } from './keys.ts';
import { phase } from './selectors.ts';
import { type ComparisonState, initialState } from './state.ts';
import { app } from './views/app.ts';

/** Runs the page in `root`. Knows nothing of VS Code: it talks through `port` and keeps its choices in `stateStore`. */
export function startPage(port: Port, stateStore: StateStore, root: HTMLElement): void {
  const store = new Store<ComparisonState>(initialState(restore(stateStore.get()).choices));
  const flow = new Flow({ store, client: createClient<ComparisonPageCalls>(port) });
  onEvent<ComparisonPageEvents, 'subject'>(port, 'subject', (subject) => flow.hear(subject));
  onEvent<ComparisonPageEvents, 'results'>(port, 'results', (results) => flow.hearResults(results));
  addEventListener('keydown', (event) => onKey(event, flow));
  addEventListener('keyup', (event) => onKeyUp(event, flow));
  addEventListener('blur', () => flow.flip(false));
  // The host finds run and checkpoints again by `restore`.
  runPage({ store, stateStore, root, phase, view: (state) => app(state, flow), kept: ({ restore }) => ({ restore }) });
  void flow.begin();
}

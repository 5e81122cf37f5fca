import { createClient, onEvent, type Port } from '../../src/shared/rpc.ts';
import type { TrainingPageCalls, TrainingPageEvents } from '../../src/shared/trainingProtocol.ts';
import { runPage } from '../page/runPage.ts';
import { Store } from '../page/store.ts';
import type { StateStore } from '../page/vscode.ts';
import { restore } from './choices.ts';
import { Flow } from './flow.ts';
import { keepScroll } from './keepScroll.ts';
import { phase } from './selectors.ts';
import { initialState, type PageState } from './state.ts';
import { app } from './views/app.ts';

/** Runs the page in `root`. Knows nothing of VS Code: it talks through `port` and keeps its choices in `stateStore`. */
export function startPage(port: Port, stateStore: StateStore, root: HTMLElement): void {
  const store = new Store<PageState>(initialState(restore(stateStore.get()).choices));
  const flow = new Flow({ store, client: createClient<TrainingPageCalls>(port) });
  onEvent<TrainingPageEvents, 'state'>(port, 'state', (state) => flow.hearState(state));
  onEvent<TrainingPageEvents, 'frames'>(port, 'frames', (frames) => flow.hearFrames(frames));
  onEvent<TrainingPageEvents, 'whole'>(port, 'whole', (whole) => flow.hearWhole(whole));
  onEvent<TrainingPageEvents, 'logs'>(port, 'logs', (logs) => flow.hearLogs(logs));
  onEvent<TrainingPageEvents, 'show'>(port, 'show', ({ checkpoint }) => flow.lookAt(checkpoint));
  runPage({ store, stateStore, root, phase, view: (state) => app(state, flow), kept: () => ({}) });
  keepScroll(store);
  void flow.begin();
}

import type { Port } from '../../src/shared/rpc.ts';

declare function acquireVsCodeApi(): { postMessage(message: unknown): void; getState(): unknown; setState(state: unknown): void };

/** Where a page keeps its state over hiding and reload: `vscode.getState/setState`, or anything in a test. */
export interface StateStore {
  get(): unknown;
  set(value: unknown): void;
}

/** The page's end of the channel to the extension, and its keeper of state. May be called once. */
export function connect(): { port: Port; stateStore: StateStore } {
  const vscode = acquireVsCodeApi();
  const port: Port = {
    post: (frame) => vscode.postMessage(frame),
    listen(callback) {
      const hear = (event: MessageEvent) => callback(event.data);
      addEventListener('message', hear);
      return () => removeEventListener('message', hear);
    },
  };
  return { port, stateStore: { get: () => vscode.getState(), set: (value) => vscode.setState(value) } };
}

import '../theme/explain.css';
import type { Port } from '../../src/shared/rpc.ts';
import { startPage } from './page.ts';

declare function acquireVsCodeApi(): { postMessage(message: unknown): void; getState(): unknown; setState(state: unknown): void };

const vscode = acquireVsCodeApi();

const port: Port = {
  post: (frame) => vscode.postMessage(frame),
  listen(callback) {
    const hear = (event: MessageEvent) => callback(event.data);
    addEventListener('message', hear);
    return () => removeEventListener('message', hear);
  },
};

const root = document.getElementById('app');
if (root) startPage(port, { get: () => vscode.getState(), set: (value) => vscode.setState(value) }, root);

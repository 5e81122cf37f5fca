import type { ExtensionContext } from 'vscode';
import { start } from './host/start.ts';

/** Wiring only. What it returns is for tests. */
export function activate(context: ExtensionContext): { enginePid(): number | undefined } {
  const { engine } = start(context);
  return { enginePid: () => engine.pid };
}

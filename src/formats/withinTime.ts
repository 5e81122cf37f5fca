import vm from 'node:vm';
import { ModelError } from '../shared/errors.ts';

let context: vm.Context | undefined;
const script = new vm.Script('act()');
let running = false;

/**
 * Runs what reads an untrusted file, and ends it, a loop in WebAssembly included, where it takes too long. What it was
 * working on must not be used any more then. Within another call of its own it costs nothing, and the outer time holds.
 * @throws ModelError 'file-corrupt' after `seconds`
 */
export function withinTime<T>(seconds: number, act: () => T): T {
  if (running) return act();
  context ??= vm.createContext({});
  context.act = act;
  running = true;
  try {
    // A watchdog thread stops all execution: nothing inside can catch that.
    return script.runInContext(context, { timeout: 1000 * seconds }) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new ModelError('file-corrupt', `The file is damaged: reading it did not end within ${seconds} seconds.`, { cause: error });
  } finally {
    running = false;
    context.act = undefined;
  }
}

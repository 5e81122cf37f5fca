import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import util from 'node:util';
import { ModelError } from '../../shared/errors.ts';
import { Backend } from './backend.ts';
import type { Tf } from './value.ts';

type Wasm = typeof import('@tensorflow/tfjs-backend-wasm');

/** CommonJS packages arrive as the default export. */
function contents<T>(loaded: T & { default?: T }): T {
  return loaded.default ?? loaded;
}

/** What the wasm backend refused, in its own words. */
const refusals: string[] = [];

/** The WebAssembly backend, whose .wasm files lie in its own package. */
export async function loadWasm(): Promise<Backend> {
  try {
    return await withoutProcessListeners(() =>
      hearingRefusals(async () => {
        const tf = contents<Tf>(await import('@tensorflow/tfjs-core'));
        const wasm = contents<Wasm>(await import('@tensorflow/tfjs-backend-wasm'));
        const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
        if (!tf.findBackend('wasm')) wasm.setWasmPaths(`${dirname(main)}${sep}`);
        tf.enableProdMode();
        if (!(await tf.setBackend('wasm'))) throw new Error('its backend does not start');
        return new Backend(tf, 'wasm', refusals);
      }),
    );
  } catch (cause) {
    throw new ModelError('engine', `TensorFlow.js (wasm) does not load: ${messageOf(cause)}`, {
      hint: 'Set "glassbox.engine" to "onnxruntime" or reinstall Glassbox.',
      cause,
    });
  }
}

/** The native backend, where it is installed. Its native library is one per process. */
export async function loadTensorFlow(): Promise<{ backend: Backend; version: string }> {
  // TensorFlow's greetings; what it warns of stays.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '1';
  restoreUtil();
  try {
    const loaded = contents<TfjsNode>((await import(nodePackage)) as TfjsNode & { default?: TfjsNode });
    // tfjs-node brings TensorFlow.js with it; its registry of kernels and its current backend are the same everywhere.
    const tf = contents<Tf>(await import('@tensorflow/tfjs-core'));
    tf.enableProdMode();
    if (!(await tf.setBackend('tensorflow'))) throw new Error('its backend does not start');
    return { backend: new Backend(tf, 'tensorflow'), version: loaded.version['tfjs-node'] ?? '' };
  } catch (cause) {
    throw new ModelError('engine', `tfjs-node's native library is not installed: ${reason(cause)}.`, {
      hint: 'It is optional: run "npm install @tensorflow/tfjs-node" where its download host is reachable, or set "glassbox.engine" to "auto".',
      cause,
    });
  }
}

interface TfjsNode {
  version: Record<string, string>;
}

/** Not a literal: the package is optional, and neither the compiler nor the bundler must look for it. */
const nodePackage: string = '@tensorflow/tfjs-node';

/** tfjs-node 4 uses two functions that Node 23 removed. */
function restoreUtil(): void {
  const old = util as { isNullOrUndefined?: (value: unknown) => boolean; isArray?: (value: unknown) => boolean };
  old.isNullOrUndefined ??= (value) => value === null || value === undefined;
  old.isArray ??= Array.isArray;
}

/**
 * XNNPACK, below the wasm backend, reports what it refuses to the console and leaves the result's memory as it was. The
 * backend keeps the console's functions as they are while it loads, so that what they hear then, they hear ever after.
 */
async function hearingRefusals<T>(work: () => Promise<T>): Promise<T> {
  const { warn, error } = console;
  const listener =
    (speak: typeof warn) =>
    (...parts: unknown[]): void => {
      const text = parts.map(String).join(' ').trim();
      if (/XNN status|failed\. Un|not successful/.test(text)) refusals.push(text);
      else speak(...parts);
    };
  console.warn = listener(warn);
  console.error = listener(error);
  try {
    return await work();
  } finally {
    console.warn = warn;
    console.error = error;
  }
}

/** Emscripten's start-up code turns every unhandled error of the whole process into an abort: its listeners go again. */
async function withoutProcessListeners<T>(work: () => Promise<T>): Promise<T> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = new Map(events.map((event) => [event, new Set<unknown>(process.listeners(event as 'exit'))] as const));
  try {
    return await work();
  } finally {
    for (const event of events) {
      for (const listener of process.listeners(event as 'exit')) {
        if (!before.get(event)?.has(listener)) process.removeListener(event, listener);
      }
    }
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** Without the file names and commands that follow. */
function reason(cause: unknown): string {
  if ((cause as { code?: unknown } | null)?.code === 'ERR_MODULE_NOT_FOUND') return 'the package @tensorflow/tfjs-node is not there';
  return (messageOf(cause).split('\n', 1)[0] as string).replace(/[. ]+$/, '');
}

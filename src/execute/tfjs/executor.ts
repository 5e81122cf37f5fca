import type { Executor } from '../executor.ts';
import type { Backend } from './backend.ts';
import { loadTensorFlow, loadWasm } from './load.ts';
import { TfProgram } from './program.ts';

/**
 * TensorFlow on the CPU through tfjs-node, which is an optional package: its native library is downloaded when it is installed.
 * @throws ModelError('engine') where it is not there
 */
export async function createTensorFlow(): Promise<Executor> {
  const { backend, version } = await loadTensorFlow();
  return executor(backend, `TensorFlow (tfjs-node ${version})`);
}

/** TensorFlow.js on WebAssembly: runs wherever Node runs. */
export async function createWasm(): Promise<Executor> {
  const backend = await loadWasm();
  return executor(backend, `TensorFlow.js ${backend.tf.version_core} (wasm)`);
}

function executor(backend: Backend, name: string): Executor {
  return { id: backend.id, name, compile: async (graph) => new TfProgram(backend, graph) };
}

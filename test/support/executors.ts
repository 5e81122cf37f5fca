import type { Executor } from '../../src/execute/executor.ts';
import { createOnnxRuntime } from '../../src/execute/onnxruntime/executor.ts';
import { createTensorFlow, createWasm } from '../../src/execute/tfjs/executor.ts';

/** Every engine, for suites that run on each. tfjs-node is optional: where it does not load the suite says so. */
export const executors: readonly { id: string; optional: boolean; create(): Promise<Executor> }[] = [
  { id: 'onnxruntime', optional: false, create: createOnnxRuntime },
  { id: 'wasm', optional: false, create: createWasm },
  { id: 'tensorflow', optional: true, create: createTensorFlow },
];

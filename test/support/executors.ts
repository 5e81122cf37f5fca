import type { TestContext } from 'node:test';
import type { Executor } from '../../src/execute/executor.ts';
import { createOnnxRuntime } from '../../src/execute/onnxruntime/executor.ts';
import { createTensorFlow, createWasm } from '../../src/execute/tfjs/executor.ts';

interface Engine {
  id: string;
  optional: boolean;
  create(): Promise<Executor>;
}

/** Every engine, for suites that run on each. tfjs-node is optional: where it does not load the suite says so. */
export const executors: readonly Engine[] = [
  { id: 'onnxruntime', optional: false, create: createOnnxRuntime },
  { id: 'wasm', optional: false, create: createWasm },
  { id: 'tensorflow', optional: true, create: createTensorFlow },
];

/** The engine's executor; undefined, and the test is skipped, where an optional one does not load. */
export async function createOrSkip(t: TestContext, engine: Engine): Promise<Executor | undefined> {
  try {
    return await engine.create();
  } catch (error) {
    if (!engine.optional) throw error;
    t.skip(`left out: ${engine.id} does not load here (${(error as Error).message})`);
    return undefined;
  }
}

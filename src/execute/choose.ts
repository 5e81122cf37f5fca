import { type ErrorRecord, ModelError, toErrorRecord } from '../shared/errors.ts';
import type { EngineChoice } from '../shared/protocol.ts';
import type { EngineId, Executor } from './executor.ts';
import { createOnnxRuntime } from './onnxruntime/executor.ts';
import { createTensorFlow, createWasm } from './tfjs/executor.ts';

/** Fastest first (reference/engines: onnxruntime is about 4 times TensorFlow, TensorFlow 3 times wasm). */
const engines: readonly { id: EngineId; create(): Promise<Executor> }[] = [
  { id: 'onnxruntime', create: createOnnxRuntime },
  { id: 'tensorflow', create: createTensorFlow },
  { id: 'wasm', create: createWasm },
];

/** `auto`: the fastest that loads. A named engine is not silently replaced by another. */
export async function chooseExecutor(choice: EngineChoice): Promise<Executor> {
  const failures: ErrorRecord[] = [];
  for (const engine of engines) {
    if (choice !== 'auto' && choice !== engine.id) continue;
    try {
      return await engine.create();
    } catch (error) {
      failures.push(toErrorRecord(error));
      if (choice !== 'auto') throw error;
    }
  }
  throw new ModelError('engine', `No engine loads. ${failures.map((f) => f.message).join(' ')}`, {
    hint: `Engines: auto, ${engines.map((e) => e.id).join(', ')}.`,
  });
}

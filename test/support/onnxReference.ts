// onnxruntime on a model file as it is: the independent reference for what the importer makes of it.

import ort from 'onnxruntime-node';
import { createOnnxRuntime } from '../../src/execute/onnxruntime/executor.ts';
import type { ModelProto } from '../../src/formats/onnx/types.ts';
import { encodeModel } from '../../src/formats/onnx/write.ts';
import type { Graph, Tensor } from '../../src/graph/graph.ts';

/** Outputs of the original model, unchanged but for what it gives out. */
export async function runOriginal(
  model: ModelProto,
  outputs: readonly string[],
  feeds: Record<string, Tensor>,
): Promise<Record<string, Float32Array>> {
  const graph = { ...model.graph, outputs: outputs.map((name) => ({ name, elemType: 1 })) };
  const session = await ort.InferenceSession.create(encodeModel({ ...model, graph }), { logSeverityLevel: 3 });
  const inputs = Object.fromEntries(
    Object.entries(feeds).map(([name, t]) => [name, new ort.Tensor('float32', t.data as Float32Array, [...t.shape])]),
  );
  const results = await session.run(inputs);
  await session.release();
  return Object.fromEntries(outputs.map((name) => [name, results[name]?.data as Float32Array]));
}

/** Values of an imported graph. */
export async function runGraph(
  graph: Graph,
  outputs: readonly string[],
  feeds: Record<string, Tensor>,
): Promise<Record<string, Float32Array>> {
  const executor = await createOnnxRuntime();
  const program = await executor.compile({ ...graph, outputs: [...new Set(outputs)] });
  const results = await program.run(feeds);
  await program.dispose();
  return Object.fromEntries(outputs.map((name) => [name, results[name]?.data as Float32Array]));
}

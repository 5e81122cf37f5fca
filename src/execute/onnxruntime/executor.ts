import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { encodeModel } from '../../formats/onnx/write.ts';
import type { Graph, Tensor, TypedData } from '../../graph/graph.ts';
import { ModelError } from '../../shared/errors.ts';
import type { CompileOptions, Executor, Program, Tensors } from '../executor.ts';
import { threading } from './threads.ts';
import { toOnnx } from './toOnnx.ts';

type Ort = typeof import('onnxruntime-node');

function optionsFor(graph: Graph): InferenceSession.SessionOptions {
  const { threads, sleep } = threading(graph);
  return {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    ...(threads !== undefined && { intraOpNumThreads: threads }),
    extra: {
      // Gradients fade into denormals, which cost a hundred times a normal number and mean nothing here.
      session: { set_denormal_as_zero: '1', force_spinning_stop: sleep ? '1' : '0' },
      ...(padsBeforePools(graph) && { optimization: { disable_specified_optimizers: 'Pad_Fusion' } }),
    },
  };
}

/**
 * Whether a Pad feeds a max pool. onnxruntime merges the two, but a pool's own padding never wins where zeros would: wrong for
 * negative values. Not switched off for every graph: it helps convolutions.
 */
function padsBeforePools(graph: Graph): boolean {
  const padded = new Set(graph.nodes.flatMap((node) => (node.op === 'Pad' ? node.outputs : [])));
  return graph.nodes.some((node) => node.op === 'MaxPool' && padded.has(node.inputs[0] as string));
}

/** onnxruntime on the CPU: writes the graph as an ONNX model in memory, one session per program. */
export async function createOnnxRuntime(): Promise<Executor> {
  let ort: Ort;
  try {
    const loaded = (await import('onnxruntime-node')) as Ort & { default?: Ort };
    ort = loaded.default ?? loaded;
  } catch (cause) {
    throw new ModelError('engine', `onnxruntime does not load: ${cause instanceof Error ? cause.message : String(cause)}`, {
      hint: 'Set "glassbox.engine" to "wasm" or reinstall Glassbox for this platform.',
      cause,
    });
  }
  return {
    id: 'onnxruntime',
    name: `onnxruntime ${ort.env.versions.node ?? ort.env.versions.common} (CPU)`,
    freeSizes: true,
    compile: (graph, options) => compile(ort, graph, options),
  };
}

async function compile(ort: Ort, graph: Graph, options: CompileOptions = {}): Promise<Program> {
  // The program holds neither the graph nor its bytes: they may be copies of the weights that nobody else needs.
  const names = { inputs: [...graph.inputs.keys()], outputs: [...graph.outputs] };
  const { session, size } = await createSession(ort, graph, options);
  return {
    // onnxruntime keeps its own, packed copy of the weights.
    bytes: size * 2,
    run: (feeds) => guarded('run the graph', () => run(ort, session, names, feeds)),
    dispose: () => session.release(),
  };
}

async function createSession(ort: Ort, graph: Graph, options: CompileOptions): Promise<{ session: InferenceSession; size: number }> {
  const bytes = encodeModel(toOnnx(graph, options));
  const session = await guarded('compile the graph', () => ort.InferenceSession.create(bytes, optionsFor(graph)));
  return { session, size: bytes.byteLength };
}

interface Names {
  inputs: readonly string[];
  outputs: readonly string[];
}

async function run(ort: Ort, session: InferenceSession, { inputs: wanted, outputs: made }: Names, feeds: Tensors): Promise<Tensors> {
  const inputs: Record<string, OrtTensor> = {};
  for (const name of wanted) {
    const feed = feeds[name];
    if (!feed) throw new ModelError('internal', `The graph's input '${name}' is not fed.`);
    inputs[name] = new ort.Tensor(feed.dtype, feed.data as Float32Array, [...feed.shape]);
  }
  const results = await session.run(inputs, made);
  const outputs: Tensors = {};
  for (const name of made) {
    const { type, dims, data } = results[name] as OrtTensor;
    outputs[name] = { dtype: type as Tensor['dtype'], shape: dims, data: data as TypedData };
  }
  return outputs;
}

async function guarded<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof ModelError) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new ModelError('engine', `onnxruntime could not ${what}: ${message}`, {
      hint: 'Try again; if it stays, set "glassbox.engine" to "wasm", or close other programs if memory is short.',
      cause,
    });
  }
}

import type { Graph, Tensor } from '../graph/graph.ts';

export type EngineId = 'onnxruntime' | 'tensorflow' | 'wasm';

/** Feeds and results by value name. Shapes are concrete; the batch is whatever the feeds carry. */
export type Tensors = Record<string, Tensor>;

/** A graph made ready to run. Outputs are `graph.outputs`, all computed on every run. */
export interface Program {
  run(feeds: Tensors): Promise<Tensors>;
  /** Rough resident bytes, for the session cache. */
  readonly bytes: number;
  dispose(): Promise<void>;
}

/** Runs graphs. Interchangeable: all agree within a stated tolerance. */
export interface Executor {
  readonly id: EngineId;
  /** What the panel shows, e.g. `onnxruntime 1.30.0 (CPU)`. */
  readonly name: string;
  compile(graph: Graph): Promise<Program>;
}

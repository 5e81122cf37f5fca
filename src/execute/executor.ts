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

export interface CompileOptions {
  /** Rows and columns of images are as the feeds carry them: those of the graph are an example. */
  freeSizes?: boolean;
}

/** Runs graphs. Interchangeable: all agree within a stated tolerance. */
export interface Executor {
  readonly id: EngineId;
  /** What the panel shows, e.g. `onnxruntime 1.30.0 (CPU)`. */
  readonly name: string;
  /** It can `compile` for free sizes. */
  readonly freeSizes?: true;
  compile(graph: Graph, options?: CompileOptions): Promise<Program>;
}

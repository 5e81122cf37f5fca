import type { Tensor as TfTensor } from '@tensorflow/tfjs-core';
import { type Graph, type Node, type Tensor, typeOf } from '../../graph/graph.ts';
import type { OpName } from '../../graph/opset.ts';
import { ModelError } from '../../shared/errors.ts';
import type { Program, Tensors } from '../executor.ts';
import type { Backend } from './backend.ts';
import { fromTf, toTf } from './data.ts';
import { kernels } from './kernels/index.ts';
import type { Kernel, Step } from './kernels/kernel.ts';
import { Constants, siteOf } from './site.ts';
import { Value } from './value.ts';

/** Other work of the process (cancelling, progress) gets a turn this often, in milliseconds. */
const TURN = 40;

interface Compiled {
  node: Node;
  step: Step;
}

/** A graph on TensorFlow.js: a list of steps. A value is disposed as soon as the last step that reads it has run. */
export class TfProgram implements Program {
  readonly bytes: number;
  readonly #backend: Backend;
  readonly #graph: Graph;
  readonly #constants: Constants;
  readonly #steps: readonly Compiled[];
  /** How many steps read each value; outputs are read once more. */
  readonly #readers = new Map<string, number>();
  #running: Promise<unknown> = Promise.resolve();

  constructor(backend: Backend, graph: Graph) {
    this.#backend = backend;
    this.#graph = graph;
    this.#constants = new Constants(backend.tf, graph);
    try {
      this.#steps = backend.guard(() => graph.nodes.map((node) => this.#compile(node)));
    } catch (error) {
      this.#constants.dispose();
      throw error;
    }
    for (const name of [...graph.nodes.flatMap((n) => [...new Set(n.inputs)]), ...new Set(graph.outputs)]) {
      this.#readers.set(name, (this.#readers.get(name) ?? 0) + 1);
    }
    // The backend keeps its own, packed copy of filters.
    this.bytes = this.#constants.bytes * 2;
  }

  run(feeds: Tensors): Promise<Tensors> {
    const run = this.#running.then(() => this.#run(feeds));
    this.#running = run.catch(() => undefined);
    return run;
  }

  async dispose(): Promise<void> {
    await this.#running;
    this.#constants.dispose();
  }

  #compile(node: Node): Compiled {
    const site = siteOf(this.#backend.tf, this.#backend.id, this.#graph, this.#constants, node);
    const kernel = kernels[node.op] as Kernel<OpName>;
    return { node, step: named(node, () => kernel(site)) };
  }

  async #run(feeds: Tensors): Promise<Tensors> {
    const values = new Map<string, Value>();
    try {
      this.#backend.guard(() => this.#feed(feeds, values));
      const left = new Map(this.#readers);
      let since = performance.now();
      for (const compiled of this.#steps) {
        if (performance.now() - since > TURN) {
          await new Promise((resolve) => setImmediate(resolve));
          since = performance.now();
        }
        this.#backend.guard(() => this.#step(compiled, values, left));
      }
      return this.#backend.guard(() => this.#results(values));
    } finally {
      for (const value of values.values()) value.dispose();
    }
  }

  #feed(feeds: Tensors, values: Map<string, Value>): void {
    for (const name of this.#graph.inputs.keys()) {
      const feed = feeds[name];
      if (!feed) throw new ModelError('internal', `The graph's input '${name}' is not fed.`);
      values.set(name, new Value(this.#backend.tf, toTf(this.#backend.tf, name, feed)));
    }
  }

  #step({ node, step }: Compiled, values: Map<string, Value>, left: Map<string, number>): void {
    const results = named(node, () => this.#compute(node, step, values));
    node.outputs.forEach((name, i) => {
      values.set(name, results[i] as Value);
    });
    for (const name of [...new Set(node.inputs), ...node.outputs]) this.#release(name, node, values, left);
  }

  #compute(node: Node, step: Step, values: ReadonlyMap<string, Value>): readonly Value[] {
    const { tf } = this.#backend;
    const read = new Set<Value>();
    let results: readonly Value[] = [];
    tf.tidy(() => {
      const made = step((i) => {
        const value = this.#value(node.inputs[i] ?? '', values);
        read.add(value);
        return value;
      });
      // An operator that changed nothing may answer its input, which has its own life: a clone shares the data.
      results = (made instanceof Value ? [made] : made).map((value) =>
        [...read].some((input) => input.owns(value.tensor)) ? new Value(tf, tf.clone(value.tensor), value.channels) : value,
      );
      return results.map((value) => value.tensor);
    });
    return results;
  }

  /** Counts a reading; disposes of what nobody will read again. */
  #release(name: string, node: Node, values: Map<string, Value>, left: Map<string, number>): void {
    const readers = (left.get(name) ?? 0) - (node.inputs.includes(name) ? 1 : 0);
    left.set(name, readers);
    if (readers > 0) return;
    values.get(name)?.dispose();
    values.delete(name);
  }

  #results(values: ReadonlyMap<string, Value>): Tensors {
    const outputs: Tensors = {};
    for (const name of this.#graph.outputs) outputs[name] = this.#result(this.#value(name, values), name);
    return outputs;
  }

  #result(value: Value, name: string): Tensor {
    const plain = this.#backend.tf.tidy((): TfTensor => value.first);
    return fromTf(plain, typeOf(this.#graph, name));
  }

  #value(name: string, values: ReadonlyMap<string, Value>): Value {
    const value = values.get(name) ?? this.#constants.value(name);
    if (!value) throw new Error(`'${name}' is read before it is computed`);
    return value;
  }
}

/** Errors of the engine, with the operator and the value they happened at. */
function named<T>(node: Node, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof ModelError) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    const where = node.outputs[0] ?? node.op;
    throw new ModelError('engine', `TensorFlow.js could not compute ${node.op} '${where}': ${message}`, {
      where,
      cause,
      hint: 'Choose another engine: onnxruntime, tensorflow or wasm.',
    });
  }
}

import type { DType, OpAttrs, OpName, Shape } from './opset.ts';

export type TypedData = Float32Array | BigInt64Array | Int32Array | Uint8Array;

/** A dense constant in row-major order. `bool` is stored as one byte per element. */
export interface Tensor {
  dtype: DType;
  shape: readonly number[];
  data: TypedData;
}

/** Element type and shape of a value. */
export interface ValueType {
  dtype: DType;
  shape: Shape;
}

/** One application of an operator. Values are named by strings, each defined exactly once (SSA). An empty input name is an absent optional input. */
export interface NodeOf<O extends OpName> {
  op: O;
  inputs: readonly string[];
  outputs: readonly string[];
  attrs: OpAttrs[O];
}

/** Discriminated union over `op`. */
export type Node = { [O in OpName]: NodeOf<O> }[OpName];

/**
 * A graph: inputs and constants, then nodes in topological order. Treated as immutable: transforms make a new one
 * and share nodes and constants with the old.
 */
export interface Graph {
  inputs: ReadonlyMap<string, ValueType>;
  constants: ReadonlyMap<string, Tensor>;
  nodes: readonly Node[];
  outputs: readonly string[];
  /** Type of every value: inputs, constants and node outputs. */
  types: ReadonlyMap<string, ValueType>;
}

/** Number of elements; the batch counts as `batch`. */
export function elements(shape: Shape, batch = 1): number {
  return shape.reduce<number>((n, d) => n * (d === 'N' ? batch : d), 1);
}

export function bindBatch(shape: Shape, batch: number): number[] {
  return shape.map((d) => (d === 'N' ? batch : d));
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((d, i) => d === b[i]);
}

export function formatShape(shape: Shape): string {
  return `[${shape.join(',')}]`;
}

export function float32(shape: readonly number[], data: Float32Array | readonly number[]): Tensor {
  return { dtype: 'float32', shape, data: data instanceof Float32Array ? data : Float32Array.from(data) };
}

export function scalar(value: number): Tensor {
  return float32([], [value]);
}

export function typeOf(graph: Graph, value: string): ValueType {
  const type = graph.types.get(value);
  if (!type) throw new Error(`no value '${value}' in the graph`);
  return type;
}

/** For every value the nodes that read it, in order. */
export function consumers(graph: Graph): Map<string, Node[]> {
  const map = new Map<string, Node[]>();
  for (const node of graph.nodes) {
    for (const input of new Set(node.inputs)) {
      if (!input) continue;
      const list = map.get(input);
      if (list) list.push(node);
      else map.set(input, [node]);
    }
  }
  return map;
}

/** For every node output the node that makes it. */
export function producers(graph: Graph): Map<string, Node> {
  const map = new Map<string, Node>();
  for (const node of graph.nodes) for (const output of node.outputs) map.set(output, node);
  return map;
}

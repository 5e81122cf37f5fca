import { ModelError } from '../shared/errors.ts';
import { float32, formatShape, type Graph, type Node, type NodeOf, type Tensor, type ValueType } from './graph.ts';
import type { OpAttrs, OpName } from './opset.ts';

/** Types of a node's outputs, from its attributes and the types of its inputs (undefined: absent optional input). */
export type Infer = (node: Node, inputs: readonly (ValueType | undefined)[]) => ValueType[];

/**
 * Appends nodes to a graph, new or given, inferring types as it goes: a broken graph cannot be built, the error names
 * the node. `op` returns the first output's name, which is all most operators have.
 */
export class GraphBuilder {
  readonly inputs: Map<string, ValueType>;
  readonly constants: Map<string, Tensor>;
  readonly nodes: Node[];
  readonly types: Map<string, ValueType>;
  readonly #infer: Infer;
  readonly #scalars = new Map<number, string>();
  readonly #made = new Map<string, string>();
  #next = 0;

  constructor(infer: Infer, base?: Graph) {
    this.#infer = infer;
    this.inputs = new Map(base?.inputs);
    this.constants = new Map(base?.constants);
    this.nodes = [...(base?.nodes ?? [])];
    this.types = new Map(base?.types);
  }

  input(name: string, type: ValueType): string {
    this.#define(name, type);
    this.inputs.set(name, type);
    return name;
  }

  constant(name: string, tensor: Tensor): string {
    const unique = this.unique(name);
    this.#define(unique, { dtype: tensor.dtype, shape: tensor.shape });
    this.constants.set(unique, tensor);
    return unique;
  }

  /** A shared float32 scalar. */
  scalar(value: number): string {
    let name = this.#scalars.get(value);
    if (name === undefined) {
      name = this.constant(`scalar:${value}`, float32([], [value]));
      this.#scalars.set(value, name);
    }
    return name;
  }

  /**
   * Adds a node with one output, named `name` where that is free. Without a name the same operator on the same inputs
   * is made once: methods that need the same intermediate share it without knowing of each other.
   */
  op<O extends OpName>(op: O, inputs: readonly string[], attrs: OpAttrs[O], name?: string): string {
    if (name !== undefined) return this.ops(op, inputs, attrs, [name])[0] as string;
    // JSON has no infinities: without the replacer they would all be the same.
    const key = JSON.stringify([op, inputs, attrs], (_, v) => (typeof v === 'number' && !Number.isFinite(v) ? String(v) : v));
    let value = this.#made.get(key);
    if (value === undefined) {
      value = this.ops(op, inputs, attrs, [op])[0] as string;
      this.#made.set(key, value);
    }
    return value;
  }

  /** Adds a node with as many outputs as names are given. */
  ops<O extends OpName>(op: O, inputs: readonly string[], attrs: OpAttrs[O], names: readonly string[]): string[] {
    const outputs = names.map((n) => this.unique(n));
    this.add({ op, inputs, outputs, attrs } as NodeOf<O> as Node);
    return outputs;
  }

  /** Adds a node as it is; its output names must be free. */
  add(node: Node): void {
    const inputTypes = node.inputs.map((i) => (i === '' ? undefined : this.type(i)));
    let types: ValueType[];
    try {
      types = this.#infer(node, inputTypes);
    } catch (error) {
      if (error instanceof ModelError) throw error.with({ where: node.outputs[0] ?? node.op });
      throw error;
    }
    if (types.length < node.outputs.length) {
      throw new ModelError('shape', `${node.op} '${node.outputs[0]}' has ${types.length} outputs, not ${node.outputs.length}.`);
    }
    node.outputs.forEach((output, i) => {
      this.#define(output, types[i] as ValueType);
    });
    this.nodes.push(node);
  }

  type(value: string): ValueType {
    const type = this.types.get(value);
    if (!type) throw new ModelError('file-corrupt', `Value '${value}' is read before anything defines it.`, { where: value });
    return type;
  }

  shape(value: string): ValueType['shape'] {
    return this.type(value).shape;
  }

  has(value: string): boolean {
    return this.types.has(value);
  }

  unique(name: string): string {
    if (!this.types.has(name)) return name;
    let candidate: string;
    do {
      this.#next += 1;
      candidate = `${name}#${this.#next}`;
    } while (this.types.has(candidate));
    return candidate;
  }

  build(outputs: readonly string[]): Graph {
    for (const output of outputs) this.type(output);
    return { inputs: this.inputs, constants: this.constants, nodes: this.nodes, outputs, types: this.types };
  }

  #define(name: string, type: ValueType): void {
    const before = this.types.get(name);
    if (before) {
      throw new ModelError(
        'file-corrupt',
        `Value '${name}' is defined twice, as ${formatShape(before.shape)} and ${formatShape(type.shape)}.`,
      );
    }
    this.types.set(name, type);
  }
}

import type { External } from '../../formats/onnx/tensor.ts';
import type { AttributeProto, NodeProto, TensorProto } from '../../formats/onnx/types.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import { formatShape } from '../../graph/graph.ts';
import type { Dim, OpAttrs, OpName, Shape } from '../../graph/opset.ts';
import { ModelError } from '../../shared/errors.ts';
import { type Known, numbers, toTensor } from '../known/known.ts';
import type { Quantisation } from './quantisation.ts';

/** What an import has made so far. Value names are those of the file. */
export interface Scope {
  readonly b: GraphBuilder;
  /** Values known at import time: initializers and what folds from them. */
  readonly known: Map<string, Known>;
  /** The graph value that stands for a value of the file, where the names differ. */
  readonly values: Map<string, string>;
  /** The batch axis in this import: free, or fixed to the file's own size. */
  readonly batch: Dim;
  /** The batch size written in the file: a Reshape to it means the batch. 1 where the file leaves it free. */
  readonly fileBatch: number;
  /** Values that nothing else may be named like. */
  readonly reserved: ReadonlySet<string>;
  /** Values of an initializer, which may come from another file. */
  readonly decode: (tensor: TensorProto) => Known;
  /** Content of an external data file. */
  readonly external: External;
  /** Integer weights, left in the file until something reads them. */
  readonly codes: ReadonlyMap<string, TensorProto>;
  /** `TensorProto.DataType` of constants: the graph's types are fewer. */
  readonly elementTypes: ReadonlyMap<string, number>;
  /** Values that are integers in the file and the floats they stand for in the graph. */
  readonly quantised: Map<string, Quantisation>;
  /** Nodes that read a value of the file. */
  readonly readers: ReadonlyMap<string, readonly NodeProto[]>;
}

/** One node of the file while it is imported: typed access to attributes and inputs, and the graph to append to. */
export class NodeContext {
  readonly proto: NodeProto;
  /** Opset version of the standard domain. */
  readonly opset: number;
  readonly scope: Scope;
  readonly #read = new Set<string>();

  constructor(proto: NodeProto, opset: number, scope: Scope) {
    this.proto = proto;
    this.opset = opset;
    this.scope = scope;
  }

  // ------------------------------------------------------------ attributes

  int(name: string, fallback: number): number {
    return this.#attribute(name, 'int')?.value ?? fallback;
  }

  flag(name: string, fallback = false): boolean {
    return this.int(name, fallback ? 1 : 0) !== 0;
  }

  float(name: string, fallback: number): number {
    return this.#attribute(name, 'float')?.value ?? fallback;
  }

  string(name: string, fallback: string): string {
    return this.#attribute(name, 'string')?.value ?? fallback;
  }

  ints(name: string): readonly number[] | undefined {
    return this.#attribute(name, 'ints')?.value;
  }

  floats(name: string): readonly number[] | undefined {
    return this.#attribute(name, 'floats')?.value;
  }

  tensor(name: string): TensorProto | undefined {
    return this.#attribute(name, 'tensor')?.value;
  }

  /** Attributes that change nothing at inference. */
  ignore(...names: string[]): void {
    for (const name of names) this.#read.add(name);
  }

  /** Names of attributes that nothing has read: an operator that ignores one may compute something else. */
  unread(): string[] {
    return this.proto.attributes.map((a) => a.name).filter((name) => !this.#read.has(name));
  }

  #attribute<T extends AttributeProto['type']>(name: string, type: T): Extract<AttributeProto, { type: T }> | undefined {
    this.#read.add(name);
    const found = this.proto.attributes.find((a) => a.name === name);
    if (!found) return undefined;
    if (found.type !== type) throw this.unsupported(`has attribute '${name}' of type ${found.type}, not ${type}`);
    return found as Extract<AttributeProto, { type: T }>;
  }

  // ------------------------------------------------------------ inputs

  has(i: number): boolean {
    return !!this.proto.inputs[i];
  }

  /** Graph value of input `i`; a known one becomes a constant of the graph. */
  value(i: number): string {
    const name = this.proto.inputs[i];
    if (!name) throw this.corrupt(`lacks input ${i}`);
    const value = this.scope.values.get(name) ?? name;
    if (this.scope.b.has(value)) return value;
    const k = this.known(i);
    if (!k) throw this.corrupt(`reads '${name}', which nothing before it makes`);
    return this.constant(name, k);
  }

  /** Graph values of all inputs that are there. */
  all(): string[] {
    return this.proto.inputs.flatMap((name, i) => (name ? [this.value(i)] : []));
  }

  known(i: number): Known | undefined {
    const name = this.proto.inputs[i];
    if (!name) return undefined;
    const codes = this.scope.codes.get(name);
    return this.scope.known.get(name) ?? (codes && this.scope.decode(codes));
  }

  /** Input `i` as numbers known at import time; undefined if absent. Throws if it depends on the image or the batch. */
  constants(i: number, what: string): readonly number[] | undefined {
    if (!this.has(i)) return undefined;
    const k = this.known(i);
    if (!k) throw this.unsupported(`has ${what} that are computed from the image`);
    const values = numbers(k);
    if (!values) throw this.unsupported(`has ${what} that depend on the batch size`);
    return Array.from(values);
  }

  /** A list of integers given as an attribute (older opsets) or as constant input `i` (newer ones). */
  list(name: string, i: number): readonly number[] | undefined {
    return this.ints(name) ?? this.constants(i, name);
  }

  shape(i: number): Shape {
    const name = this.proto.inputs[i] ?? '';
    return this.scope.codes.get(name)?.dims ?? this.scope.known.get(name)?.shape ?? this.scope.b.shape(this.value(i));
  }

  /** Shape of a 4-D input: [batch, channels, height, width]. */
  image(i: number): readonly [Dim, number, number, number] {
    const shape = this.shape(i);
    if (shape.length !== 4)
      throw this.unsupported(`works on an input of shape ${formatShape(shape)}; only 2-D images [N,C,H,W] are supported`);
    return shape as readonly [Dim, number, number, number];
  }

  /** `axis` counted from the front. */
  axis(axis: number, rank: number): number {
    const positive = axis < 0 ? axis + rank : axis;
    if (!(positive >= 0 && positive < rank)) throw this.corrupt(`has axis ${axis} for ${rank} axes`);
    return positive;
  }

  // ------------------------------------------------------------ outputs

  /** Appends a node whose output is this node's output `output`. */
  emit<O extends OpName>(op: O, inputs: readonly string[], attrs: OpAttrs[O], output = 0): string {
    const name = this.proto.outputs[output] ?? '';
    return this.scope.b.op(op, inputs, attrs, name || this.fresh(`${this.name}:${output}`));
  }

  /** Appends an intermediate node that the file does not have. */
  helper<O extends OpName>(op: O, inputs: readonly string[], attrs: OpAttrs[O], suffix: string): string {
    return this.scope.b.op(op, inputs, attrs, this.fresh(`${this.proto.outputs[0]}:${suffix}`));
  }

  /** A constant of the graph. Throws ModelError('weights') if it holds NaN or Inf. */
  constant(name: string, k: Known): string {
    const tensor = toTensor(k);
    if (!tensor) throw this.unsupported(`computes with '${name}', which depends on the batch size`);
    if (k.dtype === 'float32') this.#finite(name, k.data);
    // A folded value may carry a name of the file; any other name must not take one.
    return this.scope.b.constant(this.scope.reserved.has(name) ? name : this.fresh(name), tensor);
  }

  /** Minus infinity is a mask in Where, and means no weight is broken. */
  #finite(name: string, data: Float32Array): void {
    if (this.proto.opType === 'Where') return;
    let at = 0;
    while (at < data.length && Number.isFinite(data[at])) at += 1;
    if (at === data.length) return;
    const found = Number.isNaN(data[at]) ? 'NaN' : 'Inf';
    throw new ModelError('weights', `Tensor '${name}' of ${this.title} holds ${found} (first at element ${at}).`, {
      where: name,
      hint: 'Training has probably diverged: export the model from an earlier checkpoint.',
    });
  }

  fresh(name: string): string {
    let candidate = name;
    for (let i = 2; this.scope.reserved.has(candidate) || this.scope.b.has(candidate); i++) candidate = `${name}#${i}`;
    return candidate;
  }

  /** Whether anything may read output `i`. */
  wants(i: number): boolean {
    return !!this.proto.outputs[i];
  }

  // ------------------------------------------------------------ errors

  get name(): string {
    return this.proto.name || this.proto.outputs[0] || this.proto.opType;
  }

  get title(): string {
    const { domain, opType } = this.proto;
    return `${domain ? `${domain}.` : ''}${opType} '${this.name}'`;
  }

  /** Error for something valid that this importer does not do; collected and reported together. */
  unsupported(what: string): ModelError {
    return new ModelError('unsupported', `${this.title} ${what}.`, { where: this.name });
  }

  corrupt(what: string): ModelError {
    const hint = 'The file is not a valid ONNX model: export it again.';
    return new ModelError('file-corrupt', `${this.title} ${what}.`, { where: this.name, hint });
  }
}

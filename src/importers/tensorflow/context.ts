import type { GraphBuilder } from '../../graph/builder.ts';
import { formatShape, type Tensor } from '../../graph/graph.ts';
import type { Dim, OpAttrs, OpName, Shape } from '../../graph/opset.ts';
import { ModelError } from '../../shared/errors.ts';
import { type Known, numbers } from '../known/known.ts';
import type { TfConstant, TfNode } from './graph.ts';
import { asKnown, type Held, type Order, refuseNotFinite, type Values } from './values.ts';

/** What an import has made so far. */
export interface Scope {
  readonly values: Values;
  /** The batch axis in this import: free, or fixed to one. */
  readonly batch: Dim;
  /** Values that nothing else may be named like: the file's own. */
  readonly reserved: ReadonlySet<string>;
  /** Bytes that folded constants may still take, so that a few bytes of file do not stand for much memory. */
  readonly folding: { left: number };
}

/** One node of the file while it is imported: typed access to attributes and inputs, and the graph to append to. */
export class NodeContext {
  readonly node: TfNode;
  readonly scope: Scope;
  /** Weights that the node reads, in numbers. */
  parameters = 0;

  constructor(node: TfNode, scope: Scope) {
    this.node = node;
    this.scope = scope;
  }

  get b(): GraphBuilder {
    return this.scope.values.b;
  }

  // ------------------------------------------------------------ attributes

  int(name: string, fallback: number): number {
    return this.#attribute(name, 'number') ?? fallback;
  }

  flag(name: string): boolean {
    return this.#attribute(name, 'boolean') ?? false;
  }

  string(name: string, fallback: string): string {
    return this.#attribute(name, 'string') ?? fallback;
  }

  ints(name: string): readonly number[] | undefined {
    const value = this.node.attrs[name];
    if (value === undefined) return undefined;
    if (!Array.isArray(value) || !value.every((v) => typeof v === 'number'))
      throw this.corrupt(`has attribute '${name}' that is no list of numbers`);
    return value as readonly number[];
  }

  strings(name: string): readonly string[] {
    const value = this.node.attrs[name] ?? [];
    if (!Array.isArray(value) || !value.every((v) => typeof v === 'string'))
      throw this.corrupt(`has attribute '${name}' that is no list of texts`);
    return value as readonly string[];
  }

  #attribute<T extends 'number' | 'boolean' | 'string'>(
    name: string,
    type: T,
  ): (T extends 'number' ? number : T extends 'boolean' ? boolean : string) | undefined {
    const value = this.node.attrs[name];
    if (value === undefined) return undefined;
    if (typeof value !== type) throw this.corrupt(`has attribute '${name}' = ${JSON.stringify(value)}, which is no ${type}`);
    return value as never;
  }

  // ------------------------------------------------------------ inputs

  has(i: number): boolean {
    return !!this.node.inputs[i];
  }

  held(i: number): Held {
    const name = this.node.inputs[i];
    if (!name) throw this.corrupt(`lacks input ${i}`);
    const held = this.scope.values.get(name);
    if (this.scope.values.rows.has(name)) throw this.unsupported(`works on '${name}', which mixes the batch with other axes`);
    if (!held) throw this.corrupt(`reads '${name}', which nothing before it makes`);
    return held;
  }

  /** What input `i` is the rows of, if it is (`Values.rows`). */
  rowsOf(i: number): Held | undefined {
    return this.scope.values.rows.get(this.node.inputs[i] ?? '');
  }

  order(i: number): Order {
    const held = this.held(i);
    return 'constant' in held ? 'file' : held.order;
  }

  /** Shape of input `i` as the file has it. */
  shape(i: number): Shape {
    return this.scope.values.shape(this.held(i));
  }

  /** The values of input `i`, if they are known. */
  known(i: number): Known | undefined {
    const held = this.held(i);
    return 'constant' in held ? asKnown(held.constant) : undefined;
  }

  /** Input `i` as numbers. Throws if it depends on the image or the batch. */
  constants(i: number, what: string): readonly number[] {
    const k = this.known(i);
    if (!k) throw this.unsupported(`has ${what} that are computed from the image`);
    const values = numbers(k);
    if (!values) throw this.unsupported(`has ${what} that depend on the batch size`);
    return Array.from(values);
  }

  /** Graph value of input `i` in the file's order of axes. */
  plain(i: number): string {
    return this.#counted(i, (held, name) => this.scope.values.plain(held, name));
  }

  /** Graph value [N,C,H,W] of input `i`, an image that the file has as [N,H,W,C]; constants of fewer axes broadcast. */
  channelsFirst(i: number): string {
    return this.#counted(i, (held, name) => this.scope.values.channelsFirst(held, name));
  }

  #counted(i: number, make: (held: Held, name: string) => string): string {
    const held = this.held(i);
    if ('constant' in held && held.constant.dtype === 'float32') this.parameters += held.constant.shape.reduce((n, d) => n * d, 1);
    return make(held, this.node.inputs[i] as string);
  }

  /** An image input with four axes, as [N,C,H,W], and its sizes. `data_format` says what the file's axes are. */
  image(i: number): { value: string; order: Order; channels: number; height: number; width: number } {
    const shape = this.shape(i);
    if (shape.length !== 4) throw this.unsupported(`works on an input of shape ${formatShape(shape)}; only 2-D images are supported`);
    const format = this.string('data_format', 'NHWC');
    if (format !== 'NHWC' && format !== 'NCHW') throw this.unsupported(`has data_format '${format}'`);
    const [value, order] = format === 'NHWC' ? ([this.channelsFirst(i), 'NCHW'] as const) : ([this.plain(i), 'picture'] as const);
    const [, channels, height, width] = this.b.shape(value) as [Dim, number, number, number];
    return { value, order, channels, height, width };
  }

  /** A weight of the file as it is stored; read only. Throws ModelError('weights') for NaN and infinities. */
  weight(i: number, what: string): TfConstant & { data: Float32Array } {
    const held = this.held(i);
    if (!('constant' in held)) throw this.unsupported(`has ${what} that is computed from the image`);
    const { constant } = held;
    const data = constant.read();
    if (!(data instanceof Float32Array)) throw this.unsupported(`has ${what} of type ${constant.dtype}`);
    this.parameters += data.length;
    refuseNotFinite(this.node.inputs[i] as string, data);
    return { ...constant, data };
  }

  /** A constant made of a weight, once however many nodes read it. */
  constant(i: number, form: string, make: () => Tensor): string {
    const name = form === '' ? (this.node.inputs[i] as string) : `${this.node.inputs[i]}:${form}`;
    return this.b.constants.has(name) ? name : this.b.constant(name, make());
  }

  /** `axis` of the file counted from the front. */
  axis(axis: number, rank: number): number {
    const positive = axis < 0 ? axis + rank : axis;
    if (!(positive >= 0 && positive < rank)) throw this.corrupt(`has axis ${axis} for ${rank} axes`);
    return positive;
  }

  // ------------------------------------------------------------ outputs

  /** Appends a node whose output is this node's output `output`, and notes how its axes lie. */
  emit<O extends OpName>(op: O, inputs: readonly string[], attrs: OpAttrs[O], order: Order, output = 0): void {
    const value = this.b.op(op, inputs, attrs, this.#outputName(output));
    this.put(value, order, output);
  }

  /** A graph value that is this node's output `output`. */
  put(value: string, order: Order, output = 0): void {
    const rank = this.b.shape(value).length;
    this.scope.values.set(this.node.outputs[output] ?? '', { value, order: rank === 4 ? order : 'file' });
  }

  /** This node's output is another value of the file. */
  alias(i: number, output = 0): void {
    this.scope.values.set(this.node.outputs[output] ?? '', this.held(i));
  }

  /** What this node's first output is; undefined where it is a constant. */
  output(): Exclude<Held, { constant: TfConstant }> | undefined {
    const held = this.scope.values.get(this.node.outputs[0] ?? '');
    return held && 'constant' in held ? undefined : held;
  }

  /** Appends an intermediate node that the file does not have. */
  helper<O extends OpName>(op: O, inputs: readonly string[], attrs: OpAttrs[O], suffix: string): string {
    return this.b.op(op, inputs, attrs, this.fresh(`${this.node.outputs[0]}:${suffix}`));
  }

  #outputName(output: number): string {
    const name = this.node.outputs[output] || `${this.node.name}:${output}`;
    return this.b.has(name) ? this.fresh(name) : name;
  }

  fresh(name: string): string {
    let candidate = name;
    for (let i = 2; this.scope.reserved.has(candidate) || this.b.has(candidate); i++) candidate = `${name}#${i}`;
    return candidate;
  }

  // ------------------------------------------------------------ errors

  get title(): string {
    return `${this.node.kind ?? this.node.op} '${this.node.name}'`;
  }

  /** Error for something valid that this importer does not do; collected and reported together. */
  unsupported(what: string): ModelError {
    return new ModelError('unsupported', `${this.title} ${what}.`, { where: this.node.name });
  }

  corrupt(what: string): ModelError {
    const hint = 'The file is not a valid TensorFlow model: save or convert it again.';
    return new ModelError('file-corrupt', `${this.title} ${what}.`, { where: this.node.name, hint });
  }
}

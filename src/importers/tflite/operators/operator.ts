import { activations } from '../../../formats/tflite/names.ts';
import type { TfliteOperator, TfliteTensor } from '../../../formats/tflite/types.ts';
import { ModelError } from '../../../shared/errors.ts';
import type { TfAttributes, TfConstant, TfNode } from '../../tensorflow/graph.ts';
import { fresh } from '../names.ts';
import { impliedActivation } from './implied.ts';

/** An operator in TensorFlow's words; `inputs` where they are others than the file's. */
export interface Translated {
  op: string;
  inputs?: readonly string[];
  attrs?: TfAttributes;
}

/** Says an operator in TensorFlow's words. What it cannot say it throws as `refused`. */
export type Translate = (o: OperatorView) => Translated;

/** What a translation adds beside its node. */
export interface Additions {
  nodes: TfNode[];
  constants: Map<string, TfConstant>;
  /** Names that tensors have. */
  taken: Set<string>;
}

/** Thrown by a translation: the node is refused, if it is needed. */
export class Refused extends Error {}

/** One operator of the file while it is translated. */
export class OperatorView {
  readonly #operator: TfliteOperator;
  readonly #node: Omit<TfNode, 'op'>;
  readonly #tensors: readonly TfliteTensor[];
  readonly #additions: Additions;

  constructor(operator: TfliteOperator, node: Omit<TfNode, 'op'>, tensors: readonly TfliteTensor[], additions: Additions) {
    this.#operator = operator;
    this.#node = node;
    this.#tensors = tensors;
    this.#additions = additions;
  }

  /** Names of its tensors; '' where one is absent. */
  get inputs(): readonly string[] {
    return this.#node.inputs;
  }

  /** The first output. */
  get output(): TfliteTensor {
    const [index] = this.#operator.outputs;
    if (index === undefined) throw this.corrupt('has no output');
    return this.#tensors[index] as TfliteTensor;
  }

  number(name: string): number {
    return this.#option(name, 'number');
  }

  flag(name: string): boolean {
    return this.#option(name, 'boolean');
  }

  ints(name: string): readonly number[] {
    return this.#option(name, 'object');
  }

  input(i: number): string {
    const name = this.inputs[i];
    if (!name) throw this.corrupt(`lacks input ${i}`);
    return name;
  }

  has(i: number): boolean {
    return !!this.inputs[i];
  }

  tensor(i: number): TfliteTensor {
    this.input(i);
    return this.#tensors[this.#operator.inputs[i] as number] as TfliteTensor;
  }

  /** `fused_ops`: what is named here, then the activation. */
  fused(...before: readonly string[]): { fused_ops?: readonly string[] } {
    const code = this.number('fused_activation_function');
    const name = activations[code];
    if (name === undefined || name === 'SIGN_BIT') throw new Refused(`is fused with activation ${name ?? code}, which is not supported`);
    const said = { NONE: [], RELU: ['Relu'], RELU_N1_TO_1: ['ReluN1To1'], RELU6: ['Relu6'], TANH: ['Tanh'] }[name];
    const steps = [...before, ...(name === 'NONE' ? this.#implied() : said)];
    return steps.length === 0 ? {} : { fused_ops: steps };
  }

  /** A tensor that the file does not have. */
  constant(suffix: string, dtype: 'int32' | 'float32', values: readonly number[], shape: readonly number[] = [values.length]): string {
    const name = this.#fresh(suffix);
    const read = () => (dtype === 'float32' ? Float32Array.from(values) : values);
    this.#additions.constants.set(name, { dtype, shape, read });
    return name;
  }

  /** A node that the file does not have, before this one; its output. */
  before(suffix: string, op: string, inputs: readonly string[], attrs: TfAttributes = {}): string {
    const name = this.#fresh(suffix);
    this.#additions.nodes.push({ ...this.#node, name, op, inputs, outputs: [name], attrs });
    return name;
  }

  #fresh(suffix: string): string {
    const { nodes, taken } = this.#additions;
    return fresh(`${this.#node.name}:${suffix}`, nodes.length, taken);
  }

  #implied(): readonly string[] {
    const inputs = this.#operator.inputs.flatMap((index) => (index < 0 ? [] : [this.#tensors[index] as TfliteTensor]));
    return impliedActivation(this.#operator.kind, inputs, this.output);
  }

  #option<T>(name: string, type: string): T {
    const value = this.#operator.options[name];
    if (typeof value !== type) throw new Error(`${this.#operator.kind} has no option ${name}`);
    return value as T;
  }

  corrupt(what: string): ModelError {
    const hint = 'Export or download it again.';
    return new ModelError('file-corrupt', `${this.#operator.kind} '${this.#node.name}' ${what}.`, { where: this.#node.name, hint });
  }
}

import type { Tensor as TfTensor } from '@tensorflow/tfjs-core';
import { type Graph, type Node, type Tensor, typeOf } from '../../graph/graph.ts';
import type { OpName, Shape } from '../../graph/opset.ts';
import { toTf } from './data.ts';
import type { BackendName, Inputs, Site } from './kernels/kernel.ts';
import { type Channels, type Tf, Value } from './value.ts';

/** Tensors that live as long as a program: its constants as operators want them. */
export class Constants {
  readonly #tf: Tf;
  readonly #graph: Graph;
  readonly #converted = new Map<string, TfTensor>();
  readonly #values = new Map<string, Value>();
  readonly #kept: TfTensor[] = [];

  constructor(tf: Tf, graph: Graph) {
    this.#tf = tf;
    this.#graph = graph;
  }

  get(name: string): Tensor | undefined {
    return this.#graph.constants.get(name);
  }

  /** The constant as it is, uploaded when first read. */
  value(name: string): Value | undefined {
    const known = this.#values.get(name);
    const tensor = this.get(name);
    if (known || !tensor) return known;
    const value = new Value(this.#tf, this.#tf.keep(toTf(this.#tf, name, tensor)));
    this.#values.set(name, value);
    return value;
  }

  converted(name: string, key: string, tensor: Tensor, convert: (raw: TfTensor) => TfTensor): TfTensor {
    const id = `${key}|${name}`;
    const known = this.#converted.get(id);
    if (known) return known;
    const made = this.keep(() => convert(toTf(this.#tf, name, tensor)));
    this.#converted.set(id, made);
    return made;
  }

  keep(make: () => TfTensor): TfTensor {
    const tensor = this.#tf.keep(this.#tf.tidy(make));
    this.#kept.push(tensor);
    return tensor;
  }

  get bytes(): number {
    const floats = [...this.#kept, ...[...this.#values.values()].map((v) => v.tensor)].reduce((n, t) => n + t.size, 0);
    return floats * 4;
  }

  dispose(): void {
    for (const tensor of this.#kept) tensor.dispose();
    for (const value of this.#values.values()) value.dispose();
    this.#kept.length = 0;
    this.#values.clear();
    this.#converted.clear();
  }
}

/** What the kernel of `node` sees. */
export function siteOf(tf: Tf, backend: BackendName, graph: Graph, constants: Constants, node: Node): Site<OpName> {
  const numbers = (name: string) => typeOf(graph, name).shape as readonly number[];
  const nameOf = (i: number) => node.inputs[i] ?? '';
  return {
    tf,
    backend,
    node,
    sizes: (i) => numbers(nameOf(i)),
    outputSizes: (i) => numbers(node.outputs[i] ?? ''),
    outputShape: (i): Shape => typeOf(graph, node.outputs[i] ?? '').shape,
    has: (i) => nameOf(i) !== '',
    constant: (i) => constants.get(nameOf(i)),
    weight(i, key, convert) {
      const tensor = constants.get(nameOf(i));
      if (!tensor) return (inputs: Inputs) => convert(inputs(i).first);
      const made = constants.converted(nameOf(i), key, tensor, convert);
      return () => made;
    },
    keep: (make) => constants.keep(make),
    value: (tensor: TfTensor, channels?: Channels) => new Value(tf, tensor, channels),
  };
}

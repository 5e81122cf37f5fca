import type { NodeDef } from '../../formats/tensorflow/types.ts';
import type { TfConstant } from '../tensorflow/graph.ts';
import { Budget, constantOf } from './constants.ts';
import { Emitted } from './emitted.ts';
import type { Frame, Reference } from './frame.ts';
import type { Value } from './value.ts';

/** The flat graph while it is made. */
export class Flat {
  readonly emitted = new Emitted();
  /** By tensor name. */
  readonly constants = new Map<string, TfConstant>();
  /** Nodes that stand for variables, by tensor name. */
  readonly variables = new Map<string, NodeDef>();
  /** Nodes that are fed, by their name in the graph, and the tensors they are. */
  readonly fed = new Map<string, { node: NodeDef; tensor: string }>();
  /** Names of the nodes of the graph that are inputs. */
  readonly feeds: ReadonlySet<string>;
  readonly #shared = new Map<NodeDef, Value>();
  readonly #budget = new Budget();

  constructor(feeds: ReadonlySet<string>) {
    this.feeds = feeds;
  }

  isFed(frame: Frame, node: NodeDef): boolean {
    return frame.body.function === undefined && this.feeds.has(node.name);
  }

  input({ frame, node }: Reference): Value {
    const tensor = this.emitted.name(frame, node);
    this.fed.set(node.name, { node, tensor });
    return { tensor };
  }

  variable(at: Reference): Value {
    return this.#once(at, (tensor) => {
      this.variables.set(tensor, at.node);
      return { tensor, constant: true };
    });
  }

  /** Undefined: it holds no numbers. */
  constant(at: Reference, bytes: Uint8Array): Value | undefined {
    const known = this.#shared.get(at.node);
    if (known) return known;
    const constant = constantOf(bytes, at.frame.prefix + at.node.name, this.#budget);
    return constant && this.#constant(at, constant);
  }

  /** A boolean that the file does not hold. */
  truth(at: Reference, truth: boolean): Value {
    return this.#constant(at, { dtype: 'bool', shape: [], read: () => [Number(truth)] });
  }

  #constant(at: Reference, constant: TfConstant): Value {
    return this.#once(at, (tensor) => {
      this.constants.set(tensor, constant);
      const one = constant.dtype === 'bool' && constant.shape.length === 0;
      return { tensor, constant: true, ...(one && { truth: constant.read()[0] !== 0 }) };
    });
  }

  /** A function that is called many times has its constants once. */
  #once({ frame, node }: Reference, make: (tensor: string) => Value): Value {
    const known = this.#shared.get(node);
    if (known) return known;
    const value = make(this.emitted.name(frame, node));
    this.#shared.set(node, value);
    return value;
  }
}

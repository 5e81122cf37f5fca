import type { GraphBuilder } from '../graph/builder.ts';
import type { NodeOf, ValueType } from '../graph/graph.ts';
import type { OpName } from '../graph/opset.ts';

/**
 * What an operator is to an explanation. Relevance rules and guided backpropagation speak of kinds, never of operators.
 * linear: weights times input · norm: brings values to a common scale, per channel or in a neighbourhood · activation: element-wise, monotone or gate-like ·
 * pool-max / pool-mean · sum: Add, Sub · product: Mul, Div · shape: moves values without changing them · other.
 */
export type OpKind = 'linear' | 'norm' | 'activation' | 'pool-max' | 'pool-mean' | 'sum' | 'product' | 'shape' | 'other';

/** What a gradient rule sees: the node, the gradients of its outputs, and a builder to append to. */
export interface GradContext<O extends OpName> {
  readonly node: NodeOf<O>;
  readonly b: GraphBuilder;
  /** Gradient of output 0; rules of operators with several outputs use `grads`. */
  readonly grad: string;
  /** Gradient of each output; undefined where nothing flows. */
  readonly grads: readonly (string | undefined)[];
}

/**
 * Gradient with respect to each input, as thunks so that nothing is computed for an input nobody asks for; a missing or
 * undefined entry means that there is none, `null` that it is 0 by definition. A gradient may still have the broadcast shape of the output: the walk in
 * transform/differentiate.ts sums it to the input's shape, so no rule mentions broadcasting.
 */
export type Gradient<O extends OpName> = (context: GradContext<O>) => readonly ((() => string) | null | undefined)[];

export interface Op<O extends OpName> {
  kind: OpKind;
  /** Types of the outputs. Throws ModelError('shape' | 'unsupported') with the operator's name when inputs do not fit. */
  infer(node: NodeOf<O>, inputs: readonly (ValueType | undefined)[]): ValueType[];
  /** 'none': nothing flows through (comparisons, integer results). */
  gradient: Gradient<O> | 'none';
}

export type OpTable = { [O in OpName]: Op<O> };

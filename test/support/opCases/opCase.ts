import type { GraphBuilder } from '../../../src/graph/builder.ts';
import type { NodeOf, Tensor } from '../../../src/graph/graph.ts';
import { bindBatch, elements } from '../../../src/graph/graph.ts';
import type { DType, OpAttrs, OpName, Shape } from '../../../src/graph/opset.ts';
import { newBuilder } from '../../../src/ops/index.ts';

/** What 'N' is in every case. */
export const BATCH = 2;

export interface CaseInput {
  shape: Shape;
  values: readonly number[];
  dtype: DType;
  /** A constant of the graph; otherwise fed, and differentiated by when it is float32. */
  constant: boolean;
}

/** One small use of an operator. */
export interface OpCase<O extends OpName> {
  name: string;
  inputs: readonly CaseInput[];
  attrs: OpAttrs[O];
  /** Number of outputs, 1 if not given. */
  outputs?: number;
  /** Output 0, computed by hand or taken from the specification. */
  expected?: readonly number[];
  /** Gradient of the sum of output 0 with respect to input 0, by hand: conventions at kinks and ties. */
  gradient?: readonly number[];
  /** On a kink or tie finite differences say nothing. */
  kink?: true;
}

export type CasesOf<O extends OpName> = { [K in O]: readonly [OpCase<K>, ...OpCase<K>[]] };

/** A fed float input. */
export function fed(shape: Shape, values: readonly number[] = uniform(shape)): CaseInput {
  if (values.length !== elements(shape, BATCH)) throw new Error(`${values.length} values for [${shape}]`);
  return { shape, values, dtype: 'float32', constant: false };
}

/** A constant float input: weights and parameters. */
export function fixed(shape: readonly number[], values: readonly number[] = uniform(shape, 7)): CaseInput {
  return { ...fed(shape, values), constant: true };
}

/** A constant of indices. */
export function indices(shape: readonly number[], values: readonly number[]): CaseInput {
  return { ...fed(shape, values), dtype: 'int64', constant: true };
}

/** Pseudo-random values in [−2, 2], the same on every run, rounded to what float32 holds. */
export function uniform(shape: Shape, seed = 1): number[] {
  let state = (seed * 2654435761) >>> 0;
  return Array.from({ length: elements(shape, BATCH) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.fround((state / 2 ** 32) * 4 - 2);
  });
}

/** Shuffled values `gap` apart, none 0: no ties, no kinks within finite differences. */
export function distinct(shape: Shape, gap = 0.25, seed = 1): number[] {
  const order = uniform(shape, seed).map((value, i) => [value, i] as const);
  const out = new Array<number>(order.length);
  order
    .sort((a, c) => a[0] - c[0])
    .forEach(([, i], rank) => {
      out[i] = Math.fround((rank - order.length / 2 + 0.3) * gap);
    });
  return out;
}

/** Values in [0.5, 2.5]. */
export function positive(shape: Shape, seed = 1): number[] {
  return uniform(shape, seed).map((v) => Math.fround(v / 2 + 1.5));
}

/** A graph with only the case's node in it, inputs x0, x1, …, outputs y0, y1, …. */
export interface CaseGraph {
  builder: GraphBuilder;
  /** Fed inputs by name, with the batch bound. */
  feeds: Map<string, Tensor>;
  outputs: string[];
  /** Inputs that a gradient may be asked for. */
  differentiable: string[];
}

export function buildCase<O extends OpName>(op: O, { inputs, attrs, outputs = 1 }: OpCase<O>): CaseGraph {
  const builder = newBuilder();
  const feeds = new Map<string, Tensor>();
  const names = inputs.map((input, i) => {
    const name = `x${i}`;
    const shape = bindBatch(input.shape, BATCH);
    const tensor: Tensor = { dtype: input.dtype, shape, data: typed(input.dtype, input.values) };
    if (input.constant) return builder.constant(name, tensor);
    feeds.set(name, tensor);
    return builder.input(name, { dtype: input.dtype, shape: input.shape });
  });
  const results = Array.from({ length: outputs }, (_, i) => `y${i}`);
  builder.ops<O>(op, names, attrs as NodeOf<O>['attrs'], results);
  const differentiable = names.filter((_, i) => inputs[i]?.dtype === 'float32' && !inputs[i]?.constant);
  return { builder, feeds, outputs: results, differentiable };
}

function typed(dtype: DType, values: readonly number[]): Tensor['data'] {
  if (dtype === 'int64') return BigInt64Array.from(values, BigInt);
  if (dtype === 'int32') return Int32Array.from(values);
  return dtype === 'float32' ? Float32Array.from(values) : Uint8Array.from(values);
}

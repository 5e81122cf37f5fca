import type { Tensor as TfTensor } from '@tensorflow/tfjs-core';
import type { NodeOf, Tensor } from '../../../graph/graph.ts';
import type { OpName, Shape } from '../../../graph/opset.ts';
import type { Channels, Tf, Value } from '../value.ts';

export type BackendName = 'wasm' | 'tensorflow';

/** Inputs of a node while the graph runs, by position. */
export type Inputs = (i: number) => Value;

/** Computes a node's outputs. Runs inside tf.tidy: what it makes beside its results is disposed. */
export type Step = (inputs: Inputs) => Value | readonly Value[];

/** A node about to be compiled: what a kernel can know and prepare before anything runs. */
export interface Site<O extends OpName> {
  readonly tf: Tf;
  readonly backend: BackendName;
  readonly node: NodeOf<O>;
  /** Inferred sizes of input `i` but for the batch. */
  sizes(i: number): readonly number[];
  /** Inferred sizes of output `i` but for the batch. */
  outputSizes(i: number): readonly number[];
  outputShape(i: number): Shape;
  has(i: number): boolean;
  /** Input `i` if it is a constant of the graph. */
  constant(i: number): Tensor | undefined;
  /**
   * Input `i` in a form the engine wants. A constant is converted once and kept with the program, shared by all nodes that
   * ask under the same `key`; any other input is converted on each run.
   */
  weight(i: number, key: string, convert: (raw: TfTensor) => TfTensor): (inputs: Inputs) => TfTensor;
  /** A tensor that lives as long as the program. */
  keep(make: () => TfTensor): TfTensor;
  value(tensor: TfTensor, channels?: Channels): Value;
}

/** One operator on TensorFlow.js: prepares a node, answers what runs it. */
export type Kernel<O extends OpName> = (site: Site<O>) => Step;

export type KernelsOf<Ops extends OpName> = { readonly [O in Ops]: Kernel<O> };

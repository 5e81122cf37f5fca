import type { Attributes } from './attributes.ts';
import type { JsonObject } from './json.ts';

/** Output `tensor` of call number `call` of a layer. */
export interface TensorRef {
  layer: string;
  call: number;
  tensor: number;
}

/** A tensor written into the config: `x * [1, 2, 3]`. */
export interface Literal {
  shape: readonly number[];
  values: readonly number[];
}

/** One entry of `x[:, 0, ::-1, ..., None]`. */
export type IndexPart = number | 'rest' | 'new' | { start: number | undefined; stop: number | undefined; step: number };

export interface Index {
  parts: readonly IndexPart[];
}

/** What an operation is called with besides values of the graph. */
export type Constant = number | Literal | Index;

/** What a layer is called with: outputs of other layers, and constants (`x * 0.5` written as an operation). */
export type Operand = TensorRef | Constant;

/** One layer of a Keras config, in whichever spelling it was written. */
export interface KerasLayer {
  name: string;
  className: string;
  /** Whose class it is: a layer of Keras, a function of keras.ops (both have an `Add`), or the author's own code. */
  origin: 'layer' | 'operation' | 'custom';
  attributes: Attributes;
  /** One list of operands per call; none for an input. A shared layer is called more than once. */
  calls: readonly (readonly Operand[])[];
  /** What its calls pass by keyword besides data: `approximate` of tf.nn.gelu. */
  options: JsonObject;
  /** JSON pointer of the layer's entry. */
  pointer: string;
  /** Layers of a nested model. */
  model?: KerasModel;
  /** The input that Keras makes up for a Sequential model without InputLayer; no layer of the file. */
  implicit?: true;
}

/** A Sequential, Functional or Model config. A Sequential is written as what it means: each layer called with the one before. */
export interface KerasModel {
  name: string;
  layers: readonly KerasLayer[];
  /** Names of the input layers. */
  inputs: readonly string[];
  outputs: readonly TensorRef[];
}

export const isRef = (operand: Operand): operand is TensorRef => typeof operand === 'object' && 'layer' in operand;

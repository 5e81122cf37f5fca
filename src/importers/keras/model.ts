import type { Attributes } from './attributes.ts';
import type { JsonObject } from './json.ts';

/** Output `tensor` of call number `call` of a layer. */
export interface TensorRef {
  layer: string;
  call: number;
  tensor: number;
}

/** What a layer is called with: outputs of other layers, and plain numbers or lists of them (`x * 0.5` written as an operation). */
export type Operand = TensorRef | number | readonly number[];

/** One layer of a Keras config, in whichever spelling it was written. */
export interface KerasLayer {
  name: string;
  className: string;
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

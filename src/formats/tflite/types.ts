/**
 * TFLite models as plain objects: the part of
 * https://github.com/tensorflow/tensorflow/blob/master/tensorflow/lite/schema/schema.fbs that a network without control
 * flow uses.
 */
export interface TfliteModel {
  version: number;
  /** Bytes of the file. */
  size: number;
  description: string;
  /** The first one is the network; others are bodies of control flow. */
  subgraphs: readonly TfliteSubgraph[];
  /** Views into the file, by number; buffer 0 is empty. */
  buffers: readonly Uint8Array[];
  /** Buffers by name, `TFLITE_METADATA`. */
  metadata: ReadonlyMap<string, Uint8Array>;
  signatures: readonly TfliteSignature[];
}

export interface TfliteSubgraph {
  name: string;
  tensors: readonly TfliteTensor[];
  /** Indices of tensors. */
  inputs: readonly number[];
  outputs: readonly number[];
  /** In the order in which they run. */
  operators: readonly TfliteOperator[];
}

export interface TfliteTensor {
  name: string;
  shape: readonly number[];
  /** The shape with −1 for sizes that are free. Empty: as `shape`. */
  shapeSignature: readonly number[];
  /** `FLOAT32`, `INT8`, … */
  type: string;
  /** Index of its values' buffer. */
  buffer: number;
  quantization: TfliteQuantization | undefined;
  /** What keeps its values from being read: `sparse`, … */
  unreadable: string | undefined;
}

/** real = scale·(q − zeroPoint), for the whole tensor or along one axis. */
export interface TfliteQuantization {
  scale: readonly number[];
  /** As many as scales. */
  zeroPoint: readonly number[];
  /** The axis that has one scale per index, where there is more than one. */
  axis: number;
}

export interface TfliteOperator {
  /** `CONV_2D`, of a custom operator `CUSTOM`. */
  kind: string;
  /** What a custom operator calls itself: `TFLite_Detection_PostProcess`. */
  custom: string | undefined;
  /** Indices of tensors; −1: absent. */
  inputs: readonly number[];
  outputs: readonly number[];
  /** By the schema's names; all of the operator's options that ./options.ts lists, with their defaults. */
  options: TfliteOptions;
}

export type TfliteOptions = Readonly<Record<string, number | boolean | readonly number[]>>;

export interface TfliteSignature {
  key: string;
  subgraph: number;
  inputs: readonly TfliteName[];
  outputs: readonly TfliteName[];
}

/** What a signature calls a tensor. */
export interface TfliteName {
  name: string;
  tensor: number;
}

/**
 * TensorFlow's graphs as plain objects: the part of tensorflow/core/framework/*.proto and core/protobuf/*.proto that a network
 * for inference uses. Tensors stay bytes until they are asked for.
 */
export interface GraphDef {
  nodes: readonly NodeDef[];
  /** By name. */
  functions: ReadonlyMap<string, FunctionDef>;
}

export interface NodeDef {
  name: string;
  op: string;
  /** `node`, `node:1`, in functions `node:output:0` and names of arguments; control inputs `^node` last. */
  inputs: readonly string[];
  /** All that are plain values. Those whose name begins with an underscore are notes of TensorFlow to itself and left out. */
  attrs: Readonly<Record<string, AttrValue>>;
  /** Encoded TensorProto of attribute `value`. */
  value?: Uint8Array;
  /** By attribute, the name of the function. */
  functions?: ReadonlyMap<string, string>;
}

/** Strings are decoded, types are `DT_FLOAT` and the like, a shape is its sizes (−1: unknown; a shape of unknown rank is left out). */
export type AttrValue = number | boolean | string | readonly number[] | readonly string[];

export interface FunctionDef {
  name: string;
  /** Names, in order. */
  args: readonly string[];
  results: readonly string[];
  nodes: readonly NodeDef[];
  /** Result → tensor of a node, `node:output:0`, or argument. */
  returns: ReadonlyMap<string, string>;
}

export interface SavedModel {
  metaGraphs: readonly MetaGraph[];
}

export interface MetaGraph {
  tags: readonly string[];
  graph: GraphDef;
  signatures: ReadonlyMap<string, Signature>;
  /** Node that restores the variables; undefined: none. */
  restoreOp: string | undefined;
}

/** By the name that callers use. */
export interface Signature {
  inputs: ReadonlyMap<string, TensorInfo>;
  outputs: ReadonlyMap<string, TensorInfo>;
}

export interface TensorInfo {
  /** `node:0`; '' for what is no plain tensor. */
  tensor: string;
  dtype: string;
  /** −1: unknown size; undefined: unknown rank. */
  shape: readonly number[] | undefined;
}

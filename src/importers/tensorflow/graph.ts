import type { DType } from '../../graph/opset.ts';
import type { Known } from '../known/known.ts';

/**
 * A TensorFlow graph as TF.js Graph models, SavedModels and TFLite files hold it, flat: functions inlined, variables as
 * constants, nodes in topological order. TFLite's operators are written in TensorFlow's words; where the weights are
 * ordered differently an attribute says so (`filter_format`). Read by a format, imported by ./import.ts.
 */
export interface TfGraph {
  nodes: readonly TfNode[];
  /** By tensor name. */
  constants: ReadonlyMap<string, TfConstant>;
  /** Placeholders that the signature names, in its order. */
  inputs: readonly TfInput[];
  /** Of the signature, in its order. */
  outputs: readonly TfOutput[];
}

export interface TfNode {
  /** As in the file, with the call path of functions in front; unique. */
  name: string;
  /** Operator in TensorFlow's words: `Conv2D`, `_FusedConv2D`, `DepthwiseConv2dNative`. */
  op: string;
  /** What the file calls it where that is another word: `CONV_2D`. */
  kind?: string;
  /** Tensor names; no control inputs. An absent optional input is ''. */
  inputs: readonly string[];
  /** Tensor names, one per output. The first is the node's name wherever the format lets it be. */
  outputs: readonly string[];
  attrs: TfAttributes;
  /** Why it cannot be imported, where its format's reader knows: `is a custom operator, which is not supported`. */
  refused?: string;
  /** Where it stands in the file, for people: `node[12]`, `subgraph[0].operators[3]`. */
  place: string;
}

/** Strings are decoded, types are `DT_FLOAT` and the like, a shape is its sizes (−1: unknown). What an importer has no use for is left out. */
export type TfAttribute = number | boolean | string | readonly number[] | readonly string[];
export type TfAttributes = Readonly<Record<string, TfAttribute>>;

export interface TfConstant {
  dtype: DType;
  shape: readonly number[];
  /** Decodes the values, dequantised; may be a view into the file's bytes, not to be changed or kept. */
  read(): Known['data'];
}

export interface TfInput {
  /** For people: the signature's word for it. */
  name: string;
  tensor: string;
  dtype: DType | undefined;
  /** −1: unknown size; undefined: unknown rank. */
  shape: readonly number[] | undefined;
}

export interface TfOutput {
  name: string;
  tensor: string;
}

/**
 * ONNX models as plain objects: the part of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto that a network
 * without control flow uses. The same types serve reading (`decodeModel`) and writing (`encodeModel`).
 */
export interface ModelProto {
  irVersion: number;
  producerName?: string;
  producerVersion?: string;
  opsetImports: readonly OperatorSetId[];
  graph: GraphProto;
  /** `metadata_props`. */
  metadata?: Readonly<Record<string, string>>;
  /** Functions of the model itself; read, never written. */
  functions?: readonly FunctionProto[];
}

/** Nodes that stand for one node of `domain` and `name`. */
export interface FunctionProto {
  domain: string;
  name: string;
  inputs: readonly string[];
  outputs: readonly string[];
  nodes: readonly NodeProto[];
  opsetImports: readonly OperatorSetId[];
  /** Attributes that a call may leave out. */
  defaults: readonly AttributeProto[];
}

export interface OperatorSetId {
  /** '' is the standard domain, ai.onnx. */
  domain: string;
  version: number;
}

export interface GraphProto {
  name: string;
  nodes: readonly NodeProto[];
  initializers: readonly TensorProto[];
  inputs: readonly ValueInfoProto[];
  outputs: readonly ValueInfoProto[];
  /** Types of inner values. */
  valueInfo?: readonly ValueInfoProto[];
  /** Names of sparse initializers; read so that they can be refused, never written. */
  sparseInitializers?: readonly string[];
}

export interface NodeProto {
  opType: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes: readonly AttributeProto[];
  name?: string;
  domain?: string;
  /** `metadata_props`. */
  metadata?: Readonly<Record<string, string>>;
}

/**
 * A node's attribute. Integers are numbers: those beyond 2^53 (INT64_MAX as "to the end") lose their last digits, which
 * no operator needs. `reference`: in a function, the attribute `to` of its call. `other`: graphs, sparse tensors and types, which are not read; `what` says which.
 */
export type AttributeProto =
  | { name: string; type: 'float'; value: number }
  | { name: string; type: 'int'; value: number }
  | { name: string; type: 'string'; value: string }
  | { name: string; type: 'tensor'; value: TensorProto }
  | { name: string; type: 'floats'; value: readonly number[] }
  | { name: string; type: 'ints'; value: readonly number[] }
  | { name: string; type: 'strings'; value: readonly string[] }
  | { name: string; type: 'reference'; to: string }
  | { name: string; type: 'other'; what: string };

/** `TensorProto.DataType`. */
export const DataType = {
  FLOAT: 1,
  UINT8: 2,
  INT8: 3,
  UINT16: 4,
  INT16: 5,
  INT32: 6,
  INT64: 7,
  STRING: 8,
  BOOL: 9,
  FLOAT16: 10,
  DOUBLE: 11,
  UINT32: 12,
  UINT64: 13,
  BFLOAT16: 16,
} as const;

/** A constant. Its values are in exactly one of the data fields, or in another file. */
export interface TensorProto {
  name: string;
  dims: readonly number[];
  /** A `DataType`, or a number this reader does not know. */
  dataType: number;
  /** Little-endian, row-major. A view into the file's bytes when read, so possibly unaligned. */
  rawData?: Uint8Array;
  floatData?: Float32Array;
  /** Also int8, int16, bool, uint8, uint16, float16 and bfloat16 (as bit patterns). */
  int32Data?: Int32Array;
  int64Data?: BigInt64Array;
  doubleData?: Float64Array;
  /** Also uint32. */
  uint64Data?: BigInt64Array;
  externalData?: ExternalData;
}

/** Values in another file beside the model. */
export interface ExternalData {
  /** Path relative to the model's folder. */
  location: string;
  offset: number;
  /** Absent: to the end of the file. */
  length?: number;
}

export interface ValueInfoProto {
  name: string;
  /** A `DataType`; absent: no tensor, or type not stated. */
  elemType?: number;
  /** Sizes; a string is a named free dimension, '' an unnamed one. Absent: rank unknown. */
  shape?: readonly (number | string)[];
}

export function dataTypeName(type: number): string {
  return (
    Object.entries(DataType)
      .find(([, value]) => value === type)?.[0]
      .toLowerCase() ?? `type ${type}`
  );
}

/** A tensor whose values are the bytes of `data`, not copied. */
export function rawTensor(name: string, dataType: number, dims: readonly number[], data: ArrayBufferView): TensorProto {
  return { name, dims, dataType, rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

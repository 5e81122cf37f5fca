// Writes .tflite files as no converter does: for what is refused, and for what is rare.
import { Builder } from 'flatbuffers';
import { builtinOperators, tensorTypes } from '../../src/formats/tflite/names.ts';

export interface TensorSpec {
  name: string;
  shape: readonly number[];
  /** Default FLOAT32. */
  type?: string;
  data?: Uint8Array;
  /** Another tensor whose values these are. */
  buffer?: number;
  /** Behind the flatbuffer, as in files of more than 2 GB. */
  outside?: boolean;
  quantization?: { scale: readonly number[]; zeroPoint?: readonly number[]; axis?: number; details?: number };
  sparse?: boolean;
  external?: boolean;
}

export interface OperatorSpec {
  kind: string;
  custom?: string;
  inputs: readonly number[];
  outputs: readonly number[];
  /** Number in the union, and fields by id: whole numbers are bytes where `bytes` lists the id, else int32; `shape` is field 0. */
  options?: { type: number; fields?: Readonly<Record<number, number>>; bytes?: readonly number[]; shape?: readonly number[] };
}

export interface ModelSpec {
  tensors: readonly TensorSpec[];
  operators: readonly OperatorSpec[];
  inputs?: readonly number[];
  outputs: readonly number[];
}

/** Tensor 0 is the input where none are named. */
export function tfliteModel({ tensors, operators, inputs = [0], outputs }: ModelSpec): Uint8Array {
  // The place of what stands behind the flatbuffer depends on its length, which does not depend on the place.
  const first = write({ tensors, operators, inputs, outputs }, 0);
  const end = Math.ceil(first.length / 16) * 16;
  const flat = write({ tensors, operators, inputs, outputs }, end);
  const outside = tensors.flatMap(({ data, outside }) => (outside && data ? [data] : []));
  return new Uint8Array(Buffer.concat([flat, new Uint8Array(end - flat.length), ...outside]));
}

function write({ tensors, operators, inputs, outputs }: Required<ModelSpec>, end: number): Uint8Array {
  const b = new Builder(1024);
  let place = end;
  const buffers = tensors.map(({ data, outside }) => {
    const inside = data && !outside ? bytes(b, data) : 0;
    b.startObject(3);
    b.addFieldOffset(0, inside, 0);
    if (outside && data) {
      // 1 marks a place that is not known yet.
      b.addFieldInt64(1, BigInt(place || 1), 0n);
      b.addFieldInt64(2, BigInt(data.length), 0n);
      place += data.length;
    }
    return b.endObject();
  });
  const codes = operators.map(({ kind, custom }) => {
    const code = builtinOperators.indexOf(kind);
    const name = custom === undefined ? 0 : b.createString(custom);
    b.startObject(4);
    b.addFieldInt8(0, Math.min(code, 127), 0);
    b.addFieldOffset(1, name, 0);
    b.addFieldInt32(3, code, 0);
    return b.endObject();
  });
  const network = subgraph(b, { tensors, operators, inputs, outputs });
  const lists = [codes, [network], buffers].map((list) => offsets(b, list));
  b.startObject(8);
  b.addFieldInt32(0, 3, 0);
  for (const [i, field] of [1, 2, 4].entries()) b.addFieldOffset(field, lists[i] as number, 0);
  b.finish(b.endObject(), 'TFL3');
  return b.asUint8Array();
}

function subgraph(b: Builder, { tensors, operators, inputs, outputs }: Required<ModelSpec>): number {
  const written = tensors.map((spec, i) => tensor(b, spec, i));
  const nodes = operators.map(({ inputs, outputs, options }, i) => {
    const [from, to] = [ints(b, inputs), ints(b, outputs)];
    const table = options && optionsTable(b, options);
    b.startObject(5);
    b.addFieldInt32(0, i, -1);
    b.addFieldOffset(1, from, 0);
    b.addFieldOffset(2, to, 0);
    if (options) b.addFieldInt8(3, options.type, 0);
    if (table) b.addFieldOffset(4, table, 0);
    return b.endObject();
  });
  const fields = [offsets(b, written), ints(b, inputs), ints(b, outputs), offsets(b, nodes)];
  b.startObject(4);
  for (const [field, offset] of fields.entries()) b.addFieldOffset(field, offset, 0);
  return b.endObject();
}

function tensor(b: Builder, spec: TensorSpec, index: number): number {
  const { name, shape, type = 'FLOAT32', quantization: q, sparse, external } = spec;
  const [text, sizes] = [b.createString(name), ints(b, shape)];
  const quantization = q && quantizationTable(b, q);
  const sparsity = sparse ? optionsTable(b, { type: 0 }) : 0;
  b.startObject(11);
  b.addFieldOffset(0, sizes, 0);
  b.addFieldInt8(1, tensorTypes.indexOf(type), 0);
  b.addFieldInt32(2, spec.buffer ?? index, -1);
  b.addFieldOffset(3, text, 0);
  if (quantization) b.addFieldOffset(4, quantization, 0);
  b.addFieldOffset(6, sparsity, 0);
  if (external) b.addFieldInt32(10, 1, 0);
  return b.endObject();
}

function quantizationTable(b: Builder, { scale, zeroPoint, axis = 0, details = 0 }: NonNullable<TensorSpec['quantization']>): number {
  const scales = vector(b, scale, 4, (v) => b.addFloat32(v));
  const zeros = zeroPoint ? vector(b, zeroPoint, 8, (v) => b.addInt64(BigInt(v))) : 0;
  b.startObject(7);
  b.addFieldOffset(2, scales, 0);
  b.addFieldOffset(3, zeros, 0);
  b.addFieldInt8(4, details, 0);
  b.addFieldInt32(6, axis, 0);
  return b.endObject();
}

function optionsTable(b: Builder, { fields = {}, bytes: small = [], shape }: NonNullable<OperatorSpec['options']>): number {
  const sizes = shape ? ints(b, shape) : 0;
  b.startObject(8);
  b.addFieldOffset(0, sizes, 0);
  for (const [id, value] of Object.entries(fields)) {
    if (small.includes(Number(id))) b.addFieldInt8(Number(id), value, 0);
    else b.addFieldInt32(Number(id), value, 0);
  }
  return b.endObject();
}

function vector(b: Builder, values: readonly number[], size: number, add: (value: number) => void): number {
  b.startVector(size, values.length, size);
  for (const value of [...values].reverse()) add(value);
  return b.endVector();
}

const ints = (b: Builder, values: readonly number[]) => vector(b, values, 4, (v) => b.addInt32(v));
const offsets = (b: Builder, values: readonly number[]) => vector(b, values, 4, (v) => b.addOffset(v));

function bytes(b: Builder, values: Uint8Array): number {
  b.startVector(1, values.length, 16);
  for (const value of values.toReversed()) b.addInt8(value);
  return b.endVector();
}

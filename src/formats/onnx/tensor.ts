import { ModelError } from '../../shared/errors.ts';
import { bfloats, halves } from '../half.ts';
import { DataType, dataTypeName, type TensorProto } from './types.ts';

/** Values of a tensor, row-major. Every floating-point type becomes float32, uint32 and uint64 become int64. */
export type TensorValues =
  | { dtype: 'float32'; data: Float32Array }
  | { dtype: 'int64'; data: BigInt64Array }
  | { dtype: 'int32'; data: Int32Array }
  | { dtype: 'uint8' | 'bool'; data: Uint8Array };

/** Content of an external data file, already read. Throws where it is not there. */
export type External = (location: string) => Uint8Array;

/** Bytes per element in `raw_data`. */
const width: Readonly<Record<number, number>> = {
  [DataType.FLOAT]: 4,
  [DataType.UINT8]: 1,
  [DataType.INT8]: 1,
  [DataType.UINT16]: 2,
  [DataType.INT16]: 2,
  [DataType.INT32]: 4,
  [DataType.INT64]: 8,
  [DataType.BOOL]: 1,
  [DataType.FLOAT16]: 2,
  [DataType.DOUBLE]: 8,
  [DataType.UINT32]: 4,
  [DataType.UINT64]: 8,
  [DataType.BFLOAT16]: 2,
};

/**
 * The values of `tensor`. Sizes are compared with the bytes at hand before anything is allocated.
 * Throws ModelError('file-corrupt' | 'unsupported') naming the tensor.
 */
export function tensorValues(tensor: TensorProto, external: External): TensorValues {
  const bytesEach = width[tensor.dataType];
  if (!bytesEach) throw fault('unsupported', tensor, `has element type ${dataTypeName(tensor.dataType)}, which is not supported`);
  const count = elementCount(tensor);
  const raw = tensor.externalData ? externalBytes(tensor, external, count * bytesEach) : tensor.rawData;
  if (!raw) return typedField(tensor, count);
  if (raw.length !== count * bytesEach) {
    throw fault('file-corrupt', tensor, `has ${raw.length} bytes, its shape [${tensor.dims}] needs ${count * bytesEach}`);
  }
  return fromRaw(tensor.dataType, aligned(raw, bytesEach));
}

function elementCount(tensor: TensorProto): number {
  let count = 1;
  for (const d of tensor.dims) {
    if (d < 0) throw fault('file-corrupt', tensor, `has a negative size: [${tensor.dims}]`);
    count *= d;
  }
  if (!Number.isSafeInteger(count * 8)) throw fault('file-corrupt', tensor, `has an impossible shape: [${tensor.dims}]`);
  return count;
}

function externalBytes(tensor: TensorProto, external: External, expected: number): Uint8Array {
  const { location, offset, length = expected } = tensor.externalData ?? { location: '', offset: 0 };
  const valid = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0;
  if (!valid) throw fault('file-corrupt', tensor, `has a malformed place in '${location}': offset ${offset}, length ${length}`);
  const file = external(location);
  if (offset + length > file.length) {
    const needs = `needs bytes ${offset} to ${offset + length} of '${location}', which has ${file.length}`;
    throw fault('file-corrupt', tensor, `${needs}: that file is truncated or belongs to another model`);
  }
  return file.subarray(offset, offset + length);
}

/** The same bytes where a typed array can stand on them; copied only if they do not. */
function aligned(raw: Uint8Array, bytesEach: number): Uint8Array {
  return raw.byteOffset % bytesEach === 0 ? raw : new Uint8Array(raw);
}

function fromRaw(type: number, { buffer, byteOffset, length }: Uint8Array): TensorValues {
  switch (type) {
    case DataType.FLOAT:
      return { dtype: 'float32', data: new Float32Array(buffer, byteOffset, length / 4) };
    case DataType.DOUBLE:
      return { dtype: 'float32', data: Float32Array.from(new Float64Array(buffer, byteOffset, length / 8)) };
    case DataType.FLOAT16:
      return { dtype: 'float32', data: halves(new Uint16Array(buffer, byteOffset, length / 2)) };
    case DataType.BFLOAT16:
      return { dtype: 'float32', data: bfloats(new Uint16Array(buffer, byteOffset, length / 2)) };
    case DataType.INT64:
    case DataType.UINT64:
      return { dtype: 'int64', data: new BigInt64Array(buffer, byteOffset, length / 8) };
    case DataType.UINT32:
      return { dtype: 'int64', data: BigInt64Array.from(new Uint32Array(buffer, byteOffset, length / 4), BigInt) };
    case DataType.INT32:
      return { dtype: 'int32', data: new Int32Array(buffer, byteOffset, length / 4) };
    case DataType.INT16:
      return { dtype: 'int32', data: Int32Array.from(new Int16Array(buffer, byteOffset, length / 2)) };
    case DataType.UINT16:
      return { dtype: 'int32', data: Int32Array.from(new Uint16Array(buffer, byteOffset, length / 2)) };
    case DataType.INT8:
      return { dtype: 'int32', data: Int32Array.from(new Int8Array(buffer, byteOffset, length)) };
    default:
      return { dtype: type === DataType.BOOL ? 'bool' : 'uint8', data: new Uint8Array(buffer, byteOffset, length) };
  }
}

/** Values from float_data, int32_data, … (onnx.proto says which field holds which type). */
function typedField(tensor: TensorProto, count: number): TensorValues {
  const { floatData, doubleData, int32Data, int64Data, uint64Data } = tensor;
  const data = floatData ?? doubleData ?? int32Data ?? int64Data ?? uint64Data ?? new Int32Array(0);
  if (data.length !== count) throw fault('file-corrupt', tensor, `has ${data.length} values, its shape [${tensor.dims}] needs ${count}`);
  if (data instanceof BigInt64Array) return { dtype: 'int64', data };
  switch (tensor.dataType) {
    case DataType.FLOAT:
    case DataType.DOUBLE:
      return { dtype: 'float32', data: data instanceof Float32Array ? data : Float32Array.from(data) };
    case DataType.FLOAT16:
      return { dtype: 'float32', data: halves(data) };
    case DataType.BFLOAT16:
      return { dtype: 'float32', data: bfloats(data) };
    case DataType.INT64:
    case DataType.UINT64:
    case DataType.UINT32:
      return { dtype: 'int64', data: BigInt64Array.from(data as Int32Array, BigInt) };
    case DataType.BOOL:
    case DataType.UINT8:
      return { dtype: tensor.dataType === DataType.BOOL ? 'bool' : 'uint8', data: Uint8Array.from(data) };
    default:
      return { dtype: 'int32', data: Int32Array.from(data) };
  }
}

function fault(code: 'file-corrupt' | 'unsupported', tensor: TensorProto, what: string): ModelError {
  const hint = code === 'file-corrupt' ? 'Export or download the model again.' : 'Export the model with float32 weights.';
  return new ModelError(code, `Tensor '${tensor.name}' ${what}.`, { where: tensor.name, hint });
}

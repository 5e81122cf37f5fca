import { ModelError } from '../../shared/errors.ts';
import { bfloats, halves } from '../half.ts';
import { quantizationOf } from './quantization.ts';
import type { TfliteQuantization, TfliteTensor } from './types.ts';

/** Values of a tensor, row-major: real numbers as float32, dequantised, and integers that mean themselves. */
export type TfliteValues = Float32Array | BigInt64Array | BigUint64Array | Integers;
type Integers = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;

/** Bits per element. */
const bits: Readonly<Record<string, number>> = {
  FLOAT32: 32,
  FLOAT16: 16,
  BFLOAT16: 16,
  FLOAT64: 64,
  INT4: 4,
  INT8: 8,
  UINT8: 8,
  BOOL: 8,
  INT16: 16,
  UINT16: 16,
  INT32: 32,
  UINT32: 32,
  INT64: 64,
  UINT64: 64,
};

export function elementCount({ shape }: Pick<TfliteTensor, 'shape'>): number {
  return shape.reduce((n, d) => n * d, 1);
}

/**
 * What is wrong with a constant, before it is decoded: its sizes are compared with its bytes, so that decoding allocates
 * at most eight bytes for one of the file.
 */
export function checkConstant(tensor: TfliteTensor, bytes: Uint8Array): void {
  const { shape, type, unreadable } = tensor;
  if (unreadable !== undefined) throw fault('unsupported', tensor, `is ${unreadable}, which is not supported`);
  const each = bits[type];
  if (each === undefined) throw fault('unsupported', tensor, `has element type ${type}, which is not supported`);
  const count = elementCount(tensor);
  if (shape.some((d) => d < 0) || !Number.isSafeInteger(count)) throw fault('file-corrupt', tensor, `has an impossible shape: [${shape}]`);
  const expected = Math.ceil((count * each) / 8);
  if (bytes.length !== expected) {
    throw fault('file-corrupt', tensor, `has ${bytes.length} bytes, its shape [${shape}] needs ${expected}`);
  }
  const quantization = quantizationOf(tensor);
  if (!quantization) return;
  const { scale, axis } = quantization;
  if (scale.some((s) => !(s >= 0 && s < Number.POSITIVE_INFINITY))) {
    throw fault('file-corrupt', tensor, `has the scale ${scale.find((s) => !(s >= 0 && s < Number.POSITIVE_INFINITY))}`);
  }
  if (scale.length > 1 && shape[axis] !== scale.length) {
    throw fault('file-corrupt', tensor, `has ${scale.length} scales along axis ${axis} of its shape [${shape}]`);
  }
}

/** The values of a constant that `checkConstant` let pass. Float32 and integers are views where the bytes are aligned. */
export function tensorValues(tensor: TfliteTensor, bytes: Uint8Array): TfliteValues {
  const quantization = quantizationOf(tensor);
  const stored = storedValues(tensor, bytes);
  return quantization ? dequantised(stored, tensor.shape, quantization) : stored;
}

function storedValues(tensor: TfliteTensor, raw: Uint8Array): TfliteValues {
  const width = Math.max(1, (bits[tensor.type] as number) / 8);
  const { buffer, byteOffset, length } = raw.byteOffset % width === 0 ? raw : new Uint8Array(raw);
  switch (tensor.type) {
    case 'FLOAT32':
      return new Float32Array(buffer, byteOffset, length / 4);
    case 'FLOAT16':
      return halves(new Uint16Array(buffer, byteOffset, length / 2));
    case 'BFLOAT16':
      return bfloats(new Uint16Array(buffer, byteOffset, length / 2));
    case 'FLOAT64':
      return Float32Array.from(new Float64Array(buffer, byteOffset, length / 8));
    case 'INT4':
      return unpacked(raw, elementCount(tensor));
    case 'INT8':
      return new Int8Array(buffer, byteOffset, length);
    case 'INT16':
      return new Int16Array(buffer, byteOffset, length / 2);
    case 'UINT16':
      return new Uint16Array(buffer, byteOffset, length / 2);
    case 'INT32':
      return new Int32Array(buffer, byteOffset, length / 4);
    case 'UINT32':
      return new Uint32Array(buffer, byteOffset, length / 4);
    case 'INT64':
      return new BigInt64Array(buffer, byteOffset, length / 8);
    case 'UINT64':
      return new BigUint64Array(buffer, byteOffset, length / 8);
    default:
      return new Uint8Array(buffer, byteOffset, length);
  }
}

/** Two to a byte, the lower half first. */
function unpacked(raw: Uint8Array, count: number): Int8Array {
  const out = new Int8Array(count);
  for (let i = 0; i < count; i++) {
    const byte = raw[i >> 1] as number;
    out[i] = i % 2 === 0 ? (byte << 28) >> 28 : (byte << 24) >> 28;
  }
  return out;
}

/** scale·(q − zeroPoint), rounded once. */
function dequantised(stored: TfliteValues, shape: readonly number[], { scale, zeroPoint, axis }: TfliteQuantization): Float32Array {
  const q = stored instanceof BigInt64Array || stored instanceof BigUint64Array ? Float64Array.from(stored, Number) : stored;
  const out = new Float32Array(q.length);
  const inner = scale.length === 1 ? q.length : shape.slice(axis + 1).reduce((n, d) => n * d, 1);
  for (let start = 0, k = 0; start < q.length; start += inner, k = (k + 1) % scale.length) {
    const [s, z] = [scale[k] as number, zeroPoint[k] as number];
    for (let i = start; i < start + inner; i++) out[i] = s * ((q[i] as number) - z);
  }
  return out;
}

function fault(code: 'file-corrupt' | 'unsupported', { name }: TfliteTensor, what: string): ModelError {
  const hint = code === 'file-corrupt' ? 'Export or download the model again.' : 'Convert the model with float32 or int8 weights.';
  return new ModelError(code, `Tensor '${name}' ${what}.`, { where: name, hint });
}

import { ModelError } from '../../shared/errors.ts';
import { type TensorValues, tensorValues } from '../onnx/tensor.ts';
import { joined } from '../protobuf/joined.ts';
import { MessageReader } from '../protobuf/reader.ts';
import { readShape } from './attributes.ts';
import { dataTypeName, sameBytes } from './dataType.ts';

export interface TensorType {
  dtype: string;
  shape: readonly number[];
  /** Number of values. */
  count: number;
  /** `tensor_content`: the values as they lie in memory, a view into the file. */
  content: Uint8Array | undefined;
}

/** Integers are stored in as little as a byte each and read into eight; whole weights are stored otherwise. */
const MOST_INTEGERS = 2 ** 22;

/** Type and shape of an encoded TensorProto. `name` is for messages. Throws ModelError('file-corrupt'). */
export function readTensorType(bytes: Uint8Array, name: string): TensorType {
  let [type, shape]: [number, readonly number[] | undefined] = [0, []];
  let content: Uint8Array | undefined;
  new MessageReader(bytes).root(`tensor '${name}'`, {
    1: (r) => (type = r.int()),
    2: (r) => (shape = readShape(r)),
    4: (r) => (content = r.bytes()),
  });
  const sizes: readonly number[] = shape ?? [-1];
  const count = sizes.reduce((n, d) => n * d, 1);
  if (sizes.some((d) => d < 0) || !Number.isSafeInteger(count * 8))
    throw new ModelError('file-corrupt', `Constant '${name}' has an impossible shape: [${sizes}].`, { where: name });
  return { dtype: dataTypeName(type), shape: sizes, count, content: content?.length === 0 ? undefined : content };
}

/**
 * Values of an encoded TensorProto. Where it has fewer than its shape says, the last one stands for the rest, none for zeros.
 * The caller bounds `count`. Throws ModelError('file-corrupt' | 'unsupported'), naming it.
 */
export function readTensorValues(bytes: Uint8Array, name: string): TensorValues {
  const { dtype, shape, count, content } = readTensorType(bytes, name);
  const tensor = { name, dims: shape, dataType: sameBytes(dtype) ?? 0 };
  if (tensor.dataType === 0) throw new ModelError('unsupported', `Constant '${name}' is of type ${dtype}.`, { where: name });
  if (content) return tensorValues({ ...tensor, rawData: content }, noOtherFile);
  const stored = readFields(bytes, name);
  if (stored.length > count)
    throw new ModelError('file-corrupt', `Constant '${name}' has ${stored.length} values, its shape [${shape}] needs ${count}.`, {
      where: name,
    });
  if (stored instanceof Float32Array) return tensorValues({ ...tensor, floatData: filled(stored, new Float32Array(count)) }, noOtherFile);
  if (stored instanceof Float64Array) return tensorValues({ ...tensor, doubleData: filled(stored, new Float64Array(count)) }, noOtherFile);
  if (stored instanceof BigInt64Array) return tensorValues({ ...tensor, int64Data: filled(stored, new BigInt64Array(count)) }, noOtherFile);
  return tensorValues({ ...tensor, int32Data: filled(stored, new Int32Array(count)) }, noOtherFile);
}

/** The values of an encoded string TensorProto, as far as they are stored. */
export function readStrings(bytes: Uint8Array, name: string): string[] {
  const strings: string[] = [];
  new MessageReader(bytes).root(`tensor '${name}'`, { 8: (r) => strings.push(r.string()) });
  return strings;
}

type Stored = Float32Array | Float64Array | BigInt64Array | Int32Array;

function readFields(bytes: Uint8Array, name: string): Stored {
  const floats: Float32Array[] = [];
  const doubles: Float64Array[] = [];
  const ints: number[] = [];
  const bigints: bigint[] = [];
  const int = (r: MessageReader) => r.ints(ints, MOST_INTEGERS);
  const bigint = (r: MessageReader) => r.bigints(bigints, MOST_INTEGERS);
  new MessageReader(bytes).root(`tensor '${name}'`, {
    5: (r) => r.floats(floats),
    6: (r) => r.doubles(doubles),
    7: int,
    10: bigint,
    11: int,
    13: int,
    16: int,
    17: bigint,
  });
  if (floats.length > 0) return joined(floats, (n) => new Float32Array(n));
  if (doubles.length > 0) return joined(doubles, (n) => new Float64Array(n));
  return bigints.length > 0 ? BigInt64Array.from(bigints) : Int32Array.from(ints);
}

/** `stored`, then its last value again and again. */
function filled<T extends Stored>(stored: T, out: T): T {
  if (stored.length === out.length) return stored;
  out.set(stored as never);
  const last = stored.at(-1);
  if (last !== undefined) out.fill(last as never, stored.length);
  return out;
}

function noOtherFile(): never {
  throw new Error('unreachable');
}

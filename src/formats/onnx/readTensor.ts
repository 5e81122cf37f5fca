import { joined } from '../protobuf/joined.ts';
import type { MessageReader } from '../protobuf/reader.ts';
import type { TensorProto } from './types.ts';

/** A TensorProto message; `rawData` is a view into the file. */
export function readTensor(reader: MessageReader): TensorProto {
  const dims: number[] = [];
  const tensor: TensorProto = { name: '', dims, dataType: 0 };
  const floats: Float32Array[] = [];
  const doubles: Float64Array[] = [];
  const int32s: number[] = [];
  const int64s: bigint[] = [];
  const uint64s: bigint[] = [];
  const external = new Map<string, string>();
  let isExternal = false;
  reader.message('tensor', {
    1: (r) => r.ints(dims),
    2: (r) => (tensor.dataType = r.int()),
    4: (r) => r.floats(floats),
    5: (r) => r.ints(int32s),
    7: (r) => r.bigints(int64s),
    8: (r) => (tensor.name = r.string()),
    9: (r) => (tensor.rawData = r.bytes()),
    10: (r) => r.doubles(doubles),
    11: (r) => r.bigints(uint64s),
    13: (r) => readExternalEntry(r, external),
    14: (r) => (isExternal = r.int() === 1),
  });
  if (floats.length > 0) tensor.floatData = joined(floats, (n) => new Float32Array(n));
  if (doubles.length > 0) tensor.doubleData = joined(doubles, (n) => new Float64Array(n));
  if (int32s.length > 0) tensor.int32Data = Int32Array.from(int32s);
  if (int64s.length > 0) tensor.int64Data = BigInt64Array.from(int64s);
  if (uint64s.length > 0) tensor.uint64Data = BigInt64Array.from(uint64s);
  if (isExternal) {
    const length = external.get('length');
    tensor.externalData = {
      location: external.get('location') ?? '',
      offset: Number(external.get('offset') ?? 0),
      ...(length !== undefined && { length: Number(length) }),
    };
  }
  return tensor;
}

function readExternalEntry(reader: MessageReader, into: Map<string, string>): void {
  let key = '';
  let value = '';
  reader.message('external_data', {
    1: (r) => (key = r.string()),
    2: (r) => (value = r.string()),
  });
  into.set(key, value);
}

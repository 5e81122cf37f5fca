import { ModelError } from '../../shared/errors.ts';
import { MessageReader } from '../protobuf/reader.ts';
import { readShape } from '../tensorflow/attributes.ts';
import { dataTypeName } from '../tensorflow/dataType.ts';
import { readTable } from './table.ts';

/** The index of a TensorFlow checkpoint (tensorflow/core/protobuf/tensor_bundle.proto): where in which shard each tensor is. */
export interface BundleIndex {
  shards: number;
  /** By key; decoded when asked for. Undefined: not there. */
  entry(key: string): BundleEntry | undefined;
  keys(): Iterable<string>;
}

export interface BundleEntry {
  dtype: string;
  shape: readonly number[];
  shard: number;
  offset: number;
  size: number;
  /** Masked CRC-32C of the bytes. */
  crc: number;
  /** Stored in pieces under other keys. */
  sliced: boolean;
}

/** `name` is the file's, for messages. Throws ModelError('file-corrupt' | 'unsupported'). */
export function readBundleIndex(bytes: Uint8Array, name: string): BundleIndex {
  const table = readTable(bytes, name);
  const header = table.get('');
  if (!header) throw new ModelError('file-corrupt', `'${name}' has no header.`, { where: name });
  table.delete('');
  const { shards, bigEndian } = readHeader(header);
  if (bigEndian)
    throw new ModelError('unsupported', `'${name}' was written on a big-endian machine.`, {
      where: name,
      hint: 'Load the model with TensorFlow on a usual machine and save it again.',
    });
  return {
    shards,
    keys: () => table.keys(),
    entry: (key) => {
      const value = table.get(key);
      return value && readEntry(value, key);
    },
  };
}

function readHeader(bytes: Uint8Array) {
  const header = { shards: 0, bigEndian: false };
  new MessageReader(bytes).root('bundle_header', {
    1: (r) => (header.shards = r.int()),
    2: (r) => (header.bigEndian = r.int() !== 0),
  });
  return header;
}

function readEntry(bytes: Uint8Array, key: string): BundleEntry {
  const entry = { type: 0, shard: 0, offset: 0, size: 0, crc: 0, sliced: false };
  let shape: readonly number[] | undefined = [];
  new MessageReader(bytes).root('bundle_entry', {
    1: (r) => (entry.type = r.int()),
    2: (r) => (shape = readShape(r)),
    3: (r) => (entry.shard = r.int()),
    4: (r) => (entry.offset = r.int()),
    5: (r) => (entry.size = r.int()),
    6: (r) => (entry.crc = r.fixed32()),
    7: (r) => {
      r.bytes();
      entry.sliced = true;
    },
  });
  const { type, ...rest } = entry;
  if (!shape) throw new ModelError('file-corrupt', `Variable '${key}' has a shape of unknown rank.`, { where: key });
  return { dtype: dataTypeName(type), shape, ...rest };
}

/** Name of a data file beside its index: `variables.data-00000-of-00001`. */
export function shardName(prefix: string, shard: number, shards: number): string {
  const five = (n: number) => String(n).padStart(5, '0');
  return `${prefix}.data-${five(shard)}-of-${five(shards)}`;
}

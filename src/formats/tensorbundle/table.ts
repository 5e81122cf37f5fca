import { ModelError } from '../../shared/errors.ts';
import { maskedCrc32c } from '../crc32c.ts';

/**
 * A LevelDB table (SSTable), as the index of a TensorFlow checkpoint is one: blocks of sorted, prefix-compressed keys, an index
 * block that says where they are, a footer that says where that is
 * (https://github.com/google/leveldb/blob/main/doc/table_format.md).
 */
const FOOTER = 48;
const MAGIC = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb];
/** Compression type and checksum behind every block. */
const TRAILER = 5;
/** Prefix compression lets a few bytes stand for a long key; all keys together may not take more characters than this. */
const MOST_KEY_BYTES = 2 ** 26;
const LONGEST_KEY = 2 ** 13;

/** Whether the bytes end as a table does. */
export function endsAsTable(bytes: Uint8Array): boolean {
  return bytes.length >= FOOTER && MAGIC.every((byte, i) => bytes[bytes.length - 8 + i] === byte);
}

/**
 * All entries, in the order of their keys; values are views into `bytes`. `name` is the file's, for messages.
 * @throws ModelError 'file-corrupt', 'unsupported' (compressed).
 */
export function readTable(bytes: Uint8Array, name: string): Map<string, Uint8Array> {
  const corrupt = (what: string) =>
    new ModelError('file-corrupt', `'${name}' is damaged or truncated: ${what}.`, {
      where: name,
      hint: 'Save or copy the model again, all files together.',
    });
  if (!endsAsTable(bytes)) throw corrupt('it does not end as a TensorFlow checkpoint index does');
  const budget = { keys: MOST_KEY_BYTES };
  const footer = new Cursor(bytes.subarray(bytes.length - FOOTER, bytes.length - 8), corrupt);
  footer.handle(); // of the metaindex, which TensorFlow leaves empty
  const table = new Map<string, Uint8Array>();
  let before = 0;
  for (const [, value] of entries(block(footer.handle()))) {
    const place = new Cursor(value, corrupt).handle();
    // Blocks lie one behind the other: an index that repeats them would be read for ever.
    if (place.offset < before) throw corrupt('its blocks overlap');
    before = place.offset + place.size;
    for (const [key, content] of entries(block(place))) table.set(key.toString('utf8'), content);
  }
  return table;

  function block({ offset, size }: Handle): Uint8Array {
    const end = offset + size;
    if (end + TRAILER > bytes.length - FOOTER) throw corrupt(`a block of ${size} bytes at byte ${offset} runs beyond its end`);
    const trailer = new DataView(bytes.buffer, bytes.byteOffset + end, TRAILER);
    if (trailer.getUint32(1, true) !== maskedCrc32c(bytes.subarray(offset, end + 1)))
      throw corrupt(`the checksum of the block at byte ${offset} is wrong`);
    const compression = trailer.getUint8(0);
    if (compression === 0) return bytes.subarray(offset, end);
    throw new ModelError('unsupported', `'${name}' is compressed (type ${compression}), which no release of TensorFlow writes.`, {
      where: name,
      hint: 'Load the model with TensorFlow and save it again.',
    });
  }

  function* entries(content: Uint8Array): Iterable<[Buffer, Uint8Array]> {
    if (content.length < 4) throw corrupt('a block is too short');
    const restarts = new DataView(content.buffer, content.byteOffset + content.length - 4).getUint32(0, true);
    const end = content.length - 4 * (restarts + 1);
    if (end < 0) throw corrupt('a block is shorter than its restart points');
    const cursor = new Cursor(content.subarray(0, end), corrupt);
    let key = Buffer.alloc(0);
    for (let first = true; cursor.at < end; first = false) {
      const [shared, rest, size] = [cursor.varint(), cursor.varint(), cursor.varint()];
      const length = shared + rest;
      budget.keys -= length;
      if (shared > key.length || length > LONGEST_KEY || budget.keys < 0) throw corrupt('a key is impossible');
      const next = Buffer.concat([key.subarray(0, shared), cursor.take(rest)]);
      if (!first && Buffer.compare(key, next) >= 0) throw corrupt('its keys are out of order');
      key = next;
      yield [key, cursor.take(size)];
    }
  }
}

interface Handle {
  offset: number;
  size: number;
}

class Cursor {
  at = 0;
  readonly #bytes: Uint8Array;
  readonly #corrupt: (what: string) => ModelError;

  constructor(bytes: Uint8Array, corrupt: (what: string) => ModelError) {
    this.#bytes = bytes;
    this.#corrupt = corrupt;
  }

  handle(): Handle {
    return { offset: this.varint(), size: this.varint() };
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 53; scale *= 128) {
      const byte = this.#bytes[this.at++];
      if (byte === undefined) throw this.#corrupt('a block ends in the middle of an entry');
      value += (byte & 127) * scale;
      if (byte < 128) break;
      if (scale * 128 >= 2 ** 53) throw this.#corrupt('a number never ends');
    }
    if (!Number.isSafeInteger(value)) throw this.#corrupt('a number is impossible');
    return value;
  }

  take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.at) throw this.#corrupt('a block ends in the middle of an entry');
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }
}

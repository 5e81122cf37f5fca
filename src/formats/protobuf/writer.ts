/**
 * Protocol-buffer wire format, writing (https://protobuf.dev/programming-guides/encoding). A message is a list of parts
 * and its length; nested messages are linked, not copied, so that `finish` copies every byte exactly once. The writer of
 * protobufjs would move megabytes of weights at each nesting to make room for the length in front of them.
 */
export class MessageWriter {
  readonly #parts: (Uint8Array | MessageWriter)[] = [];
  /** Encoded length in bytes. */
  length = 0;

  /** int32, int64, bool, enum. Negative numbers take ten bytes, as the format demands. */
  int(field: number, value: number | bigint): this {
    return this.#varint(field << 3).#varint(value);
  }

  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#varint((field << 3) | 5).#add(bytes);
  }

  string(field: number, value: string): this {
    return this.bytes(field, Buffer.from(value, 'utf8'));
  }

  /** Keeps a reference to `value` until `finish`. */
  bytes(field: number, value: Uint8Array): this {
    return this.#varint((field << 3) | 2)
      .#varint(value.length)
      .#add(value);
  }

  message(field: number, value: MessageWriter): this {
    return this.#varint((field << 3) | 2)
      .#varint(value.length)
      .#add(value);
  }

  /** Packed repeated int64. */
  ints(field: number, values: Iterable<number | bigint>): this {
    const packed = new MessageWriter();
    for (const value of values) packed.#varint(value);
    return this.message(field, packed);
  }

  /** Packed repeated float. */
  floats(field: number, values: ArrayLike<number>): this {
    const data = values instanceof Float32Array ? values : Float32Array.from(values);
    return this.bytes(field, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }

  finish(): Uint8Array {
    const out = new Uint8Array(this.length);
    this.#copy(out, 0);
    return out;
  }

  #copy(out: Uint8Array, start: number): number {
    let at = start;
    for (const part of this.#parts) {
      if (part instanceof MessageWriter) {
        at = part.#copy(out, at);
      } else {
        out.set(part, at);
        at += part.length;
      }
    }
    return at;
  }

  #varint(value: number | bigint): this {
    return this.#add(Uint8Array.from(varint(value)));
  }

  #add(part: Uint8Array | MessageWriter): this {
    this.#parts.push(part);
    this.length += part.length;
    return this;
  }
}

/** Base-128 digits, least significant first; negative numbers as 64-bit two's complement. */
function varint(value: number | bigint): number[] {
  const digits: number[] = [];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) {
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) digits.push((rest % 128) | 128);
    digits.push(rest);
    return digits;
  }
  let rest = BigInt.asUintN(64, typeof value === 'bigint' ? value : saturate(value));
  for (; rest > 127n; rest >>= 7n) digits.push(Number(rest & 127n) | 128);
  digits.push(Number(rest));
  return digits;
}

/** INT64_MAX as a double is 2^63, one too many: it means "to the end" in Slice and must not turn negative. */
function saturate(value: number): bigint {
  if (value >= 2 ** 63) return 2n ** 63n - 1n;
  return BigInt(Math.max(value, -(2 ** 63)));
}

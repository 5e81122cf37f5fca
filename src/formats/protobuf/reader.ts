import protobuf from 'protobufjs/minimal.js';
import { ModelError } from '../../shared/errors.ts';

/** What to do with each field, by field number; other fields are skipped. */
export type Fields = Readonly<Record<number, (reader: MessageReader) => void>>;

/**
 * Protocol-buffer wire format, reading, over protobufjs' minimal reader (no reflection, so no generated code). Adds what
 * untrusted files need: every length is checked against its enclosing message, wire types are checked, and every error
 * says at which byte. Nothing is copied but numbers and strings.
 */
export class MessageReader {
  readonly #reader: protobuf.Reader;
  readonly #bytes: Uint8Array;
  /** End of the message being read. */
  #end: number;
  #wireType = 2;
  /** Message types being read, outermost first, for errors. */
  readonly #path: string[] = [];

  constructor(bytes: Uint8Array) {
    this.#reader = new protobuf.Reader(bytes);
    this.#bytes = bytes;
    this.#end = bytes.length;
  }

  get position(): number {
    return this.#reader.pos;
  }

  /** Reads the whole file as one message. */
  root(name: string, fields: Fields): void {
    this.#fields(name, this.#bytes.length, fields);
  }

  /** Reads an embedded message. */
  message(name: string, fields: Fields): void {
    const length = this.#length();
    const outer = this.#end;
    this.#fields(name, this.position + length, fields);
    this.#end = outer;
  }

  string(): string {
    const { buffer, byteOffset, length } = this.bytes();
    return Buffer.from(buffer, byteOffset, length).toString('utf8');
  }

  /** A view into the file. */
  bytes(): Uint8Array {
    const length = this.#length();
    const start = this.position;
    this.#reader.pos = start + length;
    return this.#bytes.subarray(start, start + length);
  }

  /** int32, int64 or enum. Beyond 2^53 the last digits are lost. */
  int(): number {
    this.#expect(0);
    return this.#varint();
  }

  float(): number {
    this.#expect(5);
    return this.#guard(() => this.#reader.float());
  }

  double(): number {
    this.#expect(1);
    return this.#guard(() => this.#reader.double());
  }

  fixed32(): number {
    this.#expect(5);
    return this.#guard(() => this.#reader.fixed32());
  }

  /** Repeated int32 or int64, packed or not: appends to `out`, which may hold at most `most` (a byte in the file is a number in memory). */
  ints(out: number[], most = Number.POSITIVE_INFINITY): void {
    this.#repeated(0, () => {
      if (out.length >= most) throw this.corrupt(`more than ${most} values`);
      out.push(this.#varint());
    });
  }

  /** Repeated int64 or uint64, exact (as signed 64 bits). */
  bigints(out: bigint[], most = Number.POSITIVE_INFINITY): void {
    this.#repeated(0, () => {
      if (out.length >= most) throw this.corrupt(`more than ${most} values`);
      out.push(this.#bigint());
    });
  }

  /** Repeated float, packed or not: appends what this occurrence of the field holds. */
  floats(out: Float32Array[]): void {
    if (this.#wireType === 5) out.push(Float32Array.of(this.float()));
    else out.push(new Float32Array(this.#elements(4)));
  }

  /** Repeated double. */
  doubles(out: Float64Array[]): void {
    if (this.#wireType === 1) out.push(Float64Array.of(this.#guard(() => this.#reader.double())));
    else out.push(new Float64Array(this.#elements(8)));
  }

  /** The error for bytes that are no such message. */
  corrupt(what: string): ModelError {
    return new ModelError('file-corrupt', `The file is damaged or truncated at byte ${this.position}: ${what}.`, {
      where: this.#path.join('.'),
      hint: 'Export or download it again.',
    });
  }

  #fields(name: string, end: number, fields: Fields): void {
    this.#path.push(name);
    this.#end = end;
    while (this.position < end) {
      const tag = this.#guard(() => this.#reader.uint32());
      this.#wireType = tag & 7;
      const field = tag >>> 3;
      if (field === 0) throw this.corrupt(`${name} has a field number 0`);
      const read = fields[field];
      if (read) read(this);
      else this.#skip();
      if (this.position > end) throw this.corrupt(`field ${field} of ${name} runs beyond its end`);
    }
    this.#path.pop();
  }

  #skip(): void {
    const type = this.#wireType;
    if (type === 0) this.#varint();
    else if (type === 1 || type === 5) this.#advance(type === 1 ? 8 : 4);
    else if (type === 2) this.#advance(this.#length());
    else throw this.corrupt(`unknown wire type ${type}`);
  }

  #repeated(wireType: number, read: () => void): void {
    if (this.#wireType === wireType) {
      read();
      return;
    }
    const end = this.#length() + this.position;
    while (this.position < end) read();
    if (this.position > end) throw this.corrupt('a packed field does not end where it says');
  }

  /** A copy of a packed field of elements of `size` bytes, which aligns them. */
  #elements(size: number): ArrayBuffer {
    const bytes = this.bytes();
    if (bytes.length % size !== 0) throw this.corrupt(`${bytes.length} bytes are no whole number of ${size}-byte values`);
    return new Uint8Array(bytes).buffer;
  }

  /** Length of a length-delimited field, checked against the enclosing message. */
  #length(): number {
    this.#expect(2);
    const length = this.#guard(() => this.#reader.uint32());
    if (length > this.#end - this.position) {
      throw this.corrupt(`${length} bytes are announced, ${this.#end - this.position} are left`);
    }
    return length;
  }

  #advance(bytes: number): void {
    if (bytes > this.#end - this.position) throw this.corrupt(`${bytes} bytes are expected, ${this.#end - this.position} are left`);
    this.#reader.pos += bytes;
  }

  #expect(wireType: number): void {
    if (this.#wireType !== wireType) throw this.corrupt(`wire type ${wireType} is expected, found ${this.#wireType}`);
  }

  #varint(): number {
    const { low, high } = this.#guard(() => this.#reader.int64());
    return high * 2 ** 32 + (low >>> 0);
  }

  #bigint(): bigint {
    const { low, high } = this.#guard(() => this.#reader.int64());
    return (BigInt(high) << 32n) | BigInt(low >>> 0);
  }

  /** protobufjs throws RangeError at the end of the buffer and Error on a varint that never ends. */
  #guard<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw this.corrupt(error instanceof RangeError ? 'the file ends in the middle of a value' : 'a number never ends');
    }
  }
}

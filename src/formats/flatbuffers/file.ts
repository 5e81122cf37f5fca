import { ByteBuffer } from 'flatbuffers';
import { ModelError } from '../../shared/errors.ts';

/** What one structure costs of the budget beside its bytes, about what its JavaScript object takes. */
const OBJECT = 64;
/** Of the budget, however small the file: enough for the structure of networks with ten thousands of layers. */
const LEAST_BUDGET = 2 ** 24;

/**
 * A FlatBuffer (https://flatbuffers.dev/internals), read by field ids over the ByteBuffer of `flatbuffers`, which checks
 * nothing. Here every offset, vtable and length is checked against the file and every error says at which byte. Offsets may
 * lead to one place twice, so what is decoded is counted, views into the file apart: at most 16 MiB and the file's size.
 */
export class FlatBuffer {
  readonly bytes: Uint8Array;
  readonly buffer: ByteBuffer;
  #budget: number;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.buffer = new ByteBuffer(bytes);
    this.#budget = LEAST_BUDGET + bytes.length;
  }

  /** Where the unsigned offset stored at `at` leads. */
  target(at: number, path: string): number {
    const offset = this.buffer.readUint32(at);
    const target = at + offset;
    if (offset < 4 || target > this.bytes.length - 4) throw this.corrupt(at, `an offset leads to byte ${target}, outside the file`, path);
    return target;
  }

  check(at: number, length: number, path: string): void {
    if (length <= this.bytes.length - at) return;
    throw this.corrupt(at, `${length} bytes are expected, ${this.bytes.length - at} are left`, path);
  }

  /** Counts what is decoded. */
  charge(at: number, bytes: number, path: string): void {
    this.#budget -= OBJECT + bytes;
    if (this.#budget < 0) throw this.corrupt(at, 'more is announced than a file of this size can hold; parts of it overlap', path);
  }

  corrupt(at: number, what: string, path: string): ModelError {
    return new ModelError('file-corrupt', `The file is damaged or truncated at byte ${at}: ${what}.`, {
      where: path,
      hint: 'Export or download it again.',
    });
  }
}

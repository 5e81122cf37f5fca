import type { FileHandle } from 'node:fs/promises';

/** The file ends before what was asked for. */
export class TooShort extends Error {}

const windowSize = 4096;
/** Tables, what they refer to, and what that refers to lie in different places. */
const windows = 8;

interface Window {
  start: number;
  bytes: Buffer;
}

/** Reads a few bytes here and there in a large file, through a few small windows: what lies in one of them is not read again. */
export class WindowReader {
  readonly #file: FileHandle;
  /** Those used last come last. */
  #windows: Window[] = [];
  /** Bytes of the file. */
  readonly size: number;

  constructor(file: FileHandle, size: number) {
    this.#file = file;
    this.size = size;
  }

  /** `length`: at most 4096. Throws TooShort. */
  async bytes(at: number, length: number): Promise<Buffer> {
    if (at < 0 || at + length > this.size) throw new TooShort();
    let window = this.#windows.at(-1);
    const holds = ({ start, bytes }: Window) => at >= start && at + length <= start + bytes.length;
    if (!window || !holds(window)) {
      window = this.#windows.find(holds) ?? { start: at, bytes: await this.#read(at, windowSize) };
      this.#windows = [...this.#windows.filter((each) => each !== window).slice(1 - windows), window];
      if (!holds(window)) throw new TooShort();
    }
    return window.bytes.subarray(at - window.start, at - window.start + length);
  }

  /** Any length up to `most`. Throws TooShort. */
  async all(at: number, length: number, most: number): Promise<Buffer> {
    if (length > most || at < 0 || at + length > this.size) throw new TooShort();
    const bytes = await this.#read(at, length);
    if (bytes.length < length) throw new TooShort();
    return bytes;
  }

  async #read(at: number, length: number): Promise<Buffer> {
    const { buffer, bytesRead } = await this.#file.read(Buffer.alloc(length), 0, length, at);
    return buffer.subarray(0, bytesRead);
  }
}

import type { ModelError } from '../../shared/errors.ts';
import { FlatBuffer } from './file.ts';

/** A table. Fields that are absent have the schema's default, 0 where none is given. */
export class Table {
  readonly #file: FlatBuffer;
  readonly #at: number;
  readonly #vtable: number;
  readonly #vtableSize: number;
  readonly #size: number;
  /** For errors: `Model.subgraphs[0]`. */
  readonly path: string;

  constructor(file: FlatBuffer, at: number, path: string) {
    this.#file = file;
    this.#at = at;
    this.path = path;
    file.check(at, 4, path);
    file.charge(at, 0, path);
    this.#vtable = at - file.buffer.readInt32(at);
    if (this.#vtable < 0 || this.#vtable > file.bytes.length - 4) {
      throw this.corrupt(`its vtable would be at byte ${this.#vtable}, outside the file`);
    }
    this.#vtableSize = unsigned16(file, this.#vtable);
    this.#size = unsigned16(file, this.#vtable + 2);
    if (this.#vtableSize < 4 || this.#vtableSize % 2 !== 0) throw this.corrupt(`a vtable of ${this.#vtableSize} bytes`, this.#vtable);
    if (this.#size < 4) throw this.corrupt(`a table of ${this.#size} bytes`, this.#vtable);
    file.check(this.#vtable, this.#vtableSize, path);
    file.check(at, this.#size, path);
  }

  has(field: number): boolean {
    return this.#field(field, 1) !== undefined;
  }

  bool(field: number, absent = false): boolean {
    const at = this.#field(field, 1);
    return at === undefined ? absent : this.#file.buffer.readUint8(at) !== 0;
  }

  int8(field: number): number {
    const at = this.#field(field, 1);
    return at === undefined ? 0 : this.#file.buffer.readInt8(at);
  }

  uint8(field: number): number {
    const at = this.#field(field, 1);
    return at === undefined ? 0 : this.#file.buffer.readUint8(at);
  }

  int32(field: number, absent = 0): number {
    const at = this.#field(field, 4);
    return at === undefined ? absent : this.#file.buffer.readInt32(at);
  }

  uint32(field: number): number {
    return this.int32(field) >>> 0;
  }

  /** Beyond 2^53 the last digits are lost. */
  uint64(field: number): number {
    const at = this.#field(field, 8);
    return at === undefined ? 0 : Number(this.#file.buffer.readUint64(at));
  }

  float(field: number): number {
    const at = this.#field(field, 4);
    return at === undefined ? 0 : this.#file.buffer.readFloat32(at);
  }

  string(field: number, name: string): string | undefined {
    const bytes = this.#vector(field, 1, name);
    if (!bytes) return undefined;
    this.#file.charge(bytes.byteOffset - this.#file.bytes.byteOffset, bytes.length, this.#child(name));
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  }

  /** A vector of bytes, as a view into the file. */
  bytes(field: number, name: string): Uint8Array | undefined {
    return this.#vector(field, 1, name);
  }

  int32s(field: number, name: string): readonly number[] | undefined {
    return this.#numbers(field, 4, name, (view, at) => view.getInt32(at, true));
  }

  /** Beyond 2^53 the last digits are lost. */
  int64s(field: number, name: string): readonly number[] | undefined {
    return this.#numbers(field, 8, name, (view, at) => Number(view.getBigInt64(at, true)));
  }

  floats(field: number, name: string): readonly number[] | undefined {
    return this.#numbers(field, 4, name, (view, at) => view.getFloat32(at, true));
  }

  /** Also a union's value, whose field comes after that of its type. */
  table(field: number, name: string): Table | undefined {
    const at = this.#field(field, 4);
    return at === undefined ? undefined : new Table(this.#file, this.#file.target(at, this.#child(name)), this.#child(name));
  }

  tables(field: number, name: string): Table[] {
    const offsets = this.#vector(field, 4, name);
    if (!offsets) return [];
    const start = offsets.byteOffset - this.#file.bytes.byteOffset;
    const out: Table[] = [];
    for (let at = start; at < start + offsets.length; at += 4) {
      const path = `${this.#child(name)}[${(at - start) / 4}]`;
      out.push(new Table(this.#file, this.#file.target(at, path), path));
    }
    return out;
  }

  /** The error for a table that says what its schema does not allow. */
  corrupt(what: string, at = this.#at): ModelError {
    return this.#file.corrupt(at, what, this.path);
  }

  #child(name: string): string {
    return `${this.path}.${name}`;
  }

  /** Where a field of `width` bytes stands; undefined if it is absent. */
  #field(id: number, width: number): number | undefined {
    const slot = 4 + 2 * id;
    if (slot >= this.#vtableSize) return undefined;
    const offset = unsigned16(this.#file, this.#vtable + slot);
    if (offset === 0) return undefined;
    if (offset < 4 || offset + width > this.#size) throw this.corrupt(`field ${id} runs beyond its table`, this.#vtable + slot);
    return this.#at + offset;
  }

  /** The elements of a vector, a view. */
  #vector(field: number, width: number, name: string): Uint8Array | undefined {
    const at = this.#field(field, 4);
    if (at === undefined) return undefined;
    const path = this.#child(name);
    const start = this.#file.target(at, path);
    const length = this.#file.buffer.readUint32(start) * width;
    this.#file.check(start + 4, length, path);
    return this.#file.bytes.subarray(start + 4, start + 4 + length);
  }

  #numbers(field: number, width: number, name: string, read: (view: DataView, at: number) => number): readonly number[] | undefined {
    const bytes = this.#vector(field, width, name);
    if (!bytes) return undefined;
    this.#file.charge(bytes.byteOffset - this.#file.bytes.byteOffset, 8 * (bytes.length / width), this.#child(name));
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const out = new Array<number>(bytes.length / width);
    for (let i = 0; i < out.length; i++) out[i] = read(view, i * width);
    return out;
  }
}

/** The outermost table of a file. `name` is its type; `identifier`, four letters, is compared where it is given. */
export function rootTable(bytes: Uint8Array, name: string, identifier?: string): Table {
  const file = new FlatBuffer(bytes);
  file.check(0, 4, name);
  if (identifier !== undefined) {
    file.check(4, 4, name);
    const found = Buffer.from(bytes.subarray(4, 8)).toString('latin1');
    if (found !== identifier) throw file.corrupt(4, `the file identifier is ${JSON.stringify(found)}, not '${identifier}'`, name);
  }
  return new Table(file, file.target(0, name), name);
}

function unsigned16(file: FlatBuffer, at: number): number {
  return file.buffer.readUint16(at);
}

import { ModelError } from '../../shared/errors.ts';
import { half } from '../half.ts';
import type { Library, Metadata } from './library.ts';

/** Numbers come through the library's heap, which never shrinks, in blocks of about this size. */
const BLOCK = 2 ** 22;
/** Values that are viewed in the heap. */
const LARGEST_VIEW = 2 ** 22;
/** A block is larger where the file's chunks are. */
const LARGEST_BLOCK = 2 ** 26;
/** What is read from one file may take this many times its size, and this much anyway. */
const LARGEST_RATIO = 16;
const ALWAYS_ALLOWED = 2 ** 26;

/** The filters that come with HDF5: deflate, shuffle, fletcher32, szip, nbit, scaleoffset. */
const LAST_OWN_FILTER = 6;

type Convert = (from: ArrayBuffer, pointer: number, to: Float32Array) => void;

/** Reads datasets of one file as float32. */
export class NumberReader {
  readonly #library: Library;
  readonly #file: bigint;
  readonly #allowed: number;
  #taken = 0;
  #pointer = 0;

  constructor(library: Library, file: bigint, size: number) {
    this.#library = library;
    this.#file = file;
    this.#allowed = Math.max(ALWAYS_ALLOWED, LARGEST_RATIO * size);
  }

  /** A new array. */
  read(path: string, metadata: Metadata, shape: readonly number[]): Float32Array<ArrayBuffer> {
    const convert = this.#conversion(path, metadata);
    const length = this.#take(path, shape);
    const values = new Float32Array(length);
    if (length === 0) return values;
    const { axis, rows } = this.#blocks(path, metadata, shape);
    const rowLength = product(shape.slice(axis + 1));
    const pointer = this.#allocate(rows * rowLength * metadata.size);
    let filled = 0;
    for (const { offset, count } of blocksOf(shape, axis, rows)) {
      this.#readBlock(path, pointer, offset, count);
      const size = rowLength * Number(count[axis] ?? 1n);
      convert(this.#library.HEAPU8.buffer, pointer, values.subarray(filled, filled + size));
      filled += size;
    }
    return values;
  }

  /** Where it can be, a view into the library's heap that holds until the next call; else a new array. */
  view(path: string, metadata: Metadata, shape: readonly number[]): Float32Array<ArrayBuffer> {
    const length = product(shape);
    const asItIs = metadata.type === this.#library.H5T_class_t.H5T_FLOAT.value && metadata.size === 4;
    if (!asItIs || length === 0 || !(length <= LARGEST_VIEW)) return this.read(path, metadata, shape);
    this.#conversion(path, metadata);
    this.#take(path, shape);
    this.#blocks(path, metadata, shape);
    const pointer = this.#allocate(4 * length);
    this.#readBlock(
      path,
      pointer,
      shape.map(() => 0n),
      shape.map(BigInt),
    );
    return new Float32Array(this.#library.HEAPU8.buffer, pointer, length);
  }

  /** Number of values of a dataset that is going to be read. */
  #take(path: string, shape: readonly number[]): number {
    const length = product(shape);
    this.#taken += 4 * length;
    if (!(this.#taken <= this.#allowed)) {
      const what = `Dataset '${path}' has shape [${shape}], more than a file of this size may hold (${this.#allowed} bytes in all)`;
      throw new ModelError('file-too-large', `${what}.`, { where: path });
    }
    return length;
  }

  /** Space in the heap; what was allocated before is given up. */
  #allocate(bytes: number): number {
    if (this.#pointer !== 0) this.#library._free(this.#pointer);
    this.#pointer = this.#library._malloc(bytes);
    if (this.#pointer === 0) throw new RangeError('out of memory');
    return this.#pointer;
  }

  #readBlock(path: string, pointer: number, offset: readonly bigint[], count: readonly bigint[]): void {
    const library = this.#library;
    const slab = count.length === 0 ? undefined : { count: [...count], offset: [...offset], strides: count.map(() => 1n) };
    const status = library.get_dataset_data(
      this.#file,
      path,
      slab?.count ?? null,
      slab?.offset ?? null,
      slab?.strides ?? null,
      BigInt(pointer),
    );
    if (status < 0) throw new Error(`dataset '${path}' cannot be read`);
  }

  /** The axis along which the dataset is cut into blocks, and how many of its rows a block has. */
  #blocks(path: string, { size, chunks }: Metadata, shape: readonly number[]): { axis: number; rows: number } {
    if (shape.length === 0) return { axis: 0, rows: 1 };
    let axis = 0;
    let row = size * product(shape.slice(1));
    if (!chunks) while (row > BLOCK && axis < shape.length - 1) row /= shape[++axis] as number;
    // A chunk is decoded whole, and again for every block it reaches into.
    const chunk = chunks?.[axis] ?? 1;
    const rows = Math.min(shape[axis] as number, Math.max(1, Math.floor(BLOCK / row / chunk)) * chunk);
    const largest = Math.max(rows * row, size * product(chunks ?? []));
    if (largest > LARGEST_BLOCK) {
      const what = `Dataset '${path}' is stored in chunks of [${chunks}], which take ${largest} bytes at once; at most ${LARGEST_BLOCK} are read`;
      throw new ModelError('file-too-large', `${what}.`, { where: path, hint: 'Save the model again, without compression.' });
    }
    return { axis, rows };
  }

  #conversion(path: string, { type, size, signed, chunks, virtual_sources: sources }: Metadata): Convert {
    if (sources && sources.length > 0) throw unsupported(path, 'refers to other files');
    const foreign = chunks && this.#library.get_dataset_filters(this.#file, path).find(({ id }) => id > LAST_OWN_FILTER);
    if (foreign) throw unsupported(path, `is compressed by '${foreign.name}' (HDF5 filter ${foreign.id}), which is not supported`);
    const { H5T_FLOAT, H5T_INTEGER } = this.#library.H5T_class_t;
    const kind = type === H5T_FLOAT.value ? `float${8 * size}` : type === H5T_INTEGER.value ? `${signed ? '' : 'u'}int${8 * size}` : '';
    const convert = conversions[kind];
    if (!convert) throw unsupported(path, kind === '' ? 'holds no numbers' : `is of type ${kind}, which is not supported`);
    return convert;
  }
}

const product = (sizes: readonly number[]): number => sizes.reduce((n, d) => n * d, 1);

/** Hyperslabs that cover the shape in row-major order: `rows` rows of one axis, with each index of the axes before it. */
function* blocksOf(
  shape: readonly number[],
  axis: number,
  rows: number,
): Generator<{ offset: readonly bigint[]; count: readonly bigint[] }> {
  if (shape.length === 0) return yield { offset: [], count: [] };
  const outer = product(shape.slice(0, axis));
  const count = shape.map((d, i) => (i < axis ? 1n : BigInt(d)));
  for (let i = 0; i < outer; i++) {
    const offset = shape.map(() => 0n);
    let rest = i;
    for (let a = axis - 1; a >= 0; a--) {
      offset[a] = BigInt(rest % (shape[a] as number));
      rest = Math.floor(rest / (shape[a] as number));
    }
    for (let row = 0; row < (shape[axis] as number); row += rows) {
      offset[axis] = BigInt(row);
      count[axis] = BigInt(Math.min(rows, (shape[axis] as number) - row));
      yield { offset, count };
    }
  }
}

/** Blocks are little-endian: the library swaps bytes where the file has another order. */
const conversions: Readonly<Record<string, Convert>> = {
  float32: (from, at, to) => to.set(new Float32Array(from, at, to.length)),
  float64: (from, at, to) => to.set(new Float64Array(from, at, to.length)),
  float16: (from, at, to) => {
    const bits = new Uint16Array(from, at, to.length);
    for (let i = 0; i < to.length; i++) to[i] = half(bits[i] as number);
  },
  int8: (from, at, to) => to.set(new Int8Array(from, at, to.length)),
  uint8: (from, at, to) => to.set(new Uint8Array(from, at, to.length)),
  int16: (from, at, to) => to.set(new Int16Array(from, at, to.length)),
  uint16: (from, at, to) => to.set(new Uint16Array(from, at, to.length)),
  int32: (from, at, to) => to.set(new Int32Array(from, at, to.length)),
  uint32: (from, at, to) => to.set(new Uint32Array(from, at, to.length)),
  int64: (from, at, to) => {
    const words = new BigInt64Array(from, at, to.length);
    for (let i = 0; i < to.length; i++) to[i] = Number(words[i]);
  },
};

function unsupported(path: string, what: string): ModelError {
  return new ModelError('unsupported', `Dataset '${path}' ${what}.`, {
    where: path,
    hint: 'Save the model again, in float32 and without compression.',
  });
}

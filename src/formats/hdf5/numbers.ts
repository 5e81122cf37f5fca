import { ModelError } from '../../shared/errors.ts';
import { half } from '../half.ts';
import type { Library, Metadata } from './library.ts';

/** Numbers come through the library's heap, which never shrinks, in blocks of about this size. */
const BLOCK = 2 ** 22;
/** A block is larger where the file's chunks are. */
const LARGEST_BLOCK = 2 ** 26;
/** What is read from one file may take this many times its size, and this much anyway. */
const LARGEST_RATIO = 16;
const ALWAYS_ALLOWED = 2 ** 26;

type Convert = (from: ArrayBuffer, pointer: number, to: Float32Array) => void;

/** Reads datasets of one file as float32. */
export class NumberReader {
  readonly #library: Library;
  readonly #file: bigint;
  readonly #allowed: number;
  #taken = 0;

  constructor(library: Library, file: bigint, size: number) {
    this.#library = library;
    this.#file = file;
    this.#allowed = Math.max(ALWAYS_ALLOWED, LARGEST_RATIO * size);
  }

  read(path: string, metadata: Metadata, shape: readonly number[]): Float32Array<ArrayBuffer> {
    const convert = this.#conversion(path, metadata);
    const length = shape.reduce((n, d) => n * d, 1);
    this.#taken += 4 * length;
    if (!(this.#taken <= this.#allowed)) {
      const what = `Dataset '${path}' has shape [${shape}], more than a file of this size may hold (${this.#allowed} bytes in all)`;
      throw new ModelError('file-too-large', `${what}.`, { where: path });
    }
    const values = new Float32Array(length);
    if (length === 0) return values;
    const { axis, rows } = this.#blocks(path, metadata, shape);
    const rowLength = product(shape.slice(axis + 1));
    const pointer = this.#library._malloc(rows * rowLength * metadata.size);
    if (pointer === 0) throw new RangeError('out of memory');
    let filled = 0;
    for (const { offset, count } of blocksOf(shape, axis, rows)) {
      const status =
        shape.length === 0
          ? this.#library.get_dataset_data(this.#file, path, null, null, null, BigInt(pointer))
          : this.#library.get_dataset_data(
              this.#file,
              path,
              count,
              offset,
              shape.map(() => 1n),
              BigInt(pointer),
            );
      if (status < 0) throw new Error(`dataset '${path}' cannot be read`);
      const size = rowLength * Number(count[axis] ?? 1n);
      convert(this.#library.HEAPU8.buffer, pointer, values.subarray(filled, filled + size));
      filled += size;
    }
    this.#library._free(pointer);
    return values;
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

  #conversion(path: string, { type, size, signed, virtual_sources: sources }: Metadata): Convert {
    if (sources && sources.length > 0) throw unsupported(path, 'refers to other files');
    const { H5T_FLOAT, H5T_INTEGER } = this.#library.H5T_class_t;
    const kind = type === H5T_FLOAT.value ? `float${8 * size}` : type === H5T_INTEGER.value ? `${signed ? '' : 'u'}int${8 * size}` : '';
    const convert = conversions[kind];
    if (!convert) throw unsupported(path, kind === '' ? 'holds no numbers' : `is of type ${kind}, which is not supported`);
    return convert;
  }
}

const product = (sizes: readonly number[]): number => sizes.reduce((n, d) => n * d, 1);

/** Hyperslabs that cover the shape in row-major order: `rows` rows of one axis, with each index of the axes before it. */
function* blocksOf(shape: readonly number[], axis: number, rows: number): Generator<{ offset: bigint[]; count: bigint[] }> {
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
      yield { offset: [...offset], count: [...count] };
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
  return new ModelError('unsupported', `Dataset '${path}' ${what}.`, { where: path, hint: 'Save the model in float32.' });
}

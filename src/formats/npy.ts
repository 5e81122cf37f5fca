import { ModelError } from '../shared/errors.ts';
import { half } from './half.ts';

/** A NumPy array file (.npy, format 1 to 3). Source: NumPy Enhancement Proposal 1. */
export interface NpyArray {
  shape: readonly number[];
  /** As in the file, e.g. `<f4`. */
  dtype: string;
  /** C order, converted to float32. */
  data: Float32Array;
}

type Reader = (view: DataView, at: number, littleEndian: boolean) => number;

const readers: Readonly<Record<string, { bytes: number; read: Reader }>> = {
  f2: { bytes: 2, read: (view, at, little) => half(view.getUint16(at, little)) },
  f4: { bytes: 4, read: (view, at, little) => view.getFloat32(at, little) },
  f8: { bytes: 8, read: (view, at, little) => view.getFloat64(at, little) },
  b1: { bytes: 1, read: (view, at) => view.getUint8(at) },
  u1: { bytes: 1, read: (view, at) => view.getUint8(at) },
  i1: { bytes: 1, read: (view, at) => view.getInt8(at) },
  u2: { bytes: 2, read: (view, at, little) => view.getUint16(at, little) },
  i2: { bytes: 2, read: (view, at, little) => view.getInt16(at, little) },
  u4: { bytes: 4, read: (view, at, little) => view.getUint32(at, little) },
  i4: { bytes: 4, read: (view, at, little) => view.getInt32(at, little) },
  u8: { bytes: 8, read: (view, at, little) => Number(view.getBigUint64(at, little)) },
  i8: { bytes: 8, read: (view, at, little) => Number(view.getBigInt64(at, little)) },
};

/** 16 million: an input of 4 megapixels in 4 channels. */
const MAX_ELEMENTS = 2 ** 24;

/** Reads numbers of any size, either byte order. Throws ModelError: `format-unknown`, `file-corrupt`, `file-too-large`, `unsupported`. */
export function readNpy(bytes: Uint8Array, maxElements: number = MAX_ELEMENTS): NpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { header, end } = readHeader(bytes, view);
  const dtype = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  const dimensions = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(header)?.[1];
  if (order === undefined || dimensions === undefined) throw corrupt(`its header is ${JSON.stringify(header.slice(0, 100))}`);
  if (order === 'True') throw unsupported('is in Fortran order', 'Save it with numpy.ascontiguousarray.');
  const type = dtype?.[0] && '<>|='.includes(dtype[0]) ? readers[dtype.slice(1)] : undefined;
  if (dtype === undefined || !type) throw unsupported(`holds values of type ${dtype ?? '(a record)'}`, "Save it with .astype('float32').");
  const shape = (dimensions.match(/\d+/g) ?? []).map(Number);
  const count = shape.reduce((a, b) => a * b, 1);
  if (count > maxElements) {
    throw new ModelError(
      'file-too-large',
      `The .npy array has ${count} values (shape ${shape.join('×')}); at most ${maxElements} are read.`,
    );
  }
  const expected = end + count * type.bytes;
  if (bytes.byteLength !== expected)
    throw corrupt(`shape ${shape.join('×')} of ${dtype} needs ${expected} bytes, the file has ${bytes.byteLength}`);
  const data = new Float32Array(count);
  for (let i = 0; i < count; i++) data[i] = type.read(view, end + i * type.bytes, dtype[0] !== '>');
  return { shape, dtype, data };
}

function readHeader(bytes: Uint8Array, view: DataView): { header: string; end: number } {
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
  if (!magic.every((byte, i) => bytes[i] === byte)) {
    throw new ModelError('format-unknown', 'The file is no NumPy array (.npy).', { hint: 'Save it with numpy.save.' });
  }
  const major = bytes[6] ?? 0;
  if (major < 1 || major > 3) throw unsupported(`has format version ${major}`, 'Save it with a current NumPy.');
  const start = major === 1 ? 10 : 12;
  if (bytes.length < start) throw corrupt('it ends inside its header');
  const end = start + (major === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (end > bytes.length) throw corrupt('it ends inside its header');
  return { header: new TextDecoder(major === 3 ? 'utf-8' : 'latin1').decode(bytes.subarray(start, end)), end };
}

/** A float32 array as .npy (format 1.0, C order). */
export function writeNpy(data: Float32Array, shape: readonly number[]): Uint8Array {
  const count = shape.reduce((a, b) => a * b, 1);
  if (count !== data.length) throw new RangeError(`Shape ${shape.join('×')} does not hold ${data.length} values.`);
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${tuple}), }`;
  // Header and magic together are a multiple of 64 bytes and end in a newline.
  const length = Math.ceil((10 + dictionary.length + 1) / 64) * 64 - 10;
  const bytes = new Uint8Array(10 + length + count * 4);
  const view = new DataView(bytes.buffer);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  view.setUint16(8, length, true);
  bytes.set(new TextEncoder().encode(`${dictionary.padEnd(length - 1)}\n`), 10);
  for (let i = 0; i < count; i++) view.setFloat32(10 + length + i * 4, data[i]!, true);
  return bytes;
}

function corrupt(reason: string): ModelError {
  return new ModelError('file-corrupt', `The .npy file is damaged or incomplete: ${reason}.`, { hint: 'Write it again with numpy.save.' });
}

function unsupported(what: string, hint: string): ModelError {
  return new ModelError('unsupported', `The .npy array ${what}, which cannot be read.`, { hint });
}

import { ModelError } from '../../shared/errors.ts';
import type { Library, Metadata } from './library.ts';

/** A model's config takes a few MB at most. */
const LARGEST = 2 ** 26;

/** The strings of an attribute, fixed in length (padded with zeros or blanks) or not; none where it holds something else. */
export function readStrings(library: Library, metadata: Metadata, file: bigint, path: string, name: string): string[] {
  const { size, total_size: count, vlen, type } = metadata;
  if (type !== library.H5T_class_t.H5T_STRING.value || metadata.shape === null || count === 0) return [];
  const bytes = size * count;
  if (!(bytes <= LARGEST)) {
    throw new ModelError('file-too-large', `Attribute '${name}' of '${path}' takes ${bytes} bytes; at most ${LARGEST} are read.`);
  }
  const pointer = library._malloc(bytes);
  if (pointer === 0) throw new RangeError('out of memory');
  if (library.get_attribute_data(file, path, name, BigInt(pointer)) < 0) throw new Error(`attribute '${name}' cannot be read`);
  const heap = library.HEAPU8;
  const strings: string[] = [];
  if (vlen) {
    const pointers = new Uint32Array(heap.slice(pointer, pointer + bytes).buffer);
    let length = 0;
    for (const at of pointers) {
      const text = library.UTF8ToString(at);
      length += text.length;
      if (length > LARGEST)
        throw new ModelError('file-too-large', `Attribute '${name}' of '${path}' holds more than ${LARGEST} characters.`);
      strings.push(text);
    }
  } else {
    const decoder = new TextDecoder();
    for (let i = 0; i < count; i++) {
      const padded = heap.subarray(pointer + i * size, pointer + (i + 1) * size);
      const end = padded.indexOf(0);
      strings.push(decoder.decode(end < 0 ? padded : padded.subarray(0, end)).trimEnd());
    }
  }
  library._free(pointer);
  return strings;
}

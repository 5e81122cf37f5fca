import type { MessageReader } from '../protobuf/reader.ts';
import { dataTypeName } from './dataType.ts';
import type { AttrValue, NodeDef } from './types.ts';

type Attributes = Pick<NodeDef, 'attrs' | 'value' | 'functions'>;

/** In a list: they take up to eight times as much as in the file. The longest are the types of a call's arguments. */
const MOST_NUMBERS = 2 ** 20;

/** Collects the attributes of one node; each call reads one entry of its map. */
export class AttributeReader {
  readonly #attrs: [string, AttrValue][] = [];
  readonly #functions = new Map<string, string>();
  #value: Uint8Array | undefined;

  entry(reader: MessageReader): void {
    let key = '';
    reader.message('attr', {
      1: (r) => (key = r.string()),
      // The key stands first. `_output_shapes` is most of many a file.
      2: (r) => (key.startsWith('_') ? r.bytes() : this.#read(key, r)),
    });
  }

  result(): Attributes {
    return {
      attrs: Object.fromEntries(this.#attrs),
      ...(this.#value && { value: this.#value }),
      ...(this.#functions.size > 0 && { functions: this.#functions }),
    };
  }

  #read(key: string, reader: MessageReader): void {
    const put = (value: AttrValue | undefined) => value !== undefined && this.#attrs.push([key, value]);
    reader.message('value', {
      1: (r) => put(readList(r)),
      2: (r) => put(r.string()),
      3: (r) => put(r.int()),
      4: (r) => put(r.float()),
      5: (r) => put(r.int() !== 0),
      6: (r) => put(dataTypeName(r.int())),
      7: (r) => put(readShape(r)),
      8: (r) => {
        const bytes = r.bytes();
        if (key === 'value') this.#value = bytes;
      },
      10: (r) => r.message('func', { 1: (f) => this.#functions.set(key, f.string()) }),
    });
  }
}

/** Undefined: a list of shapes, tensors or functions. */
function readList(reader: MessageReader): AttrValue | undefined {
  const strings: string[] = [];
  const numbers: number[] = [];
  const floats: Float32Array[] = [];
  const types: number[] = [];
  let other = false;
  const skip = (r: MessageReader) => {
    r.bytes();
    other = true;
  };
  reader.message('list', {
    2: (r) => strings.push(r.string()),
    3: (r) => r.ints(numbers, MOST_NUMBERS),
    4: (r) => r.floats(floats),
    5: (r) => r.ints(numbers, MOST_NUMBERS),
    6: (r) => r.ints(types, MOST_NUMBERS),
    7: skip,
    8: skip,
    9: skip,
  });
  if (other) return undefined;
  for (const chunk of floats) for (const value of chunk) numbers.push(value);
  if (types.length > 0) return types.map(dataTypeName);
  return strings.length > 0 ? strings : numbers;
}

/** Sizes, −1 for unknown ones; undefined: unknown rank. */
export function readShape(reader: MessageReader): number[] | undefined {
  const shape: number[] = [];
  let known = true;
  reader.message('shape', {
    2: (r) => {
      let size = 0;
      r.message('dim', { 1: (d) => (size = d.int()) });
      shape.push(size);
    },
    3: (r) => (known = r.int() === 0),
  });
  return known ? shape : undefined;
}

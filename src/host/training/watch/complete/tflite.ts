import { type Check, has } from './kind.ts';
import { TooShort, type WindowReader } from './windowReader.ts';

const mostBuffers = 10_000;

/** TensorFlow Lite: the FlatBuffer's root is in the file, and so are all weights. */
export const checkTflite: Check = async ({ main, name, read }) =>
  await read(main, async (reader) => {
    if (reader.size === 0) return `${name} is empty.`;
    try {
      const end = await lastByte(reader);
      return end > reader.size ? has(name, reader.size, end) : undefined;
    } catch (error) {
      if (error instanceof TooShort) return `${name} ends in the middle.`;
      throw error;
    }
  });

/** Where what the file's buffers refer to ends (schema.fbs: Model.buffers is field 4; Buffer: data, offset, size). Throws TooShort. */
async function lastByte(reader: WindowReader): Promise<number> {
  const uint = async (at: number) => (await reader.bytes(at, 4)).readUInt32LE(0);
  /** Position of a table's field; undefined: not there. */
  const field = async (table: number, id: number) => {
    const vtable = table - (await reader.bytes(table, 4)).readInt32LE(0);
    const length = (await reader.bytes(vtable, 2)).readUInt16LE(0);
    const offset = 4 + 2 * id + 2 > length ? 0 : (await reader.bytes(vtable + 4 + 2 * id, 2)).readUInt16LE(0);
    return offset === 0 ? undefined : table + offset;
  };
  const pointed = async (at: number) => at + (await uint(at));
  const root = await pointed(0);
  const at = await field(root, 4);
  if (at === undefined) return reader.size;
  const buffers = await pointed(at);
  const count = Math.min(await uint(buffers), mostBuffers);
  let end = buffers + 4 + 4 * count;
  for (let i = 0; i < count; i++) {
    const buffer = await pointed(buffers + 4 + 4 * i);
    const data = await field(buffer, 0);
    if (data !== undefined) {
      const vector = await pointed(data);
      end = Math.max(end, vector + 4 + (await uint(vector)));
    }
    const [offset, size] = [await field(buffer, 1), await field(buffer, 2)];
    if (offset === undefined || size === undefined) continue;
    const long = async (from: number) => Number((await reader.bytes(from, 8)).readBigUInt64LE(0));
    end = Math.max(end, (await long(offset)) + (await long(size)));
  }
  return end;
}

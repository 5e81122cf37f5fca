import { TooShort, type WindowReader } from './windowReader.ts';

/** A field of a message: its number and wire type, and where its content lies. Numbers (types 0, 1, 5) have their bytes as content. */
export interface Field {
  number: number;
  type: number;
  start: number;
  end: number;
}

/** The bytes are no such message, or end in the middle of it. */
export class Cut extends Error {}

/** The fields of the message between two offsets, seeking over what they hold. Throws Cut. */
export async function* fieldsOf(reader: WindowReader, start: number, end: number): AsyncGenerator<Field> {
  let at = start;
  const varint = async (): Promise<number> => {
    let value = 0;
    for (let scale = 1; scale < 2 ** 63; scale *= 128) {
      if (at >= end) throw new Cut();
      const byte = (await reader.bytes(at++, 1))[0] as number;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    // Negative numbers take ten bytes.
    at++;
    return value;
  };
  while (at < end) {
    const tag = await varint();
    const [number, type] = [Math.floor(tag / 8), tag % 8];
    let from = at;
    if (type === 0) await varint();
    else if (type === 1 || type === 5) at += type === 1 ? 8 : 4;
    else if (type === 2) {
      const length = await varint();
      from = at;
      at += length;
    } else throw new Cut();
    if (number === 0 || at > end) throw new Cut();
    yield { number, type, start: from, end: at };
  }
}

/** A number field's value. */
export async function numberOf(reader: WindowReader, { start, end }: Field): Promise<number> {
  const bytes = await reader.bytes(start, end - start);
  return bytes.reduce((value, byte, i) => value + (byte & 127) * 128 ** i, 0);
}

export async function textOf(reader: WindowReader, { start, end }: Field): Promise<string> {
  if (end - start > 4096) throw new Cut();
  return (await reader.bytes(start, end - start)).toString('utf8');
}

/** What `read` finds, undefined where the bytes end too early. */
export async function untilCut<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Cut || error instanceof TooShort) return undefined;
    throw error;
  }
}

// ZIP archives written byte by byte, so that tests can lie in any field.
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipPart {
  name: string;
  content: Uint8Array;
  deflate?: boolean;
  /** Announced in place of the true ones. */
  size?: number;
  crc?: number;
  method?: number;
  flags?: number;
}

/** @param base added to all offsets, as where the archive is appended to a file with absolute offsets */
export function zip(parts: readonly ZipPart[], base = 0): Uint8Array {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = base;
  for (const part of parts) {
    const name = Buffer.from(part.name);
    const data = part.deflate ? deflateRawSync(part.content) : part.content;
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(part.flags ?? 0x800, 2);
    fields.writeUInt16LE(part.method ?? (part.deflate ? 8 : 0), 4);
    fields.writeUInt32LE(part.crc ?? crc32(part.content), 10);
    fields.writeUInt32LE(data.length, 14);
    fields.writeUInt32LE(part.size ?? part.content.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, name, data]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    central.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), fields, tail, name]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

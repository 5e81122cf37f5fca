import { type Check, has } from './kind.ts';
import { TooShort, type WindowReader } from './windowReader.ts';

const magic = '\x89HDF\r\n\x1a\n';

/** HDF5: the superblock says where the file ends. A file that is closed is as long as that. */
export const checkHdf5: Check = async ({ main, name, read }) => await read(main, (reader) => problemOf(reader, name));

/** https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html, III.A: versions 0 and 1 hold addresses from byte 24 (28) on, 2 and 3 from byte 12. */
async function problemOf(reader: WindowReader, name: string): Promise<string | undefined> {
  if (reader.size === 0) return `${name} is empty.`;
  try {
    if ((await reader.bytes(0, 8)).toString('latin1') !== magic) return `${name} does not begin as an HDF5 file does.`;
    const version = (await reader.bytes(8, 1)).readUInt8(0);
    // Newer than what this knows: whoever reads it will say.
    if (version > 3) return undefined;
    const width = (await reader.bytes(version < 2 ? 13 : 9, 1)).readUInt8(0);
    if (width !== 4 && width !== 8) return `The superblock of ${name} is damaged: addresses of ${width} bytes.`;
    // Base address, address of free space (or of the superblock's extension), end of file.
    const at = [24, 28, 12, 12][version] as number;
    const address = await reader.bytes(at + 2 * width, width);
    const end = width === 4 ? BigInt(address.readUInt32LE(0)) : address.readBigUInt64LE(0);
    if (end === 2n ** BigInt(8 * width) - 1n) return `${name} says of no end yet.`;
    if (end > BigInt(reader.size)) return has(name, reader.size, Number(end));
    const flags = version === 3 ? (await reader.bytes(11, 1)).readUInt8(0) : 0;
    return (flags & 1) !== 0 ? `${name} is marked as open for writing.` : undefined;
  } catch (error) {
    if (error instanceof TooShort) return `${name} ends within its first bytes.`;
    throw error;
  }
}

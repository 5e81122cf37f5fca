import { zipDirectory } from '../../../../formats/zip.ts';
import type { Check } from './kind.ts';
import type { WindowReader } from './windowReader.ts';

/** The longest comment, the end record, and those of ZIP64 before it. */
const longestEnd = 0xffff + 22 + 76;
const mostDirectory = 4 * 2 ** 20;

/** A ZIP archive (.keras): its directory comes last, when everything else is written, and says where everything is. */
export const checkZip: Check = async ({ main, name, read }) => await read(main, (reader) => problemOf(reader, name));

async function problemOf(reader: WindowReader, name: string): Promise<string | undefined> {
  const { size } = reader;
  if (size === 0) return `${name} is empty.`;
  const length = Math.min(size, longestEnd);
  const found = zipDirectory(await reader.all(size - length, length, longestEnd));
  if (!found) return "The archive's end is missing.";
  // ZIP64 says where the directory is elsewhere.
  if (!Number.isFinite(found.offset)) return undefined;
  const start = size - length + found.end - found.length;
  if (start < found.offset) return `The archive's end says that ${name} is larger than it is: what stands before it is missing.`;
  const directory = found.length > mostDirectory ? await reader.all(start, 4, 4) : await reader.all(start, found.length, mostDirectory);
  // An archive of nothing is one, too.
  if (found.length === 0 || directory.readUInt32LE(0) === 0x02014b50) return undefined;
  return "The archive's directory is not where its end says.";
}

import { maskedCrc32c } from '../crc32c.ts';

/** What stands at a place of a TFRecord file. */
export type NextRecord =
  | { kind: 'record'; data: Uint8Array; end: number }
  /** The bytes end before it does; it takes `length` bytes from its start (as far as that can be told). */
  | { kind: 'partial'; length: number }
  /** `end`: where it ends, undefined: nothing says. */
  | { kind: 'corrupt'; why: string; end: number | undefined };

const headerLength = 12;
/** Length, two checksums. */
export const recordOverhead = 16;

/**
 * The record at `at`: uint64 length, its masked CRC-32C, the bytes, their masked CRC-32C, all little-endian
 * (tensorflow/core/lib/io/record_writer.h). `data` is a view.
 */
export function nextRecord(bytes: Uint8Array, at: number): NextRecord {
  const left = bytes.length - at;
  if (left < headerLength) return { kind: 'partial', length: headerLength };
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, left);
  if (maskedCrc32c(bytes.subarray(at, at + 8)) !== view.getUint32(8, true)) {
    return { kind: 'corrupt', why: 'the length of a record does not match its checksum', end: undefined };
  }
  const length = Number(view.getBigUint64(0, true));
  if (left < length + recordOverhead) return { kind: 'partial', length: length + recordOverhead };
  const data = bytes.subarray(at + headerLength, at + headerLength + length);
  if (maskedCrc32c(data) !== view.getUint32(headerLength + length, true)) {
    return { kind: 'corrupt', why: `a record of ${length} bytes does not match its checksum`, end: at + length + recordOverhead };
  }
  return { kind: 'record', data, end: at + length + recordOverhead };
}

import type { FileStamp } from '../disk.ts';
import type { WindowReader } from './windowReader.ts';

/** What a format's check is given. */
export interface Checked {
  /** The model file, and its name. */
  main: FileStamp;
  name: string;
  /** A file of the model, by its name relative to the folder; undefined: not there. All that are asked for are of the set. */
  part(name: string): Promise<FileStamp | undefined>;
  /** What a file holds, read once for each of its stamps. */
  read<T>(file: FileStamp, read: (reader: WindowReader) => Promise<T>): Promise<T>;
}

/** Undefined: everything is there. Else what is missing, a sentence. */
export type Check = (checked: Checked) => Promise<string | undefined>;

/** What more than this is announced to hold is not read, for it. */
export const mostJson = 16 * 2 ** 20;

const number = new Intl.NumberFormat('en-GB');
/** `1,024` */
export const counted = (n: number): string => number.format(n);

export const has = (name: string, bytes: number, of: number): string => `${name} has ${counted(bytes)} of ${counted(of)} bytes.`;

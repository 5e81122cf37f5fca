import { ModelError } from '../../shared/errors.ts';
import { withinTime } from '../withinTime.ts';
import { type Library, type Metadata, newLibrary, preloadLibrary } from './library.ts';
import { NumberReader } from './numbers.ts';
import { readStrings } from './strings.ts';

export interface Dataset {
  shape: readonly number[];
  /** All values as float32, row-major; a new array, the caller's own. */
  read(): Float32Array<ArrayBuffer>;
  /** The same, to be looked at only until the next thing is asked of the file. */
  view(): Float32Array<ArrayBuffer>;
}

const MAGIC = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
/** Seconds that one call may take: libhdf5 follows some damages in a circle for ever. Whole files are read in `withinTime` of their own. */
const LONGEST = 5;
/** Groups that a path leads through. */
const DEEPEST = 64;
/** Links followed in one file: for each part of a path, those before it again. A name may lead through a circle of groups as often as it likes. */
const MOST_STEPS = 2 ** 21;

export function isHdf5(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte);
}

/**
 * An HDF5 file in memory. The file is not copied, nothing is listed, and nothing outside of it is read: what is asked for is
 * looked up by its path. Numbers may take 16 × the file's size or 64 MiB in all, whichever is more.
 * Errors are ModelErrors: 'file-corrupt', 'file-too-large', 'unsupported'.
 */
export class Hdf5File {
  readonly #library: Library;
  readonly #file: bigint;
  readonly #complaints: string[];
  readonly #numbers: NumberReader;
  #steps = 0;

  private constructor(library: Library, file: bigint, complaints: string[], size: number) {
    this.#library = library;
    this.#file = file;
    this.#complaints = complaints;
    this.#numbers = new NumberReader(library, file, size);
  }

  /** Begins loading the library, so that it is there when a file is opened. */
  static preload = preloadLibrary;

  static async open(bytes: Uint8Array): Promise<Hdf5File> {
    if (!isHdf5(bytes)) throw new ModelError('file-corrupt', 'The file is no HDF5 file.');
    const complaints: string[] = [];
    const library = await newLibrary((line) => complaints.length < 1000 && complaints.push(line));
    const file = guarded(complaints, () => {
      library.FS.writeFile('/file', bytes, { canOwn: true });
      return library.open('/file');
    });
    if (file < 0n) throw damaged(complaints);
    return new Hdf5File(library, file, complaints, bytes.length);
  }

  /** Undefined where there is nothing at the path. */
  kindOf(path: string): 'group' | 'dataset' | 'other' | undefined {
    if (!this.#mayFollow(path)) return undefined;
    const kind = this.#guarded(() => this.#library.get_type(this.#file, path));
    // Where looking it up fails, as in a circle of links, the kind is chance.
    if (kind < 0 || this.#complaints.length > 0) return undefined;
    if (kind === this.#library.H5G_GROUP) return 'group';
    return kind === this.#library.H5G_DATASET ? 'dataset' : 'other';
  }

  /** The strings of an attribute; none where it holds something else, undefined where it is not there. */
  strings(path: string, name: string): string[] | undefined {
    const metadata = this.#found(path, () => this.#library.get_attribute_metadata(this.#file, path, name));
    return metadata && this.#guarded(() => readStrings(this.#library, metadata, this.#file, path, name));
  }

  /** An attribute that is one string. */
  string(path: string, name: string): string | undefined {
    const strings = this.strings(path, name);
    return strings?.length === 1 ? strings[0] : undefined;
  }

  /** Undefined where there is no dataset at the path. */
  dataset(path: string): Dataset | undefined {
    const metadata = this.#found(path, () => this.#library.get_dataset_metadata(this.#file, path));
    if (!metadata) return undefined;
    const shape = metadata.shape ?? [0];
    return {
      shape,
      read: () => this.#guarded(() => this.#numbers.read(path, metadata, shape)),
      view: () => this.#guarded(() => this.#numbers.view(path, metadata, shape)),
    };
  }

  #mayFollow(path: string): boolean {
    const parts = path.split('/').length;
    this.#steps += Math.min(parts, DEEPEST) ** 2;
    if (this.#steps > MOST_STEPS) throw new ModelError('file-too-large', 'The HDF5 file names more groups and datasets than are read.');
    return parts <= DEEPEST;
  }

  /** Undefined where the library says that there is nothing of that name. */
  #found(path: string, look: () => Metadata): Metadata | undefined {
    if (!this.#mayFollow(path)) return undefined;
    return this.#guarded(() => {
      try {
        return look();
      } catch (error) {
        if (error instanceof Error && error.message.startsWith('error - name not defined')) return undefined;
        throw error;
      }
    });
  }

  #guarded<T>(act: () => T): T {
    return guarded(this.#complaints, act);
  }
}

/** What the library throws, a trap included, is about the file, and so is what it never ends. */
function guarded<T>(complaints: string[], act: () => T): T {
  complaints.length = 0;
  try {
    return withinTime(LONGEST, act);
  } catch (error) {
    throw error instanceof ModelError ? error : damaged(complaints, error);
  }
}

/** With the reason of libhdf5: the innermost entry of its stack of errors, `#005: H5Fsuper.c line 402 in H5F__super_read(): truncated file`. */
export function damaged(complaints: readonly string[], cause?: unknown): ModelError {
  const reasons = complaints.flatMap((line) => /^\s*#\d+: .*\(\): (.+)$/.exec(line)?.[1] ?? []);
  const reason = reasons.at(-1) ?? (cause instanceof Error ? cause.message : undefined);
  return new ModelError('file-corrupt', `The HDF5 file is damaged${reason === undefined ? '' : `: ${reason}`}.`, { cause });
}

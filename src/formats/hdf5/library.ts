import { ModelError } from '../../shared/errors.ts';

/** What of h5wasm's module is used: libhdf5 compiled to WebAssembly, with a file system in memory. */
export interface Library {
  readonly HEAPU8: Uint8Array<ArrayBuffer>;
  FS: {
    writeFile(path: string, data: Uint8Array, options: { canOwn: boolean }): void;
  };
  H5T_class_t: Record<'H5T_INTEGER' | 'H5T_FLOAT' | 'H5T_STRING', { value: number }>;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  UTF8ToString(pointer: number): string;
  /** Negative where the file cannot be opened. */
  open(path: string): bigint;
  /** H5G_GROUP, H5G_DATASET, …; −1 where there is nothing. */
  get_type(file: bigint, path: string): number;
  H5G_GROUP: number;
  H5G_DATASET: number;
  get_attribute_metadata(file: bigint, path: string, name: string): Metadata;
  get_attribute_data(file: bigint, path: string, name: string, pointer: bigint): number;
  get_dataset_metadata(file: bigint, path: string): Metadata;
  get_dataset_filters(file: bigint, path: string): { id: number; name: string }[];
  /** A hyperslab, or all of it. */
  get_dataset_data(
    file: bigint,
    path: string,
    count: bigint[] | null,
    offset: bigint[] | null,
    strides: bigint[] | null,
    pointer: bigint,
  ): number;
}

export interface Metadata {
  /** Null for a null dataspace. */
  shape: number[] | null;
  chunks: number[] | null;
  /** Bytes of an element. */
  size: number;
  /** Number of elements. */
  total_size: number;
  type: number;
  signed: boolean;
  vlen: boolean;
  virtual_sources?: unknown[];
}

/** An instance of the library never takes more memory; a file that needs more is refused. */
const LARGEST_HEAP = 2 ** 28;

/**
 * A new instance of the library with one file in it. Each file has its own, so that whatever a malicious one does to it ends
 * with it, and its memory, which never shrinks, is given back. It has no access to the disk or the network.
 * @param complain takes what libhdf5 says about errors, line by line
 */
export async function newLibrary(complain: (line: string) => void): Promise<Library> {
  const factory = await factoryOnce();
  return factory({
    noInitialRun: true,
    print: () => {},
    printErr: complain,
    stdin: () => null,
    // Called after every growth; what is thrown makes the allocation fail. An instance left so may loop, which its callers end.
    set HEAPU8(heap: Uint8Array<ArrayBuffer>) {
      if (heap.length > LARGEST_HEAP) throw new RangeError('The heap is full.');
      Object.defineProperty(this, 'heap', { value: heap, configurable: true });
    },
    get HEAPU8() {
      return (this as unknown as { heap: Uint8Array<ArrayBuffer> }).heap;
    },
  });
}

/** Begins loading, which takes a while, so that it goes on while other things are done. */
export function preloadLibrary(): void {
  // Whoever needs it is told.
  factoryOnce().catch(() => {});
}

type Factory = (options: object) => Promise<Library>;
let loading: Promise<Factory> | undefined;

function factoryOnce(): Promise<Factory> {
  loading ??= load();
  return loading;
}

/** h5wasm's entry makes one instance for all; the factory beside it makes any number. */
async function load(): Promise<Factory> {
  try {
    const url = new URL('hdf5_util.js', import.meta.resolve('h5wasm'));
    return ((await import(url.href)) as { default: Factory }).default;
  } catch (cause) {
    loading = undefined;
    throw new ModelError('engine', 'The HDF5 library (h5wasm) cannot be loaded.', { hint: 'Reinstall Glassbox.', cause });
  }
}

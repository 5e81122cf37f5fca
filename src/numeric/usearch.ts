/**
 * usearch, the library that is searched with where it is there: it is optional, its native code not there on every platform (musl,
 * Windows on ARM). What of it is used is told here, so that the types need no package either.
 */
export interface Usearch {
  /** Distances from the smallest on; throws where `count` is above the number of vectors. `threads` 0: as many as there are cores. */
  exactSearch(
    vectors: Float32Array,
    query: Float32Array,
    dimensions: number,
    count: number,
    metric: 'cos' | 'l2sq',
    threads: number,
  ): Matches;
  Index: new (settings: IndexSettings) => UsearchIndex;
}

export interface Matches {
  keys: BigUint64Array;
  distances: Float32Array;
  /** Of several queries: how many there are of each, of as many places as were asked for; absent for one query. */
  counts?: BigUint64Array;
}

export interface IndexSettings {
  dimensions: number;
  metric: 'cos' | 'l2sq';
  quantization: 'f16' | 'f32';
  connectivity: number;
  expansion_add: number;
  expansion_search: number;
  multi: boolean;
}

export interface UsearchIndex {
  add(keys: BigUint64Array, vectors: Float32Array, threads: number): void;
  /** One query, or several. */
  search(queries: Float32Array, count: number, threads: number): Matches;
}

/** A name that is no literal: TypeScript does not look for it. */
const packageName: string = 'usearch';

let loading: Promise<Usearch | undefined> | undefined;

/** Undefined where it is not installed or has no native code for this platform. */
export function usearch(): Promise<Usearch | undefined> {
  loading ??= import(packageName).then(
    (module: { default: Usearch }) => module.default,
    () => undefined,
  );
  return loading;
}

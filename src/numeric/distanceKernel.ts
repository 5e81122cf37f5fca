import {
  add,
  addFloats,
  and,
  anyTrue,
  type Code,
  type Compiled,
  constant,
  doWhile,
  get,
  i32,
  instantiate,
  less,
  lessFloats,
  load,
  loadSplat,
  maxFloats,
  moduleOf,
  multiply,
  multiplyFloats,
  or,
  set,
  shiftRight,
  store,
  storeInt,
  subtractFloats,
  v128,
  when,
  zeros,
} from './wasm.ts';

/** Vectors of a panel: they lie interleaved, [dimensions][8], so that one load gives the same dimension of four of them. */
export const panel = 8;
/** Rows of a tile; its columns are a panel. */
export const tileRows = 4;
/** Bytes of a tile as the kernel hands it over: its row and panel, then its squared distances [4][8]. */
export const tileBytes = 8 + 4 * tileRows * panel;

/** Where vectors lie in the kernel's memory, byte addresses: the panels, and by vector the squared norm and the bound. */
export interface Placed {
  vectors: number;
  norms: number;
  bounds: number;
}

/**
 * Squared Euclidean distances |a|² + |b|² − 2 a·b in single precision between many vectors, of which only tiles are handed over that hold
 * one below the bound of its row or its column. 4 × 8 sums stay in registers over all dimensions, as in matrix products (Goto, van de
 * Geijn 2008, Anatomy of high-performance matrix multiplication). JavaScript alone has no vectors: this is four times as fast.
 */
export class DistanceKernel {
  readonly memory: ArrayBuffer;
  readonly #run: (...parameters: number[]) => number;

  /** `bytes`: of memory. Throws ModelError('engine') where there is not so much. */
  constructor(bytes: number) {
    ({ memory: this.memory, run: this.#run } = instantiate(compiled, bytes));
  }

  /**
   * Compares rows (in fours) from..to of one place with panels from..to of another; `out` is where tiles go, room for all of them. Returns
   * their bytes.
   */
  tiles(rows: Placed, fours: Range, columns: Placed, panels: Range, { dimensions, out }: { dimensions: number; out: number }): number {
    if (fours.from >= fours.to || panels.from >= panels.to) return 0;
    const end = this.#run(
      ...[rows.vectors, rows.norms, rows.bounds, fours.from, fours.to],
      ...[columns.vectors, columns.norms, columns.bounds, panels.from, panels.to],
      ...[dimensions * panel * 4, out],
    );
    return end - out;
  }
}

export interface Range {
  from: number;
  to: number;
}

const compiled: Compiled = { code: kernelCode };

function kernelCode(): Uint8Array<ArrayBuffer> {
  const [rows, rowNorms, rowBounds, fromFour, toFour] = [0, 1, 2, 3, 4] as const;
  const [columns, columnNorms, columnBounds, fromPanel, toPanel] = [5, 6, 7, 8, 9] as const;
  const [panelBytes, out] = [10, 11] as const;
  const [at, four, a, b, end, splat, low, high, below, sums] = [12, 13, 14, 15, 16, 17, 18, 19, 20, 21] as const;
  const tile = Array.from({ length: 2 * tileRows }, (_, i) => sums + i);
  const bytesOf = (local: number, factor: number) => multiply(get(local), constant(factor));
  const increment = (local: number, by: number) => set(local, add(get(local), constant(by)));

  const addProducts = Array.from({ length: tileRows }, (_, row): Code => {
    const [left, right] = [sums + 2 * row, sums + 2 * row + 1];
    return [
      ...set(splat, loadSplat(get(a), 4 * row)),
      ...set(left, addFloats(get(left), multiplyFloats(get(splat), get(low)))),
      ...set(right, addFloats(get(right), multiplyFloats(get(splat), get(high)))),
    ];
  });
  const overDimensions = doWhile(
    less(get(b), get(end)),
    set(low, load(get(b))),
    set(high, load(get(b), 16)),
    ...addProducts,
    increment(a, 4 * panel),
    increment(b, 4 * panel),
  );
  // From here on a and b are addresses of the norms and bounds of this tile.
  const [rowAt, columnAt] = [(base: number) => add(get(base), bytesOf(four, 16)), (base: number) => add(get(base), bytesOf(at, 32))];
  const distances = tile.flatMap((sum, i): Code => {
    const [row, half] = [i >> 1, i & 1];
    const norms = addFloats(loadSplat(rowAt(rowNorms), 4 * row), load(columnAt(columnNorms), 16 * half));
    const bound = maxFloats(loadSplat(rowAt(rowBounds), 4 * row), load(columnAt(columnBounds), 16 * half));
    return [...set(sum, subtractFloats(norms, addFloats(get(sum), get(sum)))), ...set(below, or(get(below), lessFloats(get(sum), bound)))];
  });
  const handOver = when(
    anyTrue(get(below)),
    storeInt(get(out), multiply(get(four), constant(tileRows))),
    storeInt(get(out), multiply(get(at), constant(panel)), 4),
    ...tile.map((sum, i) => store(get(out), get(sum), 8 + 16 * i)),
    increment(out, tileBytes),
  );
  const rowStart = add(
    add(get(rows), multiply(shiftRight(get(four), constant(1)), get(panelBytes))),
    multiply(and(get(four), constant(1)), constant(16)),
  );
  const body = doWhile(
    less(get(at), get(toPanel)),
    set(four, get(fromFour)),
    doWhile(
      less(get(four), get(toFour)),
      set(a, rowStart),
      set(b, add(get(columns), multiply(get(at), get(panelBytes)))),
      set(end, add(get(b), get(panelBytes))),
      ...tile.map((sum) => set(sum, zeros)),
      overDimensions,
      set(below, zeros),
      distances,
      handOver,
      increment(four, 1),
    ),
    increment(at, 1),
  );
  const locals = [...new Array<number>(5).fill(i32), ...new Array<number>(4 + tile.length).fill(v128)];
  return moduleOf(12, locals, [...set(at, get(fromPanel)), ...body, ...get(out)]);
}

import {
  add,
  addFloats,
  and,
  type Code,
  type Compiled,
  constant,
  doWhile,
  get,
  i32,
  instantiate,
  less,
  load,
  loadSplat,
  moduleOf,
  multiply,
  multiplyFloats,
  set,
  shiftRight,
  store,
  v128,
  zeros,
} from './wasm.ts';

/** Vectors inside an array: entry t of vector v is data[v · vectorStride + t · stride], less `mean` where there is one. */
export interface Vectors {
  data: Float32Array | Float64Array;
  count: number;
  length: number;
  vectorStride: number;
  stride: number;
  /** By vector, or by entry. */
  mean?: { values: Float64Array; by: 'vector' | 'entry' };
}

/** Entries that are summed in single precision before double precision takes over. */
const chunk = 512;
/** Vectors of a panel lie interleaved, [entries][8]; a tile of the result is four of one by eight of another. */
const panel = 8;
const tileRows = 4;
const tileBytes = 4 * tileRows * panel;
/** Panels of the left that are in memory at a time. */
const panelsAtOnce = 256;

/** Σ_t left(i,t) · right(j,t), [left.count,right.count]. Of vectors with themselves one half is computed. */
export function products(left: Vectors, right: Vectors = left): Float64Array {
  const result = new Float64Array(left.count * right.count);
  const sides = { left: panelsOf(left.count), right: panelsOf(right.count) };
  const entries = Math.max(1, Math.min(chunk, left.length));
  const room = panel * entries * 4;
  const place = { left: 0, right: Math.min(panelsAtOnce, sides.left) * room, out: 0 };
  place.out = place.right + sides.right * room;
  const { memory, run } = instantiate(compiled, place.out + (panel / tileRows) * panelsAtOnce * tileBytes);
  const floats = new Float32Array(memory);
  for (let begin = 0; begin < left.length; begin += entries) {
    const range = { begin, end: Math.min(left.length, begin + entries) };
    const panelBytes = panel * 4 * (range.end - range.begin);
    lay(right, 0, sides.right, range, floats, place.right);
    for (let first = 0; first < sides.left; first += panelsAtOnce) {
      const several = Math.min(panelsAtOnce, sides.left - first);
      lay(left, first, several, range, floats, place.left);
      for (let column = left === right ? first : 0; column < sides.right; column++) {
        const fours = (panel / tileRows) * (left === right ? Math.min(several, column - first + 1) : several);
        run(place.left, 0, fours, place.right + column * panelBytes, panelBytes, place.out);
        gather(floats.subarray(place.out / 4), { row: first * panel, column: column * panel, fours }, left.count, right.count, result);
      }
    }
  }
  if (left === right) mirror(result, left.count);
  return result;
}

function panelsOf(count: number): number {
  return Math.ceil(count / panel);
}

/** Entries begin..end of `panels` panels of vectors to the address `at`; what is missing of the last one is 0. */
function lay(vectors: Vectors, first: number, panels: number, { begin, end }: Range, floats: Float32Array, at: number): void {
  const size = panel * (end - begin);
  for (let p = 0; p < panels; p++) {
    const from = (first + p) * panel;
    const into = floats.subarray(at / 4 + p * size, at / 4 + (p + 1) * size);
    const few = Math.min(panel, vectors.count - from);
    if (few < panel) into.fill(0);
    if (vectors.mean?.by === 'entry') layByEntry(vectors, from, few, { begin, end }, into);
    else layByVector(vectors, from, few, { begin, end }, into);
  }
}

interface Range {
  begin: number;
  end: number;
}

function layByEntry(
  { data, vectorStride, stride, mean }: Vectors,
  from: number,
  few: number,
  { begin, end }: Range,
  into: Float32Array,
): void {
  const means = (mean as NonNullable<typeof mean>).values;
  for (let v = 0; v < few; v++) {
    let at = (from + v) * vectorStride + begin * stride;
    for (let t = begin, to = v; t < end; t++, to += panel, at += stride) into[to] = data[at]! - means[t]!;
  }
}

function layByVector(
  { data, vectorStride, stride, mean }: Vectors,
  from: number,
  few: number,
  { begin, end }: Range,
  into: Float32Array,
): void {
  const means = Float64Array.from({ length: few }, (_, v) => mean?.values[from + v] ?? 0);
  for (let t = begin, to = 0; t < end; t++, to += panel) {
    let at = from * vectorStride + t * stride;
    for (let v = 0; v < few; v++, at += vectorStride) into[to + v] = data[at]! - means[v]!;
  }
}

/** Adds the tiles of a panel of columns to the result. */
function gather(
  tiles: Float32Array,
  { row, column, fours }: { row: number; column: number; fours: number },
  rows: number,
  columns: number,
  result: Float64Array,
): void {
  const width = Math.min(panel, columns - column);
  const end = Math.min(rows, row + fours * tileRows);
  for (let r = row, at = 0; r < end; r++, at += panel) {
    const to = r * columns + column;
    for (let c = 0; c < width; c++) result[to + c] = result[to + c]! + tiles[at + c]!;
  }
}

function mirror(square: Float64Array, size: number): void {
  for (let r = 0; r < size; r++) for (let c = 0; c < r; c++) square[r * size + c] = square[c * size + r]!;
}

const compiled: Compiled = { code: kernelCode };

/**
 * Tiles of fours from..to of the panels at `left` by the panel at `right`, one after the other at `out`: 4 × 8 sums stay in registers over
 * all entries (Goto, van de Geijn, Anatomy of high-performance matrix multiplication, ACM TOMS 2008).
 */
function kernelCode(): Uint8Array<ArrayBuffer> {
  const [left, from, to, right, panelBytes, out] = [0, 1, 2, 3, 4, 5] as const;
  const [a, b, end, splat, low, high, sums] = [6, 7, 8, 9, 10, 11, 12] as const;
  const tile = Array.from({ length: 2 * tileRows }, (_, i) => sums + i);
  const increment = (local: number, by: number) => set(local, add(get(local), constant(by)));
  const addProducts = Array.from({ length: tileRows }, (_, row): Code => {
    const [first, second] = [sums + 2 * row, sums + 2 * row + 1];
    return [
      ...set(splat, loadSplat(get(a), 4 * row)),
      ...set(first, addFloats(get(first), multiplyFloats(get(splat), get(low)))),
      ...set(second, addFloats(get(second), multiplyFloats(get(splat), get(high)))),
    ];
  });
  const half = multiply(and(get(from), constant(1)), constant(4 * tileRows));
  const body = doWhile(
    less(get(from), get(to)),
    set(a, add(add(get(left), multiply(shiftRight(get(from), constant(1)), get(panelBytes))), half)),
    set(b, get(right)),
    set(end, add(get(b), get(panelBytes))),
    ...tile.map((sum) => set(sum, zeros)),
    doWhile(
      less(get(b), get(end)),
      set(low, load(get(b))),
      set(high, load(get(b), 16)),
      ...addProducts,
      increment(a, 4 * panel),
      increment(b, 4 * panel),
    ),
    ...tile.map((sum, i) => store(get(out), get(sum), 16 * i)),
    increment(out, tileBytes),
    increment(from, 1),
  );
  return moduleOf(6, [i32, i32, i32, ...new Array<number>(3 + tile.length).fill(v128)], [...body, ...get(out)]);
}

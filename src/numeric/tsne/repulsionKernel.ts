import {
  add,
  addFloats,
  type Code,
  type Compiled,
  constant,
  divideFloats,
  doWhile,
  get,
  i32,
  instantiate,
  less,
  load,
  loadSplat,
  moduleOf,
  multiplyFloats,
  set,
  store,
  subtractFloats,
  v128,
  zeros,
} from '../wasm.ts';

/** Points lie in blocks of eight: x, y, then what is computed, x and y of the force and the part of Z. */
const block = 8;
const blockNumbers = 5 * block;
/** A number 1, then blocks, then the list: x, y, mass. */
const blocksAt = 4;
export const entryNumbers = 3;

/**
 * What a list of masses does to points: Σ m q² (p − l) and Σ m q with q = (1+|p−l|²)⁻¹, in single precision, four points at a time. Where
 * all are given relative to a place near the points, that is precise enough by far.
 */
export class RepulsionKernel {
  /** Points at most. */
  readonly points: number;
  /** Masses that act on points: x, y and mass of each. */
  readonly list: Float32Array;
  /** How many of them do. */
  entries = 0;
  readonly #floats: Float32Array;
  readonly #listAt: number;
  readonly #run: (blocks: number, blocksEnd: number, list: number, listEnd: number) => void;

  /** @param entries of the list, at most */
  constructor(points: number, entries: number) {
    const blocks = Math.ceil(points / block);
    this.points = blocks * block;
    this.#listAt = blocksAt + blocks * blockNumbers;
    const { memory, run } = instantiate(compiled, 4 * (this.#listAt + entries * entryNumbers));
    this.#run = run;
    this.#floats = new Float32Array(memory);
    this.#floats[0] = 1;
    this.list = this.#floats.subarray(this.#listAt);
  }

  setPoint(i: number, x: number, y: number): void {
    const at = blocksAt + (i >> 3) * blockNumbers + (i & 7);
    this.#floats[at] = x;
    this.#floats[at + block] = y;
  }

  /** Computes what the list, which is not empty, does to the first `count` points. */
  run(count: number): void {
    const end = blocksAt + Math.ceil(count / block) * blockNumbers;
    this.#run(4 * blocksAt, 4 * end, 4 * this.#listAt, 4 * (this.#listAt + entryNumbers * this.entries));
  }

  forceX(i: number): number {
    return this.#result(i, 2);
  }

  forceY(i: number): number {
    return this.#result(i, 3);
  }

  z(i: number): number {
    return this.#result(i, 4);
  }

  #result(i: number, row: number): number {
    return this.#floats[blocksAt + (i >> 3) * blockNumbers + row * block + (i & 7)] as number;
  }
}

const compiled: Compiled = { code: kernelCode };

/** For each block of points, over all of the list: two vectors of four points share what is read of an entry. */
function kernelCode(): Uint8Array<ArrayBuffer> {
  const [at, end, list, listEnd, entry] = [0, 1, 2, 3, 4] as const;
  const [one, listX, listY, mass, dx, dy, q, w] = [5, 6, 7, 8, 9, 10, 11, 12] as const;
  const halves = [0, 1].map((half) => ({
    offset: 16 * half,
    locals: [0, 1, 2, 3, 4].map((i) => 13 + 5 * half + i) as [number, number, number, number, number],
  }));
  const increment = (local: number, by: number) => set(local, add(get(local), constant(by)));
  const addTo = (sum: number, value: Code) => set(sum, addFloats(get(sum), value));

  const interact = halves.map(
    ({ locals: [x, y, forceX, forceY, z] }): Code => [
      ...set(dx, subtractFloats(get(x), get(listX))),
      ...set(dy, subtractFloats(get(y), get(listY))),
      ...set(q, divideFloats(get(one), addFloats(get(one), addFloats(multiplyFloats(get(dx), get(dx)), multiplyFloats(get(dy), get(dy)))))),
      ...set(w, multiplyFloats(get(mass), get(q))),
      ...addTo(z, get(w)),
      ...set(w, multiplyFloats(get(w), get(q))),
      ...addTo(forceX, multiplyFloats(get(w), get(dx))),
      ...addTo(forceY, multiplyFloats(get(w), get(dy))),
    ],
  );
  const overList = doWhile(
    less(get(entry), get(listEnd)),
    set(listX, loadSplat(get(entry))),
    set(listY, loadSplat(get(entry), 4)),
    set(mass, loadSplat(get(entry), 8)),
    ...interact,
    increment(entry, 4 * entryNumbers),
  );
  const rowBytes = 4 * block;
  const begin = halves.map(
    ({ offset, locals: [x, y, ...sums] }): Code => [
      ...set(x, load(get(at), offset)),
      ...set(y, load(get(at), offset + rowBytes)),
      ...sums.flatMap((sum) => set(sum, zeros)),
    ],
  );
  const finish = halves.flatMap(({ offset, locals: [, , ...sums] }) =>
    sums.map((sum, i) => store(get(at), get(sum), offset + (2 + i) * rowBytes)),
  );
  const overBlocks = doWhile(
    less(get(at), get(end)),
    ...begin,
    set(entry, get(list)),
    overList,
    ...finish,
    increment(at, 4 * blockNumbers),
  );
  const locals = [i32, ...new Array<number>(18).fill(v128)];
  return moduleOf(4, locals, [...set(one, loadSplat(constant(0))), ...overBlocks, ...constant(0)]);
}

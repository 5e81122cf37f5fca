import { Fft, type Stage } from './fft.ts';
import {
  add,
  addFloats,
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
  multiplyFloats,
  set,
  store,
  subtractFloats,
  v128,
  when,
} from './wasm.ts';

/** Numbers of an entry: the real parts of four sequences, then the imaginary ones. */
export const entry = 8;
const entryBytes = 4 * entry;

/**
 * Fourier transforms of four sequences at a time in single precision, of the lengths and in the order of `Fft`, whose first half only is
 * given, and only the first half of what comes back is right. JavaScript, which has no vectors, takes ten times
 * as long.
 */
export class FourTransforms {
  readonly fft: Fft;
  /** [length] entries. */
  readonly line: Float32Array;
  /** What the caller keeps in the memory of the transforms. */
  readonly own: Float32Array;
  readonly #layout: Layout;
  readonly #run: (...parameters: number[]) => number;

  /** @param own numbers of the caller's own */
  constructor(length: number, own = 0) {
    this.fft = new Fft(length);
    this.#layout = layoutOf(this.fft);
    const { memory, run } = instantiate(compiledFor(this.fft, this.#layout), this.#layout.own + 4 * own);
    this.#run = run;
    this.line = new Float32Array(memory, this.#layout.line, entry * length);
    this.own = new Float32Array(memory, this.#layout.own, own);
    const constants = new Float32Array(memory, 0, this.#layout.line / 4);
    constants.set([0.5, sin3]);
    for (const [s, stage] of this.fft.stages.entries()) constants.set(stage.twiddles, (this.#layout.twiddles[s] as number) / 4);
  }

  forwardHalf(): void {
    this.#run(1, 0, 0);
  }

  backwardHalf(): void {
    this.#run(0, 0, 1);
  }

  /** There, times the factors [length,4] that begin at this place of `own`, and back. */
  convolve(factors: number): void {
    this.#run(1, this.#layout.own + 4 * factors, 1);
  }
}

const sin3 = Math.sqrt(3) / 2;

/** Byte addresses: constants and twiddles first. */
interface Layout {
  twiddles: readonly number[];
  line: number;
  own: number;
}

function layoutOf({ stages, length }: Fft): Layout {
  let at = 16;
  const twiddles = stages.map((stage) => {
    const here = at;
    at += 4 * stage.twiddles.length;
    return here;
  });
  const line = Math.ceil(at / 64) * 64;
  return { twiddles, line, own: line + entryBytes * length };
}

const compiled = new Map<number, Compiled>();

function compiledFor(fft: Fft, layout: Layout): Compiled {
  const known = compiled.get(fft.length) ?? { code: () => codeOf(fft, layout) };
  compiled.set(fft.length, known);
  return known;
}

/** Parameters: forward?, address of factors or 0, backward?. */
const [forward, factors, backward] = [0, 1, 2] as const;
const [block, at, twiddle, stop] = [3, 4, 5, 6] as const;
const [cos, sin] = [7, 8] as const;
const [values, sums] = [9, 17] as const;
const locals = [...new Array<number>(4).fill(i32), ...new Array<number>(18).fill(v128)];

function codeOf({ stages, length }: Fft, { twiddles, line }: Layout): Uint8Array<ArrayBuffer> {
  const end = line + entryBytes * length;
  const passes = (pass: typeof ahead) => stages.map((stage, s) => pass(stage, twiddles[s] as number, { line, end, half: s === 0 }));
  const increment = (local: number, by: number) => set(local, add(get(local), constant(by)));
  const multiply: Code = [
    ...set(at, constant(line)),
    ...doWhile(
      less(get(at), constant(end)),
      set(cos, load(get(factors))),
      store(get(at), multiplyFloats(load(get(at)), get(cos))),
      store(get(at), multiplyFloats(load(get(at), 16), get(cos)), 16),
      increment(at, entryBytes),
      increment(factors, 16),
    ),
  ];
  const body = [when(get(forward), ...passes(ahead)), when(get(factors), multiply), when(get(backward), ...passes(back).reverse())];
  return moduleOf(3, locals, [...body.flat(), ...constant(0)]);
}

interface Where {
  line: number;
  end: number;
  /** The first pass there, the last one back: half of the line is left out. */
  half: boolean;
}

type Complex = readonly [Code, Code];

/** Decimation in frequency: short transforms, then the twiddles. */
function ahead(stage: Stage, twiddles: number, where: Where): Code {
  const { radix, part } = stage;
  const given = where.half ? radix / 2 : radix;
  const results = Array.from({ length: radix }, (_, s): Code => {
    const y = value(s);
    if (s === 0 || part === 1) return storeValue(s, part, y);
    const [re, im] = turned(y, 1);
    return [...loadTwiddle(s), ...storeValue(s, part, [re, im])];
  });
  return overLine(stage, twiddles, where, [...loadValues(given, part), ...shortTransform(radix, given), ...results.flat()]);
}

/** Decimation in time with the conjugate twiddles: undoes `ahead`, up to the factor radix. */
function back(stage: Stage, twiddles: number, where: Where): Code {
  const { radix, part } = stage;
  const wanted = where.half ? radix / 2 : radix;
  const turn = Array.from({ length: radix }, (_, s): Code => {
    if (s === 0 || part === 1) return [];
    const [re, im] = turned(value(s), -1);
    return [...loadTwiddle(s), ...set(sums, re), ...set(values + 2 * s + 1, im), ...set(values + 2 * s, get(sums))];
  });
  // The other direction has the same sums, in the opposite order.
  const results = Array.from({ length: wanted }, (_, s) => storeValue(s, part, value((radix - s) % radix)));
  return overLine(stage, twiddles, where, [...loadValues(radix, part), ...turn.flat(), ...shortTransform(radix, radix), ...results.flat()]);
}

/** `step` for each entry of the first of the stage's parts, in each of its blocks. */
function overLine({ radix, length, part }: Stage, twiddles: number, { line, end }: Where, step: Code): Code {
  const increment = (local: number, by: number) => set(local, add(get(local), constant(by)));
  return [
    ...set(block, constant(line)),
    ...doWhile(
      less(get(block), constant(end)),
      set(at, get(block)),
      set(twiddle, constant(twiddles)),
      set(stop, add(get(block), constant(entryBytes * part))),
      doWhile(less(get(at), get(stop)), step, increment(at, entryBytes), increment(twiddle, 8 * (radix - 1))),
      increment(block, entryBytes * length),
    ),
  ];
}

const value = (s: number): Complex => [get(values + 2 * s), get(values + 2 * s + 1)];

function loadValues(count: number, part: number): Code {
  return Array.from({ length: 2 * count }, (_, i) => set(values + i, load(get(at), entryBytes * part * (i >> 1) + 16 * (i & 1)))).flat();
}

function storeValue(s: number, part: number, [re, im]: Complex): Code {
  const offset = entryBytes * part * s;
  return [...store(get(at), re, offset), ...store(get(at), im, offset + 16)];
}

function loadTwiddle(s: number): Code {
  return [...set(cos, loadSplat(get(twiddle), 8 * (s - 1))), ...set(sin, loadSplat(get(twiddle), 8 * (s - 1) + 4))];
}

/** Times the twiddle, or its conjugate. */
function turned([re, im]: Complex, sign: 1 | -1): Complex {
  const [plus, minus] = sign > 0 ? [addFloats, subtractFloats] : [subtractFloats, addFloats];
  return [
    minus(multiplyFloats(re, get(cos)), multiplyFloats(im, get(sin))),
    plus(multiplyFloats(im, get(cos)), multiplyFloats(re, get(sin))),
  ];
}

/** Of the values, in place. Where only half is given, the others are 0. */
function shortTransform(radix: Stage['radix'], given: number): Code {
  const sumOf = (i: number): Complex => [get(sums + 2 * i), get(sums + 2 * i + 1)];
  const keep = (local: number, [re, im]: Complex): Code => [...set(local, re), ...set(local + 1, im)];
  const plus = (a: Complex, b: Complex): Complex => [addFloats(a[0], b[0]), addFloats(a[1], b[1])];
  const minus = (a: Complex, b: Complex): Complex => [subtractFloats(a[0], b[0]), subtractFloats(a[1], b[1])];
  const times = (a: Complex, factor: Code): Complex => [multiplyFloats(a[0], factor), multiplyFloats(a[1], factor)];
  /** a − i·b and a + i·b. */
  const minusTurned = (a: Complex, b: Complex): Complex => [addFloats(a[0], b[1]), subtractFloats(a[1], b[0])];
  const plusTurned = (a: Complex, b: Complex): Complex => [subtractFloats(a[0], b[1]), addFloats(a[1], b[0])];
  const [a, b, c, d] = [0, 1, 2, 3].map(value) as [Complex, Complex, Complex, Complex];
  const [p, q, r, s] = [0, 1, 2, 3].map(sumOf) as [Complex, Complex, Complex, Complex];
  const into = (i: number, value: Complex) => keep(values + 2 * i, value);
  const sum = (i: number, value: Complex) => keep(sums + 2 * i, value);
  if (radix === 2) return [...sum(0, minus(a, b)), ...into(0, plus(a, b)), ...into(1, p)];
  if (radix === 3) {
    const [half, root] = [loadSplat(constant(0)), loadSplat(constant(4))];
    const first = [...sum(0, plus(b, c)), ...sum(1, times(minus(b, c), root)), ...sum(2, minus(a, times(p, half)))];
    return [...first, ...into(0, plus(a, p)), ...into(1, minusTurned(r, q)), ...into(2, plusTurned(r, q))];
  }
  const first =
    given === 2
      ? [...sum(0, a), ...sum(1, a), ...sum(2, b), ...sum(3, b)]
      : [...sum(0, plus(a, c)), ...sum(1, minus(a, c)), ...sum(2, plus(b, d)), ...sum(3, minus(b, d))];
  return [...first, ...into(0, plus(p, r)), ...into(1, minusTurned(q, s)), ...into(2, minus(p, r)), ...into(3, plusTurned(q, s))];
}

/**
 * Fourier transforms of complex numbers whose length is 4 · 2^a · 3^b, in place. What comes out stays in the order of the digits of its
 * frequencies, which the way back expects: whoever only multiplies in between never sorts.
 * @see Cooley, Tukey, An algorithm for the machine calculation of complex Fourier series, Mathematics of Computation 1965
 */
export class Fft {
  readonly length: number;
  readonly stages: readonly Stage[];
  /** [length]: where forward puts each frequency. */
  readonly places: Int32Array;

  /** @param length of `fftLength` */
  constructor(length: number) {
    this.length = length;
    this.stages = stagesOf(length);
    this.places = placesOf(this.stages, length);
  }

  /** X_k = Σ_j x_j e^(−2πijk/length). @param data real and imaginary parts in turns, `length` pairs */
  forward(data: Float64Array): void {
    for (const stage of this.stages) ahead[stage.radix](data, stage);
  }
}

/** The smallest length, at least `least`, that `Fft` takes. */
export function fftLength(least: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let threes = 1; threes <= 3 * least; threes *= 3) {
    let length = 4 * threes;
    while (length < least) length *= 2;
    best = Math.min(best, length);
  }
  return best;
}

/** Transforms of `length` are `radix` transforms of `part` each, turned by the twiddles. */
export interface Stage {
  radix: 2 | 3 | 4;
  length: number;
  part: number;
  /** [part, radix − 1] pairs: e^(−2πijs/length), s = 1 … radix − 1. */
  twiddles: Float64Array;
}

function stagesOf(total: number): Stage[] {
  const stages: Stage[] = [];
  for (let length = total; length > 1; ) {
    const radix = length % 4 === 0 ? 4 : length % 2 === 0 ? 2 : 3;
    if (length % radix !== 0) throw new RangeError(`no transform of length ${total}: it has to be 4 · 2^a · 3^b`);
    const part = length / radix;
    const twiddles = new Float64Array(2 * part * (radix - 1));
    for (let j = 0, at = 0; j < part; j++) {
      for (let s = 1; s < radix; s++) {
        const angle = (-2 * Math.PI * ((j * s) % length)) / length;
        twiddles[at++] = Math.cos(angle);
        twiddles[at++] = Math.sin(angle);
      }
    }
    stages.push({ radix, length, part, twiddles });
    length = part;
  }
  if (stages[0]?.radix !== 4) throw new RangeError(`no transform of length ${total}: it has to be 4 · 2^a · 3^b`);
  return stages;
}

function placesOf(stages: readonly Stage[], length: number): Int32Array {
  return Int32Array.from({ length }, (_, frequency) => {
    let [place, rest] = [0, frequency];
    for (const { radix, part } of stages) {
      place += (rest % radix) * part;
      rest = Math.floor(rest / radix);
    }
    return place;
  });
}

type Pass = (data: Float64Array, stage: Stage) => void;

/** Decimation in frequency: short transforms, then the twiddles. */
const ahead: Record<Stage['radix'], Pass> = {
  2: (data, { length, part, twiddles }) => {
    const [step, block] = [2 * part, 2 * length];
    for (let begin = 0; begin < data.length; begin += block) {
      for (let a = begin, w = 0; a < begin + step; a += 2, w += 2) {
        const b = a + step;
        const yr = data[a]! - data[b]!;
        const yi = data[a + 1]! - data[b + 1]!;
        data[a] = data[a]! + data[b]!;
        data[a + 1] = data[a + 1]! + data[b + 1]!;
        data[b] = yr * twiddles[w]! - yi * twiddles[w + 1]!;
        data[b + 1] = yr * twiddles[w + 1]! + yi * twiddles[w]!;
      }
    }
  },
  3: (data, { length, part, twiddles }) => {
    const [step, block] = [2 * part, 2 * length];
    for (let begin = 0; begin < data.length; begin += block) {
      for (let a = begin, w = 0; a < begin + step; a += 2, w += 4) {
        const b = a + step;
        const c = b + step;
        const ar = data[a]!;
        const ai = data[a + 1]!;
        const sr = data[b]! + data[c]!;
        const si = data[b + 1]! + data[c + 1]!;
        const dr = sin3 * (data[b]! - data[c]!);
        const di = sin3 * (data[b + 1]! - data[c + 1]!);
        const mr = ar - sr / 2;
        const mi = ai - si / 2;
        data[a] = ar + sr;
        data[a + 1] = ai + si;
        const yr = mr + di;
        const yi = mi - dr;
        const zr = mr - di;
        const zi = mi + dr;
        data[b] = yr * twiddles[w]! - yi * twiddles[w + 1]!;
        data[b + 1] = yr * twiddles[w + 1]! + yi * twiddles[w]!;
        data[c] = zr * twiddles[w + 2]! - zi * twiddles[w + 3]!;
        data[c + 1] = zr * twiddles[w + 3]! + zi * twiddles[w + 2]!;
      }
    }
  },
  4: (data, { length, part, twiddles }) => {
    const [step, block] = [2 * part, 2 * length];
    for (let begin = 0; begin < data.length; begin += block) {
      for (let a = begin, w = 0; a < begin + step; a += 2, w += 6) {
        const b = a + step;
        const c = b + step;
        const d = c + step;
        const pr = data[a]! + data[c]!;
        const pi = data[a + 1]! + data[c + 1]!;
        const mr = data[a]! - data[c]!;
        const mi = data[a + 1]! - data[c + 1]!;
        const qr = data[b]! + data[d]!;
        const qi = data[b + 1]! + data[d + 1]!;
        const nr = data[b]! - data[d]!;
        const ni = data[b + 1]! - data[d + 1]!;
        data[a] = pr + qr;
        data[a + 1] = pi + qi;
        const xr = mr + ni;
        const xi = mi - nr;
        const yr = pr - qr;
        const yi = pi - qi;
        const zr = mr - ni;
        const zi = mi + nr;
        data[b] = xr * twiddles[w]! - xi * twiddles[w + 1]!;
        data[b + 1] = xr * twiddles[w + 1]! + xi * twiddles[w]!;
        data[c] = yr * twiddles[w + 2]! - yi * twiddles[w + 3]!;
        data[c + 1] = yr * twiddles[w + 3]! + yi * twiddles[w + 2]!;
        data[d] = zr * twiddles[w + 4]! - zi * twiddles[w + 5]!;
        data[d + 1] = zr * twiddles[w + 5]! + zi * twiddles[w + 4]!;
      }
    }
  },
};

const sin3 = Math.sqrt(3) / 2;

/**
 * Fourier transforms of complex numbers whose length is 4 · 2^a · 3^b, in place. What goes forward stays in the order of the digits of its
 * frequencies, which the way back expects: whoever only multiplies in between never sorts.
 * @see Cooley, Tukey, An algorithm for the machine calculation of complex Fourier series, Mathematics of Computation 1965
 */
export class Fft {
  readonly length: number;
  /** [length]: where forward puts each frequency. */
  readonly places: Int32Array;
  readonly #stages: readonly Stage[];

  /** @param length of `fftLength` */
  constructor(length: number) {
    this.length = length;
    this.#stages = stagesOf(length);
    this.places = placesOf(this.#stages, length);
  }

  /** X_k = Σ_j x_j e^(−2πijk/length). @param data real and imaginary parts in turns, `length` pairs */
  forward(data: Float64Array): void {
    for (const stage of this.#stages) ahead[stage.radix](data, stage);
  }

  /** The same where the second half of `data` is taken as 0, whatever is there. */
  forwardHalf(data: Float64Array): void {
    const [first, ...rest] = this.#stages as [Stage, ...Stage[]];
    aheadHalf(data, first);
    for (const stage of rest) ahead[stage.radix](data, stage);
  }

  /** What `forward` made of x gives `length` · x, but only the first half of it is right. */
  backwardHalf(data: Float64Array): void {
    const stages = this.#stages;
    for (let s = stages.length - 1; s > 0; s--) {
      const stage = stages[s] as Stage;
      back[stage.radix](data, stage);
    }
    backHalf(data, stages[0] as Stage);
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
interface Stage {
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

/** Decimation in time with the conjugate twiddles: undoes `ahead`, up to the factor radix. */
const back: Record<Stage['radix'], Pass> = {
  2: (data, { length, part, twiddles }) => {
    const [step, block] = [2 * part, 2 * length];
    for (let begin = 0; begin < data.length; begin += block) {
      for (let a = begin, w = 0; a < begin + step; a += 2, w += 2) {
        const b = a + step;
        const br = data[b]! * twiddles[w]! + data[b + 1]! * twiddles[w + 1]!;
        const bi = data[b + 1]! * twiddles[w]! - data[b]! * twiddles[w + 1]!;
        data[b] = data[a]! - br;
        data[b + 1] = data[a + 1]! - bi;
        data[a] = data[a]! + br;
        data[a + 1] = data[a + 1]! + bi;
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
        const br = data[b]! * twiddles[w]! + data[b + 1]! * twiddles[w + 1]!;
        const bi = data[b + 1]! * twiddles[w]! - data[b]! * twiddles[w + 1]!;
        const cr = data[c]! * twiddles[w + 2]! + data[c + 1]! * twiddles[w + 3]!;
        const ci = data[c + 1]! * twiddles[w + 2]! - data[c]! * twiddles[w + 3]!;
        const sr = br + cr;
        const si = bi + ci;
        const dr = sin3 * (br - cr);
        const di = sin3 * (bi - ci);
        const mr = ar - sr / 2;
        const mi = ai - si / 2;
        data[a] = ar + sr;
        data[a + 1] = ai + si;
        data[b] = mr - di;
        data[b + 1] = mi + dr;
        data[c] = mr + di;
        data[c + 1] = mi - dr;
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
        const br = data[b]! * twiddles[w]! + data[b + 1]! * twiddles[w + 1]!;
        const bi = data[b + 1]! * twiddles[w]! - data[b]! * twiddles[w + 1]!;
        const cr = data[c]! * twiddles[w + 2]! + data[c + 1]! * twiddles[w + 3]!;
        const ci = data[c + 1]! * twiddles[w + 2]! - data[c]! * twiddles[w + 3]!;
        const dr = data[d]! * twiddles[w + 4]! + data[d + 1]! * twiddles[w + 5]!;
        const di = data[d + 1]! * twiddles[w + 4]! - data[d]! * twiddles[w + 5]!;
        const pr = data[a]! + cr;
        const pi = data[a + 1]! + ci;
        const mr = data[a]! - cr;
        const mi = data[a + 1]! - ci;
        const qr = br + dr;
        const qi = bi + di;
        const nr = br - dr;
        const ni = bi - di;
        data[a] = pr + qr;
        data[a + 1] = pi + qi;
        data[b] = mr - ni;
        data[b + 1] = mi + nr;
        data[c] = pr - qr;
        data[c + 1] = pi - qi;
        data[d] = mr + ni;
        data[d + 1] = mi - nr;
      }
    }
  },
};

/** The first pass, of radix 4, where the third and fourth quarter are 0. */
function aheadHalf(data: Float64Array, { part, twiddles }: Stage): void {
  const step = 2 * part;
  for (let a = 0, w = 0; a < step; a += 2, w += 6) {
    const b = a + step;
    const c = b + step;
    const d = c + step;
    const ar = data[a]!;
    const ai = data[a + 1]!;
    const br = data[b]!;
    const bi = data[b + 1]!;
    data[a] = ar + br;
    data[a + 1] = ai + bi;
    const xr = ar + bi;
    const xi = ai - br;
    const yr = ar - br;
    const yi = ai - bi;
    const zr = ar - bi;
    const zi = ai + br;
    data[b] = xr * twiddles[w]! - xi * twiddles[w + 1]!;
    data[b + 1] = xr * twiddles[w + 1]! + xi * twiddles[w]!;
    data[c] = yr * twiddles[w + 2]! - yi * twiddles[w + 3]!;
    data[c + 1] = yr * twiddles[w + 3]! + yi * twiddles[w + 2]!;
    data[d] = zr * twiddles[w + 4]! - zi * twiddles[w + 5]!;
    data[d + 1] = zr * twiddles[w + 5]! + zi * twiddles[w + 4]!;
  }
}

/** The last pass back, of radix 4, without the third and fourth quarter. */
function backHalf(data: Float64Array, { part, twiddles }: Stage): void {
  const step = 2 * part;
  for (let a = 0, w = 0; a < step; a += 2, w += 6) {
    const b = a + step;
    const c = b + step;
    const d = c + step;
    const br = data[b]! * twiddles[w]! + data[b + 1]! * twiddles[w + 1]!;
    const bi = data[b + 1]! * twiddles[w]! - data[b]! * twiddles[w + 1]!;
    const cr = data[c]! * twiddles[w + 2]! + data[c + 1]! * twiddles[w + 3]!;
    const ci = data[c + 1]! * twiddles[w + 2]! - data[c]! * twiddles[w + 3]!;
    const dr = data[d]! * twiddles[w + 4]! + data[d + 1]! * twiddles[w + 5]!;
    const di = data[d + 1]! * twiddles[w + 4]! - data[d]! * twiddles[w + 5]!;
    const ar = data[a]!;
    const ai = data[a + 1]!;
    data[a] = ar + cr + br + dr;
    data[a + 1] = ai + ci + bi + di;
    data[b] = ar - cr - bi + di;
    data[b + 1] = ai - ci + br - dr;
  }
}

const sin3 = Math.sqrt(3) / 2;

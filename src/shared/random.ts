/**
 * Random numbers that are the same on every machine: xoshiro128**.
 * @see Blackman, Vigna, Scrambled Linear Pseudorandom Number Generators, ACM TOMS 2021
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** @param state four numbers of 32 bits, not all 0 */
  constructor(state: readonly [number, number, number, number]) {
    [this.#a, this.#b, this.#c, this.#d] = state;
  }

  /** Sequence number `stream` of a seed: sample number i is the same, whichever were drawn before it. */
  static seeded(seed: number, stream = 0): Random {
    const start = mix(seed) ^ mix(stream ^ golden);
    const word = (i: number) => mix(start + Math.imul(i, golden));
    return new Random([word(1), word(2), word(3), word(4)]);
  }

  /** A whole number in [0, 2³²). */
  bits(): number {
    const result = Math.imul(rotate(Math.imul(this.#b, 5), 7), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotate(this.#d, 11);
    return result;
  }

  /** In [0, 1). */
  uniform(): number {
    return this.bits() / 2 ** 32;
  }

  /** 0 … n − 1. */
  below(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  /** Two independent numbers from N(0, 1): Box, Muller, Annals of Mathematical Statistics 1958. */
  normals(): [number, number] {
    // 1 − u: there is no logarithm of 0.
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  }
}

/** 2³² over the golden ratio, odd: its multiples spread over all 32 bit numbers. */
const golden = 0x9e3779b9;

function rotate(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}

/** Spreads each bit over all 32: the finaliser of MurmurHash3. */
function mix(value: number): number {
  let z = value | 0;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return (z ^ (z >>> 16)) >>> 0;
}

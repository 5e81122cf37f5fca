import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fft, fftLength } from '../../src/numeric/fft.ts';
import { Random } from '../../src/shared/random.ts';
import { closeTo } from '../support/closeTo.ts';

const lengths = [4, 8, 12, 16, 24, 36, 72, 96, 108, 128, 216];

function noise(length: number): Float64Array {
  const random = Random.seeded(length);
  return Float64Array.from({ length }, () => random.uniform() - 0.5);
}

/** By its definition, in order. */
function transform(data: Float64Array): Float64Array {
  const n = data.length / 2;
  const out = new Float64Array(2 * n);
  for (let k = 0; k < n; k++) {
    for (let j = 0; j < n; j++) {
      const [c, s] = [Math.cos((2 * Math.PI * j * k) / n), -Math.sin((2 * Math.PI * j * k) / n)];
      const [re, im] = [data[2 * j] as number, data[2 * j + 1] as number];
      (out[2 * k] as number) += re * c - im * s;
      (out[2 * k + 1] as number) += re * s + im * c;
    }
  }
  return out;
}

function inOrder(data: Float64Array, places: Int32Array): Float64Array {
  return Float64Array.from(data, (_, i) => data[2 * (places[i >> 1] as number) + (i % 2)] as number);
}

test('forward is the sum of its definition, once its order is undone', () => {
  for (const length of lengths) {
    const fft = new Fft(length);
    const data = noise(2 * length);
    const expected = transform(data);
    fft.forward(data);
    closeTo(inOrder(data, fft.places), expected, 1e-13, `length ${length}`);
  }
});

test('a second half of zeros need not be there, and comes back as nothing that is promised', () => {
  for (const length of lengths) {
    const fft = new Fft(length);
    const padded = noise(2 * length).fill(0, length);
    const rubbish = padded.slice().fill(Number.NaN, length);
    const expected = transform(padded);
    fft.forwardHalf(rubbish);
    closeTo(inOrder(rubbish, fft.places), expected, 1e-13, `length ${length}`);
    fft.backwardHalf(rubbish);
    closeTo(
      rubbish.subarray(0, length),
      padded.subarray(0, length).map((x) => x * length),
      1e-12,
      `length ${length} and back`,
    );
  }
});

test('the next length is the smallest one that is a product of 4, twos and threes', () => {
  const fits = (length: number): boolean => {
    if (length % 4 !== 0) return false;
    let rest = length;
    for (const prime of [2, 3]) while (rest % prime === 0) rest /= prime;
    return rest === 1;
  };
  for (let least = 1; least < 2000; least++) {
    let next = least;
    while (!fits(next)) next++;
    assert.equal(fftLength(least), next);
  }
});

test('other lengths are refused', () => {
  for (const length of [1, 2, 3, 6, 9, 18, 20, 28]) assert.throws(() => new Fft(length), RangeError);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fft, fftLength } from '../../src/numeric/fft.ts';
import { entry, FourTransforms } from '../../src/numeric/fourTransforms.ts';
import { Random } from '../../src/shared/random.ts';
import { closeTo } from '../support/closeTo.ts';

const lengths = [4, 8, 12, 16, 24, 36, 72, 96, 108, 128, 216];

function noise(length: number, stream = 0): Float64Array {
  const random = Random.seeded(length, stream);
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

test('four at a time, in single precision: the second half is taken as zeros, and only the first one comes back', () => {
  for (const length of lengths) {
    const transforms = new FourTransforms(length, 4 * length);
    const given = [0, 1, 2, 3].map((lane) => noise(2 * length, lane).fill(0, length));
    const expected = given.map(transform);
    transforms.line.fill(Number.NaN);
    for (const [lane, data] of given.entries()) toLane(data.subarray(0, length), transforms.line, lane);
    transforms.forwardHalf();
    for (const [lane, data] of expected.entries()) {
      closeTo(inOrder(ofLane(transforms.line, lane), transforms.fft.places), data, 1e-6, `length ${length}, ${lane}`);
    }
    transforms.backwardHalf();
    // Times a factor for each frequency, there and back.
    transforms.own.fill(-2 / length ** 2);
    transforms.convolve(0);
    for (const [lane, data] of given.entries()) {
      const half = data.subarray(0, length);
      closeTo(
        ofLane(transforms.line, lane).subarray(0, length),
        half.map((x) => -2 * x),
        1e-6,
        `length ${length}, ${lane} and back`,
      );
    }
  }
});

function toLane(data: Float64Array, line: Float32Array, lane: number): void {
  data.forEach((x, i) => {
    line[entry * (i >> 1) + lane + 4 * (i % 2)] = x;
  });
}

function ofLane(line: Float32Array, lane: number): Float64Array {
  return Float64Array.from({ length: line.length / 4 }, (_, i) => line[entry * (i >> 1) + lane + 4 * (i % 2)] as number);
}

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

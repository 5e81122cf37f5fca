/** Adam and Nadam against steps worked out by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Adam } from '../../../src/inspect/visualise/adam.ts';
import { Nadam } from '../../../src/inspect/visualise/nadam.ts';

const near = (actual: number, expected: number, what: string) =>
  assert.ok(Math.abs(actual - expected) < 1e-9, `${what}: ${actual}, expected ${expected}`);

test('Adam: the first step is the rate itself, the second as by hand; parameters without gradient stay', () => {
  const adam = new Adam(2, 0.05);
  const x = Float64Array.of(1, 7);
  adam.climb(x, Float64Array.of(3, 0));
  // m̂ = 3, v̂ = 9.
  near(x[0] as number, 1 + (0.05 * 3) / (3 + 1e-8), 'step 1');
  adam.climb(x, Float64Array.of(-1, 0));
  // m = .9·.3 − .1 = .17, v = .999·.009 + .001 = .009991; m̂ = m / .19, v̂ = v / .001999.
  const second = (0.05 * (0.17 / 0.19)) / (Math.sqrt(0.009991 / 0.001999) + 1e-8);
  near(x[0] as number, 1 + (0.05 * 3) / (3 + 1e-8) + second, 'step 2');
  assert.equal(x[1], 7);
});

test('Nadam: two steps by hand, with the schedule of Keras', () => {
  const nadam = new Nadam(1, 1);
  const x = Float64Array.of(0);
  const [u1, u2, u3] = [1, 2, 3].map((t) => 0.9 * (1 - 0.5 * 0.96 ** t)) as [number, number, number];
  nadam.climb(x, Float64Array.of(2));
  // m = .2, v = .004; m̂ = u₂·m / (1 − u₁u₂) + (1 − u₁)·g / (1 − u₁), v̂ = 4.
  const first = ((u2 * 0.2) / (1 - u1 * u2) + 2) / (2 + 1e-7);
  near(x[0] as number, first, 'step 1');
  nadam.climb(x, Float64Array.of(-1));
  // m = .18 − .1, v = .003996 + .001.
  const mean = (u3 * 0.08) / (1 - u1 * u2 * u3) + ((1 - u2) * -1) / (1 - u1 * u2);
  near(x[0] as number, first + mean / (Math.sqrt(0.004996 / 0.001999) + 1e-7), 'step 2');
});

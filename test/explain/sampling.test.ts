/** SmoothGrad and Integrated Gradients by hand, on functions whose gradients are known. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Params, Sampling } from '../../src/explain/method.ts';
import { integrate } from '../../src/explain/methods/integratedGradients.ts';
import { smoothGrad } from '../../src/explain/methods/smoothGrad.ts';

type Function = (x: Float32Array) => { gradient: Float32Array; score: number };
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a).reduce((sum, v, i) => sum + v * (b[i] as number), 0);
const linear =
  (weights: readonly number[]): Function =>
  (x) => ({ gradient: Float32Array.from(weights), score: dot(weights, x) });
/** Σ x³. */
const cubes: Function = (x) => ({ gradient: x.map((v) => 3 * v * v), score: x.reduce((sum, v) => sum + v ** 3, 0) });

/** Two channels of 1 × 3. */
const image = Float32Array.from([1, -2, 3, 0.5, 4, -1]);
const subject = { input: image, black: [-1, 0.25], channels: 2, height: 1, width: 3 };

function run<S extends Sampling>(asked: S, f: Function, each?: (done: number) => void): S {
  for (let i = 0; i < asked.count; i++) {
    const x = new Float32Array(image.length).fill(Number.NaN);
    asked.fill(i, x);
    const { gradient, score } = f(x);
    asked.add(i, gradient, score);
    each?.(i + 1);
  }
  return asked;
}

const near = (actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what = '') => {
  assert.equal(actual.length, expected.length);
  Array.from(expected).forEach((e, i) => {
    assert.ok(Math.abs((actual[i] as number) - e) <= tolerance, `${what} ${i}: ${actual[i]}, expected ${e}`);
  });
};

const paths = (variant: string, params: Params = {}) =>
  integrate({ ...subject, variant, params: { steps: 10, baseline: 'zero', value: 0, ...params } });

test('Integrated Gradients of a linear function: weight times value, whatever the rule; Captum’s trapezoid misses 1/n, and says so', () => {
  const weights = [1, 2, 3, 4, 5, 6];
  const exact = Array.from(image, (v, i) => v * (weights[i] as number));
  for (const variant of ['midpoint', 'gauss-legendre']) {
    const done = run(paths(variant), linear(weights));
    near(done.attribution(), exact, 1e-12, variant);
    near(
      done.map(),
      [0, 1, 2].map((cell) => (exact[cell] as number) + (exact[cell + 3] as number)),
      1e-6,
    );
    assert.equal(done.checks?.()[0]?.ok, true);
  }
  const captum = run(paths('trapezoid'), linear(weights));
  near(
    captum.attribution(),
    exact.map((v) => v * 0.9),
    1e-12,
  );
  const [check] = captum.checks?.() ?? [];
  assert.equal(check?.ok, false);
  assert.match(check?.text ?? '', /10 % off/);
});

test('baselines: black pixels, zero, a value', () => {
  const f = linear([1, 1, 1, 1, 1, 1]);
  const from = (params: Params) => [...run(paths('midpoint', params), f).attribution()];
  near(from({ baseline: 'black' }), [2, -1, 4, 0.25, 3.75, -1.25], 1e-6);
  near(from({ baseline: 'value', value: 0.5 }), [0.5, -2.5, 2.5, 0, 3.5, -1.5], 1e-6);
  near(from({ baseline: 'zero', value: 0.5 }), [...image], 1e-6);
});

test('Gauss-Legendre with n nodes is exact up to degree 2n − 1, the midpoint rule to the second order', () => {
  const exact = image.map((v) => v ** 3);
  // float32 inputs: 1e-7 of the largest gradient.
  near(run(paths('gauss-legendre', { steps: 2 }), cubes).attribution(), exact, 1e-5);
  const error = (steps: number) => {
    const a = run(paths('midpoint', { steps }), cubes).attribution();
    return Math.max(...a.map((v, i) => Math.abs(v - (exact[i] as number))));
  };
  assert.ok(Math.abs(error(10) / error(20) - 4) < 0.1);
});

test('Gauss-Legendre: five published nodes and weights', () => {
  // Abramowitz, Stegun, Handbook of Mathematical Functions, table 25.4, on [−1, 1].
  const asked = paths('gauss-legendre', { steps: 5, baseline: 'zero' });
  const places = Array.from({ length: asked.count }, (_, i) => {
    const x = new Float32Array(image.length);
    asked.fill(i, x);
    return 2 * (x[0] as number) - 1;
  });
  const inner = places.filter((p) => Math.abs(p) < 0.999).sort((a, b) => a - b);
  near(inner, [-0.90617985, -0.53846931, 0, 0.53846931, 0.90617985], 2e-7);
});

test('a partial map of Integrated Gradients stands for the whole; completeness is stated at the end only', () => {
  const weights = [1, 2, 3, 4, 5, 6];
  const asked = paths('midpoint', { steps: 20 });
  const exact = [1 + 2, -4 + 20, 9 - 6];
  run(asked, linear(weights), (done) => {
    if (done > 2) near(asked.map(), exact, 1e-5, `after ${done}`);
    assert.equal(asked.checks?.().length, done === asked.count ? 1 : 0);
  });
});

const smooth = (variant: string, params: Params = {}) =>
  smoothGrad.prepare({ ...subject, variant, params: { samples: 25, noise: 0.15, seed: 1, ...params } });

test('SmoothGrad of a linear function is its saliency, in each variant', () => {
  const f = linear([1, -2, 3, -4, 0, 6]);
  const map = (variant: string) => [...run(smooth(variant), f).map()];
  near(map('magnitude'), [4, 2, 6], 1e-6);
  near(map('mean'), [4, 2, 6], 1e-6);
  near(map('squared'), [17, 4, 45], 1e-5);
  near(map('variance'), [0, 0, 0], 1e-5);
  near(map('signed'), [-3, -2, 9], 1e-6);
});

test('SmoothGrad: noise of the stated share of the range, another in each sample, the same for a seed', () => {
  const samples = 4000;
  const asked = smooth('magnitude', { samples });
  const all = Array.from({ length: samples }, (_, i) => {
    const x = new Float32Array(image.length);
    asked.fill(i, x);
    return x.map((v, at) => v - (image[at] as number));
  });
  const deviation = 0.15 * 6;
  for (let at = 0; at < image.length; at++) {
    const values = all.map((x) => x[at] as number);
    assert.ok(Math.abs(values.reduce((a, v) => a + v, 0) / samples) < (4 * deviation) / Math.sqrt(samples));
    const variance = values.reduce((a, v) => a + v * v, 0) / samples;
    assert.ok(Math.abs(variance / deviation ** 2 - 1) < 0.12, `value ${at}: ${variance}`);
  }
  const again = new Float32Array(image.length);
  smooth('signed', { samples: 9 }).fill(7, again);
  near(
    again.map((v, at) => v - (image[at] as number)),
    all[7] as Float32Array,
    0,
  );
  smooth('signed', { seed: 2 }).fill(7, again);
  assert.notEqual(again[0], (all[7]?.[0] as number) + 1);
});

test('SmoothGrad of Σ x³: the mean gradient is 3x² + 3σ², its variance 36x²σ² + 18σ⁴', () => {
  const samples = 1000;
  const deviation = 0.15 * 6;
  const expected = (f: (x: number) => number) => [0, 1, 2].map((cell) => f(image[cell] as number) + f(image[cell + 3] as number));
  const params = { samples };
  const mean = expected((x) => 3 * x * x + 3 * deviation ** 2);
  const variance = expected((x) => 36 * x * x * deviation ** 2 + 18 * deviation ** 4);
  run(smooth('signed', params), cubes)
    .map()
    .forEach((v, cell) => {
      const error = Math.sqrt((variance[cell] as number) / samples);
      assert.ok(Math.abs(v - (mean[cell] as number)) < 4.5 * error, `mean ${cell}: ${v}`);
    });
  run(smooth('variance', params), cubes)
    .map()
    .forEach((v, cell) => {
      assert.ok(Math.abs(v / (variance[cell] as number) - 1) < 0.25, `variance ${cell}: ${v}, expected ${variance[cell]}`);
    });
});

test('no noise: the saliency map itself', () => {
  const gradient = image.map((v) => 3 * v * v);
  const expected = [0, 1, 2].map((cell) => Math.max(gradient[cell] as number, gradient[cell + 3] as number));
  near(run(smooth('magnitude', { noise: 0, samples: 3 }), cubes).map(), expected, 1e-5);
});

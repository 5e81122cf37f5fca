/** The methods as a whole, on a function whose gradient is known: their gradients, seeds, and what they keep. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import FFT from 'fft.js';
import { Canvas } from '../../../src/inspect/visualise/canvas.ts';
import { findVisualiser, visualisers } from '../../../src/inspect/visualise/index.ts';
import { normal } from '../../../src/inspect/visualise/normal.ts';
import { Phases } from '../../../src/inspect/visualise/phases.ts';
import type { Climb, PictureSize, Visualiser } from '../../../src/inspect/visualise/visualiser.ts';
import { ModelError } from '../../../src/shared/errors.ts';
import { Random } from '../../../src/shared/random.ts';

const defaults = ({ info }: Visualiser, others: object = {}) => ({
  ...Object.fromEntries(info.params.map((p) => [p.id, p.default])),
  ...others,
});
const size: PictureSize = { channels: 3, height: 10, width: 12 };
const cells = size.channels * size.height * size.width;

/** −‖picture − goal‖², which has one summit. */
const goal = Float32Array.from(normal(Random.seeded(3), cells, 0.2), (v) => Math.max(0, Math.min(1, 0.5 + v)));
const score = (picture: ArrayLike<number>) => goal.reduce((sum, v, i) => sum - ((picture[i] as number) - v) ** 2, 0);
const slope = (pictures: Float32Array) => pictures.map((v, i) => -2 * (v - (goal[i % cells] as number)));

function climbed(climb: Climb, each: (picture: Float32Array) => void = () => {}): Climb {
  for (let step = 0; step < climb.steps; step++) {
    const asked = climb.ask();
    assert.equal(asked.length, climb.batch * cells);
    each(asked);
    climb.follow(slope(asked));
  }
  return climb;
}

for (const visualiser of visualisers) {
  const { id } = visualiser.info;
  test(`${id}: the same seed gives the same picture, another one another; whatever is rendered on the way`, () => {
    const run = (seed: number, watched = false) => {
      const climb = visualiser.start(size, defaults(visualiser, { seed, steps: 5, ...(id === 'simonyan' && { start: 'random' }) }));
      return Array.from(climbed(climb, () => watched && climb.render()).render().values);
    };
    const first = run(4);
    assert.deepEqual(run(4), first);
    assert.deepEqual(run(4, true), first);
    assert.notDeepEqual(run(5), first);
    assert.ok(first.every((v) => v >= 0 && v <= 1));
  });

  for (const channels of [1, 3] as const) {
    test(`${id}: pictures of ${channels} planes and of a single pixel`, () => {
      for (const side of [1, 2, 7]) {
        const climb = visualiser.start({ channels, height: side, width: side }, defaults(visualiser, { steps: 2 }));
        for (let step = 0; step < 2; step++) {
          const asked = climb.ask();
          assert.equal(asked.length, climb.batch * channels * side * side);
          climb.follow(asked.map(() => 1));
        }
        const { values, ...shown } = climb.render();
        assert.equal(values.length, channels * shown.height * shown.width);
        assert.ok(values.every((v) => Number.isFinite(v)));
        assert.ok(climb.opacity?.().every((v) => v >= 0 && v <= 1) ?? true);
      }
    });
  }
}

test('Fourier and Simonyan reach the summit of a function that has one', () => {
  for (const [id, others] of [
    ['fourier', { robustness: 0, steps: 400 }],
    ['simonyan', { lambda: 0, steps: 200 }],
  ] as const) {
    const visualiser = findVisualiser(id);
    const climb = visualiser.start(size, defaults(visualiser, others));
    const before = score(climb.render().values);
    const after = score(climbed(climb).render().values);
    assert.ok(after > 0.05 * before, `${id}: ${before} → ${after}`);
  }
});

test('the picture of a canvas: its gradient by finite differences, from coefficients to 0 … 1', () => {
  const canvas = new Canvas({ channels: 3, height: 4, width: 8 });
  const random = Random.seeded(9);
  const coefficients = normal(random, canvas.length, 3);
  const weights = Float32Array.from(normal(random, canvas.picture.length, 1));
  const value = (at: Float64Array) => {
    canvas.paint(at);
    return canvas.picture.reduce((sum, v, i) => sum + v * (weights[i] as number), 0);
  };
  value(coefficients);
  const gradient = new Float64Array(canvas.length);
  canvas.handBack(weights, gradient);
  for (let i = 0; i < canvas.length; i++) {
    const moved = (by: number) => value(Float64Array.from(coefficients, (v, j) => (i === j ? v + by : v)));
    const expected = (moved(0.02) - moved(-0.02)) / 0.04;
    assert.ok(Math.abs((gradient[i] as number) - expected) < 2e-5, `coefficient ${i}: ${gradient[i]}, expected ${expected}`);
  }
});

test('phases: magnitudes of the picture fall as 1/f exactly, its variance is 1 and its mean 0, whatever the phases; their gradient by finite differences', () => {
  const canvas = new Canvas({ channels: 1, height: 8, width: 16 });
  const { spectrum } = canvas;
  const phases = new Phases(spectrum, 1, Random.seeded(2));
  const coefficients = new Float64Array(spectrum.length);
  const picture = new Float64Array(8 * 16);
  const paint = () => {
    phases.turn(coefficients);
    spectrum.picture(coefficients, picture);
    return picture;
  };
  paint();
  const mean = picture.reduce((sum, v) => sum + v, 0) / picture.length;
  assert.ok(Math.abs(mean) < 1e-12);
  assert.ok(Math.abs(picture.reduce((sum, v) => sum + v * v, 0) / picture.length - 1) < 1e-12);
  const magnitudes = transformed(picture, 8, 16).map(([re, im]) => Math.hypot(re, im));
  const unit = (magnitudes[1] as number) / 16;
  magnitudes.forEach((magnitude, i) => {
    const [ky, kx] = [Math.floor(i / 16), i % 16];
    const f = Math.hypot((ky <= 4 ? ky : ky - 8) / 8, (kx <= 8 ? kx : kx - 16) / 16);
    assert.ok(Math.abs(magnitude - (f === 0 ? 0 : unit / f)) < 1e-9 * unit * 16, `${ky}, ${kx}: ${magnitude}`);
  });

  const weights = normal(Random.seeded(8), picture.length, 1);
  const value = () => paint().reduce((sum, v, i) => sum + v * (weights[i] as number), 0);
  const gradient = new Float64Array(phases.values.length);
  spectrum.adjoint(weights, coefficients);
  phases.handBack(coefficients, gradient);
  phases.values.forEach((phase, i) => {
    const moved = (by: number) => {
      phases.values[i] = phase + by;
      const moved = value();
      phases.values[i] = phase;
      return moved;
    };
    const expected = (moved(1e-4) - moved(-1e-4)) / 2e-4;
    assert.ok(Math.abs((gradient[i] as number) - expected) < 1e-6, `phase ${i}: ${gradient[i]}, expected ${expected}`);
  });
});

/** The whole spectrum of a real picture, [height,width] of [re, im]. */
function transformed(picture: Float64Array, height: number, width: number): [number, number][] {
  const rows = Array.from({ length: height }, (_, y) => {
    const [fft, from] = [new FFT(width), [] as number[]];
    for (let x = 0; x < width; x++) from.push(picture[y * width + x] as number, 0);
    const to = fft.createComplexArray() as number[];
    fft.transform(to, from);
    return to;
  });
  const out: [number, number][] = Array.from({ length: height * width }, () => [0, 0]);
  for (let x = 0; x < width; x++) {
    const [fft, from] = [new FFT(height), rows.flatMap((row) => [row[2 * x] as number, row[2 * x + 1] as number])];
    const to = fft.createComplexArray() as number[];
    fft.transform(to, from);
    for (let y = 0; y < height; y++) out[y * width + x] = [to[2 * y] as number, to[2 * y + 1] as number];
  }
  return out;
}

test('a method that is not there is refused with the names of those that are', () => {
  assert.throws(
    () => findVisualiser('dream'),
    (e) =>
      e instanceof ModelError &&
      e.code === 'method' &&
      e.message.includes("'dream'") &&
      (e.hint?.includes('fourier, maco, simonyan') ?? false),
  );
});

/** The linear pieces of a climb: the transform against its definition, and ⟨Ax, y⟩ = ⟨x, Aᵀy⟩ of each. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FedColours } from '../../../src/image/fedColours.ts';
import { preprocess } from '../../../src/image/preprocess.ts';
import { correlate, correlateAdjoint } from '../../../src/inspect/visualise/colour.ts';
import { normal } from '../../../src/inspect/visualise/normal.ts';
import { powerOfTwo, Spectrum } from '../../../src/inspect/visualise/spectrum.ts';
import { placed, Warp } from '../../../src/inspect/visualise/warp.ts';
import { Random } from '../../../src/shared/random.ts';
import type { ChannelOrder, Preprocessing } from '../../../src/shared/sidecar.ts';

const random = Random.seeded(5);
const numbers = (length: number) => normal(random, length, 1);
const floats = (length: number) => Float32Array.from(numbers(length));
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a).reduce((sum, v, i) => sum + v * (b[i] as number), 0);

function assertAdjoint(what: string, [ax, y]: [ArrayLike<number>, ArrayLike<number>], [x, aty]: [ArrayLike<number>, ArrayLike<number>]) {
  const [left, right] = [dot(ax, y), dot(x, aty)];
  assert.ok(Math.abs(left) > 1e-3, `${what}: ${left} tells nothing`);
  assert.ok(Math.abs(left - right) <= 2e-5 * Math.max(1, Math.abs(left)), `${what}: ⟨Ax, y⟩ = ${left}, ⟨x, Aᵀy⟩ = ${right}`);
}

/** Cell (y, x) of the picture of a half spectrum, by the sum that defines it. */
function pixel(spectrum: Float64Array, { height, width }: Spectrum, y: number, x: number): number {
  let sum = 0;
  for (let kx = 0; kx <= width / 2; kx++) {
    for (let ky = 0; ky < height; ky++) {
      const angle = 2 * Math.PI * ((kx * x) / width + (ky * y) / height);
      const at = 2 * (kx * height + ky);
      const weight = kx === 0 || kx === width / 2 ? 1 : 2;
      sum += weight * ((spectrum[at] as number) * Math.cos(angle) - (spectrum[at + 1] as number) * Math.sin(angle));
    }
  }
  return sum / (height * width);
}

for (const [height, width] of [
  [8, 8],
  [4, 16],
  [16, 2],
  [2, 4],
] as const) {
  test(`spectrum of ${height} × ${width}: a picture is the sum of its waves; back and forth; its adjoint`, () => {
    const fourier = new Spectrum(height, width);
    const spectrum = numbers(fourier.length);
    const picture = new Float64Array(height * width);
    fourier.picture(spectrum, picture);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const expected = pixel(spectrum, fourier, y, x);
        assert.ok(Math.abs((picture[y * width + x] as number) - expected) < 1e-12, `pixel ${y}, ${x}`);
      }
    }
    const gradient = numbers(picture.length);
    const back = new Float64Array(fourier.length);
    fourier.adjoint(gradient, back);
    assertAdjoint('spectrum', [picture, gradient], [spectrum, back]);

    // The adjoint is the transform but for its weights: undone, the picture comes again.
    fourier.adjoint(picture, back);
    const weights = Float64Array.from(back, (_, i) => (Math.floor(i / 2 / height) % (width / 2) === 0 ? 1 : 2) / (height * width));
    const again = new Float64Array(picture.length);
    fourier.picture(
      back.map((v, i) => v / (weights[i] as number)),
      again,
    );
    again.forEach((v, i) => {
      assert.ok(Math.abs(v - (picture[i] as number)) < 1e-12, `again ${i}`);
    });
  });
}

test('frequencies are those of numpy: rfftfreq along rows, fftfreq along columns', () => {
  const frequencies = new Spectrum(4, 4).frequencies();
  const [q, h] = [0.25, 0.5];
  const expected = [
    0,
    q,
    h,
    q,
    q,
    Math.hypot(q, q),
    Math.hypot(q, h),
    Math.hypot(q, q),
    h,
    Math.hypot(h, q),
    Math.hypot(h, h),
    Math.hypot(h, q),
  ];
  assert.deepEqual(Array.from(frequencies), expected);
  assert.deepEqual([1, 2, 3, 224, 227, 256, 257].map(powerOfTwo), [2, 2, 4, 256, 256, 256, 512]);
});

test('colours: the columns of the matrix are Lucid’s, and the adjoint', () => {
  const into = new Float64Array(3);
  correlate(Float64Array.of(1, 0, 0), 3, into);
  // xplique prints the same matrix with its numbers worked out.
  [0.56282854, 0.5844758, 0.5844758].forEach((v, i) => {
    assert.ok(Math.abs((into[i] as number) - v) < 1e-7);
  });
  correlate(Float64Array.of(0, 0, 1), 3, into);
  [0.0432945, -0.10823626, 0.06494176].forEach((v, i) => {
    assert.ok(Math.abs((into[i] as number) - v) < 1e-7);
  });
  for (const channels of [1, 3] as const) {
    const [planes, gradient] = [numbers(channels * 10), numbers(channels * 10)];
    const [mixed, back] = [new Float64Array(channels * 10), new Float64Array(channels * 10)];
    correlate(planes, channels, mixed);
    correlateAdjoint(gradient, channels, back);
    assertAdjoint('colours', [mixed, gradient], [planes, back]);
  }
});

test('a view: the middle where it is not moved, grey outside, moved by whole pixels what was there, and the adjoint', () => {
  const [canvas, view] = [
    { height: 8, width: 16 },
    { height: 5, width: 6 },
  ];
  const still = { right: 0, down: 0, enlarged: 1, turned: 0 };
  const warp = new Warp(canvas, view);
  const picture = floats(2 * 8 * 16);
  const shown = new Float32Array(2 * 5 * 6);
  warp.place({ ...placed(canvas, view, still), x0: 3, y0: 2 }).show(picture, shown);
  for (const c of [0, 1]) {
    for (let y = 0; y < 5; y++) {
      for (let x = 0; x < 6; x++) assert.equal(shown[(c * 5 + y) * 6 + x], picture[(c * 8 + y + 2) * 16 + x + 3]);
    }
  }
  // A step of 1 to the right: the picture moves right, what was at x is at x + 1.
  const moved = new Float32Array(shown.length);
  const from = { ...placed(canvas, view, still) };
  assert.equal(from.x0, 5);
  warp.place(placed(canvas, view, { ...still, right: 1 })).show(picture, moved);
  warp.place(from).show(picture, shown);
  assert.equal(moved[7], shown[6]);
  // A quarter turn about the middle of a square view goes round its corners.
  const square = { height: 5, width: 5 };
  const turning = new Warp(square, square);
  const corner = new Float32Array(25);
  corner[4] = 1;
  const turned = new Float32Array(25);
  turning.place(placed(square, square, { ...still, turned: Math.PI / 2 })).show(corner, turned);
  assert.ok(Math.abs((turned[0] as number) - 1) < 1e-6 || Math.abs((turned[24] as number) - 1) < 1e-6);
  // Far away nothing is left but grey.
  warp.place(placed(canvas, view, { ...still, down: 100 })).show(picture, shown);
  assert.ok(shown.every((v) => v === 0.5));

  const place = placed(canvas, view, { right: 4.3, down: -2.6, enlarged: 0.7, turned: 0.3 });
  const grey = new Float32Array(shown.length);
  warp.place(place).show(new Float32Array(picture.length), grey);
  warp.show(picture, shown);
  const linear = shown.map((v, i) => v - (grey[i] as number));
  const gradient = floats(shown.length);
  const back = new Float32Array(picture.length);
  warp.handBack(gradient, back);
  assertAdjoint('view', [linear, gradient], [picture, back]);
});

const fed = (channels: ChannelOrder, mean: number[], std: number[], scale: number): Preprocessing => ({
  resize: 'stretch',
  channels,
  mean,
  std,
  scale,
});

for (const how of [
  fed('RGB', [0.485, 0.456, 0.406], [0.229, 0.224, 0.225], 1 / 255),
  fed('BGR', [104, 117, 123], [1, 1, 1], 1),
  fed('gray', [0.5], [0.25], 1 / 255),
  fed('RGBA', [0, 0.1, 0.2, 0.3], [1, 2, 3, 4], 1 / 255),
]) {
  test(`what is fed for ${how.channels}: as for an image file, and the adjoint`, () => {
    const size = { height: 3, width: 4 };
    const input = { channels: how.mean.length, ...size };
    const colours = new FedColours(how, input);
    assert.equal(colours.channels, how.channels === 'gray' ? 1 : 3);
    const pixels = Uint8Array.from({ length: colours.channels * 12 }, () => random.below(256));
    const picture = Float32Array.from(pixels, (p) => p / 255);
    const data = Uint8Array.from(
      { length: 36 },
      (_, i) => pixels[colours.channels === 1 ? Math.floor(i / 3) : (i % 3) * 12 + Math.floor(i / 3)] as number,
    );
    const image = { ...size, data, hash: '', source: {} as never, notes: [] };
    const expected = preprocess(image, how, input).tensor;
    const found = colours.feed(picture);
    assert.equal(found.length, expected.length);
    expected.forEach((v, i) => {
      assert.ok(Math.abs(v - (found[i] as number)) <= 1e-4 * Math.max(1, Math.abs(v)), `${i}: ${found[i]}, expected ${v}`);
    });

    const two = floats(2 * picture.length);
    const black = colours.feed(new Float32Array(two.length));
    const linear = colours.feed(two).map((v, i) => v - (black[i] as number));
    const gradient = floats(linear.length);
    assertAdjoint('fed', [linear, gradient], [two, colours.handBack(gradient)]);
  });
}

test('a preprocessing that does not fit the input is refused', () => {
  const how = fed('RGB', [0, 0, 0], [1, 1, 1], 1);
  assert.throws(() => new FedColours(how, { channels: 1, height: 2, width: 2 }), /gives 3 channels \(RGB\), the model takes 1/);
});

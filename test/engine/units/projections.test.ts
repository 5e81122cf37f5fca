/** Projections through the engine: against loops by hand, kernels themselves, and the deconvnet of the whole network. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { decodeImage } from '../../../src/image/decode.ts';
import { preprocess } from '../../../src/image/preprocess.ts';
import { effectiveField } from '../../../src/inspect/effectiveField.ts';
import { ModelError } from '../../../src/shared/errors.ts';
import type { Preprocessing } from '../../../src/shared/sidecar.ts';
import type { Projection, ProjectionOutcome, ProjectionRule } from '../../../src/shared/unitsProtocol.ts';
import { closeTo } from '../../support/closeTo.ts';
import { newEngine, newFolder, unitPixels, writeClassifier, writePicture } from '../../support/engineCalls.ts';
import { int, ints, node, noise, type Small, weight } from '../../support/onnxModels.ts';
import { sharedMissing, sharedPath } from '../../support/shared.ts';

const context = (progress: (value: never) => void = () => {}) => ({ signal: new AbortController().signal, progress });
const [height, width] = [12, 16];

/** conv 3×3 → ReLU → max pool 2×2 → conv 3×3 → ReLU, input of `channels` × 12 × 16. */
const net = (channels = 3): Partial<Small> => ({
  input: ['N', channels, height, width],
  nodes: [
    node('Conv', 'x w1 b1', 'conv1', ints('pads', [1, 1, 1, 1])),
    node('Relu', 'conv1', 'relu1'),
    node('MaxPool', 'relu1', 'pool1', ints('kernel_shape', [2, 2]), ints('strides', [2, 2])),
    node('Conv', 'pool1 w3 b3', 'conv2', ints('pads', [1, 1, 1, 1])),
    node('Relu', 'conv2', 'relu2'),
    node('GlobalAveragePool', 'relu2', 'mean'),
    node('Flatten', 'mean', 'flat'),
    node('Gemm', 'flat w2 b2', 'logits', int('transB', 1)),
  ],
  initializers: [
    weight('w1', [4, channels, 3, 3], noise(36 * channels, 3)),
    weight('b1', [4], noise(4, 5)),
    weight('w3', [6, 4, 3, 3], noise(216, 7)),
    weight('b3', [6], noise(6, 9)),
    weight('w2', [5, 6]),
    weight('b2', [5]),
  ],
});

interface Subject {
  model: string;
  images: string[];
  how: Preprocessing;
  engine: ReturnType<typeof newEngine>['engine'];
}

async function subject(
  t: TestContext,
  { small = net(), how = {}, count = 3 }: { small?: Partial<Small>; how?: object; count?: number } = {},
): Promise<Subject> {
  const folder = await newFolder(t);
  const preprocessing = { ...unitPixels, ...how };
  const model = await writeClassifier(folder, small, { input: preprocessing });
  const images = await Promise.all(
    Array.from({ length: count }, (_, i) => writePicture(join(folder, `${i}.png`), { seed: i + 1, width: 40, height: 30 })),
  );
  return { model, images, how: preprocessing, engine: newEngine().engine };
}

type Cell = readonly [number, number];

async function project(
  { model, engine }: Subject,
  layer: string,
  unit: number,
  rule: ProjectionRule,
  at: readonly { image: string; at: Cell }[],
) {
  const outcomes = await engine.projections({ model, layer, unit, rule, at }, context());
  return outcomes.map(projection);
}

function projection(outcome: ProjectionOutcome): Projection {
  if ('error' in outcome) assert.fail(outcome.error.message);
  return outcome.projection;
}

/** 3 × 3 convolution with one cell of padding around, forward. */
function convolve(x: Float64Array, w: Float32Array, b: Float32Array, [channels, h, wide]: readonly [number, number, number]): Float64Array {
  const out = new Float64Array(b.length * h * wide);
  each(out.length, h, wide, (i, k, r, c) => {
    let sum = b[k] as number;
    around(h, wide, r, c, (rr, cc, tap) => {
      for (let j = 0; j < channels; j++) sum += (w[(k * channels + j) * 9 + tap] as number) * (x[(j * h + rr) * wide + cc] as number);
    });
    out[i] = sum;
  });
  return out;
}

/** The same, backward. */
function scatter(d: Float64Array, w: Float32Array, [channels, h, wide]: readonly [number, number, number]): Float64Array {
  const out = new Float64Array(channels * h * wide);
  each(d.length, h, wide, (i, k, r, c) => {
    around(h, wide, r, c, (rr, cc, tap) => {
      for (let j = 0; j < channels; j++) {
        const to = (j * h + rr) * wide + cc;
        out[to] = (out[to] as number) + (d[i] as number) * (w[(k * channels + j) * 9 + tap] as number);
      }
    });
  });
  return out;
}

function each(count: number, h: number, wide: number, work: (i: number, channel: number, row: number, column: number) => void): void {
  for (let i = 0; i < count; i++) work(i, Math.floor(i / (h * wide)), Math.floor(i / wide) % h, i % wide);
}

function around(h: number, wide: number, r: number, c: number, work: (row: number, column: number, tap: number) => void): void {
  for (let tap = 0; tap < 9; tap++) {
    const [row, column] = [r + Math.floor(tap / 3) - 1, c + (tap % 3) - 1];
    if (row >= 0 && row < h && column >= 0 && column < wide) work(row, column, tap);
  }
}

/** What unit `unit` of `relu2` at a cell hands back to the input [3,12,16], by loops. */
function byHand(x: Float64Array, unit: number, [row, column]: Cell, rule: ProjectionRule): Float64Array {
  const [w1, b1, w3, b3] = [noise(108, 3), noise(4, 5), noise(216, 7), noise(6, 9)];
  const conv1 = convolve(x, w1, b1, [3, height, width]);
  const relu1 = conv1.map((v) => Math.max(0, v));
  const [h, wide] = [height / 2, width / 2];
  const pool1 = new Float64Array(4 * h * wide);
  const winner = new Int32Array(pool1.length);
  each(pool1.length, h, wide, (i, k, r, c) => {
    const cells = [0, 1, width, width + 1].map((d) => (k * height + 2 * r) * width + 2 * c + d);
    winner[i] = cells.reduce((best, cell) => ((relu1[cell] as number) > (relu1[best] as number) ? cell : best));
    pool1[i] = relu1[winner[i] as number] as number;
  });
  const activation = convolve(pool1, w3, b3, [4, h, wide])[(unit * h + row) * wide + column] as number;
  const d = new Float64Array(6 * h * wide);
  d[(unit * h + row) * wide + column] = rule === 'gradient' ? 1 : Math.max(0, activation);
  const d1 = new Float64Array(relu1.length);
  scatter(d, w3, [4, h, wide]).forEach((v, i) => {
    d1[winner[i] as number] = v;
  });
  const passed = d1.map((v, i) => {
    const forward = (conv1[i] as number) > 0 || rule === 'deconvnet';
    const backward = v > 0 || rule === 'gradient';
    return forward && backward ? v : 0;
  });
  return scatter(passed, w1, [3, height, width]);
}

/** The box of values [3,12,16], channels turned around where they are fed BGR. */
function cropped(values: Float64Array, box: Projection['box'], order: readonly number[]): number[] {
  const rows = Array.from({ length: box.height }, (_, i) => box.y + i);
  return order.flatMap((channel) =>
    rows.flatMap((y) =>
      Array.from(values.slice((channel * height + y) * width + box.x, (channel * height + y) * width + box.x + box.width)),
    ),
  );
}

for (const channels of ['RGB', 'BGR'] as const) {
  test(`each rule through ReLUs and a max pool, by loops, fed ${channels}`, async (t) => {
    const asked = await subject(t, { how: { channels, mean: [0.4, 0.5, 0.6], std: [0.2, 0.25, 0.3] } });
    const cells: Cell[] = [
      [2, 3],
      [0, 7],
      [5, 0],
    ];
    let compared = 0;
    for (const rule of ['gradient', 'guided', 'deconvnet'] as const) {
      for (const unit of [0, 3, 5]) {
        const at = asked.images.map((image, i) => ({ image, at: cells[i] as Cell }));
        for (const [i, found] of (await project(asked, 'relu2', unit, rule, at)).entries()) {
          const { tensor } = preprocess(await decodeImage(at[i]?.image as string), asked.how, { channels: 3, height, width });
          const expected = byHand(Float64Array.from(tensor), unit, cells[i] as Cell, rule);
          const what = `${rule}, unit ${unit}, image ${i}`;
          // 8 pixels around a cell of 2 × 2, less at the edges: nothing lies outside.
          const [row, column] = cells[i] as Cell;
          const [top, left] = [Math.max(0, 2 * row - 3), Math.max(0, 2 * column - 3)];
          const box = { x: left, y: top, width: Math.min(width, 2 * column + 5) - left, height: Math.min(height, 2 * row + 5) - top };
          assert.deepEqual(found.box, box, what);
          assert.deepEqual([found.image.path, found.at, found.channels], [at[i]?.image, cells[i], 3]);
          const inside = cropped(expected, box, channels === 'RGB' ? [0, 1, 2] : [2, 1, 0]);
          closeTo(found.values, inside, 1e-5, what);
          const total = (v: ArrayLike<number>) => Array.from(v).reduce((sum, g) => sum + Math.abs(g), 0);
          assert.ok(Math.abs(total(expected) - total(inside)) < 1e-9, 'zero outside the box');
          assert.equal(found.max, Math.max(...found.values.map(Math.abs)));
          const ordinary = byHand(Float64Array.from(tensor), unit, cells[i] as Cell, 'gradient');
          assert.deepEqual(found.effective, effectiveField(Float32Array.from(ordinary), { height, width }), what);
          if (total(inside) > 0) compared++;
        }
      }
    }
    assert.ok(compared >= 15, `${compared} projections that are not 0`);
  });
}

test('grey has one channel; of four the alpha is left out; kernels are their own projection', async (t) => {
  for (const [channels, count, shown] of [
    ['gray', 1, [0]],
    ['RGBA', 4, [0, 1, 2]],
  ] as const) {
    const how = { channels, mean: new Array(count).fill(0), std: new Array(count).fill(1) };
    const asked = await subject(t, { small: net(count), how, count: 1 });
    const [found] = (await project(asked, 'relu1', 2, 'gradient', [{ image: asked.images[0] as string, at: [4, 5] }])) as [Projection];
    const kernels = noise(36 * count, 3);
    const expected = shown.flatMap((c) => Array.from(kernels.slice((2 * count + c) * 9, (2 * count + c + 1) * 9)));
    assert.deepEqual(Array.from(found.values), expected, channels);
    assert.equal(found.channels, shown.length);
    assert.deepEqual(found.box, { x: 4, y: 3, width: 3, height: 3 });
  }
});

test('one at a time or together, and each as it is there', async (t) => {
  const asked = await subject(t, { count: 20 });
  const at = asked.images.map((image, i) => ({ image, at: [i % 6, i % 8] as const }));
  const streamed: { index: number; outcome: ProjectionOutcome }[] = [];
  const params = { model: asked.model, layer: 'relu2', unit: 1, rule: 'deconvnet', at } as const;
  const together = await asked.engine.projections(
    params,
    context((p) => streamed.push(p)),
  );
  assert.deepEqual(
    streamed.map(({ index }) => index),
    at.map((_, i) => i),
  );
  for (const { index, outcome } of streamed) assert.equal(outcome, together[index]);
  for (const i of [0, 7, 19]) {
    const [alone] = await project(asked, 'relu2', 1, 'deconvnet', [at[i] as (typeof at)[0]]);
    closeTo(projection(together[i] as ProjectionOutcome).values, alone?.values as Float32Array, 1e-6, `image ${i}`);
  }
});

test('a unit at the upper end of its activation function still tells what drives it', async (t) => {
  const small = net();
  const nodes = (small.nodes ?? []).map((n) => (n.outputs[0] === 'relu1' ? node('Clip', 'conv1 zero little', 'relu1') : n));
  const limits = [weight('zero', [], [0]), weight('little', [], [0.01])];
  const asked = await subject(t, { small: { ...small, nodes, initializers: [...(small.initializers ?? []), ...limits] }, count: 1 });
  const at = [{ image: asked.images[0] as string, at: [4, 5] as const }];
  const kernels = noise(108, 3);
  let saturated = 0;
  for (const unit of [0, 1, 2, 3]) {
    const kernel = Array.from(kernels.slice(unit * 27, (unit + 1) * 27));
    const [gradient] = (await project(asked, 'relu1', unit, 'gradient', at)) as [Projection];
    assert.deepEqual(Array.from(gradient.values), kernel);
    const [deconvnet] = (await project(asked, 'relu1', unit, 'deconvnet', at)) as [Projection];
    if (deconvnet.max === 0) continue;
    closeTo(
      deconvnet.values,
      kernel.map((w) => w * 0.01),
      1e-7,
      `unit ${unit}`,
    );
    saturated++;
  }
  assert.ok(saturated > 0, 'one of four is saturated');
});

test('a network that takes one image at a time projects one at a time', async (t) => {
  const one = await subject(t, { small: { ...net(), input: [1, 3, height, width] } });
  const many = await subject(t);
  const at = (s: Subject) => s.images.map((image, i) => ({ image, at: [i, 2 * i] as const }));
  for (const rule of ['gradient', 'guided'] as const) {
    const [alone, together] = [await project(one, 'relu2', 3, rule, at(one)), await project(many, 'relu2', 3, rule, at(many))];
    for (const [i, { values }] of alone.entries()) closeTo(values, together[i]?.values as Float32Array, 1e-6, `${rule} ${i}`);
  }
});

test('what fails stops no other: a file that is gone, a cell and a unit that are not there', async (t) => {
  const asked = await subject(t);
  const [image] = asked.images as [string];
  const at = [
    { image, at: [6, 0] },
    { image: `${image}.gone`, at: [0, 0] },
    { image, at: [0, 0] },
    { image, at: [0, 0.5] },
  ] as const;
  const outcomes = await asked.engine.projections({ model: asked.model, layer: 'relu2', unit: 1, rule: 'guided', at }, context());
  assert.deepEqual(
    outcomes.map((o) => ('error' in o ? o.error.code : 'there')),
    ['method', 'file-missing', 'there', 'method'],
  );
  const first = outcomes[0] as { error: { message: string; hint: string } };
  assert.match(first.error.message, /'n_relu2' has no cell \(6, 0\)/);
  assert.match(first.error.hint, /6 × 8 cells/);
  await assert.rejects(
    asked.engine.projections({ model: asked.model, layer: 'relu2', unit: 6, rule: 'guided', at: [at[2]] }, context()),
    (e) => e instanceof ModelError && e.code === 'method' && /no unit 6/.test(e.message),
  );
});

test('a cancelled call ends as one', async (t) => {
  const asked = await subject(t, { count: 20 });
  const at = asked.images.map((image) => ({ image, at: [1, 1] as const }));
  const controller = new AbortController();
  let reported = 0;
  const progress = () => {
    reported++;
    controller.abort();
  };
  const call = asked.engine.projections(
    { model: asked.model, layer: 'relu2', unit: 0, rule: 'guided', at },
    { signal: controller.signal, progress },
  );
  await assert.rejects(call, (e) => e instanceof ModelError && e.code === 'cancelled');
  assert.ok(reported < 20, `${reported} reported`);
});

const real = [
  { name: 'SqueezeNet', file: 'squeezenet-imagenet/squeezenet_v1.0.h5', layer: 'pool_final', image: 'darknet/eagle.jpg' },
  { name: 'MobileNet', file: 'mobilenet-v1-025-imagenet/mobilenet_v1_0.25_224.h5', layer: 'reshape_2', image: 'darknet/dog.jpg' },
];
for (const { name, file, layer, image } of real) {
  test(`${name}: the deconvnet projection of a logit's unit is the method's map times the logit`, async (t) => {
    const [model, picture] = [sharedPath(`models/${file}`), sharedPath(`images/${image}`)];
    if (!model || !picture) return t.skip(sharedMissing);
    const calls = newEngine({ cacheBytes: 2 ** 29 });
    const { top } = await calls.predict(model, picture);
    const { index, logit } = top[0] as { index: number; logit: number };
    const params = { model, layer, unit: index, rule: 'deconvnet', at: [{ image: picture, at: [0, 0] }] } as const;
    const found = projection((await calls.engine.projections(params, context()))[0] as ProjectionOutcome);
    const map = await calls.explain(model, picture, { method: 'deconvnet', variant: 'signed', class: index });
    const { x, y, width: w, height: h } = found.box;
    assert.ok(w * h > 1000);
    const sums = Float64Array.from(
      { length: w * h },
      (_, i) => [0, 1, 2].reduce((sum, c) => sum + (found.values[c * w * h + i] as number), 0) / logit,
    );
    const expected = Float64Array.from(
      { length: w * h },
      (_, i) => map.values[(y + Math.floor(i / w)) * map.width + x + (i % w)] as number,
    );
    const norm = Math.sqrt(expected.reduce((sum, v) => sum + v * v, 0));
    const difference = Math.sqrt(expected.reduce((sum, v, i) => sum + (v - (sums[i] as number)) ** 2, 0));
    assert.ok(norm > 0 && difference / norm < 1e-4, `relative difference ${difference / norm}`);
  });
}

test('a cell that sees nothing but padding says so', async (t) => {
  const [model, image] = [sharedPath('models/squeezenet-imagenet/squeezenet_v1.0.onnx'), sharedPath('images/darknet/eagle.jpg')];
  if (!model || !image) return t.skip(sharedMissing);
  const at = [{ image, at: [0, 3] as const }];
  const [outcome] = await newEngine({ cacheBytes: 2 ** 28 }).engine.projections(
    { model, layer: 'conv_final', unit: 22, rule: 'deconvnet', at },
    context(),
  );
  assert.match((outcome as { error: { message: string } }).error.message, /Cell \(0, 3\) of layer 'conv_final' sees nothing but padding/);
});

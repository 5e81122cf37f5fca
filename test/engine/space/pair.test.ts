/** What makes two images alike: parts of the cosine against loops, finite differences and real networks. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import sharp from 'sharp';
import { ModelCache } from '../../../src/engine/models.ts';
import { encodeModel } from '../../../src/formats/onnx/write.ts';
import { ModelError } from '../../../src/shared/errors.ts';
import type { PairExplanation } from '../../../src/shared/spaceProtocol.ts';
import { closeTo } from '../../support/closeTo.ts';
import { newEngine, newFolder, unitPixels, writeClassifier, writePicture } from '../../support/engineCalls.ts';
import { classifier, int, ints, node, noise, type Small, weight } from '../../support/onnxModels.ts';
import { evaluate } from '../../support/reference.ts';
import { sharedMissing, sharedPath } from '../../support/shared.ts';

const context = () => ({ signal: new AbortController().signal, progress: () => {} });

function pairOf(model: string, image: string, other: string, layer?: string): Promise<PairExplanation> {
  return newEngine().engine.pair({ model, image, other, ...(layer !== undefined && { layer }) }, context());
}

async function setting(t: TestContext, overrides: Partial<Small> = {}) {
  const folder = await newFolder(t);
  const model = await writeClassifier(folder, overrides);
  const a = await writePicture(join(folder, 'a.png'), { seed: 3, width: 8, height: 6 });
  const b = await writePicture(join(folder, 'b.png'), { seed: 4, width: 8, height: 6 });
  return { folder, model, a, b };
}

/** A value of the network in double precision, fed pixel/255 of a file. */
async function valuesIn(model: string, image: string, layer: string): Promise<Float64Array> {
  const { data, info } = await sharp(image).raw().toBuffer({ resolveWithObject: true });
  const plane = info.width * info.height;
  const planes = Float64Array.from({ length: plane * 3 }, (_, i) => Math.fround(data[(i % plane) * 3 + Math.floor(i / plane)]! / 255));
  const { model: opened } = await new ModelCache(2 ** 26).open(model);
  const values = evaluate(opened.graph, new Map([[opened.input.value, { shape: [1, 3, info.height, info.width], data: planes }]]));
  return values.get(opened.layers.find(({ name }) => name === layer)!.value)!.data as Float64Array;
}

function cosineOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i]! * b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

const [units, cells] = [4, 48];

function means(values: Float64Array): number[] {
  return Array.from({ length: units }, (_, k) => values.subarray(k * cells, (k + 1) * cells).reduce((sum, v) => sum + v, 0) / cells);
}

/** Stylianou et al., written out: the pairs of cells of both images, summed over the cells of the other one. */
function decomposed(a: Float64Array, b: Float64Array): number[] {
  const [fa, fb] = [means(a), means(b)];
  const lengths = Math.hypot(...fa) * Math.hypot(...fb);
  return Array.from({ length: cells }, (_, i) => {
    let part = 0;
    for (let j = 0; j < cells; j++)
      for (let k = 0; k < units; k++) part += (a[k * cells + i]! * b[k * cells + j]!) / (cells * cells * lengths);
    return part;
  });
}

test('means over a layer: all pairs of cells, summed by hand, and the sum is the cosine', async (t) => {
  const { model, a, b } = await setting(t);
  const found = await pairOf(model, a, b, 'n_relu');
  const [va, vb] = [await valuesIn(model, a, 'n_relu'), await valuesIn(model, b, 'n_relu')];
  closeTo(found.sides[0].values, decomposed(va, vb), 1e-6, 'of the first');
  closeTo(found.sides[1].values, decomposed(vb, va), 1e-6, 'of the second');
  const cosine = cosineOf(means(va), means(vb));
  closeTo([found.cosine, found.sides[0].sum, found.sides[1].sum], [cosine, cosine, cosine], 1e-5, 'cosine and sums');
  assert.ok(cosine < 0.9999, 'the images differ');
  assert.equal(found.exact, true);
  assert.deepEqual([found.layer, found.featureLayer], ['n_relu', 'n_relu']);
  const [{ height, width, input, placement, picture, image }] = found.sides;
  assert.deepEqual([height, width, [...input]], [6, 8, [6, 8]]);
  assert.deepEqual(
    [[...placement.rows], [...placement.columns]],
    [
      [0, 1, 2, 3, 4, 5],
      [0, 1, 2, 3, 4, 5, 6, 7],
    ],
  );
  assert.deepEqual([...picture.data], [...(await sharp(a).raw().toBuffer())]);
  assert.deepEqual(image, { path: a, name: 'a.png' });
});

test('a vector that is the mean of a layer: the gradient gives the same map as the means', async (t) => {
  const { model, a, b } = await setting(t);
  const byMeans = await pairOf(model, a, b, 'n_relu');
  for (const layer of ['n_pool', 'n_flat']) {
    const byGradient = await pairOf(model, a, b, layer);
    assert.deepEqual([byGradient.layer, byGradient.featureLayer, byGradient.exact], ['n_relu', layer, true]);
    for (const side of [0, 1] as const) closeTo(byGradient.sides[side].values, byMeans.sides[side].values, 1e-6, layer);
  }
});

/** Features that a bent map with biases makes of a layer. */
const w3 = noise(3 * units * cells, 11).map((v) => v / 8);
const b3 = noise(3, 12);
const bent: Partial<Small> = {
  nodes: [
    node('Conv', 'x w1 b1', 'conv', ints('pads', [1, 1, 1, 1])),
    node('Relu', 'conv', 'relu'),
    node('Flatten', 'relu', 'flat'),
    node('Gemm', 'flat w3 b3', 'dense', int('transB', 1)),
    node('Tanh', 'dense', 'tanh'),
    node('Gemm', 'tanh w2 b2', 'logits', int('transB', 1)),
  ],
  initializers: [
    weight('w1', [4, 3, 3, 3]),
    weight('b1', [4]),
    weight('w3', [3, units * cells], w3),
    weight('b3', [3], b3),
    weight('w2', [5, 3]),
    weight('b2', [5]),
  ],
};

test('features behind something that is not linear: activation × gradient, by finite differences, and not called exact', async (t) => {
  const { model, a, b } = await setting(t, bent);
  const found = await pairOf(model, a, b, 'n_tanh');
  assert.deepEqual([found.layer, found.featureLayer, found.exact], ['n_relu', 'n_tanh', false]);
  const featuresOf = (activation: ArrayLike<number>) =>
    Array.from(b3, (bias, f) => {
      let sum = bias;
      for (let i = 0; i < units * cells; i++) sum += w3[f * units * cells + i]! * activation[i]!;
      return Math.tanh(sum);
    });
  const [va, vb] = [await valuesIn(model, a, 'n_relu'), await valuesIn(model, b, 'n_relu')];
  const [fa, fb] = [featuresOf(va), featuresOf(vb)];
  closeTo([found.cosine], [cosineOf(fa, fb)], 1e-5, 'cosine');
  const scale = Math.hypot(...fa) * Math.hypot(...fb);
  const towards = (activation: Float64Array) => featuresOf(activation).reduce((sum, v, i) => sum + v * fb[i]!, 0) / scale;
  const expected = Array.from({ length: cells }, (_, cell) => {
    let part = 0;
    for (let k = 0; k < units; k++) {
      const [up, down] = [va.slice(), va.slice()];
      up[k * cells + cell]! += 1e-5;
      down[k * cells + cell]! -= 1e-5;
      part += (va[k * cells + cell]! * (towards(up) - towards(down))) / 2e-5;
    }
    return part;
  });
  closeTo(found.sides[0].values, expected, 1e-5, 'map');
  closeTo([found.sides[0].sum], [expected.reduce((sum, v) => sum + v, 0)], 1e-5, 'sum');
  assert.match(found.about, /need not add up/);
});

test('exchanging the images exchanges the maps; an image is like itself, with both maps the same', async (t) => {
  for (const overrides of [{}, bent]) {
    const { model, a, b } = await setting(t, overrides);
    const [forth, back, self] = [await pairOf(model, a, b), await pairOf(model, b, a), await pairOf(model, a, a)];
    closeTo([back.cosine], [forth.cosine], 1e-12, 'cosine');
    closeTo(back.sides[0].values, forth.sides[1].values, 1e-7, 'first');
    closeTo(back.sides[1].values, forth.sides[0].values, 1e-7, 'second');
    closeTo([self.cosine], [1], 1e-12, 'with itself');
    assert.deepEqual(self.sides[0].values, self.sides[1].values);
  }
});

test('without a layer the features are the automatic ones', async (t) => {
  const { model, a, b } = await setting(t);
  const { engine } = newEngine();
  const { defaultLayer } = await engine.featureLayers({ model }, context());
  assert.equal((await pairOf(model, a, b)).featureLayer, defaultLayer);
});

test('one plan serves every pair', async (t) => {
  const { model, a, b } = await setting(t, bent);
  const { engine } = newEngine();
  const first = await engine.pair({ model, image: a, other: b, layer: 'n_tanh' }, context());
  const again = await engine.pair({ model, image: b, other: a, layer: 'n_tanh' }, context());
  closeTo(again.sides[0].values, first.sides[1].values, 1e-7, 'second time');
});

async function refused(found: Promise<unknown>, expected: { code: string; message: RegExp; where?: string }): Promise<void> {
  await assert.rejects(found, (error: unknown) => {
    assert.ok(error instanceof ModelError, String(error));
    assert.equal(error.code, expected.code);
    assert.match(error.message, expected.message);
    assert.ok(error.hint, 'a next step');
    if (expected.where !== undefined) assert.equal(error.where, expected.where);
    return true;
  });
}

test('refused, with the layer named: nothing with positions before the features', async (t) => {
  const { model, a, b } = await setting(t, {
    nodes: [
      node('Flatten', 'x', 'flat'),
      node('Gemm', 'flat w1 b1', 'dense', int('transB', 1)),
      node('Relu', 'dense', 'relu'),
      node('Gemm', 'relu w2 b2', 'logits', int('transB', 1)),
    ],
    initializers: [weight('w1', [7, 144]), weight('b1', [7], new Float32Array(7).fill(9)), weight('w2', [5, 7]), weight('b2', [5])],
  });
  await refused(pairOf(model, a, b, 'n_relu'), { code: 'method', message: /'n_relu'.*height and a width/, where: 'n_relu' });
});

test('refused: features that are all 0, NaN, a layer that is not there, an image that is not there', async (t) => {
  const { folder, model, a, b } = await setting(t);
  const dead = new Float32Array(4).fill(-1000);
  const initializers = (b1: Float32Array) => [weight('w1', [4, 3, 3, 3]), weight('b1', [4], b1), weight('w2', [5, 4]), weight('b2', [5])];
  const write = (file: string, b1: Float32Array) =>
    writeFile(join(folder, file), encodeModel(classifier({ initializers: initializers(b1) })));
  await write('model.onnx', dead);
  await refused(pairOf(model, a, b, 'n_relu'), { code: 'method', message: /a\.png.*'n_relu' are all 0/, where: 'n_relu' });
  await refused(pairOf(model, a, b, 'n_none'), { code: 'method', message: /n_none/ });
  await write('model.onnx', new Float32Array(4).fill(Number.NaN));
  await refused(pairOf(model, a, b, 'n_conv'), { code: 'weights', message: /'n_conv'/ });
  await assert.rejects(pairOf(model, a, join(folder, 'gone.png')), ModelError);
});

test('cancelled before it begins', async (t) => {
  const { model, a, b } = await setting(t);
  const signal = AbortSignal.abort();
  await refusedAsCancelled(newEngine().engine.pair({ model, image: a, other: b }, { signal, progress: () => {} }));
});

async function refusedAsCancelled(found: Promise<unknown>): Promise<void> {
  await assert.rejects(found, (error: unknown) => error instanceof ModelError && error.code === 'cancelled');
}

const real: readonly [model: string, exact: boolean][] = [
  ['mobilenet-v1-025-imagenet/mobilenet_v1_0.25_224.onnx', true],
  ['mobilenet-v1-025-imagenet/tfjs-layers/model.json', true],
  ['squeezenet-imagenet/squeezenet_v1.0.onnx', true],
  ['resnet8-cifar10-and-vww/pretrainedResnet.h5', true],
  ['darknet-tiny-imagenet/darknet_tiny.onnx', true],
];

for (const [file, exact] of real) {
  const [model, image, other] = [`models/${file}`, 'images/darknet/dog.jpg', 'images/grad-cam/dogs.png'].map(sharedPath);
  test(`a real network: ${file}`, { skip: model && image && other ? false : sharedMissing }, async () => {
    const found = await pairOf(model as string, image as string, other as string);
    assert.equal(found.exact, exact, `${found.sides[0].sum} and ${found.sides[1].sum}, cosine ${found.cosine}`);
    for (const { sum, values } of found.sides) {
      closeTo([sum], [found.cosine], 1e-4, 'sum');
      assert.ok(
        values.some((v) => v !== values[0]),
        'the map is not flat',
      );
    }
    const back = await pairOf(model as string, other as string, image as string);
    closeTo(back.sides[1].values, found.sides[0].values, 1e-5, 'exchanged');
  });
}

test('where each image could have its own size, both are fed at the one that an index feeds them at', async (t) => {
  const folder = await newFolder(t);
  const model = await writeClassifier(folder, { input: ['N', 3, 'H', 'W'] }, { input: { ...unitPixels, size: 'image' } });
  const a = await writePicture(join(folder, 'a.png'), { seed: 3, width: 20, height: 12 });
  const b = await writePicture(join(folder, 'b.png'), { seed: 4, width: 30, height: 40 });
  const { sides, cosine } = await pairOf(model, a, b, 'n_relu');
  assert.deepEqual([...sides[0].input], [...sides[1].input]);
  closeTo([sides[0].sum, sides[1].sum], [cosine, cosine], 1e-6, 'sums');
});

test('the cosine is the one that neighbours are ordered by', async (t) => {
  for (const size of [{}, { size: 'image' }]) {
    const folder = await newFolder(t);
    const open = 'size' in size ? { input: ['N', 3, 'H', 'W'] } : {};
    const model = await writeClassifier(folder, open, { input: { ...unitPixels, ...size } });
    const images = [
      await writePicture(join(folder, 'a.png'), { seed: 3, width: 20, height: 12 }),
      await writePicture(join(folder, 'b.png'), { seed: 4, width: 30, height: 40 }),
    ] as const;
    const { engine } = newEngine();
    const of = { model, store: join(folder, 'store'), images };
    await engine.index(of, context());
    const { revision } = await engine.rows({ ...of, roots: [folder] }, context());
    const near = await engine.neighbours({ revision, image: images[0], k: 1, metric: 'cosine' }, context());
    const { cosine } = await engine.pair({ model, image: images[0], other: images[1] }, context());
    closeTo([1 - near.features[0]!.distance], [cosine], 1e-5, 'cosine');
  }
});

// What a model file does not say, through the engine: class names, preprocessing, size of the input, other inputs, output.
import assert from 'node:assert/strict';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import sharp from 'sharp';
import { DataType, type ModelProto } from '../../src/formats/onnx/types.ts';
import { encodeModel } from '../../src/formats/onnx/write.ts';
import { ModelError } from '../../src/shared/errors.ts';
import type { ModelInfo } from '../../src/shared/protocol.ts';
import { forgetLabelSet, saveInputSize, saveInputs, savePreprocessing, saveSidecar } from '../../src/sidecar/write.ts';
import { newEngine, newFolder, unitPixels, writePicture } from '../support/engineCalls.ts';
import { classifier, int, ints, node, type Small, smallModel, weight } from '../support/onnxModels.ts';
import { sharedMissing, sharedPath } from '../support/shared.ts';
import { functional, input, modelFiles, smallNet, writeModel } from '../support/tfjsModels.ts';

async function write(folder: string, model: ModelProto, sidecar?: object): Promise<string> {
  const path = join(folder, 'net.onnx');
  await writeFile(path, encodeModel(model));
  if (sidecar) await writeFile(join(folder, 'net.glassbox.json'), JSON.stringify(sidecar));
  return path;
}

async function setUp(t: TestContext, model: ModelProto | Partial<Small>, sidecar?: object) {
  const folder = await newFolder(t);
  const path = await write(folder, 'graph' in model ? model : classifier(model), sidecar);
  return { folder, path, image: await writePicture(join(folder, 'picture.png')), ...newEngine() };
}

const refusal = async (work: Promise<unknown>): Promise<ModelError> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ModelError) return error;
  throw error ?? new Error('It was not refused.');
};

/** As many outputs as wanted, of which `best` is the largest. */
function wide(classes: number, best: number): Partial<Small> {
  const bias = new Float32Array(classes);
  bias[best] = 100;
  return {
    nodes: [node('GlobalAveragePool', 'x', 'pool'), node('Flatten', 'pool', 'flat'), node('Gemm', 'flat w b', 'logits', int('transB', 1))],
    initializers: [weight('w', [classes, 3], new Float32Array(3 * classes)), weight('b', [classes], bias)],
  };
}

for (const [classes, best, id, name] of [
  [1000, 281, 'imagenet-1k', 'tabby'],
  [1001, 282, 'imagenet-1k-background', 'tabby'],
  [1001, 0, 'imagenet-1k-background', 'background'],
  [21843, 0, 'imagenet-21k', 'organism, being'],
  [21843, 21842, 'imagenet-21k', undefined],
  [21841, 21840, 'imagenet-21k', undefined],
] as const) {
  test(`${classes} outputs without names: ${id} is offered, with its name of output ${best}, and used only when chosen`, async (t) => {
    const { path, image, predict } = await setUp(t, wide(classes, best), { input: unitPixels });
    const { labelOffers, model, top } = await predict(path, image);
    assert.deepEqual([model.labels, top[0]!.label], [undefined, `class ${best}`]);
    assert.deepEqual(
      labelOffers.map((offer) => offer.id),
      [id],
    );
    if (name !== undefined) assert.equal(labelOffers[0]!.top, name);
    await saveSidecar(path, { labels: id });
    const named = await predict(path, image);
    assert.equal(named.top[0]!.label, labelOffers[0]!.top);
    assert.deepEqual([named.model.labels?.length, named.model.labelSet, named.labelOffers], [classes, id, []]);
    assert.match(named.model.labelsFrom, /^ImageNet-(1k|1k with background|21k) \(net\.glassbox\.json\)$/);
    await forgetLabelSet(path);
    assert.deepEqual((await predict(path, image)).labelOffers, labelOffers);
    assert.deepEqual(JSON.parse(await readFile(join(path, '../net.glassbox.json'), 'utf8')), { input: unitPixels });
  });
}

test('21,841 are the 21,843 without two', async (t) => {
  const labels: (readonly string[])[] = [];
  for (const classes of [21843, 21841]) {
    const { path, image, predict } = await setUp(t, wide(classes, 3), { input: unitPixels, labels: 'imagenet-21k' });
    labels.push((await predict(path, image)).model.labels!);
  }
  const [large, small] = labels as [readonly string[], readonly string[]];
  assert.deepEqual(
    large.filter((_, i) => i !== 9205 && i !== 15027),
    small,
  );
});

test('no set is offered for other numbers of outputs, nor where names are known', async (t) => {
  const few = await setUp(t, {}, { input: unitPixels });
  assert.deepEqual((await few.predict(few.path, few.image)).labelOffers, []);
  const known = await setUp(t, wide(1000, 1), { input: unitPixels, labels: Array.from({ length: 1000 }, (_, i) => `thing ${i}`) });
  assert.deepEqual((await known.predict(known.path, known.image)).labelOffers, []);
});

test('a set of another size is refused by name; a file of that name goes first', async (t) => {
  const { folder, path, image, predict } = await setUp(t, {}, { input: unitPixels, labels: 'imagenet-1k' });
  const wrong = (await predict(path, image)).model;
  assert.equal(wrong.labels, undefined);
  assert.equal(
    wrong.warnings[0]?.message,
    'ImageNet-1k (net.glassbox.json) has 1000 class names, but the model has 5 outputs; the names are not used.',
  );
  await writeFile(join(folder, 'imagenet-1k'), 'a\nb\nc\nd\ne\n');
  const { labels, labelsFrom, labelSet } = (await predict(path, image)).model;
  assert.deepEqual([labels, labelsFrom, labelSet], [['a', 'b', 'c', 'd', 'e'], 'imagenet-1k (net.glassbox.json)', undefined]);
});

test('a set named by a sidecar above is not taken out there: other models use it', async (t) => {
  const folder = await newFolder(t);
  await mkdir(join(folder, 'net'));
  const path = await write(join(folder, 'net'), classifier(wide(1000, 1)));
  await writeFile(join(folder, 'glassbox.json'), JSON.stringify({ labels: 'imagenet-1k' }));
  const error = await refusal(forgetLabelSet(path));
  assert.equal(error.message, `The class names come from '${join(folder, 'glassbox.json')}', which other models use, too.`);
});

test('Tiny Darknet has 1000 outputs in an order of its own: what is offered is seen to be wrong', async (t) => {
  const source = sharedPath('models/darknet-tiny-imagenet');
  const dog = sharedPath('images/darknet/dog.jpg');
  if (!source || !dog) return t.skip(sharedMissing);
  const folder = await newFolder(t);
  const path = join(folder, 'darknet_tiny.onnx');
  await cp(join(source, 'darknet_tiny.onnx'), path);
  const { input: how, labels } = JSON.parse(await readFile(join(source, 'glassbox.json'), 'utf8'));
  await writeFile(join(folder, 'glassbox.json'), JSON.stringify({ input: how }));
  const { predict } = newEngine();
  const { labelOffers, top } = await predict(path, dog);
  assert.equal(labelOffers[0]?.id, 'imagenet-1k');
  const right = (Array.isArray(labels) ? labels : (await readFile(join(source, labels), 'utf8')).split('\n'))[top[0]!.index];
  assert.notEqual(labelOffers[0]?.top, right);
  t.diagnostic(`offered '${labelOffers[0]?.top}' for '${right}'`);
});

test('MobileNet has the 1000 in Keras’ order: what is offered is its own name', async (t) => {
  const source = sharedPath('models/mobilenet-v1-025-imagenet');
  const photo = sharedPath('images/grad-cam/both.png');
  if (!source || !photo) return t.skip(sharedMissing);
  const folder = await newFolder(t);
  const path = join(folder, 'net.onnx');
  await cp(join(source, 'mobilenet_v1_0.25_224.onnx'), path);
  const { input: how } = JSON.parse(await readFile(join(source, 'glassbox.json'), 'utf8'));
  await writeFile(join(folder, 'glassbox.json'), JSON.stringify({ input: how }));
  const { predict } = newEngine();
  const { labelOffers, top } = await predict(path, photo);
  const own = (await readFile(join(source, 'labels.txt'), 'utf8')).split('\n')[top[0]!.index]!;
  const words = (text: string) =>
    text
      .toLowerCase()
      .replaceAll(/[^a-z]+/g, ' ')
      .trim();
  assert.ok(words(own).includes(words(labelOffers[0]!.top)), `${labelOffers[0]!.top}, not ${own}`);
});

// ---------------------------------------------------------------- preprocessing

test('unknown: the question is in the error; the trials have range and thumbnail, and what a set would call their best', async (t) => {
  const { path, image, predict, preprocessings } = await setUp(t, wide(1000, 281));
  const error = await refusal(predict(path, image));
  assert.deepEqual([error.code, error.question], ['input', { kind: 'preprocessing' }]);
  const trials = await preprocessings(path, image);
  assert.deepEqual(
    trials.map(({ id, current }) => [id, current]),
    [
      ['unit', false],
      ['signed', false],
      ['torch', false],
      ['caffe', false],
      ['raw', false],
    ],
  );
  assert.ok(trials.every(({ labelOffers }) => labelOffers[0]?.top === 'tabby'));
  const [unit, signed, , , raw] = trials;
  assert.ok(unit!.min >= 0 && unit!.max > 0.5 && unit!.max <= 1);
  const near = (a: number, b: number) => Math.abs(a - b) < 1e-4;
  assert.ok(near(raw!.max, unit!.max * 255) && near(raw!.min, unit!.min * 255) && near(signed!.min, unit!.min * 2 - 1));
});

test('known: the trials mark what is fed now, and keep size and cropping; one that is none of them comes first', async (t) => {
  const geometry = { crop: 0.5, resize: 'cover', interpolation: 'bicubic' } as const;
  const { path, image, preprocessings } = await setUp(t, {}, { input: { ...geometry, scale: 1 / 127.5, mean: [1] } });
  const trials = await preprocessings(path, image);
  assert.deepEqual(
    trials.filter(({ current }) => current).map(({ id }) => id),
    ['signed'],
  );
  for (const { preprocessing } of trials) assert.deepEqual({ ...preprocessing, ...geometry }, preprocessing);
  // Written another way it is the same.
  await savePreprocessing(path, { ...unitPixels, scale: 1, mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] });
  assert.equal((await preprocessings(path, image)).find(({ current }) => current)?.id, 'signed');
  await savePreprocessing(path, { ...unitPixels, mean: [0.3, 0.3, 0.3] });
  const [own, ...others] = await preprocessings(path, image);
  assert.deepEqual([own?.id, own?.label, own?.current, others.length], ['current', 'As now (net.glassbox.json)', true, 5]);
});

test('a guess from the name of a nested keras.applications model: used, and said to be one; the sidecar ends it', async (t) => {
  const inner = smallNet();
  const config = (inner.topology as { model_config: { config: object } }).model_config.config;
  const nested = { class_name: 'Functional', name: 'vgg16', config: { ...config, name: 'vgg16' }, inbound_nodes: [[['photo', 0, 0, {}]]] };
  const path = join(
    await writeModel(t, modelFiles({ ...inner, topology: functional([input([8, 8, 3], 'photo'), nested], { name: 'model_1' }) })),
    '',
  );
  const image = await writePicture(join(path, '../picture.png'));
  const { predict, preprocessings } = newEngine();
  const { model, fed } = await predict(path, image);
  assert.deepEqual([model.preprocessingGuessed, model.preprocessingFrom], [true, "the name 'vgg16'"]);
  assert.deepEqual([model.preprocessing?.channels, model.preprocessing?.mean], ['BGR', [103.939, 116.779, 123.68]]);
  assert.ok(fed.min < -50 && fed.max > 50);
  const now = (await preprocessings(path, image)).find(({ current }) => current)!;
  assert.equal(now.id, 'caffe');
  await savePreprocessing(path, now.preprocessing);
  const told = (await predict(path, image)).model;
  assert.deepEqual([told.preprocessingGuessed, told.preprocessingFrom], [false, 'glassbox.json']);
});

test('ONNX metadata of Windows ML and Ultralytics tell the preparation', async (t) => {
  const prepared = async (metadata: Record<string, string>) => {
    const { path, image, predict } = await setUp(t, { metadata });
    const { model, fed } = await predict(path, image);
    return { how: model.preprocessing!, from: model.preprocessingFrom, guessed: model.preprocessingGuessed, fed };
  };
  const custom = await prepared({
    'Image.BitmapPixelFormat': 'Bgr8',
    'Image.NominalPixelRange': 'NominalRange_0_255',
    'Image.ColorSpaceGamma': 'SRGB',
  });
  assert.deepEqual([custom.how.channels, custom.how.scale, custom.how.mean, custom.how.std], ['BGR', 1, [0, 0, 0], [1, 1, 1]]);
  assert.deepEqual([custom.from, custom.guessed], ['ONNX metadata (Image.NominalPixelRange)', false]);
  const signed = await prepared({ 'Image.NominalPixelRange': 'Normalized_1_1' });
  assert.deepEqual(
    [signed.how.mean, signed.how.std],
    [
      [127.5, 127.5, 127.5],
      [127.5, 127.5, 127.5],
    ],
  );
  const video = await prepared({ 'Image.NominalPixelRange': 'NominalRange_16_235' });
  assert.ok(video.fed.min >= 16 - 1e-4 && video.fed.max <= 235 + 1e-4 && video.fed.max > 126);
  const yolo = await prepared({ author: 'Ultralytics', task: 'classify', names: "{0: 'a', 1: 'b', 2: 'c', 3: 'd', 4: 'e'}" });
  assert.deepEqual([yolo.how.resize, yolo.from], ['cover', 'ONNX metadata (Ultralytics)']);
  assert.ok(yolo.fed.max <= 1 && yolo.fed.max > 0.5);
  const { path, image, predict } = await setUp(t, {
    metadata: { 'Image.NominalPixelRange': 'NominalRange_0_255', 'Image.ColorSpaceGamma': 'Linear' },
  });
  assert.equal((await refusal(predict(path, image))).question?.kind, 'preprocessing', 'linear light is not a scale');
});

test('a preparation for other channels than the model has: the question is its cure', async (t) => {
  const { path, image, predict, preprocessings } = await setUp(t, {}, { input: { channels: 'gray', scale: 1 } });
  const error = await refusal(predict(path, image));
  assert.deepEqual([error.code, error.question], ['shape', { kind: 'preprocessing' }]);
  assert.equal((await preprocessings(path, image)).length, 5);
});

// ---------------------------------------------------------------- channels

const fourChannels = {
  input: ['N', 4, 6, 8],
  nodes: [node('GlobalAveragePool', 'x', 'pool'), node('Flatten', 'pool', 'flat'), node('Gemm', 'flat w b', 'logits', int('transB', 1))],
  initializers: [weight('w', [4, 4], [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]), weight('b', [4], [0, 0, 0, 0])],
};

test('four channels are colours and alpha, from transparent and opaque images; maps work', async (t) => {
  const { folder, path, image, predict, preprocessings, explain } = await setUp(t, fourChannels);
  assert.equal((await refusal(predict(path, image))).question?.kind, 'preprocessing');
  const clear = join(folder, 'clear.png');
  const [width, height] = [8, 6];
  const data = Uint8Array.from({ length: width * height * 4 }, (_, i) => [200, 100, 50, 51][i % 4]!);
  await sharp(data, { raw: { width, height, channels: 4 } })
    .png()
    .toFile(clear);
  const trials = await preprocessings(path, clear);
  assert.deepEqual(
    trials.map(({ id, preprocessing }) => [id, preprocessing.channels]),
    [
      ['unit', 'RGBA'],
      ['signed', 'RGBA'],
      ['raw', 'RGBA'],
    ],
  );
  await savePreprocessing(path, trials[0]!.preprocessing);
  // The mean of each channel is its logit: colours are not multiplied by alpha.
  const near = (logits: Float32Array, wanted: number[]) => wanted.every((v, i) => Math.abs(logits[i]! - v / 255) < 1e-6);
  assert.ok(near((await predict(path, clear)).logits, [200, 100, 50, 51]));
  const opaque = await predict(path, image);
  assert.ok(Math.abs(opaque.logits[3]! - 1) < 1e-6);
  const thumbnail = await sharp((await predict(path, clear)).fed.png)
    .raw()
    .toBuffer({ resolveWithObject: true });
  assert.deepEqual([thumbnail.info.channels, [...thumbnail.data.subarray(0, 4)]], [4, [200, 100, 50, 51]]);
  for (const method of ['saliency', 'occlusion', 'integrated-gradients']) {
    const map = await explain(path, clear, { method });
    assert.ok(map.values.every(Number.isFinite), method);
  }
});

test('twelve channels: what an image has, and what can be done', async (t) => {
  const { path, image, predict, preprocessings } = await setUp(t, {
    input: ['N', 12, 6, 8],
    initializers: classifier().graph.initializers.map((w) => (w.name === 'w1' ? weight('w1', [4, 12, 3, 3]) : w)),
  });
  for (const work of [predict, preprocessings]) {
    const error = await refusal(work(path, image));
    assert.equal(error.message, "The input 'x' of net.onnx has 12 channels; an image has 1 (gray), 3 (RGB, BGR) or 4 (RGBA).");
    assert.match(error.hint ?? '', /\.npy file on the command line/);
    assert.equal(error.question, undefined);
  }
});

// ---------------------------------------------------------------- size

/** Halves twice, doubles twice, adds: sides must be multiples of 4. */
const halving: Partial<Small> = {
  input: ['N', 3, 'height', 'width'],
  nodes: [
    node('Conv', 'x w1 b1', 'c1', ints('pads', [1, 1, 1, 1]), ints('strides', [2, 2])),
    node('Conv', 'c1 w3 b1', 'c2', ints('pads', [1, 1, 1, 1]), ints('strides', [2, 2])),
    node('ConvTranspose', 'c2 w4', 'up', ints('strides', [2, 2])),
    node('Add', 'c1 up', 'sum'),
    node('GlobalAveragePool', 'sum', 'pool'),
    node('Flatten', 'pool', 'flat'),
    node('Gemm', 'flat w2 b2', 'logits', int('transB', 1)),
  ],
  initializers: [
    weight('w1', [4, 3, 3, 3]),
    weight('b1', [4]),
    weight('w3', [4, 4, 3, 3]),
    weight('w4', [4, 4, 2, 2]),
    weight('w2', [5, 4]),
    weight('b2', [5]),
  ],
};

test('an open size is asked for; a typed one that does not fit is asked for again with the reason', async (t) => {
  const { folder, path, image, predict } = await setUp(t, halving, undefined);
  const error = await refusal(predict(path, image));
  const question = { kind: 'input-size', input: 'x', shape: 'float32 [N,3,height,width]' } as const;
  assert.deepEqual([error.code, error.question], ['input', question]);
  await saveInputSize(path, [10, 12]);
  assert.deepEqual(JSON.parse(await readFile(join(folder, 'net.glassbox.json'), 'utf8')), { input: { size: [10, 12] } });
  const misfit = await refusal(predict(path, image));
  assert.match(misfit.message, /^The model cannot take an image of 10 × 12 pixels \(height × width\): .*sum/);
  assert.deepEqual(misfit.question, { ...question, tried: [10, 12] });
  await saveInputSize(path, [16, 12]);
  assert.equal((await refusal(predict(path, image))).question?.kind, 'preprocessing', 'the size is told, the rest is not');
  await savePreprocessing(path, unitPixels);
  const { model } = await predict(path, image);
  assert.deepEqual([model.input.height, model.input.width, model.answered], [16, 12, [question]]);
  assert.deepEqual(model.preprocessing?.size, [16, 12]);
});

test('a fixed size is no question, whatever the sidecar says', async (t) => {
  const { path, image, predict } = await setUp(t, {}, { input: { ...unitPixels, size: [9, 9] } });
  const error = await refusal(predict(path, image));
  assert.deepEqual([error.code, error.question], ['shape', undefined]);
  assert.match(error.message, /gives 9×9 pixels.*takes 6×8/);
});

test('the size of each image: in steps of 32, at most 1024; each is a model of its own', async (t) => {
  const { folder, path, predict, open, explain } = await setUp(t, halving, { input: { ...unitPixels, size: 'image' } });
  const picture = (name: string, width: number, height: number) => writePicture(join(folder, name), { width, height });
  const small = await predict(path, await picture('small.png', 20, 70));
  assert.deepEqual([small.model.input.height, small.model.input.width], [64, 32]);
  const large = await predict(path, await picture('large.png', 2000, 1000));
  assert.deepEqual([large.model.input.height, large.model.input.width, large.fed.width], [512, 1024, 1024]);
  assert.notEqual(small.model.hash, large.model.hash);
  assert.deepEqual((await predict(path, join(folder, 'small.png'))).logits, small.logits);
  const map = await explain(path, join(folder, 'small.png'), { method: 'saliency' });
  assert.deepEqual([map.height, map.width], [64, 32]);
  assert.deepEqual((await open(path)).input.height, 224, 'without an image one stands in');
  // The same at that size, written down.
  await saveInputSize(path, [64, 32]);
  assert.deepEqual((await predict(path, join(folder, 'small.png'))).logits, small.logits);
});

// ---------------------------------------------------------------- other inputs

const shifted: ModelProto = (() => {
  const { graph, ...rest } = classifier();
  const nodes = [
    node('Add', 'x offset', 'moved'),
    ...graph.nodes.map((n) => ({ ...n, inputs: n.inputs.map((i) => (i === 'x' ? 'moved' : i)) })),
  ];
  return {
    ...rest,
    graph: { ...graph, nodes, inputs: [...graph.inputs, { name: 'offset', elemType: DataType.FLOAT, shape: ['N', 3, 1, 1] }] },
  };
})();

/** The same with the values in the file. */
const baked = (values: number[]): ModelProto => ({
  ...shifted,
  graph: {
    ...shifted.graph,
    inputs: shifted.graph.inputs.slice(0, 1),
    initializers: [...shifted.graph.initializers, weight('offset', [1, 3, 1, 1], values)],
  },
});

test('other inputs are asked for, saved one by one, and give the maps of a model that holds their values', async (t) => {
  const values = [0.25, -0.5, 0.125];
  const { folder, path, image, predict, explain } = await setUp(t, shifted, { input: unitPixels });
  const error = await refusal(predict(path, image));
  assert.equal(
    error.message,
    "The model has 2 inputs: 'x' float32 [N,3,6,8], 'offset' float32 [N,3,1,1]. The image goes to 'x'; nothing says what 'offset' is.",
  );
  await saveInputs(path, { offset: values });
  await saveInputs(path, { another: 1 });
  assert.deepEqual(JSON.parse(await readFile(join(folder, 'net.glassbox.json'), 'utf8')).inputs, { offset: values, another: 1 });
  const { model, logits } = await predict(path, image);
  assert.deepEqual(model.answered, [
    { kind: 'inputs', image: 'x', others: [{ name: 'offset', shape: 'float32 [N,3,1,1]', whole: false, value: values }] },
  ]);
  const other = await setUp(t, baked(values), { input: unitPixels });
  const same = await other.predict(other.path, image);
  assert.deepEqual(logits, same.logits);
  for (const method of ['grad-cam', 'saliency', 'lrp', 'occlusion']) {
    const [a, b] = [await explain(path, image, { method }), await other.explain(other.path, image, { method })];
    const largest = b.values.reduce((m, v) => Math.max(m, Math.abs(v)), 1e-9);
    assert.ok(
      a.values.every((v, i) => Math.abs(v - b.values[i]!) <= 1e-5 * largest),
      method,
    );
  }
  await saveInputs(path, { offset: 0 });
  assert.notDeepEqual((await predict(path, image)).logits, logits);
});

test('a value in the sidecar that does not fit its input is named', async (t) => {
  const { path, image, predict } = await setUp(t, shifted, { input: unitPixels, inputs: { offset: [1, 2] } });
  const error = await refusal(predict(path, image));
  assert.deepEqual([error.code, error.where, basename(error.file ?? '')], ['input', 'offset', 'net.onnx']);
  assert.equal(error.message, "The input 'offset' (float32 [N,3,1,1]) takes 3 values, 2 are given.");
});

// ---------------------------------------------------------------- outputs

test('an output that is chosen is the one explained', async (t) => {
  const two = smallModel({
    nodes: [...classifier().graph.nodes, node('Gemm', 'flat w5 b5', 'ages', int('transB', 1))],
    initializers: [...classifier().graph.initializers, weight('w5', [3, 4]), weight('b5', [3])],
    outputs: ['logits', 'ages'],
  });
  const { path, image, predict } = await setUp(t, two, { input: unitPixels });
  const chosen = ({ outputs, output, classes }: ModelInfo) => [outputs, output, classes];
  assert.deepEqual(chosen((await predict(path, image)).model), [['logits', 'ages'], 'logits', 5]);
  await saveSidecar(path, { output: 'ages' });
  assert.deepEqual(chosen((await predict(path, image)).model), [['logits', 'ages'], 'ages', 3]);
  await rm(join(path, '../net.glassbox.json'));
  assert.equal((await refusal(predict(path, image))).question?.kind, 'preprocessing');
});

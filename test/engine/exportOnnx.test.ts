/** Explanations written as ONNX models and run by a bare onnxruntime: the picture's bytes in, the engine's map out. */
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import ort from 'onnxruntime-node';
import sharp from 'sharp';
import { methods } from '../../src/explain/methods/index.ts';
import { decodeModel } from '../../src/formats/onnx/read.ts';
import { encodeModel } from '../../src/formats/onnx/write.ts';
import type { ExplanationMap, MapRequest, MethodInfo, ModelInfo } from '../../src/shared/protocol.ts';
import { newEngine, newFolder, unitPixels, writeClassifier, writePicture } from '../support/engineCalls.ts';
import { classifier, int, integers, ints, node, noise, smallModel, weight } from '../support/onnxModels.ts';
import { repository } from '../support/paths.ts';

const context = () => ({ signal: new AbortController().signal, progress: () => {} });

interface Exported {
  bytes: number;
  session: ort.InferenceSession;
  metadata: Readonly<Record<string, string>>;
}

async function subject(t: TestContext) {
  const folder = await newFolder(t);
  const calls = newEngine();
  const file = join(folder, 'explanation.onnx');
  const exported = async (model: string, image: string, request: MapRequest): Promise<Exported> => {
    const { bytes } = await calls.engine.exportOnnx({ model, image, request, file }, context());
    const content = await readFile(file);
    assert.equal(content.length, bytes);
    const session = await ort.InferenceSession.create(content, { logSeverityLevel: 3 });
    t.after(() => session.release());
    return { bytes, session, metadata: decodeModel(content).metadata ?? {} };
  };
  return { ...calls, folder, file, exported };
}

/** The pixels of pictures as any decoder gives them, uint8 [N,H,W,3]. */
async function pixels(...images: string[]): Promise<ort.Tensor> {
  const read = await Promise.all(images.map((image) => sharp(image).removeAlpha().raw().toBuffer({ resolveWithObject: true })));
  const { height, width } = (read[0] as (typeof read)[0]).info;
  return new ort.Tensor('uint8', Buffer.concat(read.map(({ data }) => data)), [images.length, height, width, 3]);
}

/**
 * Largest difference to accept, relative to the largest value: the two sessions fuse operators differently. Grad-CAM++ divides
 * by 2 + S·g, which passes 0 where activations are negative: there rounding alone moves its weights by parts in a thousand.
 */
const tolerance = (method: string) => (method === 'grad-cam++' ? 5e-3 : 2e-5);

function near(what: string, actual: Float32Array, expected: Float32Array): void {
  assert.equal(actual.length, expected.length, what);
  const largest = expected.reduce((max, v) => Math.max(max, Math.abs(v)), 0);
  expected.forEach((v, i) => {
    assert.ok(Math.abs(v - (actual[i] as number)) <= tolerance(what) * largest + 1e-9, `${what}: cell ${i} is ${actual[i]}, not ${v}`);
  });
}

function checkMap(
  what: string,
  { map, logits }: ort.InferenceSession.OnnxValueMapType,
  expected: ExplanationMap,
  logitsExpected: Float32Array,
): void {
  assert.deepEqual([...(map as ort.Tensor).dims], [1, expected.height, expected.width], what);
  near(what, (map as ort.Tensor).data as Float32Array, expected.values);
  near(`${what}: logits`, (logits as ort.Tensor).data as Float32Array, logitsExpected);
}

/** Each variant of each method that can be exported: at the default layer and the first one, or on the input. */
function requests({ layers, defaultLayer, refusals }: ModelInfo): MapRequest[] {
  const first = layers.find((layer) => layer.spatial)?.name as string;
  const places = ({ at }: MethodInfo) => (at === 'input' ? [{}] : [...new Set([first, defaultLayer])].map((layer) => ({ layer })));
  return methods
    .map(({ info }) => info)
    .filter((info) => info.exportable && refusals[info.id] === undefined)
    .flatMap((info) => places(info).flatMap((place) => info.variants.map(({ id }) => ({ method: info.id, variant: id, ...place }))));
}

const sampleModel = join(repository, 'media/sample/models/shapes-stamp-bug/model.json');
const stamped = join(repository, 'media/sample/stamped/square/square-01-stamped.png');

test('every method that can be exported gives the same map as the engine, on the sample network', async (t) => {
  const { open, predict, explain, exported } = await subject(t);
  const info = await open(sampleModel);
  const { logits } = await predict(sampleModel, stamped);
  const feeds = { image: await pixels(stamped) };
  const all = requests(info);
  assert.ok(all.length >= 8, `${all.length} requests`);
  for (const request of all) {
    await t.test(JSON.stringify(request), async () => {
      const expected = await explain(sampleModel, stamped, request);
      const { session, metadata } = await exported(sampleModel, stamped, request);
      assert.deepEqual([session.inputNames, session.outputNames], [['image'], ['map', 'logits']]);
      checkMap(request.method, await session.run(feeds), expected, logits);
      assert.deepEqual(
        [metadata.method, metadata.variant, metadata.layer, metadata.target],
        [expected.method, expected.variant, expected.layer, expected.target],
      );
      assert.equal(metadata.modelHash, info.hash);
    });
  }
});

test('the target is built in: a class, or a difference of two; a batch of pictures is a batch of maps', async (t) => {
  const { predict, explain, exported, folder } = await subject(t);
  const model = await writeClassifier(folder);
  const size = { width: 8, height: 6 };
  const images = await Promise.all([1, 2, 3].map((seed) => writePicture(join(folder, `${seed}.png`), { seed, ...size })));
  for (const target of [{ class: 1 }, { class: 3, against: 0 }]) {
    const request = { method: 'grad-cam', ...target };
    const { session, metadata } = await exported(model, images[0] as string, request);
    const { map, logits } = await session.run({ image: await pixels(...images) });
    assert.deepEqual([...(map as ort.Tensor).dims], [3, 6, 8]);
    for (const [i, image] of images.entries()) {
      const expected = await explain(model, image, request);
      near(`picture ${i}`, ((map as ort.Tensor).data as Float32Array).slice(i * 48, (i + 1) * 48), expected.values);
      const prediction = await predict(model, image);
      near(`logits ${i}`, ((logits as ort.Tensor).data as Float32Array).slice(i * 5, (i + 1) * 5), prediction.logits);
      assert.equal(metadata.target, expected.target);
    }
  }
});

test('preprocessing is built in: channel order, scale, mean and std; gray to the last bit', async (t) => {
  const { predict, explain, exported, folder } = await subject(t);
  const image = await writePicture(join(folder, 'one.png'), { width: 8, height: 6 });
  const normalised = { resize: 'stretch', channels: 'BGR', scale: 1, mean: [103.939, 116.779, 123.68], std: [50, 60, 70] };
  const gray = { resize: 'stretch', channels: 'gray', scale: 1 / 127.5, mean: [1], std: [0.5] };
  const grayNet = {
    input: ['N', 1, 6, 8],
    initializers: [weight('w1', [4, 1, 3, 3]), weight('b1', [4]), weight('w2', [5, 4]), weight('b2', [5])],
  };
  for (const [input, net] of [[normalised, {}] as const, [gray, grayNet] as const]) {
    const model = await writeClassifier(folder, net, { input });
    const { session } = await exported(model, image, { method: 'saliency', variant: 'signed' });
    const expected = await explain(model, image, { method: 'saliency', variant: 'signed' });
    checkMap(input.channels, await session.run({ image: await pixels(image) }), expected, (await predict(model, image)).logits);
  }
});

test("names of the network do not get into the way of the model's own", async (t) => {
  const { explain, predict, exported, folder } = await subject(t);
  const rename = (name: string) => ({ x: 'image', conv: 'map', relu: 'target' })[name] ?? name;
  const net = classifier();
  const nodes = net.graph.nodes.map((n) => ({ ...n, inputs: n.inputs.map(rename), outputs: n.outputs.map(rename) }));
  const inputs = net.graph.inputs.map((v) => ({ ...v, name: rename(v.name) }));
  const model = join(folder, 'named.onnx');
  await writeFile(model, encodeModel({ ...net, graph: { ...net.graph, nodes, inputs } }));
  await writeFile(join(folder, 'glassbox.json'), JSON.stringify({ input: unitPixels }));
  const image = await writePicture(join(folder, 'one.png'), { width: 8, height: 6 });
  const { session } = await exported(model, image, { method: 'grad-cam' });
  checkMap(
    'grad-cam',
    await session.run({ image: await pixels(image) }),
    await explain(model, image, { method: 'grad-cam' }),
    (await predict(model, image)).logits,
  );
});

test('a network of one picture a batch is exported as one', async (t) => {
  const { explain, predict, exported, folder } = await subject(t);
  const nodes = [
    node('Conv', 'x w1 b1', 'conv', ints('pads', [1, 1, 1, 1])),
    node('Relu', 'conv', 'relu'),
    node('Reshape', 'relu flat', 'row'),
    node('Gemm', 'row w2 b2', 'logits', int('transB', 1)),
  ];
  const flat = { name: 'flat', dims: [2], dataType: 7, int64Data: BigInt64Array.of(1n, 192n) };
  const initializers = [weight('w1', [4, 3, 3, 3]), weight('b1', [4]), weight('w2', [5, 192]), weight('b2', [5]), flat];
  const model = join(folder, 'one.onnx');
  await writeFile(model, encodeModel(smallModel({ nodes, initializers, input: [1, 3, 6, 8] })));
  await writeFile(join(folder, 'glassbox.json'), JSON.stringify({ input: unitPixels }));
  const image = await writePicture(join(folder, 'one.png'), { width: 8, height: 6 });
  const { session } = await exported(model, image, { method: 'grad-cam' });
  checkMap(
    'grad-cam',
    await session.run({ image: await pixels(image) }),
    await explain(model, image, { method: 'grad-cam' }),
    (await predict(model, image)).logits,
  );
});

test('zeros padded before a max pool win over negative values, as they do in the engine', async (t) => {
  const { explain, predict, exported, folder } = await subject(t);
  const nodes = [
    node('Conv', 'x w1 b1', 'conv', ints('pads', [1, 1, 1, 1])),
    node('Pad', 'conv pads', 'padded'),
    node('MaxPool', 'padded', 'pool', ints('kernel_shape', [3, 3]), ints('strides', [2, 2])),
    node('GlobalAveragePool', 'pool', 'mean'),
    node('Flatten', 'mean', 'flat'),
    node('Gemm', 'flat w2 b2', 'logits', int('transB', 1)),
  ];
  const below = weight('b1', [4], [-9, -9, 0, 0]);
  const initializers = [
    weight('w1', [4, 3, 3, 3]),
    below,
    weight('w2', [5, 4]),
    weight('b2', [5]),
    integers('pads', [0, 0, 1, 1, 0, 0, 1, 1]),
  ];
  const model = await writeClassifier(folder, { nodes, initializers });
  const image = await writePicture(join(folder, 'one.png'), { width: 8, height: 6 });
  const { session } = await exported(model, image, { method: 'grad-cam', layer: 'n_pool' });
  const expected = await explain(model, image, { method: 'grad-cam', layer: 'n_pool' });
  checkMap('grad-cam', await session.run({ image: await pixels(image) }), expected, (await predict(model, image)).logits);
});

test('what cannot be exported says why and writes nothing; nor does a folder that is not there', async (t) => {
  const { engine, folder, file } = await subject(t);
  const model = await writeClassifier(folder);
  const image = await writePicture(join(folder, 'one.png'));
  const before = await readdir(folder);
  const ask = (request: MapRequest, to = file) => engine.exportOnnx({ model, image, request, file: to }, context());
  await assert.rejects(ask({ method: 'occlusion' }), {
    code: 'method',
    message: /Occlusion cannot be exported.*many times/,
    hint: /Grad-CAM/,
  });
  await assert.rejects(ask({ method: 'grad-cam' }, join(folder, 'none', 'a.onnx')), {
    code: 'file-missing',
    message: /cannot be written \(ENOENT\)/,
  });
  await assert.rejects(ask({ method: 'grad-cam', class: 9 }), { code: 'method', message: /no class 9/ });
  assert.deepEqual(await readdir(folder), before);
});

test('an older file is replaced as a whole', async (t) => {
  const { exported, folder, file } = await subject(t);
  const model = await writeClassifier(folder);
  const image = await writePicture(join(folder, 'one.png'));
  await writeFile(file, noise(50_000));
  const { bytes } = await exported(model, image, { method: 'grad-cam' });
  assert.ok(bytes < 50_000);
});

/** Visualisation through the engine: what it reaches, what it tells on the way, what it refuses. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createServices } from '../../../src/engine/services.ts';
import { ascend, classAim } from '../../../src/engine/units/ascent.ts';
import { encodeModel } from '../../../src/formats/onnx/write.ts';
import { FedColours } from '../../../src/image/fedColours.ts';
import { channelsIn, type Preprocessing } from '../../../src/shared/sidecar.ts';
import type { Objective, VisualiseProgress, VisualiseRequest } from '../../../src/shared/unitsProtocol.ts';
import { newEngine, newFolder, unitPixels, writeClassifier, writePicture } from '../../support/engineCalls.ts';
import { classifier, ints, node, noise, type Small, weight } from '../../support/onnxModels.ts';
import { sample } from '../../support/paths.ts';
import { sharedMissing, sharedPath } from '../../support/shared.ts';

const shapes = join(sample, 'models', 'shapes', 'model.json');
const ofClass = (index: number): Objective => ({ kind: 'class', class: index });
const ofUnit = (layer: string, unit: number, cells: 'mean' | 'centre' = 'mean'): Objective => ({ kind: 'unit', layer, unit, cells });

/** An engine, and the climb it is asked for. */
function climber() {
  const { engine, predict } = newEngine();
  const climb = (
    model: string,
    request: Partial<VisualiseRequest> & { objective: Objective },
    told: VisualiseProgress[] = [],
    signal?: AbortSignal,
  ) =>
    engine.visualise(
      { model, request: { method: 'fourier', ...request } },
      { signal: signal ?? new AbortController().signal, progress: (value) => told.push(value) },
    );
  return { engine, predict, climb };
}

/** Mean brightness of the pixels as it is fed: for networks that answer with what they see. */
async function writeNet(t: TestContext, net: Partial<Small>, input: object = unitPixels): Promise<string> {
  return await writeClassifier(await newFolder(t), net, { input });
}

test('the sample network sees every class in its picture, or says which other one', async () => {
  const { climb } = climber();
  for (const [index, seed] of [0, 1, 2, 3, 5].map((i) => [i, i + 1] as const)) {
    const { probability, top, value, values, target } = await climb(shapes, { objective: ofClass(index), params: { steps: 48, seed } });
    assert.ok((probability as number) > 0.9, `class ${index}: ${probability}`);
    assert.equal(top[0]?.index, index);
    assert.ok(Math.abs((top[0]?.logit as number) - value) <= 1e-5 * value);
    assert.equal(values.length, 48);
    assert.match(target, /^logit of (cross|heart|moon|square|star|triangle)$/);
  }
  // Whatever looks like a star to it looks more like a cross.
  const { value, remark } = await climb(shapes, { objective: ofClass(4), params: { steps: 48 } });
  assert.ok(value > 50);
  assert.match(
    remark ?? '',
    /^The network answers cross all the same: that logit is higher still, at [\d.]+\. Its lead over the others can be climbed instead\.$/,
  );
});

test('the lead over the other classes: the star that is no cross; its value is the log odds', async () => {
  const { climb } = climber();
  const objective = { ...ofClass(4), over: 'lead' } as const;
  const { probability, top, value, values, target, remark } = await climb(shapes, { objective, params: { steps: 64 } });
  assert.equal(target, 'lead of star over the other classes');
  assert.equal(top[0]?.index, 4);
  const p = probability as number;
  assert.ok(p > 0.99, `probability ${p}`);
  assert.equal(remark, undefined);
  const others = top.filter(({ index }) => index !== 4).map(({ logit }) => logit);
  const [most = 0] = others;
  const lead = (top[0]?.logit as number) - most - Math.log(others.reduce((sum, z) => sum + Math.exp(z - most), 0));
  // Top 5 of 6: the last adds nothing that a float32 would hold.
  assert.ok(Math.abs(value - lead) < 1e-2 * Math.abs(lead), `${value} ${lead}`);
  assert.ok((values.at(-1) as number) > (values[0] as number));
});

test('Simonyan and MACO raise the logit; MACO tells what mattered', async () => {
  const { climb } = climber();
  const simonyan = await climb(shapes, { method: 'simonyan', objective: ofClass(0), params: { steps: 32, start: 'random' } });
  assert.ok((simonyan.probability as number) > 0.9);
  assert.equal(simonyan.alpha, undefined);
  const maco = await climb(shapes, { method: 'maco', objective: ofClass(4), params: { steps: 48 } });
  const mean = (from: number, to: number) => maco.values.subarray(from, to).reduce((sum, v) => sum + v, 0) / (to - from);
  assert.ok(mean(32, 48) > mean(0, 4) + 2, `${mean(0, 4)} → ${mean(32, 48)}`);
  assert.equal(maco.alpha?.length, 96 * 96);
  assert.ok(new Set(maco.alpha).size > 10);
});

test('a unit rises above its value on noise: over all cells, in the middle, of a vector; before its activation function', async () => {
  const { climb } = climber();
  for (const objective of [ofUnit('relu3', 5), ofUnit('conv2', 3, 'centre'), ofUnit('average', 1), ofUnit('relu1', 2)]) {
    const { values, value, probability, target } = await climb(shapes, { objective, params: { steps: 24 } });
    assert.ok(value > (values[0] as number) + 0.2 * Math.abs(values[0] as number), `${target}: ${values[0]} → ${value}`);
    assert.equal(probability, undefined);
  }
  const said = async (objective: Objective) => (await climb(shapes, { objective, params: { steps: 1 } })).target;
  assert.equal(await said(ofUnit('relu3', 5)), 'mean of relu3 unit 5 before its activation function');
  assert.equal(await said(ofUnit('conv2', 3, 'centre')), 'centre of conv2 unit 3');
  assert.equal(await said(ofUnit('average', 7)), 'average unit 7');
});

test('only one cell is climbed where the middle is asked for', async () => {
  const { climb } = climber();
  const { pixels } = await climb(shapes, { method: 'simonyan', objective: ofUnit('conv1', 0, 'centre'), params: { steps: 4 } });
  const changed = Array.from(pixels.data.keys()).filter((i) => Math.abs((pixels.data[i] as number) - 127.5) > 1);
  assert.ok(changed.length > 0 && changed.length <= 3 * 9, `${changed.length} numbers of a field of 3 × 3 pixels`);
});

test('the way is told: a picture at the start and at the end, frames between; the same seed ends the same', async () => {
  const { climb } = climber();
  const told: VisualiseProgress[] = [];
  const request = { objective: ofClass(2), params: { steps: 64, seed: 9 } };
  const result = await climb(shapes, request, told);
  const frames = told.filter(({ preview }) => preview);
  assert.ok(frames.length >= 24 && frames.length <= 40, `${frames.length} frames`);
  assert.equal(told[0]?.step, 0);
  assert.ok(told[0]?.preview);
  assert.equal(told.at(-1)?.step, 64);
  assert.deepEqual(told.at(-1)?.preview, result.pixels);
  assert.equal(told.at(-1)?.value, result.value);
  assert.ok(told.every(({ step }, i) => i === 0 || step > (told[i - 1] as VisualiseProgress).step));
  for (const { step, value } of told.slice(0, -1)) assert.equal(value, result.values[step]);
  assert.ok(frames.every(({ preview }) => preview?.width === 96 && preview.height === 96 && preview.data.length === 96 * 96 * 3));
  assert.deepEqual((await climb(shapes, request)).pixels, result.pixels);
  assert.notDeepEqual((await climb(shapes, { ...request, params: { steps: 64, seed: 10 } })).pixels, result.pixels);
});

test('the gradient at the picture, through colours and network, is that of finite differences', async (t) => {
  const services = createServices({ engine: 'onnxruntime', cacheBytes: 2 ** 26 });
  const how: Preprocessing = { ...unitPixels, channels: 'BGR', scale: 1, mean: [104, 117, 123], std: [60, 70, 80] };
  const smooth = {
    nodes: [
      node('Conv', 'x w1 b1', 'conv', ints('pads', [1, 1, 1, 1])),
      node('Tanh', 'conv', 'tanh'),
      node('GlobalAveragePool', 'tanh', 'pool'),
      node('Flatten', 'pool', 'flat'),
      node('Gemm', 'flat w2 b2', 'logits'),
    ],
    initializers: [weight('w1', [4, 3, 3, 3]), weight('b1', [4]), weight('w2', [4, 5]), weight('b2', [5])],
  };
  const { model } = await services.models.open(await writeNet(t, smooth, how));
  const colours = new FedColours(how, model.input);
  const aim = classAim(model, 3);
  const at = (picture: Float32Array) =>
    ascend(
      services,
      model,
      { aim, inputs: colours.feed(picture), rule: 'gradient' },
      { priority: 0, signal: new AbortController().signal },
    );
  // More than go into one batch.
  const pictures = Float32Array.from(noise(20 * 144), (v) => (v + 1) / 2);
  const { gradients } = await at(pictures);
  const gradient = colours.handBack(gradients);
  for (const i of [0, 47, 48, 100, 143, 144 * 19 + 5]) {
    const moved = async (by: number) => {
      const { values } = await at(pictures.map((v, j) => (i === j ? v + by : v)));
      return values[Math.floor(i / 144)] as number;
    };
    const expected = ((await moved(0.01)) - (await moved(-0.01))) / 0.02;
    assert.ok(Math.abs((gradient[i] as number) - expected) <= 1e-3, `${i}: ${gradient[i]}, expected ${expected}`);
  }
});

/** Rectified units, at grey as far below 0 as `below` says; `scale` of their weights. */
const rectified = (below: number, scale = 1): Partial<Small> => {
  const kernels = noise(108, 3).map((v) => v * scale);
  const bias = [0, 1, 2, 3].map((k) => -below - 0.5 * kernels.subarray(27 * k, 27 * (k + 1)).reduce((sum, v) => sum + v, 0));
  const nodes = (classifier().graph?.nodes ?? []).map((n) => (n.opType === 'Conv' ? node('Conv', 'x w1 b1', 'conv') : n));
  return {
    nodes,
    initializers: [
      weight('w1', [4, 3, 3, 3], kernels),
      weight('b1', [4], bias),
      weight('w2', [5, 4], noise(20, 5).map(Math.abs)),
      weight('b2', [5]),
    ],
  };
};

test('a climb that begins where all is inactive is led out of it, and says so', async (t) => {
  const { climb } = climber();
  const { values, value, remark } = await climb(await writeNet(t, rectified(0.5)), { objective: ofClass(1), params: { steps: 200 } });
  assert.ok(value > (values[0] as number), `${values[0]} → ${value}`);
  assert.match(remark ?? '', /^In \d+ steps ReLUs that were all inactive blocked the gradient: it was led past them/);
});

test('a dead unit and a class that depends on nothing: nothing rose, and why', async (t) => {
  const { climb } = climber();
  const dead = await writeNet(t, rectified(1, 0));
  for (const objective of [ofUnit('n_relu', 1), ofClass(1)]) {
    const { remark, value, values } = await climb(dead, { objective, params: { steps: 20 } });
    assert.equal(value, values[0]);
    assert.match(remark ?? '', /^Nothing rose: .* In 20 steps no gradient reached the picture/);
  }
});

test('grey and RGBA inputs: as the network takes them, shown in R G B', async (t) => {
  const { climb } = climber();
  for (const channels of ['gray', 'RGBA'] as const) {
    const count = channelsIn(channels);
    const initializers = [weight('w1', [4, count, 3, 3]), weight('b1', [4]), weight('w2', [5, 4]), weight('b2', [5])];
    const how = { ...unitPixels, channels, mean: new Array(count).fill(0.5), std: new Array(count).fill(0.5) };
    const model = await writeNet(t, { initializers, input: ['N', count, 6, 8] }, how);
    const { pixels, value, values } = await climb(model, { objective: ofClass(0), params: { steps: 40 } });
    assert.equal(pixels.data.length, 6 * 8 * 3);
    const isGrey = pixels.data.every((v, i) => v === pixels.data[i - (i % 3)]);
    assert.equal(isGrey, channels === 'gray');
    assert.ok(value > (values[0] as number));
  }
});

test('cancelled between steps, and what is on screen goes first', async (t) => {
  const { climb, predict } = climber();
  const folder = await newFolder(t);
  const image = await writePicture(join(folder, 'picture.png'));
  const stop = new AbortController();
  const told: VisualiseProgress[] = [];
  let ended = false;
  const climbing = climb(shapes, { objective: ofClass(0), params: { steps: 4000 } }, told, stop.signal).finally(() => {
    ended = true;
  });
  climbing.catch(() => {});
  while (told.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  await predict(shapes, image);
  assert.ok(!ended);
  stop.abort();
  await assert.rejects(climbing, { code: 'cancelled' });
  const steps = told.at(-1)?.step as number;
  assert.ok(steps < 4000);
});

test('what does not exist or does not fit is refused by name', async (t) => {
  const { climb } = climber();
  const refused = async (request: Partial<VisualiseRequest> & { objective: Objective }, message: RegExp, model = shapes) =>
    await assert.rejects(climb(model, request), (e: Error & { code: string; file?: string }) => {
      assert.match(e.message, message);
      assert.equal(e.file, model);
      return true;
    });
  await refused({ objective: ofClass(0), method: 'dream' }, /no way of visualising called 'dream'/);
  await refused({ objective: ofClass(0), params: { stride: 1 } }, /^Fourier, robust has no parameter 'stride'/);
  await refused({ objective: ofClass(0), params: { steps: 0 } }, /^Fourier, robust: steps cannot be 0/);
  await refused({ objective: ofClass(6) }, /shapes has no class 6/);
  await refused({ objective: ofUnit('conv9', 0) }, /no layer 'conv9'/);
  await refused({ objective: ofUnit('conv1', 99) }, /no unit 99/);
  const folder = await newFolder(t);
  const unknown = join(folder, 'model.onnx');
  await writeFile(unknown, encodeModel(classifier()));
  await assert.rejects(climb(unknown, { objective: ofClass(0) }), { code: 'input', question: { kind: 'preprocessing' } });
  const broken = await writeNet(t, rectified(1, 1e38));
  await refused({ objective: ofClass(0) }, /NaN or infinite/, broken);
});

for (const [name, path, classes] of [
  ['MobileNetV1 0.25', 'models/mobilenet-v1-025-imagenet/tfjs-layers/model.json', [207, 817, 947]],
  ['SqueezeNet (BGR, mean subtracted)', 'models/squeezenet-imagenet/tfjs-layers/model.json', [130]],
] as const) {
  test(`${name} is more than 90 % sure of what is drawn for a class`, async (t) => {
    const model = sharedPath(path);
    if (model === undefined) return t.skip(sharedMissing);
    const { climb } = climber();
    for (const [i, index] of classes.entries()) {
      const { probability, target } = await climb(model, { objective: ofClass(index), params: { steps: 40, seed: i + 1 } });
      t.diagnostic(`${target}: ${probability}`);
      assert.ok((probability as number) > 0.9, `${target}: ${probability}`);
    }
  });
}

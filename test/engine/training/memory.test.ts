/** A run's checkpoints are opened one after the other: what each brings into the engine goes with it. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createEngine } from '../../../src/engine/engine.ts';
import { ModelCache } from '../../../src/engine/models.ts';
import { encodeModel } from '../../../src/formats/onnx/write.ts';
import { ints, node, noise, smallModel, weight } from '../../support/onnxModels.ts';
import { gradCam, newProbes } from '../../support/probing.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const checkpoints = 40;
/** Of the weights of one. */
const megabytes = 5;

/** A small network with many weights: a layer of 5 MB whose input has few positions. */
function heavy(seed: number): Uint8Array {
  const channels = 380;
  return encodeModel(
    smallModel({
      input: ['N', 3, 6, 8],
      nodes: [
        node('Conv', 'x w1', 'first', ints('strides', [2, 2]), ints('pads', [1, 1, 1, 1])),
        node('Relu', 'first', 'relu'),
        node('Conv', 'relu w2', 'second', ints('pads', [1, 1, 1, 1])),
        node('GlobalAveragePool', 'second', 'pool'),
        node('Flatten', 'pool', 'flat'),
        node('Gemm', 'flat w3', 'logits'),
      ],
      initializers: [
        weight('w1', [channels, 3, 3, 3], noise(channels * 27, seed)),
        weight('w2', [channels, channels, 3, 3], noise(channels * channels * 9, seed + 1)),
        weight('w3', [channels, 5], noise(channels * 5, seed + 2)),
      ],
    }),
  );
}

test(`${checkpoints} checkpoints of ${megabytes} MB: the process does not grow by them`, async (t) => {
  const { folder, images, store } = await newProbes(t, { count: 12 });
  // Room for all of them: it is no cache's bound that keeps it small.
  const engine = createEngine({ engine: 'onnxruntime', cacheBytes: 2 ** 32 });
  const context = { signal: new AbortController().signal, progress: () => {} };
  const versions = new Set<string>();
  let settled = 0;
  for (let i = 0; i < checkpoints; i++) {
    const model = join(folder, `epoch_${i + 10}.onnx`);
    await writeFile(model, heavy(i * 100));
    const frames = await engine.probeFrames({ model, store, images, masks: {}, choice: gradCam }, context);
    assert.deepEqual(frames.errors, []);
    versions.add(frames.version);
    if (i === 9) settled = await resident();
  }
  assert.equal(versions.size, checkpoints);
  const grown = (await resident()) - settled;
  // Kept, models grow it by 340 MB, programs by 740: measured. What an allocator keeps for itself is some tens.
  assert.ok(grown < 120, `${grown.toFixed(0)} MB more than after 10`);
});

test('a model that somebody looks at is used as it is, and stays open', async (t) => {
  const { engine, model, images, ask } = await newProbes(t);
  const context = { signal: new AbortController().signal, progress: () => {} };
  const before = await engine.predict({ model, image: images[0]! }, context);
  const read: unknown[] = [];
  const openAside = ModelCache.prototype.openAside;
  t.mock.method(ModelCache.prototype, 'openAside', async function (this: ModelCache, path: string) {
    const open = await openAside.call(this, path);
    read.push(open, await this.open(path));
    return open;
  });
  await ask();
  assert.equal(read[0], read[1], 'the one that was open');
  assert.deepEqual((await engine.predict({ model, image: images[0]! }, context)).logits, before.logits);
});

/** MB of memory of the process, once what is not used any more is gone: sessions free theirs some time after they are collected. */
async function resident(): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 5; i++) {
    collectGarbage();
    await sleep(40);
    least = Math.min(least, process.memoryUsage().rss / 2 ** 20);
  }
  return least;
}

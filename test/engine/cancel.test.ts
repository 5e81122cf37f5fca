/** Cancel at every stage: the caller is free at once, and the next job works. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { newEngine, newFolder, writeClassifier, writePicture } from '../support/engineCalls.ts';

const everyPixel = { method: 'occlusion', params: { window: 1, stride: 1 } };

async function subject(t: TestContext) {
  const folder = await newFolder(t);
  const [model, image] = await Promise.all([writeClassifier(folder), writePicture(join(folder, 'picture.png'))]);
  const cancel = new AbortController();
  return { ...newEngine(), model, image, signal: cancel.signal, cancel: () => cancel.abort() };
}

test('before the start', { timeout: 10_000 }, async (t) => {
  const { predict, explain, open, preprocessings, model, image, signal, cancel } = await subject(t);
  cancel();
  const error = { name: 'ModelError', code: 'cancelled' };
  await assert.rejects(predict(model, image, { signal }), error);
  await assert.rejects(explain(model, image, everyPixel, { signal }), error);
  await assert.rejects(open(model, { signal }), error);
  await assert.rejects(preprocessings(model, image, { signal }), error);
  assert.equal((await predict(model, image)).logits.length, 5);
});

test('while the model is loaded: the load goes on for the next caller', { timeout: 10_000 }, async (t) => {
  const { predict, explain, model, image, signal, cancel } = await subject(t);
  const first = explain(model, image, everyPixel, { signal });
  const second = predict(model, image);
  cancel();
  await assert.rejects(first, { code: 'cancelled' });
  assert.equal((await second).logits.length, 5);
  assert.equal((await explain(model, image, everyPixel)).values.length, 48);
});

test('at each turn of the event loop of a first explanation, from the file to the map', { timeout: 20_000 }, async (t) => {
  for (const request of [{ method: 'grad-cam' }, everyPixel]) {
    for (const turns of [1, 3, 6, 10, 20]) {
      const { explain, model, image, signal, cancel } = await subject(t);
      const asked = explain(model, image, request, { signal }).then(
        () => 'done',
        (error) => error.code,
      );
      for (let i = 0; i < turns; i++) await new Promise(setImmediate);
      cancel();
      const cancelledAt = performance.now();
      const outcome = await asked;
      assert.ok(outcome === 'cancelled' || outcome === 'done', outcome);
      assert.ok(performance.now() - cancelledAt < 500, 'soon');
      assert.equal((await explain(model, image, request)).values.length, 48);
    }
  }
});

test('between batches: no progress after it, and the next caller is shown what there is before the rest is asked', {
  timeout: 10_000,
}, async (t) => {
  const { explain, model, image, signal, cancel } = await subject(t);
  let steps = 0;
  const progress = () => {
    steps++;
    cancel();
  };
  await assert.rejects(explain(model, image, everyPixel, { signal, progress }), { code: 'cancelled' });
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(steps, 1);
  const again: number[] = [];
  const map = await explain(model, image, everyPixel, { progress: ({ done }) => void again.push(done) });
  assert.deepEqual(again, [16 / 48, 32 / 48, 1]);
  assert.ok(map.values.every(Number.isFinite));
});

test('one of two callers of the same map: the other one gets it', { timeout: 10_000 }, async (t) => {
  const { explain, model, image, signal, cancel } = await subject(t);
  const first = explain(model, image, everyPixel, { signal });
  // Whichever of them comes first: at the first step nobody has the map yet.
  const second = explain(model, image, everyPixel, { progress: cancel });
  await assert.rejects(first, { code: 'cancelled' });
  assert.equal((await second).values.length, 48);
});

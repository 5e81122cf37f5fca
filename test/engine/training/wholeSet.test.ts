/** What a checkpoint says of a whole data set, on the sample workspace: against one image at a time and loops; kept, looked up, laid out. */
import assert from 'node:assert/strict';
import { copyFile, cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FedPixels } from '../../../src/engine/training/fedPixels.ts';
import { ModelError } from '../../../src/shared/errors.ts';
import type { WholeSet } from '../../../src/shared/trainingProtocol.ts';
import { writeClassifier, writePicture } from '../../support/engineCalls.ts';
import {
  checkpointOf,
  ckaByLoops,
  evaluator,
  layerOfEach,
  means,
  newStore,
  overlapByLoops,
  sampleImages,
} from '../../support/evaluating.ts';

const set = await sampleImages();
const seventh = checkpointOf('shapes', '07');
const tenth = checkpointOf('shapes', '10');
const never = { signal: new AbortController().signal, progress: () => {} };

/** All but what it took. */
const said = ({ ms: _, ...whole }: WholeSet) => whole;

function hasCode(code: string, message = /./) {
  return (error: unknown) => {
    assert.ok(error instanceof ModelError && error.code === code, String(error));
    assert.match(error.message, message);
    return true;
  };
}

for (const [run, epoch] of [
  ['shapes', '07'],
  ['shapes-stamp-bug', '05'],
] as const) {
  test(`${run}, epoch ${epoch}: predictions, accuracy, loss, as each image alone has them`, async (t) => {
    const { whole, engine } = evaluator(await newStore(t));
    const model = checkpointOf(run, epoch);
    const found = await whole({ model, ...set });
    assert.deepEqual(found.images, set.images);
    assert.deepEqual(found.classes.slice(0, found.modelClasses), ['cross', 'heart', 'moon', 'square', 'star', 'triangle']);
    let [right, loss] = [0, 0];
    for (const [row, image] of set.images.entries()) {
      const { top, logits, truth } = await engine.predict({ model, image }, never);
      assert.equal(found.predicted[row], top[0]!.index, image);
      assert.equal(found.labels[row], truth!.index, image);
      assert.ok(Math.abs(found.confidence[row]! - top[0]!.probability!) < 1e-4, image);
      right += Number(top[0]!.index === truth!.index);
      loss += Math.log([...logits].reduce((sum, z) => sum + Math.exp(z), 0)) - logits[truth!.index]!;
    }
    assert.equal(found.accuracy, right / set.images.length);
    assert.ok(Math.abs(found.loss - loss / set.images.length) < 1e-4, `${found.loss} against ${loss / set.images.length}`);
    assert.ok(found.accuracy > 0.3 && found.accuracy < 1, 'it is neither untrained nor perfect');
  });
}

test('dead units: those that loops over all positions find positive for no image', async (t) => {
  const { whole } = evaluator(await newStore(t));
  const found = await whole({ model: seventh, ...set });
  assert.deepEqual(
    found.dead.map(({ layer }) => layer),
    ['relu1', 'relu2', 'relu3', 'relu4', 'conv5'],
  );
  for (const { layer, units, dead } of found.dead) {
    const each = await layerOfEach(seventh, set.images, layer);
    const positive = Array.from({ length: units }, (_, unit) => each.some((image) => image[unit]!.some((v) => v > 0)));
    assert.deepEqual([units, dead], [each[0]!.length, positive.filter((any) => !any).length], layer);
  }
  assert.ok(found.dead.some(({ dead }) => dead > 0));
});

test('the next checkpoint: its layout follows, points stay where they were, drift as loops have it', async (t) => {
  const { whole, drift } = evaluator(await newStore(t));
  const first = await whole({ model: seventh, ...set });
  assert.deepEqual([first.alignedTo, first.drift, first.klFree], [undefined, undefined, first.kl]);
  const second = await whole({ model: tenth, ...set, before: first.version });
  assert.equal(second.alignedTo, first.version);
  const alone = await evaluator(await newStore(t)).whole({ model: tenth, ...set });
  const [held, unheld] = [second, alone].map(({ positions }) => medianMove(first.positions!, positions!));
  assert.ok(held! < 0.06 && held! < unheld! / 1.5, `${held} of the diameter, ${unheld} alone`);
  assert.ok(Math.abs(second.klFree - alone.kl) < 1e-6, `${second.klFree}, ${alone.kl}`);
  assert.ok(second.kl < 1.05 * alone.kl, `${second.kl} against ${alone.kl} alone`);

  const layers = ['relu3', 'average'];
  const [before, after] = await Promise.all(
    [seventh, tenth].map(
      async (model) => new Map(await Promise.all(layers.map(async (l) => [l, means(await layerOfEach(model, set.images, l))] as const))),
    ),
  );
  const told = second.drift!;
  assert.deepEqual([told.from, told.to, told.images], [first.version, second.version, 60]);
  const overlap = overlapByLoops(before!.get(second.layer)!, after!.get(second.layer)!, 10);
  // Of neighbours that are nearly as near, rounding may choose others.
  assert.ok(Math.abs(told.overlap - overlap) < 0.005, `${told.overlap} against ${overlap}`);
  for (const layer of layers) {
    const expected = ckaByLoops(before!.get(layer)!, after!.get(layer)!);
    const value = told.cka.find((each) => each.layer === layer)!.value;
    assert.ok(Math.abs(value - expected) < 1e-3, `${layer}: ${value} against ${expected}`);
  }
  assert.deepEqual(await drift(first.version, second.version), told);
  const itself = await drift(second.version, second.version);
  assert.equal(itself.overlap, 1);
  for (const { layer, value } of itself.cka) assert.ok(Math.abs(value - 1) < 1e-12, `${layer} ${value}`);
});

/** Median way of the points, as a share of the diameter. */
function medianMove(a: Float32Array, b: Float32Array): number {
  const rows = Array.from({ length: a.length / 2 }, (_, i) => i);
  const way = (x: Float32Array, i: number, y: Float32Array, j: number) => Math.hypot(x[2 * i]! - y[2 * j]!, x[2 * i + 1]! - y[2 * j + 1]!);
  const diameter = Math.max(...rows.map((i) => Math.max(...rows.map((j) => way(b, i, b, j)))));
  return rows.map((i) => way(a, i, b, i)).sort((x, y) => x - y)[rows.length >> 1]! / diameter;
}

test('looked up the second time, also when its files are gone; another one to compare with is another drift', async (t) => {
  const folder = await newStore(t);
  const model = await copied(tenth, folder);
  const { whole, recall, drift } = evaluator(folder);
  const first = await whole({ model: seventh, ...set });
  const computed = await whole({ model, ...set, before: first.version });
  const phases = new Set<string>();
  const again = await whole({ model, ...set, before: first.version }, { progress: ({ phase }) => void phases.add(phase) });
  assert.deepEqual(again, computed);
  assert.deepEqual([...phases], ['reading images']);
  assert.deepEqual(await evaluator(folder).whole({ model, ...set }), computed, 'in another process');
  const fifth = await whole({ model: checkpointOf('shapes', '05'), ...set, before: first.version });
  const other = await whole({ model, ...set, before: fifth.version });
  assert.deepEqual({ ...said(other), drift: computed.drift }, said(computed));
  assert.equal(other.drift?.from, fifth.version);
  await rm(model, { force: true });
  assert.deepEqual((await recall(computed.version)).whole, computed);
  assert.deepEqual((await drift(first.version, computed.version)).cka, computed.drift!.cka);
  await assert.rejects(drift(first.version, 'nobody'), hasCode('stale', /later/));
  // Another set or other labels are another result.
  const fewer = await whole({ model: seventh, ...set, images: set.images.slice(10) });
  assert.equal(fewer.images.length, 50);
  assert.deepEqual((await recall(first.version)).whole, fewer);
});

async function copied(model: string, folder: string): Promise<string> {
  await cp(join(model, '..'), join(folder, 'checkpoint'), { recursive: true });
  return join(folder, 'checkpoint', 'model.json');
}

test('images that cannot be read, that are there twice, labels that are no class', async (t) => {
  const folder = await newStore(t);
  const { whole } = evaluator(folder);
  const root = join(folder, 'images');
  await cp(set.roots[0]!, root, { recursive: true });
  const images = set.images.map((path) => path.replace(set.roots[0]!, root));
  const [twin, broken, missing, stranger] = [
    join(root, 'moon', 'twin.png'),
    join(root, 'moon', 'broken.png'),
    join(root, 'moon', 'no.png'),
    join(root, 'oval', 'a.png'),
  ];
  await copyFile(images[0]!, twin);
  await writeFile(broken, 'none');
  await cp(images[1]!, stranger, { recursive: true });
  const all = [broken, ...images, twin, missing, stranger];
  const found = await whole({ model: tenth, images: all, roots: [root] });
  const [plain, at] = [await whole({ model: tenth, images, roots: [root] }), (path: string) => all.indexOf(path)];
  for (const path of [broken, missing]) {
    assert.deepEqual([found.labels[at(path)], found.predicted[at(path)]], [-1, -1]);
    assert.ok([found.confidence[at(path)], found.positions![2 * at(path)]].every(Number.isNaN));
  }
  assert.equal(found.classes[found.labels[at(stranger)]!], 'oval');
  assert.ok(found.labels[at(stranger)]! >= found.modelClasses);
  assert.deepEqual(found.predicted.subarray(1, 61), plain.predicted);
  // The twin has another label than the image it is like: one of both is right.
  assert.notEqual(found.labels[at(twin)], found.labels[1]);
  assert.equal(found.accuracy, (plain.accuracy * 60) / 61);
  assert.deepEqual([...found.positions!.subarray(2 * at(twin), 2 * at(twin) + 2)], [...found.positions!.subarray(2, 4)]);
  assert.deepEqual(await whole({ model: tenth, images: all, roots: [root] }), found, 'what is unreadable is remembered as such');
});

test('the next checkpoint decodes no image again, and says the same as one that does', async (t) => {
  const kept = t.mock.method(FedPixels.prototype, 'keep');
  const { whole } = evaluator(await newStore(t));
  await whole({ model: seventh, ...set });
  assert.equal(kept.mock.callCount(), set.images.length);
  const found = await whole({ model: tenth, ...set });
  assert.equal(kept.mock.callCount(), set.images.length, 'pixels of each once');
  const alone = await evaluator(await newStore(t)).whole({ model: tenth, ...set });
  assert.equal(kept.mock.callCount(), 2 * set.images.length);
  assert.deepEqual(said(found), said(alone));
});

test('few images, equal features: no layout, no failure', async (t) => {
  const folder = await newStore(t);
  const { whole } = evaluator(folder);
  for (const count of [0, 1, 2, 7, 8]) {
    const images = set.images.slice(0, count);
    const first = await whole({ model: seventh, images, roots: set.roots });
    const found = await whole({ model: tenth, images, roots: set.roots, before: first.version });
    assert.equal(found.positions?.length, count < 8 ? undefined : 16);
    assert.equal(found.alignedTo, count < 8 ? undefined : first.version);
    assert.equal(Number.isNaN(found.kl), count < 8);
    assert.equal(found.predicted.length, count);
    assert.equal(Number.isNaN(found.drift!.overlap), count < 3);
  }
  // All weights 0: all features are the same.
  const model = await copied(tenth, folder);
  await writeFile(join(model, '..', 'group1-shard1of1.bin'), new Uint8Array(174_376));
  const dead = await whole({ model, ...set }).catch((error: unknown) => error);
  if (dead instanceof ModelError) assert.fail(dead.message);
  const { positions, dead: units, loss } = dead as WholeSet;
  assert.equal(positions, undefined);
  assert.ok(units.every((layer) => layer.dead === layer.units));
  assert.ok(Math.abs(loss - Math.log(6)) < 1e-6);
});

test('new images have a place amid the others; the rest stays', async (t) => {
  const { whole } = evaluator(await newStore(t));
  const some = set.images.filter((_, i) => i % 5 > 0);
  const first = await whole({ model: seventh, images: some, roots: set.roots });
  const second = await whole({ model: tenth, ...set, before: first.version });
  assert.equal(second.alignedTo, first.version);
  assert.equal(second.drift!.images, some.length);
  assert.ok(second.positions!.every(Number.isFinite));
  const kept = Float32Array.from(
    some.flatMap((path) => [...second.positions!.subarray(2 * set.images.indexOf(path), 2 * set.images.indexOf(path) + 2)]),
  );
  assert.ok(medianMove(first.positions!, kept) < 0.1, `${medianMove(first.positions!, kept)}`);
});

test('a network that has diverged: weights, by layer and image', async (t) => {
  const folder = await newStore(t);
  const model = await copied(tenth, folder);
  const weights = new Float32Array(174_376 / 4).fill(0.01);
  weights.fill(Number.NaN, 2000, 2100);
  await writeFile(join(model, '..', 'group1-shard1of1.bin'), new Uint8Array(weights.buffer));
  await assert.rejects(evaluator(folder).whole({ model, ...set }), hasCode('weights', /NaN/));
  // Each weight is a number; what comes of them is none.
  await writeFile(join(model, '..', 'group1-shard1of1.bin'), new Uint8Array(weights.fill(1e30).buffer));
  await assert.rejects(
    evaluator(folder).whole({ model, ...set }),
    hasCode('weights', /^Layer '\w+' has NaN or infinite values for '.*cross-01\.png'/),
  );
});

test('cancelled in each phase; phases are told in order, and count up to their total', async (t) => {
  const seen: { phase: string; done: number; total: number }[] = [];
  await evaluator(await newStore(t)).whole({ model: seventh, ...set }, { progress: (progress) => void seen.push(progress) });
  assert.deepEqual([...new Set(seen.map(({ phase }) => phase))], ['reading images', 'network', 'layout']);
  const last = seen.findLast(({ phase }) => phase === 'network');
  assert.deepEqual([last?.done, last?.total], [60, 60]);
  for (const phase of ['reading images', 'network', 'layout']) {
    const abort = new AbortController();
    const progress = (at: { phase: string }) => void (at.phase === phase && abort.abort());
    await assert.rejects(
      evaluator(await newStore(t)).whole({ model: seventh, ...set }, { signal: abort.signal, progress }),
      hasCode('cancelled'),
    );
  }
});

test('outputs that are no class scores: nothing is right or wrong', async (t: TestContext) => {
  const folder = await newStore(t);
  const model = await writeClassifier(folder, {}, { labels: undefined });
  const images = await Promise.all(Array.from({ length: 9 }, (_, i) => writePicture(join(folder, `${i}.png`), { seed: i + 1 })));
  const found = await evaluator(folder).whole({ model, images, roots: [folder] });
  assert.ok(
    found.modelClasses === 0
      ? found.predicted.every((p) => p === -1) && Number.isNaN(found.accuracy)
      : found.predicted.every((p) => p >= 0),
  );
  assert.ok(Number.isNaN(found.loss), 'no labels');
});

/** Top patches through the engine: values, cells, boxes, areas and pixels against brute force and formulas of each way to fit an image. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createOnnxRuntime } from '../../../src/execute/onnxruntime/executor.ts';
import { planForward } from '../../../src/explain/plan.ts';
import type { Tensor } from '../../../src/graph/graph.ts';
import { decodeImage } from '../../../src/image/decode.ts';
import { preprocess } from '../../../src/image/preprocess.ts';
import { fileSource } from '../../../src/importers/files.ts';
import { openModel } from '../../../src/importers/index.ts';
import { ModelError } from '../../../src/shared/errors.ts';
import type { Rect } from '../../../src/shared/protocol.ts';
import type { Preprocessing, ResizeMode } from '../../../src/shared/sidecar.ts';
import type { Patch, Projection, UnitPatches } from '../../../src/shared/unitsProtocol.ts';
import { inputTensor } from '../../support/ask.ts';
import { newEngine, newFolder, unitPixels, writeClassifier, writePicture } from '../../support/engineCalls.ts';
import { int, ints, node, type Small, weight } from '../../support/onnxModels.ts';
import { sharedMissing, sharedPath } from '../../support/shared.ts';

const context = (progress: (value: never) => void = () => {}) => ({ signal: new AbortController().signal, progress });
const head = [
  node('GlobalAveragePool', 'relu', 'pool'),
  node('Flatten', 'pool', 'flat'),
  node('Gemm', 'flat w2 b2', 'logits', int('transB', 1)),
];
const headWeights = [weight('w2', [5, 4]), weight('b2', [5])];

/** Input 24 × 32; a cell of `relu` [4,12,16] sees 3 × 3 pixels around (2·row, 2·column). */
const local: Partial<Small> = {
  input: ['N', 3, 24, 32],
  nodes: [node('Conv', 'x w1 b1', 'conv', ints('pads', [1, 1, 1, 1]), ints('strides', [2, 2])), node('Relu', 'conv', 'relu'), ...head],
  initializers: [weight('w1', [4, 3, 3, 3]), weight('b1', [4]), ...headWeights],
};

interface Subject {
  model: string;
  images: string[];
  store: string;
  calls: ReturnType<typeof newEngine>;
}

/** Pictures of noise of which a layer is collected. */
async function collected(
  t: TestContext,
  layer: string,
  {
    net = local,
    how = {},
    size = { width: 64, height: 48 },
    count = 7,
  }: { net?: Partial<Small>; how?: object; size?: { width: number; height: number }; count?: number } = {},
): Promise<Subject> {
  const folder = await newFolder(t);
  const model = await writeClassifier(folder, net, { input: { ...unitPixels, ...how } });
  const images = await Promise.all(
    Array.from({ length: count }, (_, i) => writePicture(join(folder, `${i}.png`), { seed: i + 1, ...size })),
  );
  const store = join(folder, 'store');
  const calls = newEngine();
  await calls.engine.collect({ model, store, images, layers: [layer] }, context());
  return { model, images, store, calls };
}

const ask = ({ model, store, calls }: Subject, layer: string, units: readonly number[], count = 9, size = 400) =>
  calls.engine.topPatches({ model, store, layer, units, count, size }, context());

/** The strongest cell of a unit in each image, strongest image first; equal ones (ReLU6) in order of the hashes. */
async function bruteForce({ model: path, images }: Subject, value: string, unit: number, how: Preprocessing) {
  const model = await openModel(await fileSource(path));
  const program = await (await createOnnxRuntime()).compile(planForward(model, value));
  const found: { image: string; hash: string; value: number; at: [number, number] }[] = [];
  for (const image of images) {
    const decoded = await decodeImage(image);
    const { tensor } = preprocess(decoded, how, model.input);
    const { data, shape } = (await program.run({ [model.input.value]: inputTensor(model, tensor) }))[value] as Tensor;
    const [height, width] = shape.slice(2) as [number, number];
    const map = (data as Float32Array).slice(unit * height * width, (unit + 1) * height * width);
    const best = map.reduce((at, v, i) => (v > (map[at] as number) ? i : at), 0);
    found.push({ image, hash: decoded.hash, value: map[best] as number, at: [Math.floor(best / width), best % width] });
  }
  await program.dispose();
  return found.sort((a, b) => b.value - a.value || (a.hash < b.hash ? -1 : 1));
}

const field = ([row, column]: readonly [number, number]): Rect => {
  const along = (i: number, size: number) => ({ from: Math.max(0, 2 * i - 1), to: Math.min(size, 2 * i + 2) });
  const [y, x] = [along(row, 24), along(column, 32)];
  return { x: x.from, y: y.from, width: x.to - x.from, height: y.to - y.from };
};

function closeRect(actual: Rect, expected: Rect, what: string): void {
  for (const key of ['x', 'y', 'width', 'height'] as const) {
    assert.ok(Math.abs(actual[key] - expected[key]) < 1e-9, `${what}: ${key} is ${actual[key]}, expected ${expected[key]}`);
  }
}

/** Image pixels of an input pixel's left upper corner, and of its sides, for a picture of 60 × 40 in an input of 32 × 24. */
const fits: Record<ResizeMode, { left: number; top: number; perX: number; perY: number }> = {
  stretch: { left: 0, top: 0, perX: 60 / 32, perY: 40 / 24 },
  // 4:3 of 60 × 40 is 53⅓ × 40, in the middle.
  cover: { left: (60 - 160 / 3) / 2, top: 0, perX: 160 / 3 / 32, perY: 40 / 24 },
  // 32 × 21 of 24 rows: one black row above, two below.
  contain: { left: 0, top: -40 / 21, perX: 60 / 32, perY: 40 / 21 },
};

for (const [resize, { left, top, perX, perY }] of Object.entries(fits) as [ResizeMode, (typeof fits)['cover']][]) {
  test(`values, cells, receptive fields and areas of an image made to fit by ${resize}`, async (t) => {
    const subject = await collected(t, 'relu', { how: { resize }, size: { width: 60, height: 40 } });
    const found = await ask(subject, 'relu', [2, 0, 3], 5);
    assert.deepEqual(
      found.map(({ unit }) => unit),
      [2, 0, 3],
    );
    for (const { unit, patches, kept } of found) {
      assert.equal(kept, 7);
      const expected = (await bruteForce(subject, 'relu', unit, { ...unitPixels, resize })).slice(0, 5);
      assert.deepEqual(
        patches.map((p) => [p.image, p.at]),
        expected.map((e) => [{ path: e.image, name: basename(e.image) }, e.at]),
      );
      for (const [i, patch] of patches.entries()) {
        assert.ok(Math.abs(patch.value - (expected[i]?.value as number)) < 1e-5);
        assert.deepEqual(patch.field, field(patch.at));
        assert.deepEqual(patch.shown, patch.field);
        assert.equal(patch.shownAs, 'field');
        const { x, y, width, height } = patch.shown;
        closeRect(patch.area, { x: left + x * perX, y: top + y * perY, width: width * perX, height: height * perY }, resize);
        assert.equal(patch.imageHash, (await decodeImage(patch.image.path)).hash);
      }
    }
  });
}

test('pixels are those of the image, and black where the image was padded', async (t) => {
  // Twice the input's size: a pixel of the input is 2 × 2 of the image.
  const whole = await collected(t, 'relu');
  const padded = await collected(t, 'relu', { how: { resize: 'contain' }, size: { width: 64, height: 8 } });
  let black = 0;
  for (const [subject, below] of [
    [whole, 0],
    [padded, 20],
  ] as const) {
    for (const { patches } of await ask(subject, 'relu', [0, 1, 2, 3])) {
      for (const { area, pixels, image } of patches) {
        const { width, height, data } = await decodeImage(image.path);
        assert.deepEqual([pixels.width, pixels.height], [area.width, area.height]);
        const expected = new Uint8Array(pixels.data.length);
        for (let y = 0; y < area.height; y++) {
          for (let x = 0; x < area.width * 3; x++) {
            const row = y + area.y;
            if (row >= 0 && row < height) expected[y * area.width * 3 + x] = data[row * width * 3 + area.x * 3 + x] as number;
            else black++;
          }
        }
        assert.deepEqual(pixels.data, expected);
      }
    }
    if (below > 0) assert.ok(black > 0, 'a patch sticks out');
    else assert.equal(black, 0);
  }
});

test('larger parts are shrunk to the size asked for', async (t) => {
  const subject = await collected(t, 'relu', { size: { width: 640, height: 480 } });
  const [{ patches }] = (await ask(subject, 'relu', [1], 2, 12)) as [UnitPatches];
  for (const { pixels, area } of patches) {
    assert.equal(Math.max(pixels.width, pixels.height), 12);
    assert.ok(Math.max(area.width, area.height) > 12);
  }
});

test('each unit is handed over once, as it is in the answer; one asked for twice is the same', async (t) => {
  const subject = await collected(t, 'relu');
  const streamed: UnitPatches[] = [];
  const { model, store, calls } = subject;
  const units = [3, 1, 3];
  const found = await calls.engine.topPatches(
    { model, store, layer: 'relu', units, count: 3, size: 20 },
    context((p) => streamed.push(p)),
  );
  assert.deepEqual(streamed.map(({ unit }) => unit).sort(), [1, 3]);
  for (const patches of streamed) assert.ok(found.includes(patches));
  assert.equal(found[0], found[2]);
  assert.deepEqual((await ask(subject, 'relu', [0], 0))[0], { unit: 0, patches: [], kept: 7 });
});

test('images that are gone, changed or broken are left out; the others stay in order', async (t) => {
  const subject = await collected(t, 'relu');
  const [before] = (await ask(subject, 'relu', [1])) as [UnitPatches];
  const paths = before.patches.map(({ image }) => image.path);
  await rm(paths[0] as string);
  await writePicture(paths[2] as string, { seed: 50, width: 64, height: 48 });
  await rm(paths[5] as string);
  await writePicture(paths[5] as string, { seed: 51, width: 10, height: 10 });
  const [after] = (await ask(subject, 'relu', [1])) as [UnitPatches];
  const stay = before.patches.filter((_, i) => ![0, 2, 5].includes(i));
  assert.deepEqual(after.patches, stay);
  assert.equal(after.kept, 7);
});

test('what a gate sees is no receptive field; a vector’s number sees all', async (t) => {
  const gated: Partial<Small> = {
    ...local,
    nodes: [
      node('Conv', 'x w1 b1', 'conv', ints('pads', [1, 1, 1, 1]), ints('strides', [2, 2])),
      node('GlobalAveragePool', 'conv', 'squeezed'),
      node('Conv', 'squeezed w3', 'excited'),
      node('Sigmoid', 'excited', 'gate'),
      node('Mul', 'conv gate', 'relu'),
      ...head,
    ],
    initializers: [...(local.initializers ?? []), weight('w3', [4, 4, 1, 1])],
  };
  const subject = await collected(t, 'relu', { net: gated });
  for (const { patches } of await ask(subject, 'relu', [0, 1, 2, 3])) {
    for (const patch of patches) assert.deepEqual(patch.field, field(patch.at));
  }
  await subject.calls.engine.collect({ ...subject, layers: ['flat'] }, context());
  const [vector] = (await ask(subject, 'flat', [2], 1)) as [UnitPatches];
  const whole = { x: 0, y: 0, width: 32, height: 24 };
  const { at, field: seen, shown, shownAs, area } = vector.patches[0] as Patch;
  assert.deepEqual(
    { at, seen, shown, shownAs, area },
    { at: [0, 0], seen: whole, shown: whole, shownAs: 'field', area: { x: 0, y: 0, width: 64, height: 48 } },
  );
});

test('of branches that stand side by side, each unit is shown by what its own sees', async (t) => {
  const branches: Partial<Small> = {
    ...local,
    nodes: [
      node('Conv', 'x w1 b1', 'near', ints('pads', [1, 1, 1, 1]), ints('strides', [2, 2])),
      node('Conv', 'x w3', 'far', ints('pads', [3, 3, 3, 3]), ints('strides', [2, 2])),
      node('Concat', 'near far', 'both', int('axis', 1)),
      node('Relu', 'both', 'relu'),
      node('GlobalAveragePool', 'relu', 'pool'),
      node('Flatten', 'pool', 'flat'),
      node('Gemm', 'flat w2 b2', 'logits', int('transB', 1)),
    ],
    initializers: [weight('w1', [2, 3, 3, 3]), weight('b1', [2]), weight('w3', [2, 3, 7, 7]), ...headWeights],
  };
  const subject = await collected(t, 'relu', { net: branches });
  for (const { unit, patches } of await ask(subject, 'relu', [0, 1, 2, 3])) {
    const reach = unit < 2 ? 1 : 3;
    for (const { at, field } of patches) {
      const [top, left] = [Math.max(0, 2 * at[0] - reach), Math.max(0, 2 * at[1] - reach)];
      const [bottom, right] = [Math.min(24, 2 * at[0] + reach + 1), Math.min(32, 2 * at[1] + reach + 1)];
      assert.deepEqual(field, { x: left, y: top, width: right - left, height: bottom - top }, `unit ${unit}`);
    }
  }
});

/** A bell of weights over 31 × 31 pixels: a cell in the middle of 32 × 32 sees all, mostly what is near. */
const bell = Float32Array.from({ length: 4 * 3 * 31 * 31 }, (_, i) => {
  const [y, x] = [(Math.floor(i / 31) % 31) - 15, (i % 31) - 15];
  const wide = 2 + Math.floor(i / (3 * 31 * 31));
  return Math.exp(-(x * x + y * y) / (2 * wide * wide)) * (((i * 7) % 5) - 1.5);
});
const wide = (activation: string): Partial<Small> => ({
  input: ['N', 3, 32, 32],
  nodes: [node('Conv', 'x wide', 'conv', ints('pads', [15, 15, 15, 15])), node(activation, 'conv', 'relu'), ...head],
  initializers: [weight('wide', [4, 3, 31, 31], bell), ...headWeights],
});

test('where a cell sees nearly everything, a box of the layer’s usual effective size around its centre is shown', async (t) => {
  const subject = await collected(t, 'relu', { net: wide('Relu'), size: { width: 64, height: 64 }, count: 12 });
  const found = await ask(subject, 'relu', [0, 1, 2, 3], 12);
  const patches = found.flatMap((unit) => unit.patches);
  const typical = patches.filter(({ shownAs }) => shownAs === 'typical');
  // All four units are taken, each at its strongest cell: the lower median of their effective fields.
  const effective: Rect[] = [];
  for (const { unit, patches } of found) {
    const { image, at } = patches[0] as Patch;
    const [outcome] = await subject.calls.engine.projections(
      { model: subject.model, layer: 'relu', unit, rule: 'gradient', at: [{ image: image.path, at }] },
      context(),
    );
    const { projection } = outcome as { projection: Projection };
    assert.deepEqual(projection.box, projection.effective);
    effective.push(projection.effective);
  }
  const lower = (values: number[]) => values.sort((a, b) => a - b)[1] as number;
  const size = { height: lower(effective.map((e) => e.height)), width: lower(effective.map((e) => e.width)) };
  assert.ok(size.height > 4 && size.height < 27 && size.width < 27, JSON.stringify(size));
  assert.equal(typical.length, patches.length);
  let cutOff = 0;
  for (const { at, field, shown, area } of patches) {
    const seen = (i: number) => Math.min(32, i + 16) - Math.max(0, i - 15);
    assert.deepEqual([field?.height, field?.width], [seen(at[0]), seen(at[1])]);
    // At the edges a cell sees less, which says no more of the place.
    if (seen(at[0]) < 24 || seen(at[1]) < 24) cutOff++;
    assert.deepEqual({ height: shown.height, width: shown.width }, size);
    // The cell's own pixel is its centre: within one pixel of the box's.
    const off = (start: number, length: number, i: number) => Math.abs(start + length / 2 - (i + 0.5));
    const inside = shown.x > 0 && shown.y > 0 && shown.x + size.width < 32 && shown.y + size.height < 32;
    if (inside) assert.ok(off(shown.y, size.height, at[0]) <= 0.5 && off(shown.x, size.width, at[1]) <= 0.5);
    const { x, y, width, height } = field as Rect;
    assert.ok(shown.x >= x && shown.y >= y && shown.x + size.width <= x + width && shown.y + size.height <= y + height);
    assert.deepEqual(area, { x: shown.x * 2, y: shown.y * 2, width: shown.width * 2, height: shown.height * 2 });
  }
  assert.ok(cutOff > 0, 'a cell at the edge');
});

test('without a gradient the receptive field is shown as it is', async (t) => {
  const subject = await collected(t, 'relu', { net: wide('Sign'), size: { width: 64, height: 64 } });
  for (const { patches } of await ask(subject, 'relu', [0, 1, 2, 3])) {
    for (const { field, shown, shownAs } of patches) assert.deepEqual({ shown, shownAs }, { shown: field, shownAs: 'field' });
  }
});

test('a unit that is not there, a layer that is not collected and a cancelled call are refused', async (t) => {
  const subject = await collected(t, 'relu');
  const refused = (code: string, hint: RegExp) => (e: unknown) => e instanceof ModelError && e.code === code && hint.test(e.hint ?? '');
  await assert.rejects(ask(subject, 'relu', [0, 4]), refused('method', /0 to 3/));
  await assert.rejects(ask(subject, 'conv', [0]), refused('method', /Collect first/));
  const { model, store, calls } = subject;
  const controller = new AbortController();
  const progress = () => controller.abort();
  const many = { model, store, layer: 'relu', units: [0, 1, 2, 3], count: 7, size: 20 };
  await assert.rejects(calls.engine.topPatches(many, { signal: controller.signal, progress }), refused('cancelled', /^$/));
});

test('MobileNet: values and cells are those of each image by itself', async (t) => {
  const model = sharedPath('models/mobilenet-v1-025-imagenet/mobilenet_v1_0.25_224.h5');
  if (!model) return t.skip(sharedMissing);
  const images = ['darknet/dog.jpg', 'darknet/eagle.jpg', 'darknet/giraffe.jpg', 'darknet/person.jpg'].map(
    (name) => sharedPath(`images/${name}`) as string,
  );
  const calls = newEngine({ cacheBytes: 2 ** 29 });
  const subject = { model, images, store: join(await newFolder(t), 'store'), calls };
  const layers = ['conv_pw_3_relu', 'conv_pw_11_relu'];
  await calls.engine.collect({ ...subject, layers }, context());
  const { preprocessing } = await calls.open(model);
  for (const layer of layers) {
    const { value } = (await openModel(await fileSource(model))).layers.find(({ name }) => name === layer) as { value: string };
    for (const { unit, patches } of await ask(subject, layer, [5, 17], 4, 96)) {
      const expected = await bruteForce(subject, value, unit, preprocessing as Preprocessing);
      assert.deepEqual(
        patches.map(({ image, at }) => [image.path, at]),
        expected.map(({ image, at }) => [image, at]),
      );
      for (const patch of patches) {
        assert.equal(patch.shownAs, layer === 'conv_pw_3_relu' ? 'field' : 'typical');
        assert.ok(patch.pixels.width <= 96 && patch.pixels.height <= 96);
      }
    }
  }
});

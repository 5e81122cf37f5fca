/** Walls and maps of activations: equal to the reference and to the golden activations, placed by receptive fields. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import sharp from 'sharp';
import { valuesOf } from '../../../src/engine/activations.ts';
import { ModelCache } from '../../../src/engine/models.ts';
import { createServices } from '../../../src/engine/services.ts';
import { findUnitLayer } from '../../../src/engine/units/unitLayer.ts';
import { encodeModel } from '../../../src/formats/onnx/write.ts';
import type { UnitCalls, UnitMapOutcome } from '../../../src/shared/unitsProtocol.ts';
import { ReceptiveBoxes } from '../../../src/transform/receptiveBoxes.ts';
import { newEngine, newFolder, unitPixels, writeClassifier, writePicture } from '../../support/engineCalls.ts';
import { Golden, slice } from '../../support/golden.ts';
import { classifier, ints, node, smallModel, weight } from '../../support/onnxModels.ts';
import { evaluate } from '../../support/reference.ts';
import { sharedMissing } from '../../support/shared.ts';

type Ask<K extends keyof UnitCalls> = { signal?: AbortSignal; progress?: (value: UnitCalls[K]['progress']) => void };

function units() {
  const { engine } = newEngine();
  const context = <K extends keyof UnitCalls>({ signal = new AbortController().signal, progress = () => {} }: Ask<K> = {}) => ({
    signal,
    progress,
  });
  return {
    wall: (model: string, image: string, layer: string) => engine.unitWall({ model, image, layer }, context()),
    maps: (model: string, images: readonly string[], layer: string, unit: number, ask?: Ask<'unitMaps'>) =>
      engine.unitMaps({ model, images, layer, unit }, context(ask)),
  };
}

/** Pixels of a file, R G B, and every value of a network that is fed pixel/255 of them. */
async function reference(model: string, image: string) {
  const { data, info } = await sharp(image).raw().toBuffer({ resolveWithObject: true });
  const [plane, channels] = [info.width * info.height, info.channels];
  const planes = Float64Array.from({ length: plane * channels }, (_, i) =>
    Math.fround(data[(i % plane) * channels + Math.floor(i / plane)]! / 255),
  );
  const open = await new ModelCache(2 ** 26).open(model);
  const values = evaluate(
    open.model.graph,
    new Map([[open.model.input.value, { shape: [1, channels, info.height, info.width], data: planes }]]),
  );
  return { open, pixels: new Uint8Array(data), of: (layer: string) => values.get(findUnitLayer(open, layer).value)!.data };
}

function near(actual: Float32Array, expected: Float64Array, what: string): void {
  assert.equal(actual.length, expected.length, what);
  const worst = actual.reduce((max, v, i) => Math.max(max, Math.abs(v - expected[i]!)), 0);
  assert.ok(worst < 1e-5, `${what}: differs by ${worst}`);
}

test('a wall: all units as the reference computes them, their maxima and means, and what the network sees', async (t) => {
  const folder = await newFolder(t);
  const model = await writeClassifier(folder);
  const image = await writePicture(join(folder, 'a.png'), { width: 8, height: 6 });
  const expected = await reference(model, image);
  for (const [layer, count, height, width] of [
    ['n_conv', 4, 6, 8],
    ['n_relu', 4, 6, 8],
    ['n_pool', 4, 1, 1],
    ['n_flat', 4, 1, 1],
    ['n_logits', 5, 1, 1],
  ] as const) {
    const wall = await units().wall(model, image, layer);
    const values = expected.of(layer);
    assert.deepEqual([wall.layer, wall.height, wall.width], [layer, height, width]);
    near(wall.maps, values, layer);
    const cells = (unit: number) => values.subarray(unit * height * width, (unit + 1) * height * width);
    near(
      wall.max,
      Float64Array.from({ length: count }, (_, u) => Math.max(...cells(u))),
      `${layer}: max`,
    );
    near(
      wall.mean,
      Float64Array.from({ length: count }, (_, u) => cells(u).reduce((a, b) => a + b) / cells(u).length),
      `${layer}: mean`,
    );
    assert.deepEqual(wall.picture, { width: 8, height: 6, data: expected.pixels });
    assert.deepEqual(wall.image, { path: image, name: 'a.png' });
    assert.equal(wall.placement.even, height * width === 1);
    assert.deepEqual([wall.placement.rows.length, wall.placement.columns.length], [height, width]);
  }
});

/** Stride 2 with all padding at the end, as TensorFlow's `same`, of an input too large for a wall. */
async function large(t: TestContext) {
  const folder = await newFolder(t);
  const nodes = [
    node('Conv', 'x w1 b1', 'conv', ints('pads', [1, 1, 1, 1])),
    node('Conv', 'conv w3', 'half', ints('strides', [2, 2]), ints('pads', [0, 0, 1, 1])),
    node('GlobalAveragePool', 'half', 'pool'),
    node('Flatten', 'pool', 'logits'),
  ];
  const initializers = [weight('w1', [2, 3, 3, 3]), weight('b1', [2]), weight('w3', [3, 2, 3, 3])];
  const model = await writeClassifier(folder, { nodes, initializers, input: ['N', 3, 70, 134] }, { labels: ['a', 'b', 'c'] });
  return { model, image: await writePicture(join(folder, 'wide.png'), { width: 134, height: 70 }) };
}

test('large maps are sent as maxima of blocks, which lie between the centres of their cells; max and mean are of all cells', async (t) => {
  const { model, image } = await large(t);
  const expected = await reference(model, image);
  const wall = await units().wall(model, image, 'n_conv');
  // 134 cells: blocks of 3, the last of them 2 wide and 1 high.
  assert.deepEqual([wall.height, wall.width], [24, 45]);
  const values = expected.of('n_conv');
  const blocks = Float64Array.from({ length: 2 * 24 * 45 }, (_, i) => {
    const [unit, row, column] = [Math.floor(i / (24 * 45)), Math.floor(i / 45) % 24, i % 45];
    const within = [0, 1, 2].flatMap((dy) => [0, 1, 2].map((dx) => [row * 3 + dy, column * 3 + dx] as const));
    return Math.max(...within.filter(([y, x]) => y < 70 && x < 134).map(([y, x]) => values[(unit * 70 + y) * 134 + x]!));
  });
  near(wall.maps, blocks, 'blocks');
  near(wall.max, Float64Array.of(Math.max(...values.subarray(0, 70 * 134)), Math.max(...values.subarray(70 * 134))), 'max');
  assert.deepEqual([...wall.placement.rows.subarray(0, 3), wall.placement.rows[23], wall.placement.columns[44]], [1, 4, 7, 69, 132.5]);
  // 35 × 67 cells: blocks of 2 cells that are 2 pixels apart, and see 2i − 1 … 2i + 3.
  const half = await units().wall(model, image, 'n_half');
  assert.deepEqual([half.height, half.width], [18, 34]);
  assert.deepEqual([...half.placement.columns.subarray(0, 3), half.placement.columns[33]], [2, 6, 10, 133]);
});

test('one unit at the resolution of its layer; each cell lies in the middle of what it sees', async (t) => {
  const { model, image } = await large(t);
  const expected = await reference(model, image);
  const [outcome] = await units().maps(model, [image], 'n_half', 2);
  assert.ok(outcome && 'map' in outcome);
  const { map } = outcome;
  assert.deepEqual([map.height, map.width, map.input], [35, 67, [70, 134]]);
  near(map.values, expected.of('n_half').slice(2 * 35 * 67), 'unit 2');
  near(Float32Array.of(map.max), Float64Array.of(Math.max(...expected.of('n_half').slice(2 * 35 * 67))), 'max');
  const { graph, input } = expected.open.model;
  const boxes = new ReceptiveBoxes(graph, input.value);
  // Inside, where nothing is clipped.
  for (const cell of [1, 7, 33]) {
    const box = boxes.box(findUnitLayer(expected.open, 'n_half').value, cell, cell)!;
    assert.deepEqual([box.width, box.height], [5, 5]);
    assert.deepEqual([map.placement.columns[cell], map.placement.rows[cell]], [box.x + 2, box.y + 2]);
  }
});

test('a picture is shown as the network sees it: grey in grey, BGR in its colours', async (t) => {
  const folder = await newFolder(t);
  const image = await writePicture(join(folder, 'a.png'), { width: 8, height: 6 });
  const model = await writeClassifier(folder, {}, { input: { ...unitPixels, channels: 'BGR' } });
  const pixels = new Uint8Array(await sharp(image).raw().toBuffer());
  assert.deepEqual((await units().wall(model, image, 'n_relu')).picture.data, pixels);
  const grey = join(await newFolder(t), 'model.onnx');
  await writeFile(
    grey,
    encodeModel(
      smallModel({
        ...classifier().graph,
        input: ['N', 1, 6, 8],
        nodes: classifier().graph.nodes,
        initializers: [weight('w1', [4, 1, 3, 3]), weight('b1', [4]), weight('w2', [5, 4]), weight('b2', [5])],
        outputs: ['logits'],
      }),
    ),
  );
  await writeFile(join(grey, '..', 'glassbox.json'), JSON.stringify({ input: { ...unitPixels, channels: 'gray', mean: [0], std: [1] } }));
  const { picture } = await units().wall(grey, image, 'n_relu');
  assert.equal(picture.data.length, 6 * 8 * 3);
  for (let i = 0; i < picture.data.length; i += 3) {
    assert.ok(picture.data[i] === picture.data[i + 1] && picture.data[i] === picture.data[i + 2]);
    const luma = 0.299 * pixels[i]! + 0.587 * pixels[i + 1]! + 0.114 * pixels[i + 2]!;
    assert.ok(Math.abs(picture.data[i]! - luma) <= 1, `${picture.data[i]}, ${luma}`);
  }
});

test('several images: one after the other, one that cannot be read stops no other', async (t) => {
  const folder = await newFolder(t);
  const model = await writeClassifier(folder);
  const images = await Promise.all([1, 2, 3].map((seed) => writePicture(join(folder, `${seed}.png`), { seed })));
  const broken = join(folder, 'broken.png');
  await writeFile(broken, 'no picture');
  const asked = [images[0]!, broken, join(folder, 'gone.png'), images[1]!, images[2]!];
  const seen: { index: number; outcome: UnitMapOutcome }[] = [];
  const { maps, wall } = units();
  const outcomes = await maps(model, asked, 'n_relu', 1, { progress: (value) => seen.push(value) });
  assert.deepEqual(
    seen,
    outcomes.map((outcome, index) => ({ index, outcome })),
  );
  const codes = outcomes.map((outcome) => ('error' in outcome ? `${outcome.image.name} ${outcome.error.code}` : outcome.map.image.name));
  assert.deepEqual(codes, ['1.png', 'broken.png format-unknown', 'gone.png file-missing', '2.png', '3.png']);
  for (const outcome of outcomes) {
    if (!('map' in outcome)) continue;
    const all = await wall(model, outcome.map.image.path, 'n_relu');
    assert.deepEqual(outcome.map.values, all.maps.slice(48, 96));
    assert.equal(outcome.map.max, all.max[1]);
  }
});

test('cancelled between images; what no image can help is said once', async (t) => {
  const folder = await newFolder(t);
  const model = await writeClassifier(folder);
  const images = await Promise.all([1, 2, 3].map((seed) => writePicture(join(folder, `${seed}.png`), { seed })));
  const { maps, wall } = units();
  const stop = new AbortController();
  let done = 0;
  const progress = () => {
    done++;
    stop.abort();
  };
  await assert.rejects(maps(model, images, 'n_relu', 0, { signal: stop.signal, progress }), { code: 'cancelled' });
  assert.equal(done, 1);
  await assert.rejects(maps(model, images, 'n_relu', 4), { code: 'method', where: 'n_relu', message: /no unit 4: it has 4/ });
  await assert.rejects(maps(model, images, 'n_rel', 0), { code: 'method', message: /no layer 'n_rel'/ });
  await assert.rejects(wall(model, images[0]!, 'zzz'), { code: 'method', message: /no layer 'zzz'/ });
  await assert.rejects(wall(model, join(folder, 'gone.png'), 'n_relu'), { code: 'file-missing' });
  await writeFile(join(folder, 'glassbox.json'), '{}');
  await assert.rejects(units().maps(model, images, 'n_relu', 0), (error: { code: string; question?: { kind: string } }) => {
    assert.deepEqual([error.code, error.question?.kind], ['input', 'preprocessing']);
    return true;
  });
});

test('NaN is an error of the image it comes of', async (t) => {
  const folder = await newFolder(t);
  // The logarithm of what is below 0.
  const nodes = classifier().graph.nodes.map((made) => (made.opType === 'Relu' ? { ...made, opType: 'Log' } : made));
  const model = await writeClassifier(folder, { nodes });
  const image = await writePicture(join(folder, 'a.png'));
  const [before, outcome] = [await units().maps(model, [image], 'n_conv', 0), await units().maps(model, [image], 'n_relu', 0)].flat();
  assert.ok(before && 'map' in before);
  assert.ok(outcome && 'error' in outcome && outcome.error.code === 'weights');
  assert.deepEqual([outcome.error.where, outcome.error.file], ['n_relu', model]);
});

for (const net of ['a_plain', 'c_mobile', 'd_inception', 'e_se_silu', 'f_dilated_grouped']) {
  test(`activations of every layer of ${net} are the golden ones`, async (t) => {
    const golden = Golden.open(`tinynets/${net}`);
    if (!golden) return t.skip(sharedMissing);
    for (const { file, nodeToTensor, nodeToLayer } of golden.manifest.models ?? []) {
      if (!/model\.(onnx|keras)$/.test(file)) continue;
      const services = createServices({ engine: 'onnxruntime', cacheBytes: 2 ** 26 });
      const open = await services.models.open(join(golden.folder, file));
      const inputs = golden.values('input.f32');
      let compared = 0;
      for (const { file: array, shape, layer } of golden.manifest.arrays.filter((a) => a.file.startsWith('act_'))) {
        const name: string | undefined = (nodeToTensor ?? nodeToLayer)?.[layer as string];
        if (name === undefined || (layer === 'flat' && nodeToLayer)) continue;
        const expected = golden.values(array);
        for (const image of [0, 1]) {
          const input = await services.inputs.prepareTensor(open, slice(inputs, golden.array('input.f32').shape, image).slice(), 'x');
          const { info, value } = findUnitLayer(open, name);
          const actual = await valuesOf(
            services,
            input,
            { layer: info.name, value },
            { priority: 0, signal: new AbortController().signal },
          );
          assert.deepEqual([info.units, info.units * info.height * info.width], [shape[1], actual.length], name);
          const part = slice(expected, shape, image);
          const worst = actual.reduce((max, v, i) => Math.max(max, Math.abs(v - part[i]!)), 0);
          assert.ok(worst <= golden.array(array).tolerance.abs, `${file} ${name}: differs by ${worst}`);
        }
        compared++;
      }
      t.diagnostic(`${file}: ${compared} layers`);
      assert.ok(compared > 3);
    }
  });
}

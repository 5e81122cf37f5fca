/**
 * Receptive fields against the boxes of ../shared/golden/rf (gradients that are not zero, by PyTorch) for every network there in
 * every file, and where cells lie against the closed formula stated there; then cases worked out by hand.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { float32 } from '../../src/graph/graph.ts';
import { fileSource } from '../../src/importers/files.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Model } from '../../src/importers/model.ts';
import { newBuilder } from '../../src/ops/index.ts';
import type { Rect } from '../../src/shared/protocol.ts';
import { centres, ReceptiveBoxes } from '../../src/transform/receptiveBoxes.ts';
import { Golden } from '../support/golden.ts';
import { realNets } from '../support/realNets.ts';
import { sharedMissing, sharedPath } from '../support/shared.ts';
import { resNet18 } from '../support/syntheticNets.ts';

interface GoldenLayer {
  mapSize: readonly [number, number];
  /** [row0, col0, row1, col1]; null: sees only padding. */
  positions: readonly { position: readonly [number, number]; box: readonly [number, number, number, number] | null }[];
  /** Unclipped: rows start + i·jump … + size; behind gates there is no such formula. */
  size: number | 'whole image';
  jump: number;
  start: number;
}

const layersOf = (path: string) => (JSON.parse(readFileSync(path, 'utf8')) as { layers: Record<string, GoldenLayer> }).layers;
const cells = (box: Rect | undefined) => box && [box.y, box.x, box.y + box.height, box.x + box.width];

/** Compares one layer; returns how many positions. */
function compare(model: Model, boxes: ReceptiveBoxes, value: string, name: string, golden: GoldenLayer): number {
  for (const { position, box } of golden.positions) {
    assert.deepEqual(cells(boxes.box(value, ...position)) ?? null, box, `${name} ${position}`);
  }
  const { rows, columns, even } = centres(model.graph, model.input.value, value);
  assert.deepEqual([rows.length, columns.length], golden.mapSize, name);
  if (golden.size !== 'whole image') {
    assert.ok(!even);
    for (const [i, centre] of rows.entries()) assert.equal(centre, golden.start + i * golden.jump + (golden.size - 1) / 2, `${name} ${i}`);
  }
  return golden.positions.length;
}

for (const file of sharedPath('golden/rf') ? readdirSync(sharedPath('golden/rf') as string).filter((f) => f.endsWith('.json')) : []) {
  const name = file.replace('.json', '');
  test(`boxes of ${name} are the golden ones`, async (t) => {
    const layers = layersOf(sharedPath(`golden/rf/${file}`) as string);
    const covered = new Set<string>();
    for (const { path, find } of await modelsOf(t, name)) {
      const model = await openModel(await fileSource(path));
      const boxes = new ReceptiveBoxes(model.graph, model.input.value);
      let positions = 0;
      for (const [layer, golden] of Object.entries(layers)) {
        const value = find(model, layer);
        if (value === undefined) continue;
        positions += compare(model, boxes, value, layer, golden);
        covered.add(layer);
      }
      const total = Object.values(layers).reduce((sum, { positions: p }) => sum + p.length, 0);
      t.diagnostic(`${path.split('/').slice(-2).join('/')}: ${positions} of ${total} positions, each layer's centres`);
    }
    if (covered.size > 0) assert.deepEqual([...covered].sort(), Object.keys(layers).sort(), 'every golden layer was compared in a file');
  });
}
if (!sharedPath('golden/rf')) test('golden boxes', (t) => t.skip(sharedMissing));

/** The files of a golden network and how the golden names of layers are understood there; undefined: fused into another. */
async function modelsOf(t: TestContext, name: string) {
  const tiny = /^tiny_(.*)$/.exec(name)?.[1];
  const named = (model: Model, layer: string) => model.layers.find((l) => l.name === layer || l.aliases.includes(layer))?.value;
  if (tiny === undefined) {
    const files = realNets.find((net) => net.name === name)?.files ?? [];
    if (files.includes(undefined)) t.diagnostic(`left out: a model file of ${name} is not there`);
    // A convolution with a fused activation has its name in Keras files: NAME_pre is what it is before.
    const find = (model: Model, layer: string) => named(model, layer) ?? named(model, layer.replace(/_pre$/, ''));
    return files.filter((file) => file !== undefined).map((path) => ({ path, find }));
  }
  const golden = Golden.open(`tinynets/${tiny}`) as Golden;
  return (golden.manifest.models ?? [])
    .filter(({ file }) => /\.(onnx|keras|h5)$|model\.json$/.test(file))
    .map(({ file, nodeToTensor, nodeToLayer }) => ({
      path: join(golden.folder, file),
      find: (model: Model, layer: string) => {
        const names = nodeToTensor ?? nodeToLayer ?? {};
        const found = withFollowers(golden, layer).find((node) => names[node] !== undefined);
        return found === undefined ? undefined : named(model, names[found] as string);
      },
    }));
}

/** A node of a golden network and those behind it that work cell by cell: where a file fuses them, the cells are the same. */
function withFollowers({ manifest: { graph = [] } }: Golden, node: string): string[] {
  const next = graph.find(
    ({ op, inputs }) => inputs.includes(node) && ['bn', 'relu', 'relu6', 'silu', 'hswish', 'leaky', 'sigmoid'].includes(op),
  );
  return next ? [node, ...withFollowers({ manifest: { graph } } as Golden, next.name)] : [node];
}

test('by hand: ResNet18, its first layers, a stage with a shortcut, and where its cells lie', () => {
  const { graph, input } = resNet18('zero');
  const boxes = new ReceptiveBoxes(graph, input.value);
  const rows = (value: string, row: number) => {
    const box = boxes.box(value, row, 0);
    return box && [box.y, box.y + box.height];
  };
  // 7×7 stride 2 padding 3: 2·row − 3 … 2·row + 3.
  assert.deepEqual(
    [rows('relu', 0), rows('relu', 5), rows('relu', 111)],
    [
      [0, 4],
      [7, 14],
      [219, 224],
    ],
  );
  // 3×3 stride 2 padding 1 of those: cells 2·row − 1 … 2·row + 1.
  assert.deepEqual(
    [rows('maxpool', 0), rows('maxpool', 10)],
    [
      [0, 6],
      [35, 46],
    ],
  );
  // Two 3×3 of cells 4 pixels apart: 8 pixels more on each side; the way across sees less.
  assert.deepEqual(rows('layer1.0.relu', 10), [27, 54]);
  // Stride 2, then 3×3 of cells 8 apart; the shortcut's 1×1 sees a part of it.
  const layer2 = rows('layer2.0.relu', 7);
  assert.deepEqual(rows('layer2.0.downsample_bn', 7), rows('layer1.1.relu', 14));
  assert.deepEqual(layer2, [(rows('layer1.1.relu', 14) as number[])[0]! - 4 - 8, (rows('layer1.1.relu', 14) as number[])[1]! + 4 + 8]);
  // Centres: 2·i, then 4·i, 8·i: every padding is symmetric.
  for (const [value, step] of [
    ['relu', 2],
    ['maxpool', 4],
    ['layer2.0.relu', 8],
    ['layer4.1.relu', 32],
  ] as const) {
    const placement = centres(graph, input.value, value);
    assert.ok(!placement.even);
    assert.deepEqual(Array.from(placement.rows.subarray(0, 4)), [0, step, 2 * step, 3 * step], value);
    assert.equal(placement.columns.length, 224 / step);
  }
});

test('by hand: padding of one side only moves the centres, and units of a join see what their own branch sees', () => {
  const b = newBuilder();
  const x = b.input('x', { dtype: 'float32', shape: ['N', 1, 8, 8] });
  const conv = (from: string, kernel: number, pads: readonly [number, number, number, number], stride: number) => {
    const weight = b.constant('w', float32([1, 1, kernel, kernel], new Float32Array(kernel * kernel).fill(1)));
    return b.op('Conv', [from, weight], { strides: [stride, stride], dilations: [1, 1], pads, group: 1 });
  };
  const same = conv(x, 3, [0, 0, 1, 1], 2);
  const point = conv(x, 1, [0, 0, 0, 0], 2);
  const both = b.op('Concat', [same, point], { axis: 1 }, 'both');
  const twice = b.op('Resize', [same], { sizes: [8, 8], mode: 'linear', coordinates: 'half_pixel' });
  const graph = b.build([both, twice]);
  const boxes = new ReceptiveBoxes(graph, x);
  assert.deepEqual(boxes.box(both, 1, 3), { x: 6, y: 2, width: 2, height: 3 });
  assert.deepEqual(boxes.box(both, 1, 3, 1), { x: 6, y: 2, width: 1, height: 1 });
  // TensorFlow's `same` of an even size: cell i sees 2i … 2i + 2, its centre is 2i + 1.
  assert.deepEqual(Array.from(centres(graph, x, same).rows), [1, 3, 5, 7]);
  // Twice as many cells: half a step apart, a quarter before and behind each.
  assert.deepEqual(Array.from(centres(graph, x, twice).columns), [0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5]);
});

test('by hand: a gate makes everything seen, unless it is ignored; what has no place is spread evenly', () => {
  const b = newBuilder();
  const x = b.input('x', { dtype: 'float32', shape: ['N', 2, 6, 9] });
  const gate = b.op('Sigmoid', [b.op('GlobalAveragePool', [x], {})], {}, 'gate');
  const gated = b.op('Mul', [x, gate], {}, 'gated');
  const flat = b.op('Flatten', [gated], { axis: 1 }, 'flat');
  const graph = b.build([flat]);
  const all = { x: 0, y: 0, width: 9, height: 6 };
  assert.deepEqual(new ReceptiveBoxes(graph, x).box(gated, 2, 3), all);
  const ignoring = new ReceptiveBoxes(graph, x, { ignoreGates: true });
  assert.deepEqual(ignoring.box(gated, 2, 3), { x: 3, y: 2, width: 1, height: 1 });
  assert.deepEqual(ignoring.box(flat, 0, 0), all);
  assert.deepEqual(Array.from(centres(graph, x, gated).rows), [0, 1, 2, 3, 4, 5]);
  const { rows, columns, even } = centres(graph, x, flat);
  assert.deepEqual([[...rows], [...columns], even], [[2.5], [4], true]);
});

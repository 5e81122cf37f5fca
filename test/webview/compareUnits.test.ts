import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExplanationMap, LayerInfo } from '../../src/shared/protocol.ts';
import { subtract } from '../../webview/draw/mapDifference.ts';
import { restoreCompare } from '../../webview/explain/compare/choices.ts';
import { blockEnds, fewEnds, matchLayer, spread } from '../../webview/explain/compare/spread.ts';
import { makeMap } from './makeMap.ts';
import { sampleScene } from './scenes.ts';

const layer = (name: string, kind: string, side: number, aliases: string[] = []): LayerInfo => ({
  name,
  aliases,
  kind,
  shape: [8, side, side],
  parameters: 0,
  spatial: true,
});

const plain = [
  layer('a', 'Conv2D', 32),
  layer('b', 'Conv2D', 32),
  layer('c', 'MaxPooling2D', 16),
  layer('d', 'Conv2D', 16),
  layer('e', 'Conv2D', 8),
];
const residual = Array.from({ length: 30 }, (_, i) => layer(`l${i}`, i % 3 === 2 ? 'Add' : 'Conv', 16));
const names = (layers: readonly LayerInfo[]) => layers.map(({ name }) => name).join(' ');

test('ends of blocks: the joins; without joins the last layer of each resolution', () => {
  assert.equal(names(blockEnds(residual)), 'l2 l5 l8 l11 l14 l17 l20 l23 l26 l29');
  assert.equal(names(blockEnds(plain)), 'b d e');
  assert.equal(names(blockEnds([layer('x', 'Concatenate', 4), layer('y', 'Concat', 4), layer('z', 'Conv', 4)])), 'x y');
  const many = Array.from({ length: 58 }, (_, i) => layer(`j${i}`, 'Add', 4));
  assert.equal(fewEnds(many).length, 24);
  assert.deepEqual([fewEnds(many)[0]!.name, fewEnds(many).at(-1)!.name], ['j0', 'j57']);
});

test('layers spread evenly, in order, at ends of blocks where there are enough, always with the default one', () => {
  assert.equal(names(spread(residual, 4, 'l29')), 'l2 l11 l20 l29');
  assert.equal(names(spread(residual, 4, 'l21')), 'l2 l11 l21 l29');
  assert.equal(names(spread(plain, 3, 'd')), 'b d e');
  assert.equal(names(spread(plain, 4, 'b')), 'a b d e');
  assert.equal(names(spread(plain, 9, 'e')), 'a b c d e');
  assert.equal(names(spread([], 4, 'e')), '');
});

test('a layer of another model: by name or alias, else at the same relative depth', () => {
  assert.deepEqual(matchLayer('d', plain, plain), { layer: plain[3], by: 'name' });
  const renamed = [layer('stem', 'Conv', 32, ['model/b']), layer('late', 'Conv', 8)];
  assert.deepEqual(matchLayer('model/b', plain, renamed), { layer: renamed[0], by: 'name' });
  assert.deepEqual(matchLayer('e', plain, renamed), { layer: renamed[1], by: 'depth' });
  assert.deepEqual(matchLayer('a', plain, renamed), { layer: renamed[0], by: 'depth' });
  assert.equal(matchLayer('a', plain, []), undefined);
});

test('two maps are subtracted as they are drawn: after the ReLU, with their sign', async () => {
  const scene = await sampleScene();
  const base = makeMap(scene, { method: 'grad-cam', layer: 'conv2d_3', class: 0 });
  const map = (values: number[], size: [number, number] = [1, 3]): ExplanationMap => ({
    ...base,
    values: new Float32Array(values),
    height: size[0],
    width: size[1],
    relu: true,
  });
  const outcome = subtract(map([2, -5, 1]), map([0.5, 3, 1]));
  assert.ok('map' in outcome);
  assert.deepEqual([...outcome.map.values], [1.5, -3, 0]);
  assert.deepEqual([outcome.map.min, outcome.map.max, outcome.map.signed, outcome.map.relu], [-3, 1.5, true, false]);
  const same = subtract(map([2, 1, 1]), map([2, 1, 1]));
  assert.ok('map' in same && /are the same/.test(same.map.flat ?? ''));
  const other = subtract(map([1, 2, 3]), map([1, 2, 3, 4], [2, 2]));
  assert.ok('error' in other && /1 × 3 and 2 × 2/.test(other.error.message));
});

test('kept choices of another version: what is unexpected is left out', () => {
  const kept = {
    open: true,
    kind: 'sideways',
    layers: 'blocks',
    count: -3,
    methods: { methods: ['grad-cam:standard'], depth: [3], elsewhere: ['x'] },
    sharing: { depth: 'all', classes: 'none' },
    image: { id: 7 },
    model: { id: 'm', imageName: 'a', modelName: 'b' },
  };
  assert.deepEqual(restoreCompare(kept), {
    open: true,
    layers: 'blocks',
    methods: { methods: ['grad-cam:standard'] },
    sharing: { depth: 'all' },
    model: kept.model,
  });
});

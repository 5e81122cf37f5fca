/** Interval arithmetic of windows against counting, and how a change spreads through known networks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { float32 } from '../../src/graph/graph.ts';
import { newBuilder } from '../../src/ops/index.ts';
import { type Interval, reachedFrom, readBy, type Sliding } from '../../src/transform/intervals.ts';
import { localNodes, reachOf, spreadFrom } from '../../src/transform/receptiveField.ts';
import { resNet50 } from '../support/syntheticNets.ts';

const cells = ({ from, to }: Interval) => Array.from({ length: to - from }, (_, i) => from + i);

test('windows: what is reached is exactly what reads a changed cell, for every kernel, stride, padding and place', () => {
  let compared = 0;
  for (const kernel of [1, 2, 3, 5]) {
    for (const stride of [1, 2, 3]) {
      for (const pad of [0, 1, 2]) {
        const w: Sliding = { kernel, stride, dilation: 1, pad };
        const [size, outputs] = [11, Math.floor((11 + 2 * pad - kernel) / stride) + 1];
        const reads = (o: number) => cells(readBy(w, { from: o, to: o + 1 }));
        for (let from = 0; from < size; from++) {
          for (let to = from + 1; to <= size; to++) {
            const expected = cells({ from: 0, to: outputs }).filter((o) => reads(o).some((i) => i >= from && i < to));
            const reached = reachedFrom(w, { from, to }, outputs);
            if (expected.length > 0) assert.deepEqual(cells(reached), expected, JSON.stringify({ w, from, to }));
            else assert.equal(reached.to - reached.from, 1, 'never empty');
            compared++;
          }
        }
      }
    }
  }
  assert.equal(compared, 4 * 3 * 3 * 66);
});

test('a dilated window reaches what lies between its cells too', () => {
  const w: Sliding = { kernel: 3, stride: 1, dilation: 2, pad: 2 };
  assert.deepEqual(reachedFrom(w, { from: 5, to: 6 }, 11), { from: 3, to: 8 });
  assert.deepEqual(readBy(w, { from: 3, to: 4 }), { from: 1, to: 6 });
});

test('ResNet50: the cells a 15×15 patch changes, stage by stage, by hand', () => {
  const { graph, input } = resNet50();
  const spread = spreadFrom(graph, input.value, localNodes(graph, input.value));
  const at = (value: string) => spread(0, { from: 104, to: 119 }).get(value);
  // 7×7 stride 2 padding 3: outputs ⌈(104 + 3 − 6)/2⌉ = 51 to ⌊(118 + 3)/2⌋ = 60.
  assert.deepEqual(at('conv1'), { from: 51, to: 61 });
  assert.deepEqual(at('bn_conv1'), { from: 51, to: 61 });
  // Padded at the end only; 3×3 stride 2: ⌈(51 − 2)/2⌉ = 25 to 30.
  assert.deepEqual(at('pool1'), { from: 25, to: 31 });
  // One cell a block, on each side; a sum reaches as far as its farthest part.
  assert.deepEqual(['add2a', 'add2b', 'add2c'].map(at), [
    { from: 24, to: 32 },
    { from: 23, to: 33 },
    { from: 22, to: 34 },
  ]);
  // Clipped at the border: the last outputs are ⌊(14 + 3)/2⌋ = 8, ⌊8/2⌋ = 4 and one more each block.
  assert.deepEqual(spread(1, { from: 0, to: 15 }).get('add2c'), { from: 0, to: 8 });
});

test('what reaches everything ends it: global pooling, values that are no images, constants that differ from cell to cell', () => {
  const b = newBuilder();
  const x = b.input('x', { dtype: 'float32', shape: ['N', 2, 4, 4] });
  const relu = b.op('Relu', [x], {}, 'relu');
  const gate = b.op('Sigmoid', [b.op('GlobalAveragePool', [relu], {}, 'gap')], {}, 'gate');
  const gated = b.op('Mul', [relu, gate], {}, 'gated');
  const scaled = b.op('Mul', [relu, b.constant('scale', float32([2, 1, 1], [1, 2]))], {}, 'scaled');
  const masked = b.op('Mul', [relu, b.constant('mask', float32([4, 4], new Float32Array(16)))], {}, 'masked');
  const softmax = b.op('Softmax', [relu], { axis: 2 }, 'softmax');
  const graph = b.build([gated, scaled, masked, softmax]);
  const reach = Object.fromEntries(graph.nodes.map((node) => [node.outputs[0], reachOf(graph, node)]));
  assert.deepEqual(reach, {
    relu: 'cell',
    gap: 'everything',
    gate: 'cell',
    gated: 'everything',
    scaled: 'cell',
    masked: 'everything',
    softmax: 'everything',
  });
  assert.deepEqual(
    localNodes(graph, x).map((node) => node.outputs[0]),
    ['relu', 'scaled'],
  );
});

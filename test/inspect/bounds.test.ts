/** Ends of the activation function that makes a value, through what keeps its range, and where nothing has ends. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { float32 } from '../../src/graph/graph.ts';
import { boundsOf } from '../../src/inspect/bounds.ts';
import { newBuilder } from '../../src/ops/index.ts';

const pool = { kernel: [2, 2], strides: [2, 2], dilations: [1, 1], pads: [0, 0, 0, 0], ceilMode: false } as const;

test('each activation has its ends; dropout, pools, moving and joining keep them; sums have none', () => {
  const b = newBuilder();
  const x = b.input('x', { dtype: 'float32', shape: ['N', 2, 4, 4] });
  const relu = b.op('Relu', [x], {});
  const six = b.op('Clip', [x], { min: 0, max: 6 });
  const open = b.op('Clip', [x], { min: -1, max: 3.4028234663852886e38 });
  const steps = [b.constant('scale', float32([], [0.25])), b.constant('zero', float32([], [-128]))];
  const quantised = b.op('FakeQuantize', [six, ...steps], { low: -128, high: 127 });
  const coarse = b.op('FakeQuantize', [six, b.constant('coarse', float32([], [0.02])), steps[1] as string], { low: -128, high: 127 });
  const cases: [string, number | undefined, number | undefined][] = [
    [relu, 0, undefined],
    [six, 0, 6],
    [open, -1, undefined],
    [b.op('Sigmoid', [x], {}), 0, 1],
    [b.op('HardSigmoid', [x], { alpha: 0.2, beta: 0.5 }), 0, 1],
    [b.op('Tanh', [x], {}), -1, 1],
    [b.op('Softsign', [x], {}), -1, 1],
    [b.op('Softmax', [x], { axis: 1 }), 0, 1],
    [b.op('Identity', [six], {}), 0, 6],
    [b.op('MaxPool', [six], { ...pool, withIndices: false }), 0, 6],
    [b.op('AveragePool', [relu], { ...pool, countIncludePad: false }), 0, undefined],
    [b.op('Flatten', [b.op('GlobalAveragePool', [six], {})], { axis: 1 }), 0, 6],
    [b.op('ReduceMean', [six], { axes: [2, 3], keepdims: false }), 0, 6],
    [b.op('Pad', [six], { pads: [0, 0, 1, 1, 0, 0, 1, 1], mode: 'constant', value: 0 }), 0, 6],
    [b.op('Concat', [six, b.op('Transpose', [six], { perm: [0, 1, 3, 2] })], { axis: 1 }), 0, 6],
    // The lower ends agree, the upper ones do not.
    [b.op('Concat', [six, relu], { axis: 1 }), 0, undefined],
    [quantised, 0, 6],
    // 255 steps of 0.02 do not reach 6.
    [coarse, 0, 0.02 * 255],
    [b.op('ReduceSum', [six], { axes: [2, 3], keepdims: false }), undefined, undefined],
    [b.op('Add', [relu, six], {}), undefined, undefined],
    [b.op('SiLU', [x], {}), undefined, undefined],
    [b.op('LeakyRelu', [x], { alpha: 0.1 }), undefined, undefined],
    [x, undefined, undefined],
  ];
  const graph = b.build(cases.map(([value]) => value));
  for (const [value, low, high] of cases) {
    const bounds = boundsOf(graph, value);
    assert.equal(bounds.low, low, `${value} from`);
    if (high === undefined) assert.equal(bounds.high, undefined, `${value} to`);
    else assert.ok(Math.abs((bounds.high ?? Number.NaN) - high) < 1e-6, `${value} to ${bounds.high}`);
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DType, OpAttrs, OpName, Shape } from '../../src/graph/opset.ts';
import { newBuilder } from '../../src/ops/index.ts';
import { type ErrorCode, ModelError } from '../../src/shared/errors.ts';
import { differentiate } from '../../src/transform/differentiate.ts';

/** What operators refuse: wrong shapes, and whatever would let the images of a batch see each other. */
interface Refusal<O extends OpName = OpName> {
  op: O;
  shapes: readonly Shape[];
  attrs: OpAttrs[O];
  code: ErrorCode;
  message: RegExp;
  dtypes?: readonly DType[];
  outputs?: number;
}

const refusals: Refusal[] = [];
function refuse<O extends OpName>(
  op: O,
  shapes: readonly Shape[],
  attrs: OpAttrs[O],
  code: ErrorCode,
  message: RegExp,
  more: Partial<Refusal<O>> = {},
): void {
  refusals.push({ op, shapes, attrs, code, message, ...more } as unknown as Refusal);
}
const image: Shape = ['N', 3, 4, 4];

refuse('Add', [[2, 3], [2]], {}, 'shape', /cannot broadcast \[2,3\] with \[2\]/);
refuse(
  'Add',
  [
    ['N', 3],
    [2, 3],
  ],
  {},
  'shape',
  /cannot broadcast/,
);
refuse('Mul', [[2], [2]], {}, 'shape', /mixes float32 and int64/, { dtypes: ['float32', 'int64'] });
refuse('Sub', [[2]], {}, 'shape', /needs 2 inputs/);
refuse('Tanh', [[2]], {}, 'shape', /needs float32/, { dtypes: ['int64'] });
refuse('PRelu', [[3], [2, 3]], {}, 'shape', /do not broadcast/);
refuse('Where', [[2], [2], [2]], {}, 'shape', /bool condition/);
refuse('Softmax', [image], { axis: 0 }, 'unsupported', /across the batch/);
refuse('Softmax', [image], { axis: -1 }, 'shape', /axis -1/);
refuse('LogSoftmax', [image], { axis: 4 }, 'shape', /axis 4/);
refuse('LayerNormalization', [['N', 4], [3]], { axis: 1, epsilon: 0 }, 'shape', /cannot broadcast|parameters/);
refuse('LRN', [['N', 3]], { size: 5, alpha: 1, beta: 1, bias: 1 }, 'shape', /4-D/);
refuse('LRN', [image], { size: 4, alpha: 1, beta: 1, bias: 1 }, 'unsupported', /not odd/);
refuse('Concat', [image, image], { axis: 0 }, 'unsupported', /across the batch/);
refuse('Concat', [image, ['N', 3, 5, 4]], { axis: 1 }, 'shape', /cannot join/);
refuse('Split', [image], { axis: 1, sizes: [1, 1] }, 'shape', /cannot cut/, { outputs: 2 });
refuse('Split', [image], { axis: 0, sizes: [1] }, 'unsupported', /across the batch/);
refuse('Slice', [image], { starts: [0], ends: [1], axes: [0], steps: [1] }, 'unsupported', /cuts the batch/);
refuse('Slice', [image], { starts: [3], ends: [3], axes: [2], steps: [1] }, 'shape', /takes nothing of axis 2/);
refuse('Slice', [image], { starts: [0], ends: [3], axes: [2], steps: [0] }, 'shape', /step 0/);
refuse('Slice', [image], { starts: [0], ends: [3], axes: [2, 3], steps: [1] }, 'shape', /as many/);
refuse('Pad', [['N', 3]], { pads: [1, 0, 0, 0], mode: 'constant', value: 0 }, 'unsupported', /pads the batch/);
refuse('Pad', [['N', 3]], { pads: [0, -1, 0, 0], mode: 'constant', value: 0 }, 'unsupported', /only 0 and more/);
refuse('Pad', [['N', 3]], { pads: [0, 3, 0, 0], mode: 'reflect', value: 0 }, 'shape', /reflects 3 cells of only 3/);
refuse('Pad', [['N', 3]], { pads: [0, 3], mode: 'constant', value: 0 }, 'shape', /needs 4 pads/);
refuse('Flatten', [image], { axis: 2 }, 'unsupported', /merges the batch/);
refuse('Flatten', [image], { axis: 0 }, 'unsupported', /merges the batch/);
refuse('Reshape', [image], { shape: ['N', 47] }, 'shape', /cannot make/);
refuse('Reshape', [image], { shape: ['N', 24] }, 'shape', /cannot make/);
refuse('Reshape', [image], { shape: [48] }, 'unsupported', /mixes the batch/);
refuse('Reshape', [image], { shape: [3, 'N', 16] }, 'unsupported', /off the first axis/);
refuse('Reshape', [image], { shape: ['N', 5], regroup: true }, 'shape', /cannot regroup/);
refuse('Transpose', [image], { perm: [1, 0, 2, 3] }, 'unsupported', /off the first axis/);
refuse('Transpose', [image], { perm: [0, 1, 1, 3] }, 'shape', /twice/);
refuse('Squeeze', [image], { axes: [1] }, 'shape', /not 1/);
refuse('Squeeze', [['N', 1]], { axes: [0] }, 'unsupported', /across the batch/);
refuse('Unsqueeze', [image], { axes: [0] }, 'unsupported', /off the first axis/);
refuse('Expand', [[1, 3]], { shape: ['N', 3] }, 'unsupported', /makes a batch/);
refuse('Expand', [[2, 3]], { shape: [2, 1] }, 'shape', /cannot broadcast/);
refuse('Resize', [image], { sizes: [8, 8], mode: 'nearest', coordinates: 'half_pixel' }, 'unsupported', /half_pixel/);
refuse('DepthToSpace', [image], { blocksize: 2, mode: 'CRD' }, 'shape', /3 channels/);
refuse('Gather', [image, [1]], { axis: 0 }, 'unsupported', /across the batch/, { dtypes: ['float32', 'int64'] });
refuse('Gather', [[3, 2], [1]], { axis: 0 }, 'shape', /integer indices/);
refuse('ScatterElements', [[3], [2], [1]], { axis: 0 }, 'shape', /indices \[2\] for updates \[1\]/, {
  dtypes: ['float32', 'int64', 'float32'],
});
refuse('ReduceSum', [image], { axes: [0], keepdims: true }, 'unsupported', /across the batch/);
refuse('ReduceMean', [image], { axes: [], keepdims: true }, 'unsupported', /names no axes/);
refuse('MatMul', [[2], [2, 3]], {}, 'shape', /2 or more axes/);
refuse(
  'MatMul',
  [
    ['N', 4],
    [3, 2],
  ],
  {},
  'shape',
  /multiplies \[N,4\] by \[3,2\]/,
);
refuse(
  'MatMul',
  [
    ['N', 2, 4],
    [3, 4, 2],
  ],
  {},
  'shape',
  /cannot broadcast \[N\] with \[3\]/,
);
refuse(
  'MatMul',
  [
    ['N', 4],
    [3, 4, 2],
  ],
  {},
  'unsupported',
  /off the first axis: \[3,N,2\]/,
);
refuse('Add', [['N'], [5, 1]], {}, 'unsupported', /off the first axis: \[5,N\]/);
const gemm = { transA: false, transB: false, alpha: 1, beta: 1 };
refuse('Gemm', [image, [4, 2]], gemm, 'shape', /needs 2-D inputs/);
refuse(
  'Gemm',
  [
    ['N', 4],
    [3, 2],
  ],
  gemm,
  'shape',
  /multiplies \[N,4\] by \[3,2\]/,
);
refuse('Gemm', [['N', 4], [4, 2], [3]], gemm, 'shape', /cannot broadcast \[N,2\] with \[3\]/);
refuse('Gemm', [['N', 4], [4, 1], [2]], gemm, 'shape', /adds \[2\] to \[N,1\]/);
refuse(
  'Gemm',
  [
    ['N', 4],
    ['N', 2],
  ],
  { ...gemm, transA: true },
  'unsupported',
  /adds up over the batch/,
);
refuse(
  'Gemm',
  [
    [3, 4],
    ['N', 4],
  ],
  { ...gemm, transB: true },
  'unsupported',
  /off the first axis/,
);
const unit = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], group: 1 } as const;
refuse('Conv', [image, [2, 3, 3]], unit, 'shape', /4-D weight/);
refuse('Conv', [image, [2, 4, 3, 3]], unit, 'shape', /in 1 groups over 3 channels/);
refuse('Conv', [image, [2, 3, 3, 3], [3]], unit, 'shape', /bias \[3\] for 2 output channels/);
refuse('Conv', [image, [2, 3, 5, 5]], unit, 'shape', /window of 5 over 4 padded cells/);
refuse('ConvTranspose', [image, [3, 2, 0, 3]], { ...unit, outputPadding: [0, 0] }, 'shape', /4-D weight, got \[3,2,0,3\]/);
refuse('ConvTranspose', [image, [3, 2, 3, 3], [3]], { ...unit, outputPadding: [0, 0] }, 'shape', /bias \[3\] for 2 output channels/);
refuse('ArgMax', [image], { axis: 0, keepdims: true }, 'unsupported', /across the batch/);

for (const { op, shapes, attrs, code, message, dtypes, outputs = 1 } of refusals) {
  test(`${op} ${JSON.stringify(shapes)} ${JSON.stringify(attrs)}`, () => {
    const b = newBuilder();
    const inputs = shapes.map((shape, i) => b.input(`x${i}`, { dtype: dtypes?.[i] ?? 'float32', shape }));
    const names = Array.from({ length: outputs }, (_, i) => `block/layer${i}`);
    assert.throws(
      () => b.ops(op, inputs, attrs, names),
      (error: unknown) => {
        assert.ok(error instanceof ModelError, String(error));
        assert.equal(error.code, code);
        assert.match(error.message, message);
        assert.match(error.message, new RegExp(`^${op} 'block/layer0'`), 'names operator and layer');
        assert.equal(error.where, 'block/layer0');
        return true;
      },
    );
  });
}

test('a gradient that does not exist is refused by name: Gather with computed indices', () => {
  const b = newBuilder();
  const x = b.input('x', { dtype: 'float32', shape: ['N', 4] });
  const picks = b.input('picks', { dtype: 'int64', shape: [2] });
  const y = b.op('Gather', [x, picks], { axis: 1 }, 'pick');
  const seed = b.input('seed', b.type(y));
  assert.throws(() => differentiate(b, y, seed, ['x']), /Gather 'pick' has no gradient for indices that are computed/);
});

test('a gradient that does not exist is refused by name: reflect padding of channels', () => {
  const b = newBuilder();
  const x = b.input('x', { dtype: 'float32', shape: ['N', 4, 2, 2] });
  const y = b.op('Pad', [x], { pads: [0, 1, 0, 0, 0, 0, 0, 0], mode: 'reflect', value: 0 }, 'mirror');
  const seed = b.input('seed', b.type(y));
  assert.throws(() => differentiate(b, y, seed, ['x']), /Pad 'mirror' has no gradient for reflect padding of axis 1/);
});

test('only the inputs asked for get a gradient', () => {
  const b = newBuilder();
  const type = { dtype: 'float32', shape: ['N', 4] } as const;
  const [x, y] = [b.input('x', type), b.input('y', type)];
  const product = b.op('Mul', [x, y], {});
  const before = b.nodes.length;
  differentiate(b, product, b.input('seed', type), ['x']);
  assert.deepEqual(
    b.nodes.slice(before).map((n) => n.inputs),
    [['seed', 'y']],
  );
});

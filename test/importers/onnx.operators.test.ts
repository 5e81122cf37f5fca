// Every operator the importer knows, in the spellings of its opsets: the imported graph against onnxruntime on the file itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NodeProto, TensorProto } from '../../src/formats/onnx/types.ts';
import { check } from '../../src/graph/check.ts';
import { float32 } from '../../src/graph/graph.ts';
import { onnxImporter } from '../../src/importers/onnx/index.ts';
import { infer } from '../../src/ops/index.ts';
import { closeTo } from '../support/closeTo.ts';
import { float, floats, int, integers, ints, node, noise, smallModel, sourceOf, string, weight } from '../support/onnxModels.ts';
import { runGraph, runOriginal } from '../support/onnxReference.ts';

/** From `x` [N,3,6,8] (or `input`) to `y`; a Flatten makes class scores of whatever comes out. */
interface Case {
  name: string;
  nodes: readonly NodeProto[];
  initializers?: readonly TensorProto[];
  opset?: number;
  input?: readonly (number | string)[];
}

const one = (name: string, opType: string, attributes: NodeProto['attributes'], rest: Partial<Case> = {}): Case => ({
  name: `${opType} ${name}`.trim(),
  nodes: [{ ...node(opType, ['x', ...(rest.initializers ?? []).map((t) => t.name)].join(' '), 'y'), attributes }],
  ...rest,
});

const w = weight('w', [4, 3, 3, 3]);
const channels = (name: string, from = 0) =>
  weight(
    name,
    [3],
    noise(3, name.length).map((v) => Math.abs(v) + from),
  );
const bn = [channels('scale'), channels('shift'), channels('mean'), channels('variance', 0.5)];

const cases: readonly Case[] = [
  one('pads, strides, dilations', 'Conv', [ints('pads', [2, 1, 0, 3]), ints('strides', [2, 1]), ints('dilations', [1, 2])], {
    initializers: [w, weight('b', [4])],
  }),
  one('SAME_UPPER', 'Conv', [string('auto_pad', 'SAME_UPPER'), ints('strides', [2, 3])], { initializers: [w] }),
  one('SAME_LOWER', 'Conv', [string('auto_pad', 'SAME_LOWER'), ints('strides', [2, 2])], { initializers: [w] }),
  one('VALID', 'Conv', [string('auto_pad', 'VALID'), ints('kernel_shape', [3, 3])], { initializers: [w] }),
  one('depthwise', 'Conv', [int('group', 3)], { initializers: [weight('w', [6, 1, 2, 3])] }),
  one('', 'ConvTranspose', [ints('strides', [2, 3]), ints('pads', [1, 0, 1, 2]), ints('output_padding', [1, 0])], {
    initializers: [weight('w', [3, 2, 3, 4])],
  }),
  one('SAME_UPPER', 'ConvTranspose', [string('auto_pad', 'SAME_UPPER'), ints('strides', [2, 2])], {
    initializers: [weight('w', [3, 2, 3, 3])],
  }),
  one('output_shape', 'ConvTranspose', [ints('output_shape', [12, 15]), ints('strides', [2, 2])], {
    initializers: [weight('w', [3, 2, 3, 3])],
  }),
  {
    name: 'Gemm transA alpha beta',
    nodes: [node('Flatten', 'x', 'f'), node('Gemm', 'f w c', 'y', float('alpha', 0.5), float('beta', 2))],
    initializers: [weight('w', [144, 5]), weight('c', [5])],
  },
  { name: 'MatMul', nodes: [node('MatMul', 'x w', 'y')], initializers: [weight('w', [8, 5])] },
  { name: 'MatMul, constant on the left', nodes: [node('MatMul', 'w x', 'y')], initializers: [weight('w', [5, 6])] },
  one('', 'BatchNormalization', [float('epsilon', 0.01), float('momentum', 0.9)], { initializers: bn }),
  one('opset 7, spatial', 'BatchNormalization', [int('spatial', 1)], { initializers: bn, opset: 7 }),
  one('', 'LayerNormalization', [int('axis', -1), float('epsilon', 1e-3)], { initializers: [weight('s', [8]), weight('b', [8])] }),
  one('', 'LRN', [int('size', 3), float('alpha', 0.3), float('beta', 0.6), float('bias', 1.5)]),
  one('', 'LeakyRelu', [float('alpha', 0.2)]),
  one('default alpha', 'LeakyRelu', []),
  one('', 'PRelu', [], { initializers: [weight('slope', [3, 1, 1])] }),
  one('opset 6 form', 'Clip', [float('min', -0.2), float('max', 0.3)], { opset: 10 }),
  { name: 'Clip min only, as input', nodes: [node('Clip', 'x low', 'y')], initializers: [weight('low', [], [-0.1])] },
  { name: 'Clip max only, as input', nodes: [node('Clip', 'x _ high', 'y')], initializers: [weight('high', [], [0.1])] },
  ...['Relu', 'Sigmoid', 'Tanh', 'HardSwish', 'Softplus', 'Softsign', 'Erf', 'Abs', 'Neg', 'Sign', 'Exp', 'Selu', 'Elu', 'HardSigmoid'].map(
    (op) => one('', op, []),
  ),
  one('attributes', 'HardSigmoid', [float('alpha', 1 / 6), float('beta', 0.4)]),
  one('', 'Mish', [], { opset: 18 }),
  one('none', 'Gelu', [], { opset: 20 }),
  one('tanh', 'Gelu', [string('approximate', 'tanh')], { opset: 20 }),
  {
    name: 'Sqrt, Log, Reciprocal',
    nodes: [
      node('Exp', 'x', 'e'),
      node('Sqrt', 'e', 's'),
      node('Log', 's', 'l'),
      node('Add', 'l e', 'p'),
      node('Reciprocal', 's', 'r'),
      node('Sub', 'r p', 'y'),
    ],
  },
  one('opset 13', 'Softmax', [int('axis', 1)]),
  one('opset 11 flattens', 'Softmax', [int('axis', 1)], { opset: 11 }),
  one('opset 11, axis 2', 'Softmax', [int('axis', 2)], { opset: 11 }),
  one('opset 12 default axis', 'LogSoftmax', [], { opset: 12 }),
  one('', 'MaxPool', [ints('kernel_shape', [3, 2]), ints('strides', [2, 2]), ints('pads', [1, 0, 1, 1])]),
  one('ceil_mode', 'MaxPool', [ints('kernel_shape', [2, 3]), ints('strides', [4, 3]), int('ceil_mode', 1)]),
  one('dilations', 'MaxPool', [ints('kernel_shape', [2, 2]), ints('dilations', [2, 1])]),
  one('SAME_UPPER', 'MaxPool', [ints('kernel_shape', [2, 3]), ints('strides', [2, 2]), string('auto_pad', 'SAME_UPPER')]),
  one('padding not counted', 'AveragePool', [ints('kernel_shape', [3, 3]), ints('pads', [1, 1, 1, 1])]),
  one('padding counted', 'AveragePool', [
    ints('kernel_shape', [3, 3]),
    ints('pads', [1, 1, 1, 1]),
    int('count_include_pad', 1),
    ints('strides', [2, 2]),
  ]),
  one('SAME_LOWER', 'AveragePool', [ints('kernel_shape', [2, 2]), string('auto_pad', 'SAME_LOWER')]),
  one('', 'GlobalAveragePool', []),
  one('', 'GlobalMaxPool', []),
  {
    name: 'Sum, Max, Min, Mean of three',
    nodes: [
      node('Neg', 'x', 'a'),
      node('Abs', 'x', 'b'),
      node('Sum', 'x a b', 's'),
      node('Max', 'x a w', 'm'),
      node('Min', 'x b w', 'i'),
      node('Mean', 's m i', 'y'),
    ],
    initializers: [weight('w', [3, 1, 1])],
  },
  { name: 'Sum of one', nodes: [node('Sum', 'x', 'y')] },
  {
    name: 'Add, Sub, Mul, Div with broadcasting',
    nodes: [node('Add', 'x c', 'p'), node('Sub', 'row p', 'q'), node('Mul', 'q q', 'r'), node('Div', 'r e', 'y')],
    initializers: [weight('c', [3, 1, 1]), weight('row', [8]), weight('e', [], [1.7])],
  },
  { name: 'Pow', nodes: [node('Pow', 'x two', 'y')], initializers: [weight('two', [], [2])] },
  {
    name: 'Where, Greater, Less, Cast',
    nodes: [
      node('Greater', 'x zero', 'g'),
      node('Where', 'g x zero', 'p'),
      node('Less', 'x p', 'l'),
      node('Cast', 'l', 'f', int('to', 1)),
      node('Add', 'f p', 'y'),
    ],
    initializers: [weight('zero', [], [0])],
  },
  { name: 'Cast to double and back', nodes: [node('Cast', 'x', 'd', int('to', 11)), node('Cast', 'd', 'y', int('to', 1))] },
  { name: 'Dropout opset 7 and 13', nodes: [node('Dropout', 'x', 'y', float('ratio', 0.3))], opset: 7 },
  { name: 'Dropout with ratio as input', nodes: [node('Dropout', 'x ratio', 'y')], initializers: [weight('ratio', [], [0.3])] },
  { name: 'Concat negative axis', nodes: [node('Concat', 'x x', 'y', int('axis', -1))] },
  {
    name: 'Split attribute',
    nodes: [node('Split', 'x', 'p q', int('axis', 3), ints('split', [3, 5])), node('Concat', 'q p', 'y', int('axis', 3))],
    opset: 11,
  },
  {
    name: 'Split input',
    nodes: [node('Split', 'x s', 'p q', int('axis', 1)), node('Concat', 'q p', 'y', int('axis', 1))],
    initializers: [integers('s', [1, 2])],
  },
  {
    name: 'Split num_outputs, uneven',
    nodes: [node('Split', 'x', 'p q r', int('axis', 3), int('num_outputs', 3)), node('Concat', 'q r p', 'y', int('axis', 3))],
    opset: 18,
  },
  { name: 'Split equal parts', nodes: [node('Split', 'x', 'p q', int('axis', -1)), node('Add', 'q p', 'y')] },
  one('opset 9', 'Slice', [ints('axes', [2, 3]), ints('starts', [1, -3]), ints('ends', [2 ** 63, -1])], { opset: 9 }),
  one('inputs, steps', 'Slice', [], {
    initializers: [integers('from', [0, 5]), integers('to', [2 ** 31 - 1, -100]), integers('axes', [2, -1]), integers('steps', [2, -2])],
  }),
  one('opset 10', 'Pad', [ints('pads', [0, 0, 1, 0, 0, 0, 2, 3]), float('value', 0.5)], { opset: 10 }),
  one('inputs, reflect', 'Pad', [string('mode', 'reflect')], { initializers: [integers('pads', [0, 0, 2, 1, 0, 0, 1, 2])] }),
  one('edge', 'Pad', [string('mode', 'edge')], { initializers: [integers('pads', [0, 0, 2, 1, 0, 0, 1, 2])] }),
  one('negative cuts', 'Pad', [], { initializers: [integers('pads', [0, 0, -1, 1, 0, 0, 2, -2])] }),
  {
    name: 'Pad opset 18 with axes and value',
    nodes: [node('Pad', 'x pads v axes', 'y')],
    initializers: [integers('pads', [1, 2, 3, 4]), weight('v', [], [-1]), integers('axes', [3, 2])],
    opset: 18,
  },
  { name: 'Reshape 0 and -1', nodes: [node('Reshape', 'x s', 'y')], initializers: [integers('s', [0, -1, 4])] },
  { name: 'Reshape [-1, n]', nodes: [node('Reshape', 'x s', 'y')], initializers: [integers('s', [-1, 144])] },
  {
    name: 'Transpose, Squeeze, Unsqueeze as attributes',
    nodes: [
      node('Transpose', 'x', 't', ints('perm', [0, 2, 3, 1])),
      node('Unsqueeze', 't', 'u', ints('axes', [1])),
      node('Squeeze', 'u', 'y', ints('axes', [1])),
    ],
    opset: 11,
  },
  {
    name: 'Transpose, Squeeze, Unsqueeze as inputs',
    nodes: [
      node('Transpose', 'x', 't', ints('perm', [0, 3, 1, 2])),
      node('Unsqueeze', 't a', 'u'),
      node('Squeeze', 'u a', 's'),
      node('ReduceMean', 's', 'r', ints('axes', [3])),
      node('Squeeze', 'r', 'y'),
    ],
    initializers: [integers('a', [-1])],
  },
  {
    name: 'Expand',
    nodes: [node('ReduceMean', 'x', 'm', ints('axes', [2, 3])), node('Expand', 'm s', 'y')],
    initializers: [integers('s', [1, 6, 8])],
  },
  {
    name: 'DepthToSpace DCR',
    nodes: [node('Concat', 'x x x x', 'c', int('axis', 1)), node('DepthToSpace', 'c', 'y', int('blocksize', 2))],
  },
  {
    name: 'DepthToSpace CRD',
    nodes: [node('Concat', 'x x x x', 'c', int('axis', 1)), node('DepthToSpace', 'c', 'y', int('blocksize', 2), string('mode', 'CRD'))],
  },
  { name: 'Gather', nodes: [node('Gather', 'x at', 'y', int('axis', 3))], initializers: [integers('at', [7, 0, -2])] },
  { name: 'Gather one', nodes: [node('Gather', 'x at', 'y', int('axis', 2))], initializers: [integers('at', [-1], [])] },
  ...['ReduceMean', 'ReduceMax', 'ReduceMin', 'ReduceL2'].map((op) =>
    one('axes attribute', op, [ints('axes', [-1, 2]), int('keepdims', 0)]),
  ),
  ...['ReduceMean', 'ReduceMax', 'ReduceMin', 'ReduceL2', 'ReduceSum'].map((op) =>
    one('axes input', op, [], { initializers: [integers('axes', [2, -1])], opset: 18 }),
  ),
  one('opset 11', 'ReduceSum', [ints('axes', [1])], { opset: 11 }),
  one('nearest, opset 10', 'Resize', [string('mode', 'nearest')], { initializers: [weight('s', [4], [1, 1, 2, 3])], opset: 10 }),
  { name: 'Resize nearest half_pixel', nodes: [node('Resize', 'x _ s', 'y')], initializers: [weight('s', [4], [1, 1, 2, 2])] },
  {
    name: 'Resize linear, sizes',
    nodes: [node('Resize', 'x _ _ s', 'y', string('mode', 'linear'), string('coordinate_transformation_mode', 'pytorch_half_pixel'))],
    initializers: [integers('s', [2, 3, 9, 5])],
  },
  {
    name: 'Resize linear align_corners',
    nodes: [node('Resize', 'x _ s', 'y', string('mode', 'linear'), string('coordinate_transformation_mode', 'align_corners'))],
    initializers: [weight('s', [4], [1, 1, 2, 1.5])],
  },
  {
    name: 'Resize linear asymmetric with axes',
    nodes: [
      node('Resize', 'x _ s', 'y', string('mode', 'linear'), string('coordinate_transformation_mode', 'asymmetric'), ints('axes', [3, 2])),
    ],
    initializers: [weight('s', [2], [2, 0.5])],
    opset: 18,
  },
  {
    name: 'Conv, MaxPool, AveragePool and ConvTranspose of rows [N,C,W]',
    nodes: [
      node('Reshape', 'x row', 'r'),
      node('Conv', 'r w', 'c', ints('pads', [2, 1]), ints('strides', [2]), ints('kernel_shape', [3])),
      node('MaxPool', 'c', 'm', ints('kernel_shape', [2]), ints('strides', [1])),
      node('AveragePool', 'm', 'a', ints('kernel_shape', [3]), string('auto_pad', 'SAME_UPPER')),
      node('ConvTranspose', 'a t', 'y', ints('strides', [2]), ints('pads', [1, 0])),
    ],
    initializers: [integers('row', [0, 3, -1]), weight('w', [4, 3, 3]), weight('t', [4, 2, 3])],
  },
  ...(
    [
      ['bchw,bcvw->bchv', 'x', 'x'],
      ['bchw,wo->bcho', 'x', 'w'],
      ['bchw,bcvw->bhv', 'x', 'x'],
      ['bchw,wc->bh', 'x', 'v'],
      ['...hw,wo->...oh', 'x', 'w'],
      ['bchw,bchw->bc', 'x', 'x'],
    ] as const
  ).map(
    ([equation, a, b]): Case => ({
      name: `Einsum ${equation}`,
      nodes: [node('Einsum', `${a} ${b}`, 'y', string('equation', equation))],
      initializers: [weight('w', [8, 5]), weight('v', [8, 3])],
    }),
  ),
  { name: 'Einsum of one input', nodes: [node('Einsum', 'x', 'y', string('equation', 'bchw->bwc'))] },
  one('', 'InstanceNormalization', [float('epsilon', 0.01)], { initializers: [channels('scale'), channels('shift')] }),
  {
    name: 'GroupNormalization, one scale per channel (opset 21)',
    nodes: [node('Concat', 'x x', 'c', int('axis', 1)), node('GroupNormalization', 'c s b', 'y', int('num_groups', 2))],
    initializers: [weight('s', [6]), weight('b', [6])],
    opset: 21,
  },
  one('p 1', 'LpNormalization', [int('p', 1), int('axis', 1)]),
  one('p 2', 'LpNormalization', [int('axis', -1)]),
  one('', 'GlobalLpPool', [int('p', 2)]),
  one('', 'LpPool', [ints('kernel_shape', [2, 3]), ints('strides', [2, 1]), int('p', 1)]),
  ...['ReduceL1', 'ReduceSumSquare', 'ReduceLogSumExp'].flatMap((op) => [
    one('axes attribute', op, [ints('axes', [-1, 2]), int('keepdims', 0)]),
    one('axes input', op, [], { initializers: [integers('axes', [1])], opset: 18 }),
  ]),
  {
    name: 'ReduceLogSum',
    nodes: [node('Abs', 'x', 'a'), node('ReduceLogSum', 'a', 'y', ints('axes', [2]))],
  },
  one('alpha', 'ThresholdedRelu', [float('alpha', 0.3)]),
  one('alpha', 'Celu', [float('alpha', 0.7)]),
  { name: 'CastLike', nodes: [node('CastLike', 'x like', 'y')], initializers: [weight('like', [1])] },
  one('', 'SpaceToDepth', [int('blocksize', 2)]),
  { name: 'Tile', nodes: [node('Tile', 'x times', 'y')], initializers: [integers('times', [1, 2, 1, 3])] },
  one('opset 7', 'Upsample', [floats('scales', [1, 1, 2, 3]), string('mode', 'nearest')], { opset: 7 }),
  one('opset 9, linear', 'Upsample', [string('mode', 'linear')], { initializers: [weight('s', [4], [1, 1, 2, 2])], opset: 9 }),
];

const feeds = { x: float32([2, 3, 6, 8], noise(288, 5)) };
for (const { name, nodes, initializers = [], opset = 17, input } of cases) {
  test(name, async () => {
    const model = smallModel({ nodes: [...nodes, node('Flatten', 'y', 'logits')], initializers, opset, ...(input && { input }) });
    const imported = await onnxImporter.open(sourceOf(model));
    check(imported.graph, infer);
    assert.equal(imported.activation === 'none' ? imported.logits : 'logits', 'logits');
    assert.equal(imported.graph.types.get('logits')?.shape[0], 'N', 'the batch stays free');
    const expected = await runOriginal(model, ['logits'], feeds);
    const actual = await runGraph(imported.graph, ['logits'], feeds);
    closeTo(actual.logits as Float32Array, expected.logits as Float32Array, 1e-5, name);
  });
}

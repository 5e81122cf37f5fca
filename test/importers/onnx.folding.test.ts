// Shape arithmetic that exporters write out as operators folds to attributes, with the batch left free.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { float32 } from '../../src/graph/graph.ts';
import { onnxImporter } from '../../src/importers/onnx/index.ts';
import { closeTo } from '../support/closeTo.ts';
import {
  float,
  int,
  integers,
  ints,
  node,
  noise,
  type Small,
  smallModel,
  sourceOf,
  string,
  tensor,
  weight,
} from '../support/onnxModels.ts';
import { runGraph, runOriginal } from '../support/onnxReference.ts';

const feeds = { x: float32([2, 3, 6, 8], noise(288, 5)) };

/** Chains that exporters write instead of numbers. */
const chains: readonly (Pick<Small, 'nodes' | 'initializers'> & { name: string })[] = [
  {
    name: 'torch: weights standardised by a batch norm in training mode (NFNet)',
    nodes: [
      node('Reshape', 'w rows', 'r'),
      node('BatchNormalization', 'r ones zeros zeros ones', 'n m v', int('training_mode', 1), float('epsilon', 1e-6)),
      node('Reshape', 'n kernel', 'k'),
      node('Conv', 'x k', 'y'),
    ],
    initializers: [
      weight('w', [4, 3, 3, 3]),
      integers('rows', [1, 4, -1]),
      integers('kernel', [4, 3, 3, 3]),
      weight('ones', [4], [1, 2, 0.5, 1]),
      weight('zeros', [4], [0, 0.1, 0, -0.2]),
    ],
  },
  {
    name: 'constants by ReduceMean, Split, Tile, CumSum, Trilu, ScatterND, GatherND, Clip, Sin',
    nodes: [
      node('ReduceMean', 'w', 'mean', ints('axes', [1]), int('keepdims', 1)),
      node('Split', 'mean', 'p q', int('axis', 0)),
      node('Tile', 'p twice', 't'),
      node('CumSum', 't one', 'c'),
      node('Trilu', 'c', 'u', int('upper', 0)),
      node('ScatterND', 'u at values', 's'),
      node('GatherND', 's at', 'g'),
      node('Clip', 'g low', 'l'),
      node('Sin', 'l', 'f'),
      node('ReduceSum', 'f', 'total', int('keepdims', 0)),
      node('Mul', 'x total', 'y'),
    ],
    initializers: [
      weight('w', [2, 8]),
      integers('twice', [4, 5]),
      integers('one', [1], []),
      integers('at', [1, 0, 3, 2], [2, 2]),
      weight('values', [2], [0.5, -0.25]),
      weight('low', [], [-0.1]),
    ],
  },
  {
    name: 'torch: view(x.size(0), -1)',
    nodes: [
      node('Shape', 'x', 's'),
      node('Gather', 's zero', 'n', int('axis', 0)),
      node('Unsqueeze', 'n axes', 'n1'),
      node('Concat', 'n1 rest', 'to', int('axis', 0)),
      node('Reshape', 'x to', 'y'),
    ],
    initializers: [integers('zero', [0], []), integers('axes', [0]), integers('rest', [-1])],
  },
  {
    name: 'torch: channel shuffle with sizes computed by Shape, Div and Concat',
    nodes: [
      node('Concat', 'x x', 'c', int('axis', 1)),
      node('Shape', 'c', 's'),
      ...[0, 1, 2, 3].map((i) => node('Slice', `s i${i} i${i + 1}`, `d${i}`)),
      node('Div', 'd1 two', 'half'),
      node('Concat', 'd0 two half d2 d3', 'grouped', int('axis', 0)),
      node('Reshape', 'c grouped', 'g'),
      node('Transpose', 'g', 't', ints('perm', [0, 2, 1, 3, 4])),
      node('Concat', 'd0 minus d2 d3', 'back', int('axis', 0)),
      node('Reshape', 't back', 'y'),
    ],
    initializers: [...[0, 1, 2, 3, 4].map((i) => integers(`i${i}`, [i])), integers('two', [2]), integers('minus', [-1])],
  },
  {
    name: 'torch: F.pad (ConstantOfShape, Concat, Reshape, Slice, Transpose, Cast)',
    nodes: [
      node('Constant', '', 'p', tensor('value', integers('', [0, 1, 2, 1]))),
      node('Constant', '', 'n', tensor('value', integers('', [4]))),
      node('ConstantOfShape', 'n', 'z', tensor('value', integers('', [0]))),
      node('Concat', 'p z', 'all', int('axis', 0)),
      node('Reshape', 'all two', 'm'),
      node('Slice', 'm from to axes steps', 'r'),
      node('Transpose', 'r', 't', ints('perm', [1, 0])),
      node('Reshape', 't one', 'f'),
      node('Cast', 'f', 'pads', int('to', 7)),
      node('Pad', 'x pads', 'y'),
    ],
    initializers: [
      integers('two', [-1, 2]),
      integers('from', [-1]),
      integers('to', [-(2 ** 62)]),
      integers('axes', [0]),
      integers('steps', [-1]),
      integers('one', [-1]),
    ],
  },
  {
    name: 'torch: expand (ConstantOfShape, Mul, Equal, Where)',
    nodes: [
      node('ReduceMean', 'x', 'm', ints('axes', [3])),
      node('Shape', 'x', 's'),
      node('Shape', 'want', 'len'),
      node('ConstantOfShape', 'len', 'ones', tensor('value', integers('', [1]))),
      node('Mul', 'ones minus', 'neg'),
      node('Equal', 's neg', 'eq'),
      node('Where', 'eq ones s', 'to'),
      node('Expand', 'm to', 'y'),
    ],
    initializers: [integers('want', [1, 1, 1, 1]), integers('minus', [-1], [])],
  },
  {
    name: 'resize to computed sizes (Shape, Slice, Cast, Mul, Floor, Concat)',
    nodes: [
      node('Shape', 'x', 's', int('start', 2)),
      node('Cast', 's', 'f', int('to', 1)),
      node('Mul', 'f scale', 'g'),
      node('Floor', 'g', 'h'),
      node('Cast', 'h', 'hw', int('to', 7)),
      node('Shape', 'x', 'nc', int('end', 2)),
      node('Concat', 'nc hw', 'sizes', int('axis', 0)),
      node('Resize', 'x _ _ sizes', 'y', string('mode', 'linear')),
    ],
    initializers: [weight('scale', [2], [1.5, 2])],
  },
  {
    name: 'constants computed by Range, Reshape, Transpose, Sqrt, Reciprocal',
    nodes: [
      node('Range', 'start limit delta', 'r'),
      node('Cast', 'r', 'f', int('to', 1)),
      node('Reshape', 'f s', 'm'),
      node('Transpose', 'm', 't'),
      node('Sqrt', 't', 'q'),
      node('Reciprocal', 'q', 'v'),
      node('MatMul', 'x v', 'y'),
    ],
    initializers: [integers('start', [1], []), integers('limit', [25], []), integers('delta', [1], []), integers('s', [3, 8])],
  },
];

for (const { name, nodes, initializers = [] } of chains) {
  test(`folds ${name}`, async () => {
    const model = smallModel({ nodes: [...nodes, node('Flatten', 'y', 'logits')], initializers });
    const imported = await onnxImporter.open(sourceOf(model));
    assert.equal(imported.graph.types.get('logits')?.shape[0], 'N');
    const used = new Set(imported.graph.nodes.map((n) => n.op));
    for (const op of ['Cast', 'Equal', 'Where', 'Sqrt', 'Div'] as const) assert.ok(!used.has(op), `${op} is folded`);
    const expected = await runOriginal(model, ['logits'], feeds);
    const actual = await runGraph(imported.graph, ['logits'], feeds);
    closeTo(actual.logits as Float32Array, expected.logits as Float32Array, 1e-5, name);
  });
}

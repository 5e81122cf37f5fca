/** The tree of a model: nested as its names are, and what is left of it under a filter. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { descriptionOf, groupFacts, layerFacts, summaryOf } from '../../src/host/modelTree/describe.ts';
import { filterTree, highlights, matches, parseFilter } from '../../src/host/modelTree/filter.ts';
import { isWeighty, kindIcon } from '../../src/host/modelTree/kindIcons.ts';
import { buildTree, type GroupNode, layerNodes, type ModelNode, type TreeNode } from '../../src/host/modelTree/tree.ts';
import { countText } from '../../src/shared/layerText.ts';
import type { ModelOutline, OutlineLayer } from '../../src/shared/protocol.ts';

type Given = Partial<OutlineLayer> & { name: string };

function outlineOf(given: readonly (Given | string)[]): ModelOutline {
  const layers = given.map((each): OutlineLayer => {
    const own = typeof each === 'string' ? { name: each } : each;
    const kind = own.kind ?? (own.name.split('/').at(-1) as string).replace(/_\d+$/, '');
    const shape = { shape: [8, 4, 4], spatial: true, units: true, parameters: 0, multiplyAdds: 0, receptiveField: undefined };
    return { aliases: [], inputs: [], place: {}, ...shape, kind, ...own };
  });
  const sum = (of: (layer: OutlineLayer) => number) => layers.reduce((total, layer) => total + of(layer), 0);
  const model = { path: '/m/net.onnx', name: 'net.onnx', format: 'ONNX', classes: 10, input: { channels: 3, height: 32, width: 32 } };
  const counts = { parameters: sum((l) => l.parameters), multiplyAdds: sum((l) => l.multiplyAdds) };
  return { model: model as ModelOutline['model'], layers, ...counts };
}

/** One line a row, as it stands when all is unfolded. */
function text(node: ModelNode | TreeNode, indent = ''): string {
  const line = node.type === 'model' ? node.outline.model.name : node.label + (node.type === 'group' ? '/' : '');
  const below = node.type === 'layer' ? [] : node.children.map((child) => text(child, `${indent}  `));
  return [indent + line, ...below].join('\n');
}

const golden = (lines: string) => lines.replace(/^\n/, '').replace(/^ {4}/gm, '').trimEnd();

const torch = ['/conv1/Conv', '/relu/Relu', '/maxpool/MaxPool', '/layer1/layer1.0/conv1/Conv', '/layer1/layer1.0/relu/Relu']
  .concat(['/layer1/layer1.0/conv2/Conv', '/layer1/layer1.0/Add', '/layer1/layer1.0/relu/Relu_1', '/layer2/layer2.0/conv1/Conv'])
  .concat(['/layer2/layer2.0/downsample/downsample.0/Conv', '/avgpool/GlobalAveragePool', '/fc/Gemm']);

test('PyTorch: modules nest; a module of one operator is a row, called as the module', () => {
  assert.equal(
    text(buildTree(outlineOf(torch))),
    golden(`
    net.onnx
      conv1
      relu
      maxpool
      layer1/layer1.0/
        conv1
        relu/
          Relu
          Relu_1
        conv2
        Add
      layer2/layer2.0/
        conv1
        downsample/downsample.0
      avgpool
      fc
    `),
  );
});

test('Keras: nested models nest, what all names share is no level, flat names stay flat', () => {
  const nested = ['sequential/mobile/conv_pw', 'sequential/mobile/conv_dw', 'sequential/head/pool', 'sequential/head/dense'];
  assert.equal(
    text(buildTree(outlineOf(nested.map((name) => ({ name, kind: 'Layer' }))))),
    golden(`
    net.onnx
      mobile/
        conv_pw
        conv_dw
      head/
        pool
        dense
    `),
  );
  assert.equal(text(buildTree(outlineOf(['block1_conv1', 'block1_pool', 'fc1000']))), 'net.onnx\n  block1_conv1\n  block1_pool\n  fc1000');
});

test('TensorFlow: the wrapper of the saved function is no level, also where single names lack it', () => {
  const names = ['StatefulPartitionedCall/model/conv1/Conv2D', 'StatefulPartitionedCall/model/conv1/BiasAdd']
    .concat(['StatefulPartitionedCall/StatefulPartitionedCall_1/model/dense/MatMul', 'Identity'])
    .map((name) => ({ name }));
  assert.equal(
    text(buildTree(outlineOf(names))),
    golden(`
    net.onnx
      model/
        conv1/
          Conv2D
          BiasAdd
        dense
      Identity
    `),
  );
});

test('TensorFlow Lite: the model is no level, though its last layer is called otherwise', () => {
  const tree = buildTree(outlineOf(['net_1/conv1/Relu', 'net_1/conv2/Relu', 'net_1/conv2/Add', 'StatefulPartitionedCall:0']));
  assert.equal(text(tree), 'net.onnx\n  conv1\n  conv2/\n    Relu\n    Add\n  StatefulPartitionedCall:0');
  assert.equal((tree.children[1] as GroupNode).path, 'net_1/conv2');
});

test('odd names: slashes alone, a layer called as a group, the same name but for its slashes, endless nesting', () => {
  const tree = buildTree(outlineOf(['//', 'a', 'a/b', '/a', 'a/c', `${'x/'.repeat(100_000)}end`, '']));
  assert.equal([...layerNodes(tree)].length, 7);
  assert.equal(new Set([...layerNodes(tree)].map(({ id }) => id)).size, 7);
  assert.deepEqual(
    tree.children.map((child) => (child.label.length > 99 ? child.label.length : `${child.type} ${child.label}`)),
    ['layer //', 'layer a', 'group a', 'layer a', 200_003, 'layer '],
  );
  assert.equal(text(buildTree(outlineOf(['only/one/layer']))), 'net.onnx\n  layer');
  assert.equal(text(buildTree(outlineOf([]))), 'net.onnx');
});

test('every node knows its parent, and ids outlive a rebuild', () => {
  const check = (node: ModelNode | GroupNode) => {
    for (const child of node.children) {
      assert.equal(child.parent, node);
      if (child.type === 'group') check(child);
    }
  };
  const [one, two] = [buildTree(outlineOf(torch)), buildTree(outlineOf(torch))];
  check(one);
  check(filterTree(one, parseFilter('layer1 conv')!).tree);
  assert.deepEqual(
    [...layerNodes(one)].map(({ id }) => id),
    [...layerNodes(two)].map(({ id }) => id),
  );
});

test('30,000 layers: nothing grows with their square', { timeout: 20_000 }, () => {
  const names = Array.from({ length: 30_000 }, (_, i) => `/stages.${i % 4}/blocks.${i % 100}/conv${i}/Conv`);
  assert.equal(filterTree(buildTree(outlineOf(names)), parseFilter('conv blocks.77')!).found, 300);
});

const conv: Given = {
  ...{ name: 'a/conv', kind: 'Conv', shape: [64, 56, 56], parameters: 36_928, multiplyAdds: 115_605_504, inputs: ['input'] },
  ...{ receptiveField: { size: [35, 35], stride: [4, 4] }, place: { node: 'graph.node[0] conv' } },
};
const shared = { ...conv, name: 'a/conv_again', multiplyAdds: 1000 };
const dense: Given = { name: 'fc', kind: 'Gemm', shape: [10], spatial: false, parameters: 400_000 };

test('descriptions and facts', () => {
  const outline = outlineOf([conv, shared, dense]);
  const tree = buildTree({ ...outline, parameters: 436_928 });
  const [group, fc] = tree.children as [GroupNode, TreeNode];
  assert.equal(descriptionOf(group.children[0]!), 'Conv · 64×56×56 · 36.9 k · RF 35');
  assert.equal(descriptionOf(fc), 'Gemm · 10 · 400 k');
  assert.equal(descriptionOf(group), '2 layers · 36.9 k · 116 M MACs');
  assert.equal(descriptionOf(tree), 'ONNX · 3×32×32 → 10 classes · 3 layers · 437 k parameters · 116 M MACs');
  assert.equal(
    summaryOf('a/conv', layerFacts(outline.layers[0]!, tree.outline)),
    golden(`
    a/conv
    Kind: Conv
    Output: 64 × 56 × 56
    Parameters: 36,928 (8.5 % of the model)
    Multiply-adds: 115,605,504 (100.0 % of the model)
    Receptive field: 35 × 35 pixels, stride 4
    Reads: input
    In the file: graph.node[0] conv
    `),
  );
  assert.deepEqual(
    groupFacts(group, tree.outline).map(([what]) => what),
    ['Layers', 'Output', 'Parameters', 'Multiply-adds'],
  );
  const whole = outlineOf([{ name: 'a', inputs: ['b', 'c', 'd', 'e', 'f', 'g'] }]);
  assert.deepEqual(layerFacts(whole.layers[0]!, whole).slice(-2), [
    ['Receptive field', 'the whole image, or no one window of it'],
    ['Reads', 'b, c, d, e, 2 more'],
  ]);
});

test('counts: three digits, and no thousand of a smaller unit', () => {
  assert.deepEqual([0, 999, 1000, 36_928, 999_499, 999_600, 15_470_264_320].map(countText), [
    ...['0', '999', '1 k', '36.9 k', '999 k', '1 M', '15.5 G'],
  ]);
});

test('a filter asks for every word, in name, kind or shape', () => {
  const layer = { name: 'block1/expand_1x1', kind: 'Conv2D', shape: [64, 56, 56] };
  const fits = (typed: string) => matches(layer, parseFilter(typed)!);
  for (const typed of ['conv', 'CONV block', '56x56', '56×56', '64*56', '56x', '1x1', 'kind:conv', 'name:expand shape:64', 'conv kind:'])
    assert.equal(fits(typed), true, typed);
  for (const typed of ['conv pool', 'kind:block', 'name:conv', 'shape:1x1', '28x28']) assert.equal(fits(typed), false, typed);
  assert.deepEqual([parseFilter(''), parseFilter('  '), parseFilter('kind:')], [undefined, undefined, undefined]);
});

test('a filtered tree keeps what its layers stand in, under ids of its own', () => {
  const tree = buildTree(outlineOf(torch));
  const { tree: filtered, found } = filterTree(tree, parseFilter('kind:relu layer1')!);
  assert.equal(found, 2);
  assert.equal(text(filtered), 'net.onnx\n  layer1/layer1.0/\n    relu/\n      Relu\n      Relu_1');
  const ids = new Set([...layerNodes(tree)].map(({ id }) => id));
  assert.ok([...layerNodes(filtered)].every(({ id }) => !ids.has(id)));
  assert.equal(filterTree(tree, parseFilter('nothing')!).found, 0);
});

test('what was typed is marked in labels', () => {
  assert.deepEqual(highlights('layer1.0/conv1', parseFilter('conv layer1 er1.0')!), [[0, 8], [9, 13]]); // biome-ignore format: pairs
  assert.deepEqual(highlights('aaa', parseFilter('aa')!), [[0, 3]]);
  assert.deepEqual(highlights('conv', parseFilter('kind:conv')!), []);
  assert.deepEqual(highlights('İconv', parseFilter('conv')!), []);
});

test('kinds of all formats get the icon of what they do', () => {
  const groups: Record<string, string[]> = {
    'symbol-array': ['Conv', 'Conv2D', 'CONV_2D', 'DepthwiseConv2dNative', 'SeparableConv2D', 'DEPTHWISE_CONV_2D', 'QLinearConv'],
    unfold: ['ConvTranspose', 'Conv2DTranspose', 'UpSampling2D', 'Resize'],
    fold: ['MaxPool', 'MaxPooling2D', 'AVERAGE_POOL_2D', 'GlobalAveragePooling2D', 'ReduceMean', 'Mean'],
    pulse: ['Relu', 'ReLU', 'PReLU', 'Relu6', 'Sigmoid', 'HardSwish', 'Activation', 'Gelu', 'Clip'],
    graph: ['Softmax', 'LogSoftmax', 'SOFTMAX'],
    'symbol-ruler': ['BatchNormalization', 'FusedBatchNormV3', 'LayerNormalization', 'LRN', 'Normalization'],
    'type-hierarchy': ['Dense', 'Gemm', 'MatMul', 'FULLY_CONNECTED'],
    'git-merge': ['Add', 'AddV2', 'ADD'],
    combine: ['Concat', 'Concatenate', 'ConcatV2'],
    'list-flat': ['Flatten', 'Reshape', 'Squeeze'],
    'sign-in': ['InputLayer', 'Placeholder'],
    dash: ['Dropout', 'Identity'],
    'symbol-operator': ['Mul', 'BiasAdd', 'Multiply', 'Rescaling'],
    'symbol-misc': ['MyOwnLayer'],
  };
  for (const [icon, kinds] of Object.entries(groups)) for (const kind of kinds) assert.equal(kindIcon(kind), icon, kind);
  assert.deepEqual(['Conv2D', 'Dense', 'UpSampling2D', 'Relu'].map(isWeighty), [true, true, false, false]);
});

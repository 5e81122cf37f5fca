/** What a model's outline says of each layer, against published numbers and the golden receptive fields of ../shared. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { outlineOf } from '../../src/engine/outline.ts';
import { bindBatch, float32 } from '../../src/graph/graph.ts';
import { fileSource } from '../../src/importers/files.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Layer, Model } from '../../src/importers/model.ts';
import { newBuilder } from '../../src/ops/index.ts';
import type { ModelOutline } from '../../src/shared/protocol.ts';
import { newEngine, newFolder, writeClassifier } from '../support/engineCalls.ts';
import { sharedMissing, sharedPath } from '../support/shared.ts';
import { resNet18, resNet50, squeezeNet, vgg16 } from '../support/syntheticNets.ts';

function outline(model: Model): Omit<ModelOutline, 'model'> {
  const layers = model.layers.map(({ name, aliases, kind, shape, parameters }) => {
    return { name, aliases, kind, shape: bindBatch(shape.slice(1), 1), parameters, spatial: true };
  });
  return outlineOf(model, layers, new Set());
}

/** A model of the layers given, `name: value`, on one branching graph: x → a → (b → c), with c + a → d. */
function branching(names: readonly (readonly [name: string, value: string])[]): Model {
  const b = newBuilder();
  const x = b.input('x', { dtype: 'float32', shape: ['N', 2, 8, 8] });
  const conv = (from: string, name: string) => {
    const kernel = b.constant(`${name}/kernel`, float32([2, 2, 3, 3], new Float32Array(36).fill(0.1)));
    return b.op('Conv', [from, kernel], { strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1], group: 1 }, name);
  };
  const a = conv(x, 'a');
  const d = b.op('Add', [conv(conv(a, 'b'), 'c'), a], {}, 'd');
  const logits = b.op('Flatten', [b.op('GlobalAveragePool', [d], {}, 'gap')], { axis: 1 }, 'logits');
  const graph = b.build([logits]);
  const layers = names.map(([name, value]): Layer => {
    return { name, aliases: [], kind: 'Layer', value, shape: b.shape(value), parameters: 36, place: { pointer: `/${name.split('#')[0]}` } };
  });
  const input = { value: x, name: 'x', channels: 2, height: 8, width: 8, layout: 'NCHW' } as const;
  const file = { format: 'onnx', file: 'branching.onnx', hash: '' } as const;
  const output = { logits, classes: 2, activation: 'none', dense: undefined, outputs: ['logits'], output: 'logits' } as const;
  return { ...file, ...output, graph, input, layers, hints: {} };
}

const inputs = (model: Model) => Object.fromEntries(outline(model).layers.map((layer) => [layer.name, layer.inputs]));
/** A 3×3 convolution of 2 to 2 channels at 8×8 cells. */
const conv = 2 * 2 * 9 * 64;

test('multiply-adds of known networks, the sum of their layers', () => {
  // Billions, as fvcore and torchvision's model pages count them; ResNet50 v1 strides in its 1×1 convolutions.
  const nets = [[vgg16, 15.47], [resNet50, 3.86], [resNet18, 1.81], [squeezeNet, 0.86]] as const; // biome-ignore format: pairs
  for (const [net, billions] of nets) {
    const { multiplyAdds, layers } = outline(net('zero'));
    assert.ok(Math.abs(multiplyAdds / 1e9 - billions) < 0.01, `${multiplyAdds} of ${billions}e9`);
    assert.equal(
      layers.reduce((sum, layer) => sum + layer.multiplyAdds, 0),
      multiplyAdds,
    );
  }
  // The dense layers of this VGG16 are no layers: they lie behind the last one.
  const { layers } = outline(vgg16('zero'));
  const [first, last] = [layers.at(0), layers.at(-1)];
  assert.equal(first?.multiplyAdds, 224 * 224 * 64 * 27);
  assert.equal(last?.multiplyAdds, 25088 * 4096 + 4096 * 4096 + 4096 * 1000);
});

test('each layer reads the nearest layers before it, over skip connections; what lies between belongs to it', () => {
  const all = branching(['a', 'b', 'c', 'd'].map((name) => [name, name]));
  assert.deepEqual(inputs(all), { a: ['input'], b: ['a'], c: ['b'], d: ['c', 'a'] });
  const few = branching([['first', 'a'], ['last', 'd']]); // biome-ignore format: pairs
  assert.deepEqual(inputs(few), { first: ['input'], last: ['first'] });
  assert.deepEqual(
    outline(few).layers.map((layer) => layer.multiplyAdds),
    [conv, 2 * conv],
  );
  const late = branching([['c', 'c'], ['d', 'd']]); // biome-ignore format: pairs
  assert.deepEqual(inputs(late), { c: ['input'], d: ['c', 'input'] });
  assert.deepEqual(
    outline(late).layers.map((layer) => layer.multiplyAdds),
    [3 * conv, 0],
    'the first layer that needs it',
  );
});

test('layers that compute nothing: each reads the one before; the input layer reads none', () => {
  const names = [['in', 'x'], ['a', 'a'], ['drop', 'a'], ['drop2', 'a'], ['b', 'b'], ['d', 'd'], ['end', 'logits']] as const; // biome-ignore format: pairs
  const { layers } = outline(branching(names));
  assert.deepEqual(
    layers.map((layer) => layer.inputs),
    [[], ['in'], ['a'], ['drop'], ['drop2'], ['b', 'drop2'], ['d']],
  );
  assert.deepEqual(
    layers.map((layer) => layer.multiplyAdds),
    [0, conv, 0, 0, conv, conv, 0],
  );
  assert.deepEqual(
    layers.map((layer) => layer.receptiveField?.size[0]),
    [undefined, 3, 3, 3, 5, 7, undefined],
  );
});

test('the weights of a layer that is called twice count once', () => {
  const { parameters, layers } = outline(branching([['a', 'a'], ['conv', 'b'], ['conv#2', 'c']])); // biome-ignore format: pairs
  assert.deepEqual([parameters, layers.length], [72, 3]);
});

interface GoldenField {
  size: number | 'whole image';
  jump?: number;
}

const fields = [
  ['squeezenet', 'squeezenet-imagenet/tfjs-layers/model.json'],
  ['squeezenet', 'squeezenet-imagenet/squeezenet_v1.0.onnx'],
  ['mobilenet', 'mobilenet-v1-025-imagenet/tfjs-layers/model.json'],
] as const;

for (const [name, file] of fields) {
  test(`receptive fields of ${file}`, async (t) => {
    const [golden, path] = [sharedPath(`golden/rf/${name}.json`), sharedPath(`models/${file}`)];
    if (golden === undefined || path === undefined) return t.skip(sharedMissing);
    const { layers } = JSON.parse(readFileSync(golden, 'utf8')) as { layers: Record<string, GoldenField> };
    const model = await openModel(await fileSource(path));
    const known = new Map(outline(model).layers.flatMap((l) => [l.name, ...l.aliases].map((n) => [n, l.receptiveField] as const)));
    let compared = 0;
    for (const [layer, { size, jump }] of Object.entries(layers)) {
      const key = [layer, layer.replace(/_pre$/, ''), layer.replace(/_pre$/, '/Conv2D')].find((k) => known.has(k));
      if (key === undefined) continue;
      const expected = size === 'whole image' ? undefined : { size: [size, size], stride: [jump, jump] };
      assert.deepEqual(known.get(key), expected, layer);
      compared++;
    }
    t.diagnostic(`${compared} layers compared`);
    assert.ok(compared >= 20, `${compared} of ${Object.keys(layers).length} layers found by name`);
  });
}

test('ResNet50: the receptive field grows to 483 pixels in steps of 32', () => {
  const known = new Map(outline(resNet50('zero')).layers.map((l) => [l.name, l.receptiveField]));
  assert.deepEqual(known.get('conv1'), { size: [7, 7], stride: [2, 2] });
  assert.deepEqual(known.get('act2a'), { size: [19, 19], stride: [4, 4] });
  assert.deepEqual(known.get('act5c'), { size: [483, 483], stride: [32, 32] });
});

test('a graph of 40,000 nodes, every third of which reads all the way back, takes no longer than its length', () => {
  const b = newBuilder();
  let x = b.input('x', { dtype: 'float32', shape: ['N', 1, 2, 2] });
  const first = b.op('Relu', [x], {}, 'first');
  const layers: Layer[] = [];
  for (let i = 0; i < 40_000; i++) {
    x = i % 3 === 0 ? b.op('Add', [i === 0 ? first : x, first], {}, `n${i}`) : b.op('Relu', [x], {}, `n${i}`);
    if (i % 2 === 0) layers.push({ name: x, aliases: [], kind: 'Layer', value: x, shape: b.shape(x), parameters: 0, place: {} });
  }
  const model = { ...branching([['a', 'a']]), graph: b.build([x]), layers };
  const start = performance.now();
  assert.equal(outline(model).layers.length, 20_000);
  const ms = performance.now() - start;
  // 0.3 s where nothing else runs; with the square of its length it would be minutes.
  assert.ok(ms < 15_000, `${ms} ms`);
});

test('the engine answers with the model, its layers and where they stand in the file', async (t) => {
  const { engine } = newEngine();
  const model = await writeClassifier(await newFolder(t));
  const { model: info, layers, parameters } = await engine.outline({ model }, { signal: new AbortController().signal, progress: () => {} });
  assert.deepEqual([info.path, info.classes, parameters], [model, 5, 137]);
  assert.deepEqual(
    layers.map(({ name, inputs, place }) => [name, inputs.join(), place.node]),
    [
      ['n_conv', 'input', 'graph.node[0] n_conv'],
      ['n_relu', 'n_conv', 'graph.node[1] n_relu'],
      ['n_pool', 'n_relu', 'graph.node[2] n_pool'],
      ['n_flat', 'n_pool', 'graph.node[3] n_flat'],
      ['n_logits', 'n_flat', 'graph.node[4] n_logits'],
    ],
  );
});

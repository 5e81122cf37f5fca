/** A model as text, line by line. The composition is pure: what stands in the outline, in columns, nested. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { composeError, composeModel, staleNote } from '../../src/host/modelDocument/compose.ts';
import { preprocessingText } from '../../src/host/modelDocument/head.ts';
import { jsonPlaces } from '../../src/host/modelDocument/jsonPlace.ts';
import type { ModelInfo, ModelOutline, OutlineLayer } from '../../src/shared/protocol.ts';
import { newEngine } from '../support/engineCalls.ts';
import { matchesGolden } from '../support/goldenText.ts';
import { sample } from '../support/paths.ts';

const outlineOf = async (model: string) => {
  const { engine } = newEngine();
  return await engine.outline({ model }, { signal: new AbortController().signal, progress: () => {} });
};

function layer(name: string, inputs: readonly string[], more: Partial<OutlineLayer> = {}): OutlineLayer {
  const field = { size: [3, 3], stride: [1, 1] } as const;
  const what = { kind: 'Conv2D', shape: [8, 16, 16], parameters: 216, spatial: true, units: true, multiplyAdds: 55_296 };
  return { name, aliases: [], ...what, inputs, receptiveField: field, place: { node: name }, ...more };
}

function outline(layers: readonly OutlineLayer[], more: Partial<ModelInfo> = {}): ModelOutline {
  const input = { name: 'x', layout: 'NHWC', channels: 3, height: 16, width: 16 } as const;
  const known = {
    labels: undefined,
    labelsFrom: 'unknown',
    labelSet: undefined,
    preprocessing: undefined,
    preprocessingFrom: 'unknown',
    preprocessingGuessed: false,
  };
  const output = { classes: 10, activation: 'none', outputs: [], output: 'logits', answered: [], dense: undefined } as const;
  const model = {
    path: '/models/nested/saved_model.pb',
    name: 'nested',
    format: 'SavedModel',
    hash: '',
    engine: '',
    input,
    defaultLayer: '',
  };
  const info: ModelInfo = { ...model, ...known, ...output, layers, warnings: [], refusals: {}, ...more };
  const sum = (of: (each: OutlineLayer) => number) => layers.reduce((total, each) => total + of(each), 0);
  return { model: info, layers, parameters: sum((l) => l.parameters), multiplyAdds: sum((l) => l.multiplyAdds) };
}

const wrapped = (name: string) => `StatefulPartitionedCall/net/${name}`;
const nested = outline(
  [
    layer(wrapped('stem/conv/Conv2D'), ['input'], { parameters: 1_234_567, multiplyAdds: 15_470_264_320 }),
    layer(wrapped('stem/conv/Relu'), [wrapped('stem/conv/Conv2D')], { kind: 'Relu', parameters: 0, multiplyAdds: 0 }),
    layer(wrapped('block1/a/Conv2D'), [wrapped('stem/conv/Relu')]),
    layer(wrapped('block1/b/dw/Conv2D'), [wrapped('stem/conv/Relu')], { receptiveField: { size: [7, 1], stride: [2, 1] } }),
    layer(wrapped('block1/concat'), [wrapped('block1/b/dw/Conv2D'), wrapped('block1/a/Conv2D'), ...'pqrs'.split('')], {
      kind: 'ConcatV2',
      parameters: 0,
      multiplyAdds: 0,
      receptiveField: undefined,
    }),
    layer(wrapped('a-name-that-is-so-long-that-it-would-push-every-column-of-every-line-aside'), [wrapped('block1/concat')]),
    layer(wrapped('bad\nname\u2028here'), ['input'], {
      kind: 'MatMul',
      shape: [10],
      receptiveField: undefined,
      spatial: false,
      multiplyAdds: 480,
    }),
  ],
  {
    labels: Array.from({ length: 10 }, (_, i) => `class ${i}`),
    labelsFrom: 'labels.txt',
    outputs: ['logits', 'features'],
    warnings: [{ code: 'labels', message: 'labels.txt has 11 names, the model 10 classes.' }],
  },
);

test('the sample as text', async () => {
  const { text } = composeModel(await outlineOf(join(sample, 'models', 'shapes.onnx')), 176_000);
  matchesGolden('modelText/sample.txt', text);
});

test('a nested model as text: groups with their sums, names without what they share, what is not read from the line before', () => {
  const { text } = composeModel(nested, 5_400_000);
  matchesGolden('modelText/nested.txt', text);
});

test('every line is the layer it is said to be, whatever the names hold', () => {
  const { text, rows, nameLine, headEnd } = composeModel(nested, undefined, ['! note', '']);
  const lines = text.split(/[\n\u2028]/);
  assert.equal(lines.length, rows.length + 1, 'a line each and a newline at the end');
  assert.deepEqual([nameLine, lines[nameLine], lines[headEnd + 1]], [2, 'nested', '']);
  const layers = rows.flatMap((row, line) => (row?.node.type === 'layer' ? [[row.node.label, lines[line] ?? ''] as const] : []));
  assert.equal(layers.length, nested.layers.length);
  for (const [label, line] of layers) assert.ok(line.trimStart().startsWith(label.replaceAll(/[\n\u2028]/g, '␣')), line);
});

test('1000 layers are composed in no time', () => {
  const layers = Array.from({ length: 1000 }, (_, i) => layer(`block${Math.floor(i / 10)}/conv${i}`, [i === 0 ? 'input' : `conv${i - 1}`]));
  const start = performance.now();
  const { rows } = composeModel(outline(layers), undefined);
  const ms = performance.now() - start;
  assert.ok(rows.length > 1100 && ms < 250, `${ms} ms`);
});

test('what cannot be read says why and what to do', () => {
  const error = { code: 'format-unknown', message: 'notes.h5 is no model.', hint: 'Choose another file.' } as const;
  assert.equal(composeError('/w/notes.h5', error), 'notes.h5\n\n  notes.h5 is no model.\n  Choose another file.\n');
  const [first, second] = staleNote(error, new Date());
  assert.match(`${first}\n${second}`, /^! This is the model as it was before .* cannot be read now\.\n! notes\.h5 is no model\.$/);
});

test('preprocessings in words', () => {
  const color = { resize: 'stretch', channels: 'RGB', mean: [0, 0, 0], std: [1, 1, 1] } as const;
  const imagenet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
  assert.deepEqual(
    [
      preprocessingText({ ...color, scale: 1 }),
      preprocessingText({ ...color, scale: 1 / 255 }),
      preprocessingText({ ...color, scale: 1 / 127.5, mean: [1, 1, 1] }),
      preprocessingText({ ...color, scale: 1 / 255, ...imagenet, crop: 0.875, resize: 'cover' }),
      preprocessingText({ ...color, channels: 'gray', scale: -1 / 255, mean: [-1], std: [0.5] }),
    ],
    [
      'RGB, stretch, x',
      'RGB, stretch, x/255',
      'RGB, stretch, x/127.5 − 1',
      'RGB, cover, centre 0.875, (x/255 − [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]',
      'gray, stretch, (-x/255 + 1) / 0.5',
    ],
  );
});

test('the place of a layer in JSON, by its pointer, minified or not', () => {
  const model = { 'a/b': { layers: [{ name: 'one' }, { name: 'two', '~': [1, 2] }] } };
  for (const text of [JSON.stringify(model), JSON.stringify(model, null, 2)]) {
    const at = (pointer: string) => {
      const place = jsonPlaces(text)(pointer);
      return place && JSON.parse(text.slice(place.offset, place.offset + place.length));
    };
    assert.deepEqual(at('/a~1b/layers/1'), { name: 'two', '~': [1, 2] });
    assert.equal(at('/a~1b/layers/1/~0/1'), 2);
    assert.equal(at('/a~1b/layers/2'), undefined);
    assert.equal(at('/nothing/0/1'), undefined);
  }
});

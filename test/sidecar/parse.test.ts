import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ModelError } from '../../src/shared/errors.ts';
import { preprocessingCandidates } from '../../src/sidecar/candidates.ts';
import { parseSidecar } from '../../src/sidecar/parse.ts';
import { repository } from '../support/paths.ts';
import { isValid } from './schemaCheck.ts';

const schema = JSON.parse(readFileSync(join(repository, 'media', 'glassbox.schema.json'), 'utf8'));
const parse = (document: unknown) => parseSidecar(JSON.stringify(document), 'a/glassbox.json');

const good: [string, unknown][] = [
  ['nothing', {}],
  ['an output chosen', { output: 'age' }],
  ['labels in place', { labels: ['cat', 'dog'] }],
  ['labels in a file', { labels: 'labels.txt' }],
  ['scale only', { input: { scale: 1 } }],
  [
    'everything',
    {
      $schema: './glassbox.schema.json',
      labels: ['ä', ' b'],
      output: 'probabilities',
      input: {
        size: [227, 200],
        resize: 'contain',
        interpolation: 'bicubic',
        antialias: false,
        channels: 'BGR',
        scale: -0.5,
        mean: [-1, 2.5, 3],
        std: [1, 2, 0.1],
      },
    },
  ],
  ['gray', { input: { channels: 'gray', scale: 1, mean: [0.1], std: [2] } }],
  ['one number for all', { input: { scale: 1, mean: [127.5], std: [127.5] } }],
  ['colours and alpha', { input: { channels: 'RGBA', scale: 1, mean: [1, 2, 3, 4], std: [1] } }],
  ['a size alone', { input: { size: [224, 192] } }],
  ["each image's own size, cropped", { input: { scale: 1, size: 'image', crop: 0.875 } }],
  ['a known set of names', { labels: 'imagenet-1k' }],
  [
    'values of other inputs',
    { inputs: { age: 0.5, 'a/b': [1, 2, 3], mask: { shape: [1, 2], value: 1 }, m2: { shape: [1, 2], value: [1, 0] } } },
  ],
];

/** Document, and the JSON pointer its warning must name. */
const bad: [unknown, string][] = [
  [{ labels: 3 }, '/labels'],
  [{ labels: [] }, '/labels'],
  [{ labels: ['cat', 7] }, '/labels'],
  [{ labels: ['cat', ''] }, '/labels'],
  [{ labels: '  ' }, '/labels'],
  [{ output: 0 }, '/output'],
  [{ output: '' }, '/output'],
  [{ label: ['cat'] }, '/label'],
  [{ 'a/b~c': 1 }, '/a~1b~0c'],
  [{ input: null }, '/input'],
  [{ input: [1] }, '/input'],
  [{ input: {} }, '/input'],
  [{ input: { scale: 0 } }, '/input/scale'],
  [{ input: { scale: '1/255' } }, '/input/scale'],
  [{ input: { scale: null } }, '/input/scale'],
  [{ input: { scale: 1, size: [224] } }, '/input/size'],
  [{ input: { scale: 1, size: [224, 224.5] } }, '/input/size'],
  [{ input: { scale: 1, size: [0, 224] } }, '/input/size'],
  [{ input: { scale: 1, size: [224, 99999] } }, '/input/size'],
  [{ input: { scale: 1, size: 224 } }, '/input/size'],
  [{ input: { scale: 1, resize: 'crop' } }, '/input/resize'],
  [{ input: { scale: 1, interpolation: 'lanczos' } }, '/input/interpolation'],
  [{ input: { scale: 1, antialias: 1 } }, '/input/antialias'],
  [{ input: { scale: 1, channels: 'rgb' } }, '/input/channels'],
  [{ input: { scale: 1, mean: 0.5 } }, '/input/mean'],
  [{ input: { scale: 1, mean: [1, 2] } }, '/input/mean'],
  [{ input: { scale: 1, mean: [1, 2, '3'] } }, '/input/mean'],
  [{ input: { scale: 1, std: [1, 0, 1] } }, '/input/std'],
  [{ input: { scale: 1, std: [-1] } }, '/input/std'],
  [{ input: { scale: 1, channels: 'gray', mean: [0, 0, 0] } }, '/input'],
  [{ input: { scale: 1, channels: 'RGBA', mean: [0, 0, 0] } }, '/input'],
  [{ input: { scale: 1, channels: 'BGR', std: [1, 1, 1, 1] } }, '/input'],
  [{ input: { scale: 1, mean: [0, 0, 0, 0] } }, '/input'],
  [{ input: { size: [224, 224], resize: 'cover' } }, '/input'],
  [{ input: { scale: 1, size: 'picture' } }, '/input/size'],
  [{ input: { scale: 1, crop: 0 } }, '/input/crop'],
  [{ input: { scale: 1, crop: 1.1 } }, '/input/crop'],
  [{ inputs: [0] }, '/inputs'],
  [{ inputs: { 'a/b': '0' } }, '/inputs/a~1b'],
  [{ inputs: { age: [] } }, '/inputs/age'],
  [{ inputs: { age: [1, null] } }, '/inputs/age'],
  [{ inputs: { age: { value: 1 } } }, '/inputs/age'],
  [{ inputs: { age: { shape: [0], value: 1 } } }, '/inputs/age'],
  [{ inputs: { age: { shape: [1], value: 1, more: 2 } } }, '/inputs/age'],
  [{ input: { scale: 1, offset: -1 } }, '/input/offset'],
];

for (const [name, document] of good) {
  test(`good for the parser and for the schema: ${name}`, () => {
    assert.deepEqual(parse(document).warnings, []);
    assert.ok(isValid(schema, document));
  });
}

for (const [document, where] of bad) {
  test(`bad for the parser and for the schema: ${JSON.stringify(document)}`, () => {
    const { warnings } = parse(document);
    assert.equal(warnings.length, 1);
    assert.equal(warnings[0]!.where, where);
    assert.ok(warnings[0]!.message.includes(`${where} in 'a/glassbox.json'`), warnings[0]!.message);
    assert.ok(!isValid(schema, document));
  });
}

test('defaults, and one number spread over the channels', () => {
  assert.deepEqual(parse({ input: { scale: 2, mean: [5] } }).sidecar.input, {
    resize: 'stretch',
    channels: 'RGB',
    scale: 2,
    mean: [5, 5, 5],
    std: [1, 1, 1],
  });
  assert.deepEqual(parse({ input: { scale: 1, channels: 'gray' } }).sidecar.input?.mean, [0]);
});

test('a bad value leaves the whole input out, but not the labels; an unknown entry leaves nothing out', () => {
  const half = parse({ labels: ['a'], input: { scale: 1, mean: 'none' } });
  assert.deepEqual(half.sidecar, { labels: ['a'] });
  const more = parse({ input: { scale: 1, comment: 'mine' } });
  assert.equal(more.sidecar.input?.scale, 1);
  assert.equal(more.warnings.length, 1);
});

test('no JSON: the place is named', () => {
  const refuses = (text: string, message: RegExp) =>
    assert.throws(
      () => parseSidecar(text, 'a/glassbox.json'),
      (error: unknown) =>
        error instanceof ModelError && error.code === 'file-corrupt' && error.file === 'a/glassbox.json' && message.test(error.message),
    );
  refuses('{"labels": ["a",]}', /Unexpected token '\]'/);
  refuses('', /JSON/);
  refuses('["a"]', /no JSON object/);
  refuses('null', /no JSON object/);
  assert.deepEqual(parseSidecar('\ufeff{"labels":["a"]}', 'x').sidecar, { labels: ['a'] });
});

test('entries named like object internals are just unknown', () => {
  const { sidecar, warnings } = parseSidecar('{"__proto__": {"labels": ["x"]}, "input": {"scale": 1, "constructor": 1}}', 'x');
  assert.deepEqual(
    warnings.map((warning) => warning.where),
    ['/__proto__', '/input/constructor'],
  );
  assert.equal(sidecar.labels, undefined);
});

test('every common preprocessing is a valid input, and is what the editor offers', () => {
  const candidates = [3, 1, 4].flatMap((channels) => preprocessingCandidates({ channels }));
  for (const { preprocessing } of candidates) {
    const parsed = parse({ input: preprocessing });
    assert.deepEqual([parsed.sidecar.input, parsed.warnings], [preprocessing, []]);
  }
  const offered = schema.properties.input.defaultSnippets.map((snippet: { body: unknown }) => snippet.body);
  assert.deepEqual(
    offered,
    candidates.map(({ preprocessing }) => preprocessing),
  );
  assert.deepEqual(preprocessingCandidates({ channels: 12 }), []);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ModelError } from '../../src/shared/errors.ts';
import { parseLabels, wrongCount } from '../../src/sidecar/labels.ts';
import { trueLabel } from '../../src/sidecar/trueLabel.ts';

const read: [string, string, string, readonly string[] | undefined][] = [
  ['lines', 'labels.txt', 'cat\ndog\n', ['cat', 'dog']],
  ['CRLF, byte order mark, spaces, trailing blank lines', 'labels.txt', '\ufeffcat \r\n dog\r\n\r\n \r\n', ['cat', 'dog']],
  ['numbers in front, from 0', 'labels.txt', '0 cat\n1 dog', ['cat', 'dog']],
  ['numbers in front, from 1, colons', 'labels.txt', '1: cat\n2: great dane', ['cat', 'great dane']],
  ['numbers that do not count stay', 'labels.txt', '0 cat\n2 dog', ['0 cat', '2 dog']],
  ['a line without number keeps all', 'labels.txt', '0 cat\ndog', ['0 cat', 'dog']],
  ['digits are names', 'labels.txt', '0\n1\n2', ['0', '1', '2']],
  ['WordNet ids stay', 'labels.txt', 'n01440764 tench\nn01443537 goldfish', ['n01440764 tench', 'n01443537 goldfish']],
  ['a list', 'labels.json', '["cat", "dog"]', ['cat', 'dog']],
  ['names by index', 'labels.json', '{"1": "dog", "0": "cat"}', ['cat', 'dog']],
  ['indices by name', 'labels.json', '{"dog": 1, "cat": 0}', ['cat', 'dog']],
  ['Keras class index', 'labels.json', '{"0": ["n01440764", "tench"], "1": ["n01443537", "goldfish"]}', ['tench', 'goldfish']],
  ['more than ten by index', 'labels.json', JSON.stringify(Object.fromEntries([...'abcdefghijkl'].entries())), [...'abcdefghijkl']],
  ['Teachable Machine', 'metadata.json', '{"tfjsVersion": "1.3.1", "labels": ["Gato", "Perro"]}', ['Gato', 'Perro']],
  ['other metadata', 'metadata.json', '{"author": "me"}', undefined],
  ['control characters', 'labels.txt', 'c\u001b[31mat\ndog', ['c [31mat', 'dog']],
];
for (const [name, file, text, expected] of read) {
  test(`label file: ${name}`, () => assert.deepEqual(parseLabels(text, file), expected));
}

const refused: [string, string, string, RegExp][] = [
  ['a blank line between', 'labels.txt', 'cat\n\ndog', /line 2/],
  ['empty', 'labels.txt', '\n \n', /empty/],
  ['a gap', 'labels.json', '{"0": "cat", "2": "dog"}', /neither/],
  ['one index twice', 'labels.json', '{"cat": 0, "dog": 0}', /neither/],
  ['numbers for names', 'labels.json', '[1, 2]', /neither/],
  ['no JSON', 'labels.json', '[', /no valid JSON/],
  ['bad labels in metadata', 'metadata.json', '{"labels": 4}', /neither/],
];
for (const [name, file, text, message] of refused) {
  test(`label file refused: ${name}`, () => {
    assert.throws(
      () => parseLabels(text, file),
      (error: unknown) => error instanceof ModelError && error.code === 'labels' && error.file === file && message.test(error.message),
    );
  });
}

test('wrong counts name both, and the background class where it is likely', () => {
  const many = wrongCount("'labels.txt'", 1001, 1000);
  assert.match(many.message, /labels\.txt.*1001.*1000/);
  assert.match(many.hint ?? '', /remove/);
  assert.match(wrongCount('x', 1000, 1001).hint ?? '', /add a first name/);
  assert.doesNotMatch(wrongCount('x', 10, 1000).hint ?? '', /background/);
  assert.match(wrongCount('x', 2, 1).hint ?? '', /single output/);
});

const truths: [string, string[], number | undefined][] = [
  ['tiger_cat', ['tabby', 'tiger cat'], 1],
  ['Tiger-Cat', ['tabby', 'tiger_cat'], 1],
  ['n01440764', ['n01440764 tench', 'n01443537 goldfish'], 0],
  ['n01440764-tench', ['goldfish', 'tench'], 1],
  ['tench', ['n01443537 goldfish', 'n01440764 tench, Tinca tinca'], 1],
  ['n01443537_goldfish', ['n01440764 tench', 'n01443537 goldfish'], 1],
  ['crane', ['crane', 'CRANE'], undefined],
  ['cat', ['tiger cat', 'dog'], undefined],
  ['3', ['1', '2', '3'], 2],
  ['images', ['cat'], undefined],
];
for (const [folder, labels, expected] of truths) {
  test(`a picture in ${folder}/ of ${labels.join(' | ')} is ${expected}`, () => {
    assert.equal(trueLabel(`/data/${folder}/a.jpg`, labels), expected);
  });
}

test('NFD folder names of macOS', () => {
  assert.equal(trueLabel('/data/Ko\u0308ter/a.jpg', ['K\u00f6ter']), 0);
});

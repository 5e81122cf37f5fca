import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { probeNames } from '../../../src/host/training/desk/probeNames.ts';

const at = (...parts: string[]) => join('/', 'data', ...parts);

test('pictures of the same file name are told apart by their folders', () => {
  const images = [at('train', 'cat', '1.png'), at('train', 'dog', '1.png'), at('train', 'dog', '2.png'), at('test', 'dog', '1.png')];
  assert.deepEqual(probeNames(images), ['1.png in cat', '1.png in train/dog', '2.png', '1.png in test/dog']);
});

test('a folder that is the end of another one is told whole', () => {
  assert.deepEqual(probeNames(['/1.png', join('/', 'b', '1.png'), join('/', 'a', 'b', '1.png')]), [
    '1.png in /',
    '1.png in /b',
    '1.png in a/b',
  ]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteCache } from '../../src/engine/byteCache.ts';

function cache(limit: number): { cache: ByteCache<string>; gone: string[] } {
  const gone: string[] = [];
  return { cache: new ByteCache<string>(limit, (value) => gone.push(value)), gone };
}

test('the least recently used goes first, as many as needed, and is disposed of', () => {
  const { cache: c, gone } = cache(10);
  c.set('a', 'A', 4);
  c.set('b', 'B', 4);
  assert.equal(c.get('a'), 'A');
  c.set('c', 'C', 4);
  assert.deepEqual(gone, ['B']);
  assert.equal(c.get('b'), undefined);
  assert.equal(c.bytes, 8);
  c.set('d', 'D', 10);
  assert.deepEqual(gone, ['B', 'A', 'C']);
  assert.equal(c.bytes, 10);
});

test('the newest is kept even when it is larger than the bound', () => {
  const { cache: c, gone } = cache(10);
  c.set('small', 'S', 1);
  c.set('large', 'L', 100);
  assert.equal(c.get('large'), 'L');
  assert.deepEqual(gone, ['S']);
});

test('a replaced value is disposed of, the same value set anew is not', () => {
  const { cache: c, gone } = cache(10);
  c.set('a', 'A', 4);
  c.set('a', 'A', 6);
  assert.deepEqual(gone, []);
  assert.equal(c.bytes, 6);
  c.set('a', 'other', 2);
  assert.deepEqual(gone, ['A']);
  assert.equal(c.bytes, 2);
});

test('delete, clear and a smaller bound dispose', () => {
  const { cache: c, gone } = cache(10);
  for (const name of ['a', 'b', 'c']) c.set(name, name.toUpperCase(), 3);
  c.delete('b');
  c.delete('b');
  c.resize(3);
  assert.deepEqual(gone, ['B', 'A']);
  c.clear();
  assert.deepEqual(gone, ['B', 'A', 'C']);
  assert.equal(c.bytes, 0);
});

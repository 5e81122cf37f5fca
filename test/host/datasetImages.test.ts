/** The images of a data set: their order, the cap, the folders to choose from, and what a page may name. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foldersOf, takeImages } from '../../src/host/datasets/imageSet.ts';
import { KnownImages } from '../../src/host/datasets/knownImages.ts';

test('images stand in order, numbers in names by value', () => {
  const { images, capped } = takeImages(['/d/b/1.png', '/d/a/10.png', '/d/a/9.png']);
  assert.deepEqual(images, ['/d/a/9.png', '/d/a/10.png', '/d/b/1.png']);
  assert.equal(capped, false);
});

test('of too many images the same are taken whatever order they are found in, from all folders alike', () => {
  const paths = Array.from({ length: 2000 }, (_, i) => `/d/class${i % 10}/${i}.jpg`);
  const taken = takeImages(paths, 500);
  assert.deepEqual(takeImages(paths.toReversed(), 500), taken);
  assert.deepEqual([taken.images.length, new Set(taken.images).size, taken.capped], [500, 500, true]);
  const perClass = Array.from({ length: 10 }, (_, c) => taken.images.filter((path) => path.startsWith(`/d/class${c}/`)).length);
  // Binomial: 50 ± 6.
  assert.ok(Math.min(...perClass) > 25 && Math.max(...perClass) < 75, perClass.join());
  assert.equal(takeImages(paths.slice(0, 500), 500).capped, false);
});

test('a new image replaces one of those taken at most', () => {
  const paths = Array.from({ length: 300 }, (_, i) => `/d/${i}.jpg`);
  const before = takeImages(paths, 100).images;
  let replaced = 0;
  for (let i = 0; i < 50; i++) {
    const after = new Set(takeImages([...paths, `/d/new${i}.jpg`], 100).images);
    const gone = before.filter((path) => !after.has(path)).length;
    assert.ok(gone <= 1, `${gone} are gone`);
    replaced += gone;
  }
  assert.ok(replaced > 0, 'some of the new ones are taken');
});

test('folders are offered with all images at any depth, the root first', () => {
  const images = ['/w/images/cat/1.png', '/w/images/cat/2.png', '/w/images/dog/1.png', '/w/top.png', '/elsewhere/x.png', '/w2/y.png'];
  assert.deepEqual(foldersOf(images, '/w'), [
    { folder: '/w', images: 4 },
    { folder: '/w/images', images: 3 },
    { folder: '/w/images/cat', images: 2 },
    { folder: '/w/images/dog', images: 1 },
  ]);
  assert.deepEqual(foldersOf([], '/w'), []);
  assert.deepEqual(foldersOf(['/a/b/c.png'], '/'), [
    { folder: '/a', images: 1 },
    { folder: '/a/b', images: 1 },
  ]);
});

test('a page may name images that are known to it, and no others', () => {
  const known = new KnownImages();
  known.add(['/d/a.png', '/d/b.png']);
  assert.equal(known.expect('/d/a.png'), '/d/a.png');
  for (const other of ['/etc/passwd', '/d/../d/a.png', undefined, 3]) assert.throws(() => known.expect(other), { code: 'input' });
  known.add(new Set(['/old/c.png']));
  assert.equal(known.expect('/old/c.png'), '/old/c.png');
  known.forgetAll();
  assert.throws(() => known.expect('/d/a.png'), { code: 'input' });
});

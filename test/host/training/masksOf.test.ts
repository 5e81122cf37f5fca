// Masks are found where data sets keep them.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { masksOf, withoutMasks } from '../../../src/host/training/desk/masksOf.ts';

/** A folder with these files; answers the mask of an image, both relative to it. */
async function folderOf(t: TestContext, files: readonly string[]) {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'glassbox-masks-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  for (const file of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), '');
  }
  return async (image: string, folders: Readonly<Record<string, string>>) => {
    const found = await masksOf([join(folder, image)], folders);
    return Object.entries(found).map(([of, mask]) => [of.slice(folder.length + 1), mask.slice(folder.length + 1)]);
  };
}

const layouts: Readonly<Record<string, [image: string, mask: string, folders: Record<string, string>]>> = {
  'beside images': ['data/images/cat/a.jpg', 'data/masks/cat/a.png', { images: 'masks' }],
  'the last folder of that name': ['images/x/images/a.png', 'images/x/masks/a.png', { images: 'masks' }],
  'Pascal VOC': [
    'VOC2012/JPEGImages/2007_1.jpg',
    'VOC2012/SegmentationClass/2007_1.png',
    { images: 'masks', JPEGImages: 'SegmentationClass' },
  ],
  'Oxford-IIIT Pet, a path of two parts': [
    'images/Abyssinian_1.jpg',
    'annotations/trimaps/Abyssinian_1.png',
    { images: 'annotations/trimaps' },
  ],
  'a path of two parts to pictures': ['a/train/images/b/c.png', 'a/truth/b/c.png', { 'train/images': 'truth' }],
  Carvana: ['train/0a_01.jpg', 'train_masks/0a_01_mask.png', { train: 'train_masks' }],
  ISIC: ['in/ISIC_1.jpg', 'truth/ISIC_1_segmentation.png', { in: 'truth' }],
};

for (const [name, [image, mask, folders]] of Object.entries(layouts)) {
  test(name, async (t) => {
    const maskOf = await folderOf(t, [image, mask]);
    assert.deepEqual(await maskOf(image, folders), [[image, mask]]);
  });
}

test('no mask: another folder, another name, a folder instead of a file, nothing said', async (t) => {
  const maskOf = await folderOf(t, ['images/a.png', 'masks/b.png', 'masks/c.png/d.png', 'images/c.png', 'other/b.png']);
  assert.deepEqual(await maskOf('images/a.png', { images: 'masks' }), []);
  assert.deepEqual(await maskOf('images/c.png', { images: 'masks' }), []);
  assert.deepEqual(await maskOf('other/b.png', { images: 'masks' }), []);
  assert.deepEqual(await maskOf('images/b.png', { '': 'masks', images: '' }), []);
});

test('masks in the data set are no pictures of it', () => {
  const at = (...parts: string[]) => join('/', 'data', ...parts);
  const pictures = [at('images', 'cat', 'a.png'), at('images', 'dog', 'b.png'), at('more', 'dog', 'c.png')];
  const masks = [at('masks', 'cat', 'a.png'), at('masks', 'more', 'dog', 'c.png')];
  assert.deepEqual(withoutMasks([...pictures, ...masks], { images: 'masks' }), pictures);
  // Of nothing that is there, in another data set, or in the same folder.
  const others = [at('masks', 'carnival', 'd.png'), join('/', 'other', 'images', 'e.png')];
  assert.deepEqual(withoutMasks(others, { images: 'masks' }), others);
  assert.deepEqual(withoutMasks(pictures, { images: 'images', more: 'more/masks' }), pictures);
});

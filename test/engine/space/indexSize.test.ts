/** What an index takes on disk, of photographs. */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { makePhotographs } from '../../bench/photographs.ts';
import { newFolder, writeClassifier } from '../../support/engineCalls.ts';
import { indexer } from '../../support/indexing.ts';
import { sharedMissing, sharedPath } from '../../support/shared.ts';

test('at most 6 KB an image, besides the vector', { timeout: 120_000 }, async (t) => {
  const photographs = sharedPath('images');
  if (photographs === undefined) return t.skip(sharedMissing);
  const [folder, store] = [await newFolder(t), await newFolder(t)];
  const model = await writeClassifier(folder, { input: ['N', 3, 48, 64] });
  await mkdir(join(folder, 'photographs'));
  const images = await makePhotographs(photographs, join(folder, 'photographs'), 240);
  const { index, indexed } = indexer(model, store);
  // Empty tables have their pages, too, and a set of a few images is no matter.
  await index(images.slice(0, 80));
  const before = (await indexed(images)).bytes;
  await index(images);
  const after = (await indexed(images)).bytes;
  const each = (after - before) / 160 / 1024;
  t.diagnostic(`${each.toFixed(2)} KB an image, of these 24 × 32 pixels and a vector of 4 numbers`);
  // An image of 32 × 32 pixels has a quarter more of them.
  assert.ok(each + ((32 - 24) * 32 * 3) / 1024 <= 6, `${each}`);
});

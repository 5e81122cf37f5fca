import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp, { type Sharp } from 'sharp';
import { isBrowserDrawable, isDrawable, isImagePath } from '../../src/host/images.ts';

test('image files by extension, upper case too', () => {
  assert.deepEqual(['a.png', 'B.JPG', 'c.jpeg', 'd.tif', 'e.TIFF', 'f.webp', 'g.bmp', 'h.gif'].map(isImagePath), Array(8).fill(true));
  assert.deepEqual(['a.txt', 'png', 'a.png.json', 'model.onnx'].map(isImagePath), Array(4).fill(false));
});

test('a browser draws still pictures in its formats as the network sees them; not TIFF, not what moves', async () => {
  // Two frames of 4×4, or one picture of 4×8.
  const raw = { width: 4, height: 8, channels: 1 } as const;
  const pixels = Buffer.from(Array.from({ length: 32 }, (_, i) => (i < 16 ? 0 : 255)));
  const still = sharp(pixels, { raw });
  const moving = sharp(pixels, { raw: { ...raw, pageHeight: 4 } });
  const drawable = async (picture: Sharp) => isDrawable(await picture.toBuffer());
  assert.equal(await drawable(still.clone().png()), true);
  assert.equal(await drawable(still.clone().jpeg()), true);
  assert.equal(await drawable(still.clone().webp()), true);
  assert.equal(await drawable(still.clone().tiff()), false);
  assert.equal(await drawable(moving.clone().webp({ loop: 0, delay: [100, 100] })), false);
  assert.equal(await drawable(moving.clone().gif({ loop: 0, delay: [100, 100] })), false);
});

test('a PNG is animated when acTL stands before its first data', () => {
  const png = (...chunks: string[]) => Buffer.from(`\x89PNG\r\n\x1a\n${chunks.join('')}`, 'latin1');
  assert.equal(isDrawable(png('IHDR', 'acTL', 'IDAT')), false);
  assert.equal(isDrawable(png('IHDR', 'IDAT', 'acTL')), true);
  assert.equal(isDrawable(png('IHDR', 'tEXt')), true);
});

test('what cannot be read is left to the engine to report', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'glassbox-'));
  assert.equal(await isBrowserDrawable(join(folder, 'missing.png')), true);
  await writeFile(join(folder, 'empty.png'), '');
  assert.equal(await isBrowserDrawable(join(folder, 'empty.png')), true);
  await rm(folder, { recursive: true });
});

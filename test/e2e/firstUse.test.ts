// What somebody meets who uses it for the first time: the sample, a model that does not say how its input is prepared,
// and pictures of every format.
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import * as editors from '../support/editor.ts';
import * as journey from './journey.ts';

const { byId, inState, panel, textOf, square, moon, star } = journey;
const timeout = 240_000;

test('Open Sample Workspace: a copy opens with its README, and its button shows the bug', { timeout }, async (t) => {
  await editors.withEditor('sample', { folder: journey.workspace(t, star) }, async (editor) => {
    const opened = editor.page.context().waitForEvent('page', { timeout: 60_000 });
    await editors.runCommand(editor, 'Glassbox: Open Sample Workspace');
    const page = await opened;
    const folder = new URL(page.url()).searchParams.get('folder');
    assert.match(String(folder), /globalStorage.*sample/);
    const second = { ...editor, page, folder: String(folder) };
    await editors.workbenchReady(second);
    await editors.explorerRow(second, 'stamped').waitFor();
    const readme = await editors.webview(second, 'Preview README.md');
    await readme.getByText('stamped/heart/heart-01-stamped.png').waitFor();
    await editors.runCommand(second, 'Glassbox: Explain a Stamped Picture of the Sample');
    const shown = await editors.webview(second, /^Explain: /);
    await inState(shown, 'ready');
    assert.equal(await textOf(shown, 'model-name'), 'shapes-stamp-bug');
    assert.match(await textOf(shown, 'verdict'), /wrong/);
    await journey.assertMapDrawn(shown);
  });
});

test('preprocessing nobody tells is asked for once, and the answer is kept in a sidecar', { timeout }, async (t) => {
  const folder = journey.workspace(t, square, star, journey.healthy);
  const sidecar = join(folder, journey.healthy, 'glassbox.json');
  rmSync(sidecar);
  writeFileSync(join(folder, journey.healthy, 'labels.txt'), 'cross\nheart\nmoon\nsquare\nstar\ntriangle\n');
  await editors.withEditor('question', { folder }, async (editor) => {
    const page = await journey.explain(editor, square);
    await byId(page, 'preprocessing').waitFor();
    // 0…1 is what the sample was trained with.
    const right = byId(page, 'trial-unit');
    assert.match((await right.textContent()) ?? '', /square/);
    await right.click();
    await byId(page, 'preprocessing').waitFor({ state: 'hidden' });
    await inState(page, 'ready');
    assert.match(await textOf(page, 'verdict'), /right/);
    const { input } = JSON.parse(readFileSync(sidecar, 'utf8'));
    assert.deepEqual([input.channels, input.mean, input.std], ['RGB', [0, 0, 0], [1, 1, 1]]);
    assert(Math.abs(input.scale - 1 / 255) < 1e-9);

    const next = await journey.explain(editor, star);
    await inState(next, 'ready');
    assert.equal(await byId(next, 'preprocessing').count(), 0);
    assert.match(await textOf(next, 'verdict'), /right/);
  });
});

/** An uncompressed 24-bit BMP, rows from the bottom up. */
async function bmp(png: string): Promise<Buffer> {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const row = Math.ceil((info.width * 3) / 4) * 4;
  const file = Buffer.alloc(54 + row * info.height);
  file.write('BM');
  for (const [value, at] of [
    [file.length, 2],
    [54, 10],
    [40, 14],
    [info.width, 18],
    [info.height, 22],
    [row * info.height, 34],
  ] as const)
    file.writeUInt32LE(value, at);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(24, 28);
  for (let i = 0; i < data.length; i++) {
    const [pixel, channel] = [Math.floor(i / 3), i % 3];
    const [y, x] = [Math.floor(pixel / info.width), pixel % info.width];
    file[54 + (info.height - 1 - y) * row + 3 * x + 2 - channel] = data[i] as number;
  }
  return file;
}

test('pictures of every format are drawn in the panel with a map', { timeout }, async (t) => {
  const folder = journey.workspace(t, moon, journey.buggy);
  const original = join(folder, moon);
  const picture = () => sharp(original);
  writeFileSync(join(folder, 'plain.bmp'), await bmp(original));
  await picture().tiff().toFile(join(folder, 'plain.tif'));
  await picture().gif().toFile(join(folder, 'plain.gif'));
  await picture().webp({ lossless: true }).toFile(join(folder, 'plain.webp'));
  await picture().toColourspace('rgb16').png().toFile(join(folder, 'deep.png'));
  await picture().toColourspace('cmyk').jpeg({ quality: 95 }).toFile(join(folder, 'cmyk.jpg'));
  await editors.withEditor('formats', { folder }, async (editor) => {
    for (const name of ['plain.bmp', 'plain.tif', 'plain.gif', 'plain.webp', 'deep.png', 'cmyk.jpg']) {
      const page = await journey.explain(editor, name);
      await inState(page, 'ready');
      const size = await byId(page, 'picture').evaluate((node: unknown) => {
        const { naturalWidth, naturalHeight } = node as { naturalWidth: number; naturalHeight: number };
        return [naturalWidth, naturalHeight];
      });
      assert.deepEqual(size, [96, 96], name);
      assert.match(await textOf(page, 'top1'), /star/, name);
      await journey.assertMapDrawn(page);
    }
    const last = await panel(editor, 'cmyk.jpg');
    assert.equal(await textOf(last, 'image-name'), 'cmyk.jpg');
  });
});

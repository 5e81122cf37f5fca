// What is written is what was shown: the three exports against each other, against the probe, and against the picture.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import type { FrameLocator } from 'playwright-core';
import sharp from 'sharp';
import { readNpy } from '../../src/formats/npy.ts';
import * as editors from '../support/editor.ts';
import * as journey from './journey.ts';

const { byId, inState, textOf, moon } = journey;
type Format = 'png' | 'npy' | 'json';

/** Saves under the name that the dialog proposes and returns the file. */
async function save(editor: editors.Editor, page: FrameLocator, format: Format): Promise<string> {
  const name = `moon-03-stamped.grad-cam.conv5.${format}`;
  await byId(page, 'export').click();
  await byId(page, `export-${format}`).click();
  const input = editor.page.locator('.quick-input-widget input');
  await editors.eventually('the save dialog', async () => ((await input.inputValue()).endsWith(name) ? true : undefined));
  await input.press('Enter');
  await byId(page, 'notice').getByText(name).waitFor();
  return join(editor.folder, 'stamped/moon', name);
}

/** The value the page tells for a cell: four digits, with a true minus sign. */
async function probed(editor: editors.Editor, page: FrameLocator, keys: readonly string[]) {
  await byId(page, 'viewport').focus();
  for (const key of keys) await editor.page.keyboard.press(key);
  const cell = /row (\d+), column (\d+) of (\d+) × (\d+)/.exec(await textOf(page, 'probe-cell'));
  assert(cell, 'the probe names a cell');
  const [row, column, height, width] = cell.slice(1).map(Number) as [number, number, number, number];
  return { row, column, height, width, value: Number((await textOf(page, 'probe-value')).replace('−', '-')) };
}

function checkProvenance(written: Record<string, unknown>, folder: string): void {
  const sha256 = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');
  assert.match(String(written.tool), /^Glassbox \d/);
  // With the input size that the sidecar names.
  assert.match(String(written.modelHash), /^[0-9a-f]{64}#96x96$/);
  assert.equal(written.imageHash, sha256(join(folder, moon)));
  assert.equal(written.model, join(folder, journey.buggy, 'model.json'));
  assert.deepEqual([written.method, written.variant, written.layer], ['grad-cam', 'standard', 'conv5']);
  assert.deepEqual(written.class, { index: 4, label: 'star' });
  assert.match(String(written.engine), /onnxruntime|tensorflow/);
  assert.deepEqual((written.preprocessing as { size: unknown }).size, [96, 96]);
}

const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8'));

test('exports: picture, array and JSON say the same as the panel, and where it comes from', { timeout: 240_000 }, async (t) => {
  const folder = journey.workspace(t, moon, journey.buggy);
  await editors.withEditor('exports', { folder }, async (editor) => {
    const page = await journey.explain(editor, moon);
    await inState(page, 'ready');

    const npy = await save(editor, page, 'npy');
    const { shape, data } = readNpy(readFileSync(npy));
    assert.deepEqual(shape, [12, 12]);
    assert(new Set(data).size > 100);
    checkProvenance(readJson(`${npy}.json`), folder);
    for (const keys of [['ArrowRight'], ['ArrowDown', 'ArrowRight'], ['ArrowDown', 'ArrowDown', 'ArrowRight']]) {
      const { row, column, height, width, value } = await probed(editor, page, keys);
      assert.deepEqual([height, width], shape);
      const raw = data[row * width + column] as number;
      assert(Math.abs(value - raw) <= Math.abs(raw) * 6e-3, `row ${row}, column ${column}: the panel says ${value}, the file ${raw}`);
    }

    const json = readJson(await save(editor, page, 'json'));
    checkProvenance(json, folder);
    assert.deepEqual(Float32Array.from(json.map.values.flat()), data);
    assert.deepEqual([json.map.min, json.map.max], [Math.min(...data), Math.max(...data)]);

    const png = await save(editor, page, 'png');
    checkProvenance(readJson(`${png}.json`), folder);
    await checkPicture(png, join(folder, moon), data);
  });
});

/** The map is on the picture: where the values are highest it is brighter and greener than the picture itself. */
async function checkPicture(file: string, original: string, values: Float32Array): Promise<void> {
  const cells = async (path: string) => sharp(path).removeAlpha().resize(12, 12, { fit: 'fill', kernel: 'linear' }).raw().toBuffer();
  const [drawn, picture] = await Promise.all([cells(file), cells(original)]);
  const hottest = values.indexOf(Math.max(...values));
  const coldest = values.indexOf(Math.min(...values));
  const green = (at: number) => drawn[3 * at + 1]! - picture[3 * at + 1]!;
  assert(green(hottest) > green(coldest) + 30, `${basename(file)}: ${green(hottest)} at the maximum, ${green(coldest)} at the minimum`);
}

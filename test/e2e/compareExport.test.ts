// The comparison as a file, and after the window was loaded anew.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import * as editors from '../support/editor.ts';
import * as journey from './journey.ts';

const { byId, inState, panel, square } = journey;

test('a comparison is saved as a picture with where its maps come from, and survives a reload', { timeout: 240_000 }, async (t) => {
  const folder = journey.workspace(t, square, journey.buggy);
  await editors.withEditor('compare-export', { folder, width: 1500, height: 950 }, async (editor) => {
    const page = await journey.explain(editor, square);
    await inState(page, 'ready');
    await byId(page, 'mode-compare').click();
    await byId(page, 'kind-depth').click();
    const ready = '[data-testid=compare][data-kind=depth][data-state=ready]';
    await page.locator(ready).waitFor({ timeout: 60_000 });
    await editors.screenshot(editor, 'compare-depth');

    const name = 'square-01-stamped.compare-depth.png';
    await byId(page, 'export-grid').click();
    const input = editor.page.locator('.quick-input-widget input');
    await editors.eventually('the save dialog', async () => ((await input.inputValue()).endsWith(name) ? true : undefined));
    await input.press('Enter');
    await byId(page, 'notice').getByText(name).waitFor();
    const file = join(folder, 'stamped/square', name);
    const { width = 0, height = 0 } = await sharp(file).metadata();
    assert.ok(width === 1680 && height > 200, `${width} × ${height}`);
    const { tool, subject, maps } = JSON.parse(readFileSync(`${file}.json`, 'utf8'));
    assert.match(tool, /^Glassbox \d/);
    assert.match(subject.engine, /onnxruntime|tensorflow/);
    const layers = maps.map((map: { layer: string }) => map.layer);
    assert.equal(layers.length, 16, 'every layer with a picture');
    assert.deepEqual([layers[0], layers.at(-1)], ['conv1', 'conv5']);
    assert.ok(maps.every((map: { target: string; max: number }) => map.target === 'logit of star' && Number.isFinite(map.max)));

    await editors.reloadWindow(editor);
    const again = await panel(editor, square);
    await again.locator(ready).waitFor({ timeout: 60_000 });
    assert.equal(await again.locator('[data-testid=cell][data-state=map]').count(), 16);
  });
});

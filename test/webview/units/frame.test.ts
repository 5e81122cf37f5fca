import assert from 'node:assert/strict';
import { test } from 'node:test';
import { useUnitsPage } from './open.ts';
import { tinyScene } from './scenes.ts';

const { withPage } = useUnitsPage();

test('the layer on screen is told to the editor', async () => {
  await withPage(tinyScene(), {}, async (page) => {
    await page.waitForFunction(() => window.unitsHost.calls('layerShown').length === 1);
    const told = await page.evaluate(() => window.unitsHost.calls('layerShown')[0]!.params.layer);
    assert.equal(told, 'conv2d_3');
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { audit, byId, choose, screenshot, settled, useBrowser } from './open.ts';
import { sampleScene } from './scenes.ts';

const { withPage } = useBrowser();

async function asked(page: Page): Promise<Record<string, unknown>[]> {
  return await page.evaluate(() => window.host.calls('showUnits').map(({ params }) => params));
}

test('from the layer of a map to its units', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    await choose(page, 'grad-cam');
    await settled(page);
    assert.equal(await byId(page, 'show-units').getAttribute('aria-label'), 'Units at this layer');
    await byId(page, 'layer').focus();
    await page.keyboard.press('ArrowLeft');
    await settled(page);
    await byId(page, 'show-units').click();
    await page.waitForFunction(() => window.host.calls('showUnits').length === 1);
    assert.deepEqual(await asked(page), [{ generation: 1, view: 'activations', layer: 'max_pooling2d_2' }]);
    await choose(page, 'saliency');
    assert.equal(await byId(page, 'show-units').count(), 0, 'a method on the input has no layer');
  });
});

test('from the class explained to a picture of what excites it', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    await byId(page, 'class-1').click();
    await settled(page);
    await byId(page, 'visualise-class').click();
    await page.waitForFunction(() => window.host.calls('showUnits').length === 1);
    assert.deepEqual(await asked(page), [{ generation: 1, view: 'visualise', class: 1 }]);
    await screenshot(page, 'show-units');
    await audit(page);
    // While a class to subtract is chosen, the line says so.
    await byId(page, 'slot-against').click();
    assert.equal(await byId(page, 'visualise-class').count(), 0);
  });
});

test('from a picture to what the network thinks is like it, whatever the method', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    await choose(page, 'saliency');
    await byId(page, 'find-similar').click();
    await page.waitForFunction(() => window.host.calls('findSimilar').length === 1);
    assert.deepEqual(await page.evaluate(() => window.host.calls('findSimilar').map(({ params }) => params)), [{ generation: 1 }]);
  });
});

test('where the page about units cannot be opened the reason is said', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    await page.evaluate(() => window.host.failures.set('showUnits', { code: 'engine', message: 'The engine does not start.' }));
    await byId(page, 'visualise-class').click();
    await page.waitForFunction(() => document.querySelector('[data-testid=notice]')?.textContent === 'The engine does not start.');
  });
});

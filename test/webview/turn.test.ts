import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import type { PanelSubject } from '../../src/shared/protocol.ts';
import { byId, choose, settled, useBrowser } from './open.ts';
import type { Scene } from './scene.ts';
import { sampleScene } from './scenes.ts';

const { withPage } = useBrowser();

/** The host shows the same picture and model, and has the page turn. */
async function turn(page: Page, to: Pick<PanelSubject, 'layer' | 'method'>): Promise<void> {
  await page.evaluate((patch) => {
    const { method: _, layer: __, ...subject } = window.host.scene.subject;
    window.host.show({ subject: { ...subject, ...patch } });
  }, to);
}

const drawn = (page: Page, method: string, layer: string) =>
  page.waitForSelector(`[data-testid=stage][data-method="${method}"][data-layer="${layer}"][data-map=done]`);

function spatialLayers({ layers }: Scene): [string, string] {
  const names = layers.filter(({ spatial }) => spatial).map(({ name }) => name);
  return [names[0] as string, names[1] as string];
}

test('a subject that comes with a layer: a method at layers stays, one on the input gives way to Grad-CAM', async () => {
  const scene = await sampleScene();
  const [first, second] = spatialLayers(scene);
  await withPage(scene, {}, async (page) => {
    await choose(page, 'layer-cam');
    await turn(page, { layer: first });
    await drawn(page, 'layer-cam', first);
    await choose(page, 'saliency');
    await settled(page);
    await turn(page, { layer: second });
    await drawn(page, 'grad-cam', second);
    assert.equal(await byId(page, 'method-grad-cam').getAttribute('aria-selected'), 'true');
    // With both, the method named counts, if it draws at layers.
    await turn(page, { method: 'hires-cam', layer: first });
    await drawn(page, 'hires-cam', first);
    await turn(page, { method: 'saliency', layer: second });
    await drawn(page, 'grad-cam', second);
  });
});

test('the same picture told anew, because a file changed, leaves the family that the person looks at', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    await byId(page, 'family-relevance').click();
    await turn(page, {});
    await page.waitForSelector('[data-testid=root][data-generation="2"]');
    await settled(page);
    assert.equal(await byId(page, 'family-relevance').getAttribute('aria-selected'), 'true');
    await turn(page, { method: 'saliency' });
    await page.waitForSelector('[data-testid=stage][data-method=saliency]');
    assert.equal(await byId(page, 'family-backpropagation').getAttribute('aria-selected'), 'true');
  });
});

test('a model that refuses Grad-CAM gets another method at the layer', async () => {
  const scene = await sampleScene();
  const [first] = spatialLayers(scene);
  const refusals = { 'grad-cam': { code: 'method', message: 'No gradients.' } } as const;
  await withPage({ ...scene, refusals }, {}, async (page) => {
    await choose(page, 'saliency');
    await turn(page, { layer: first });
    await drawn(page, 'grad-cam++', first);
  });
});

test('a comparison is left for the layer that is asked for', async () => {
  const scene = await sampleScene();
  const [first] = spatialLayers(scene);
  await withPage(scene, {}, async (page) => {
    await byId(page, 'mode-compare').click();
    await page.locator('[data-testid=compare]').waitFor();
    await turn(page, { layer: first });
    await drawn(page, 'grad-cam', first);
    assert.equal(await page.locator('[data-testid=compare]').count(), 0);
  });
});

test('a layer counts once: what the person chooses afterwards stays over a new picture', async () => {
  const scene = await sampleScene();
  const [first, second] = spatialLayers(scene);
  await withPage(scene, {}, async (page) => {
    await turn(page, { layer: second });
    await drawn(page, 'grad-cam', second);
    await byId(page, 'layer').press('Home');
    await drawn(page, 'grad-cam', first);
    const told = await page.evaluate(() =>
      window.host.log.filter(({ method }) => method === 'layerShown').map(({ params }) => params.layer),
    );
    assert.deepEqual(told.slice(-2), [second, first]);
    await turn(page, {});
    await page.waitForSelector('[data-testid=root][data-generation="3"]');
    await drawn(page, 'grad-cam', first);
  });
});

import { test } from 'node:test';
import { audit, byId, screenshot } from '../open.ts';
import { type ThemeKind, themes } from '../themes.ts';
import { patchesScene, turned, withImages } from './collected.ts';
import { useUnitsPage } from './open.ts';
import { squeezeScene } from './scenes.ts';

const { withPage } = useUnitsPage();

for (const theme of Object.keys(themes) as ThemeKind[]) {
  for (const width of [320, 700, 1200]) {
    test(`patches and a unit in ${theme} at ${width} px: readable, nothing overflows, everything has a name`, async () => {
      const scene = patchesScene({ saturated: [9], counts: { conv2d_3: 11 }, gone: 1, unreadable: 1 });
      await withPage(scene, { theme, width, height: 900 }, async (page) => {
        await page.waitForSelector('[data-testid=patch] canvas');
        await byId(page, 'collect-update').click();
        await byId(page, 'skipped').locator('summary').click();
        await byId(page, 'forget').click();
        await byId(page, 'only-saturated').click();
        await screenshot(page, `patches-${theme}-${width}`);
        await audit(page);
        await byId(page, 'forget-keep').click();
        await byId(page, 'only-none').click();
        await byId(page, 'patch').nth(3).click();
        await byId(page, 'whole').waitFor();
        await byId(page, 'shows-projections').click();
        await page.waitForFunction(() => document.querySelectorAll('[data-testid=top-grid] canvas').length === 9);
        await byId(page, 'classes-about').waitFor();
        await byId(page, 'threshold-doubt').waitFor();
        await screenshot(page, `unit-${theme}-${width}`);
        await audit(page);
      });
    });
  }
}

test('the offer to collect, and collecting, at 320 px', async () => {
  const scene = withImages(patchesScene({ collected: [] }), 300);
  await withPage(scene, { width: 320, height: 700 }, async (page) => {
    await byId(page, 'collect-offer').waitFor();
    await screenshot(page, 'patches-offer-320');
    await audit(page);
    await page.evaluate(() => {
      window.unitsHost.pace.stopAt = 0.1;
    });
    await byId(page, 'collect').click();
    await page.waitForSelector('[data-testid=patch] canvas');
    await screenshot(page, 'patches-collecting-320');
    await audit(page);
  });
});

test('long names stay inside at 320 px', async () => {
  const scene = await squeezeScene();
  const long = 'a_very_long_name_without_any_space_in_it_that_goes_on_and_on';
  const layers = scene.layers.map((layer) => ({ ...layer, name: `backbone/${long}/${layer.name}` }));
  const name = layers.find((layer) => layer.name.endsWith('fire9/concat'))!.name;
  const labels = scene.labels.map((label) => `${label}_${long}`);
  await withPage(
    turned({ ...scene, layers, labels, defaultLayer: name, collected: [name] }, { view: 'patches', layer: name, unit: 3 }),
    { width: 320, height: 1400 },
    async (page) => {
      await byId(page, 'classes-about').waitFor();
      await audit(page);
      await byId(page, 'unit-back').click();
      await byId(page, 'wall').waitFor();
      await byId(page, 'forget').click();
      await audit(page);
      await byId(page, 'forget-layer').click();
      await byId(page, 'collect-offer').waitFor();
      await audit(page);
    },
  );
});

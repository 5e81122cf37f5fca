import { test } from 'node:test';
import { audit, byId, screenshot } from '../open.ts';
import { type ThemeKind, themes } from '../themes.ts';
import { filtersScene } from './filterScenes.ts';
import { useUnitsPage } from './open.ts';
import { visualiseScene } from './visualiseScenes.ts';

const { withPage } = useUnitsPage();

for (const theme of Object.keys(themes) as ThemeKind[]) {
  for (const width of [420, 1200]) {
    const size = { theme, width, height: width === 420 ? 1700 : 900 };

    test(`visualising in ${theme} at ${width} px: readable, nothing overflows, everything has a name`, async () => {
      await withPage(visualiseScene(), size, async (page) => {
        const shot = async (name: string) => {
          await screenshot(page, `units-visualise-${theme}-${width}-${name}`);
          await audit(page);
        };
        await byId(page, 'visualise-empty').waitFor();
        await shot('empty');
        await page.evaluate(() => {
          window.unitsHost.pace.stopAt = 0.6;
        });
        await byId(page, 'visualise-start').click();
        await page.waitForFunction(() => document.querySelector('[data-testid=visualise-step]')?.textContent?.startsWith('step 11'));
        await byId(page, 'class-search').fill('c');
        await shot('running');
        await page.keyboard.press('Escape');
        await page.keyboard.press('Escape');
        await page.waitForSelector('[data-climb=stopped]');
        await page.evaluate(() => {
          window.unitsHost.pace.stopAt = Number.POSITIVE_INFINITY;
          window.unitsHost.failures.set('visualise', { code: 'engine', message: 'The engine process ended.', hint: 'Try again.' });
        });
        await byId(page, 'another-seed').click();
        await page.waitForSelector('[data-climb=failed]');
        await shot('failed');
        await byId(page, 'visualise-method').focus();
        for (let i = 0; i < 2; i++) await page.keyboard.press('ArrowDown');
        await byId(page, 'visualise-of-unit').click();
        await byId(page, 'visualise-start').click();
        await page.waitForSelector('[data-climb=done]');
        await shot('unit');
      });
    });

    test(`filters in ${theme} at ${width} px: readable, nothing overflows, everything has a name`, async () => {
      for (const layer of ['conv1', 'depthwise', 'rectified', 'deep', 'pointwise', 'pool']) {
        await withPage(filtersScene(layer), { ...size, height: 900 }, async (page) => {
          if (layer === 'pool') await byId(page, 'filters-none').waitFor();
          else {
            await byId(page, 'filter-unit-1')
              .locator('canvas')
              .hover({ position: { x: 5, y: 5 } });
            await byId(page, 'filters-scale-own').click();
          }
          await screenshot(page, `units-filters-${theme}-${width}-${layer}`);
          await audit(page);
        });
      }
    });
  }
}

test('long names stay inside', async () => {
  const long = 'a_very_long_name_without_any_space_in_it_that_goes_on_and_on_and_on_and_on';
  const scene = visualiseScene();
  await withPage({ ...scene, labels: scene.labels.map((label) => `${label}_${long}`) }, { width: 320, height: 1500 }, async (page) => {
    await byId(page, 'visualise-start').click();
    await page.waitForSelector('[data-climb=done]');
    await byId(page, 'another-seed').click();
    await byId(page, 'visualise-thumbs').waitFor();
    await audit(page);
  });
  const bank = filtersScene('rectified');
  const layers = bank.layers.map((layer) => ({ ...layer, name: `${long}/${layer.name}` }));
  await withPage({ ...bank, layers, defaultLayer: layers[4]!.name }, { width: 320 }, async (page) => {
    await byId(page, 'filters').or(byId(page, 'filters-none')).first().waitFor();
    await audit(page);
  });
});

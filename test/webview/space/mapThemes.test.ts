import { test } from 'node:test';
import { audit, byId, screenshot } from '../open.ts';
import { type ThemeKind, themes } from '../themes.ts';
import { laidOut, lonely, pointsOnPage } from './mapPlaces.ts';
import { useSpacePage } from './open.ts';
import { smallScene } from './scenes.ts';

const { withPage } = useSpacePage();

for (const theme of Object.keys(themes) as ThemeKind[]) {
  for (const width of [320, 700, 1400]) {
    test(`the map in ${theme} at ${width} px: readable, nothing overflows, everything has a name`, async () => {
      const scene = smallScene({ images: 600 });
      await withPage(scene, { theme, width, height: 900 }, async (page) => {
        await laidOut(page);
        const points = await pointsOnPage(page, scene);
        const row = lonely(points, 9);
        const { x = 0, y = 0 } = points[row] ?? {};
        await page.mouse.move(x, y);
        await byId(page, 'map-hover').locator('img').waitFor();
        await screenshot(page, `map-${theme}-${width}`);
        await audit(page);
        await page.mouse.click(x, y);
        await byId(page, 'map-near').waitFor();
        await byId(page, 'map-group').nth(2).click();
        await byId(page, 'map-setup').locator('summary').click();
        await byId(page, 'about').locator('summary').click();
        await screenshot(page, `map-focus-${theme}-${width}`);
        await audit(page);
        await byId(page, 'map-colour').click();
        await page.locator('[data-testid=map-colour] vscode-option[value=confidence]').click();
        await screenshot(page, `map-confidence-${theme}-${width}`);
        await audit(page);
      });
    });
  }
}

test('a layout under way, news and an error at 320 px', async () => {
  const steer = (host: Window['spaceHost']) => {
    host.pace.stopAt = 0.5;
  };
  await withPage(smallScene({ indexed: 150 }), { width: 320, height: 900, steer }, async (page) => {
    await byId(page, 'map-offer').waitFor();
    await screenshot(page, 'map-offer-320');
    await audit(page);
    await byId(page, 'map-start').click();
    await page.waitForFunction(() => /iteration/.test(document.querySelector('[data-testid=map-progress]')?.textContent ?? ''));
    await screenshot(page, 'map-running-320');
    await audit(page);
    await page.evaluate(() => {
      window.spaceHost.pace.stopAt = 2;
    });
    await byId(page, 'map-renew').waitFor();
    await page.evaluate(() =>
      window.spaceHost.failures.set('layout', { code: 'engine', message: 'The layout ran out of memory.', hint: 'Close another program.' }),
    );
    await byId(page, 'map-renew').click();
    await byId(page, 'error').waitFor();
    await screenshot(page, 'map-error-320');
    await audit(page);
  });
});

test('long names stay inside at 320 px', async () => {
  const labels = smallScene().labels.map((label) => `${label}_a_very_long_name_without_any_space_in_it_that_goes_on_and_on`);
  const scene = smallScene({ labels });
  await withPage(scene, { width: 320, height: 900 }, async (page) => {
    await laidOut(page);
    const [point] = await pointsOnPage(page, scene);
    await page.mouse.move(point?.x ?? 0, point?.y ?? 0);
    await byId(page, 'map-hover').waitFor();
    await audit(page);
    await page.mouse.click(point?.x ?? 0, point?.y ?? 0);
    await byId(page, 'map-near').waitFor();
    await screenshot(page, 'map-long-320');
    await audit(page);
  });
});

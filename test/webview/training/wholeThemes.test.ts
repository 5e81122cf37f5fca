import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { audit, byId, screenshot } from '../open.ts';
import { type ThemeKind, themes } from '../themes.ts';
import { checkpointsOf } from './made.ts';
import { useTrainingPage } from './open.ts';
import { trainingScene } from './scenes.ts';

const { withPage } = useTrainingPage();

/** Everything that can be open is. */
async function openAll(page: Page): Promise<void> {
  await byId(page, 'set-cells-change').click();
  await byId(page, 'set-cell-0-1').click();
  await byId(page, 'set-list-forgotten').click();
  await page.locator('[data-testid=set-list] button.set-main').first().click();
  await byId(page, 'history').first().waitFor();
}

for (const theme of Object.keys(themes) as ThemeKind[]) {
  for (const width of [300, 480, 900]) {
    test(`the whole set in ${theme} at ${width} px: readable, nothing overflows, everything has a name`, async () => {
      const scene = trainingScene();
      await withPage(scene, { theme, width, height: 900 }, async (page) => {
        await page.evaluate((id) => window.trainingHost.show(id), checkpointsOf(scene)[5]!.id);
        await byId(page, 'whole').scrollIntoViewIfNeeded();
        await audit(page);
        await openAll(page);
        await byId(page, 'whole-matrix').scrollIntoViewIfNeeded();
        await screenshot(page, `whole-change-${theme}-${width}`);
        await audit(page);
        await byId(page, 'run-map-surface').focus();
        await page.keyboard.press('ArrowUp');
        await byId(page, 'run-map-focus').waitFor();
        await page.locator('[data-testid=run-map-group]').nth(1).click();
        await byId(page, 'run-map-surface').scrollIntoViewIfNeeded();
        const box = (await byId(page, 'run-map-surface').boundingBox())!;
        // Over the points until one is told of.
        for (let i = 0; i < 400 && (await byId(page, 'run-map-hover').count()) === 0; i++)
          await page.mouse.move(box.x + ((i * 17) % box.width), box.y + ((i * 29) % box.height));
        await byId(page, 'run-map-hover').waitFor();
        await screenshot(page, `whole-map-${theme}-${width}`);
        await audit(page);
        await byId(page, 'whole-drift').scrollIntoViewIfNeeded();
        await screenshot(page, `whole-drift-${theme}-${width}`);
      });
    });
  }
}

test('off, not evaluated yet, failed, without labels: at 300 px', async () => {
  const scene = trainingScene({ wholes: 4 });
  await withPage(scene, { width: 300, height: 900 }, async (page) => {
    const failed = { state: 'failed', error: { code: 'engine', message: `The file /a/${'very/long/'.repeat(12)}model.json ended early.` } };
    const told = checkpointsOf(scene).map((each, i) => (i === 9 ? { ...each, reading: failed } : each));
    await page.evaluate((checkpoints) => window.trainingHost.tell({ checkpoints: checkpoints as never }), told);
    await byId(page, 'whole-retry').waitFor();
    await byId(page, 'whole-missing').scrollIntoViewIfNeeded();
    await screenshot(page, 'whole-failed-300');
    await audit(page);
  });
});

test('long names and many classes stay inside at 300 px', async () => {
  const classes = Array.from({ length: 26 }, (_, i) => `a_very_long_class_name_without_any_space_in_it_that_goes_on_and_on_${i}`);
  await withPage(trainingScene({ classes, images: 520, probes: 4 }), { width: 300, height: 900 }, async (page) => {
    await byId(page, 'set-order-confused').click();
    await byId(page, 'set-matrix').locator('.matrix-cell:not(.none, .matrix-edge)').first().click();
    await page.locator('[data-testid=set-list] button.set-main').first().click();
    await byId(page, 'run-map-surface').focus();
    await page.keyboard.press('ArrowUp');
    await byId(page, 'run-map-focus').waitFor();
    await byId(page, 'whole-matrix').scrollIntoViewIfNeeded();
    await screenshot(page, 'whole-long-300');
    await audit(page);
  });
});

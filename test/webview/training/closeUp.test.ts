import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { byId, textOf } from '../open.ts';
import { framesOf } from './made.ts';
import { useTrainingPage } from './open.ts';
import { probeScene } from './scenes.ts';

const { withPage } = useTrainingPage();

const row = (page: Page, i: number) => byId(page, 'probe').nth(i);

test('a picture opens to a close-up with its map and legend; Escape closes it', async () => {
  await withPage(probeScene(), { width: 300 }, async (page) => {
    await byId(page, 'probe-canvas').first().waitFor();
    await row(page, 1).locator('button.probe-picture').click();
    await page.waitForSelector('[data-testid=close-up][data-fine=true]');
    assert.match(
      await textOf(page, 'close-line'),
      /^max\(0, value\) · Σ w·A, logit · Grad-CAM at conv5 of heart · 8 × 8, the scale of the film strip$/,
    );
    const [call] = await page.evaluate(() => window.trainingHost.calls('explain'));
    assert.equal(call?.params.class, 1);
    const high = Number(await textOf(page, 'scale-high'));
    const scene = probeScene();
    const most = Math.max(...Array.from({ length: 10 }, (_, i) => [...framesOf(scene, i).maps.slice(64, 128)]).flat());
    assert.ok(Math.abs(high - most) < 1e-3, `${high} for ${most}`);
    // While the slider moves, the map is the film strip's: never another checkpoint's.
    await page.evaluate(() => window.trainingHost.held.add('explain'));
    await byId(page, 'slider').press('ArrowLeft');
    await page.waitForSelector('[data-testid=close-up][data-fine=false]');
    assert.match(await textOf(page, 'close-line'), /as it is kept$/);
    await page.evaluate(() => window.trainingHost.held.delete('explain'));
    await page.waitForSelector('[data-testid=close-up][data-fine=true]');
    await byId(page, 'opacity').focus();
    await page.keyboard.press('Escape');
    assert.equal(await byId(page, 'close-up').count(), 0);
    assert.equal(
      await row(page, 1)
        .locator('button.probe-picture')
        .evaluate((e) => e === document.activeElement),
      true,
    );
  });
});

test('a close-up whose checkpoint is gone keeps the map that there is, and says so', async () => {
  const steer = (host: Window['trainingHost']) => {
    host.failures.set('explain', { code: 'file-missing', message: 'The files of epoch_10 are gone: only what was read of them is left.' });
  };
  await withPage(probeScene(), { width: 300, steer }, async (page) => {
    await byId(page, 'probe-canvas').first().waitFor();
    await row(page, 0).locator('button.probe-picture').click();
    await byId(page, 'error-message').waitFor();
    assert.match(await textOf(page, 'error-message'), /epoch_10 are gone/);
    assert.match(await textOf(page, 'close-line'), /as it is kept$/);
  });
});

test('a close-up that is closed leaves the focus on its row, and the row in sight', async () => {
  // Lower than a row is: a view beside another one, zoomed.
  await withPage(probeScene(), { width: 300, height: 240 }, async (page) => {
    await byId(page, 'probe-canvas').first().waitFor();
    const picture = row(page, 11).locator('button.probe-picture');
    const close = {
      escape: () => page.keyboard.press('Escape'),
      button: () => byId(page, 'close-close').click(),
    };
    for (const [how, act] of Object.entries(close)) {
      await picture.press('Enter');
      await page.waitForSelector('[data-testid=close-up][data-fine=true]');
      await byId(page, 'close-close').scrollIntoViewIfNeeded();
      await act();
      await byId(page, 'close-up').waitFor({ state: 'detached' });
      assert.equal(await picture.evaluate((e) => e === document.activeElement), true, how);
      await page.waitForFunction(
        (image) => {
          const slider = document.querySelector('[data-testid=slider-bar]')!.getBoundingClientRect();
          const { top, bottom } = document.querySelector(`[data-image="${image}"] .probe-picture`)!.getBoundingClientRect();
          return top >= slider.bottom - 1 && bottom <= innerHeight + 1;
        },
        await row(page, 11).getAttribute('data-image'),
        { timeout: 5000 },
      );
    }
  });
});

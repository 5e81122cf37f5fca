import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { audit, byId, screenshot } from '../open.ts';
import { type ThemeKind, themes } from '../themes.ts';
import { useComparisonPage } from './open.ts';
import { comparisonScene } from './scenes.ts';

const { withPage } = useComparisonPage();

async function settledPair(page: Page): Promise<void> {
  await page.waitForSelector('[data-testid=pair][aria-busy=false]:not([data-image=""])');
}

for (const theme of Object.keys(themes) as ThemeKind[]) {
  for (const width of [420, 800, 1300]) {
    test(`two checkpoints in ${theme} at ${width} px: readable, nothing overflows, everything has a name`, async () => {
      await withPage(comparisonScene({}, { cheats: true }), { theme, width, height: 1000 }, async (page) => {
        await settledPair(page);
        await byId(page, 'difference').locator('.pair-stage').hover();
        await screenshot(page, `comparison-${theme}-${width}`);
        await audit(page);
        await byId(page, 'arrangement-wipe').click();
        await audit(page);
        await byId(page, 'arrangement-blink').click();
        await byId(page, 'blink-toggle').click();
        await screenshot(page, `comparison-blink-${theme}-${width}`);
        await audit(page);
        await byId(page, 'view-grid').click();
        await page.waitForSelector('[data-testid=grid-difference]:not(.waiting)');
        await byId(page, 'sharing-all').click();
        await screenshot(page, `comparison-grid-${theme}-${width}`);
        await audit(page);
        await byId(page, 'view-set').click();
        await byId(page, 'flip').first().hover();
        await screenshot(page, `comparison-set-${theme}-${width}`);
        await audit(page);
      });
    });
  }
}

test('long names stay inside at 420 px', async () => {
  const long = 'a_very_long_name_without_any_space_in_it_that_goes_on_and_on';
  const classes = ['cross', 'heart', 'moon', 'square'].map((name) => `${name}_${long}`);
  await withPage(comparisonScene({}, { classes }), { width: 420, height: 1000 }, async (page) => {
    await settledPair(page);
    await screenshot(page, 'comparison-long-420');
    await audit(page);
    await byId(page, 'view-grid').click();
    await audit(page);
    await byId(page, 'view-set').click();
    await byId(page, 'flip').first().hover();
    await audit(page);
  });
});

test('one that is gone, one that is not read, and a run that is not followed are told of at 420 px', async () => {
  const steer = (host: Window['comparisonHost']) => host.unread.add('to');
  await withPage(comparisonScene({ gone: [0] }), { width: 420, height: 1000, steer }, async (page) => {
    await byId(page, 'reading-epoch_01').getByText('The files of epoch_01 are gone').waitFor();
    await page.evaluate(() => {
      const { to } = window.comparisonHost.subject();
      window.comparisonHost.tell({ to: { ...to, reading: { state: 'running', what: 'probes', done: 3, total: 12 } } });
    });
    await byId(page, 'reading-epoch_10').getByText('epoch_10 is being read: probes 3 of 12').waitFor();
    await screenshot(page, 'comparison-reading-420');
    await audit(page);
    await page.evaluate(() => {
      const { to } = window.comparisonHost.subject();
      const error = {
        code: 'weights' as const,
        message: 'The weights of epoch_10 are NaN from layer conv3 on.',
        hint: 'Lower the learning rate.',
      };
      window.comparisonHost.tell({ to: { ...to, reading: { state: 'failed', error } } });
    });
    await byId(page, 'reading-epoch_10').getByText('NaN').waitFor();
    await audit(page);
    await page.evaluate(() => {
      const error = { code: 'cancelled' as const, message: 'Glassbox follows runs/b now; this comparison is of runs/a.' };
      window.comparisonHost.tell({ trouble: { error, follow: 'Follow runs/a' } });
    });
    await byId(page, 'follow').click();
    await page.waitForFunction(() => window.comparisonHost.calls('follow').length === 1);
    await screenshot(page, 'comparison-trouble-420');
    await audit(page);
  });
});

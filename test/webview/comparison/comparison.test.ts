import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byId, screenshot, textOf } from '../open.ts';
import { useComparisonPage } from './open.ts';
import { comparisonScene } from './scenes.ts';

const { withPage } = useComparisonPage();

test('the page opens with both maps and their difference', async () => {
  await withPage(comparisonScene(), { width: 1300, height: 1000 }, async (page) => {
    await page.waitForSelector('[data-testid=pair][aria-busy=false]');
    await page.waitForTimeout(300);
    await screenshot(page, 'comparison-1300');
    assert.match(await textOf(page, 'summary-probes'), /of 12 probes right/);
    await byId(page, 'view-grid').click();
    await page.waitForTimeout(500);
    await screenshot(page, 'comparison-grid-1300');
    await byId(page, 'view-set').click();
    await page.waitForTimeout(500);
    await screenshot(page, 'comparison-set-1300');
  });
});

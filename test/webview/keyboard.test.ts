import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { byId, textOf, useBrowser } from './open.ts';
import { sampleScene } from './scenes.ts';

const { withPage } = useBrowser();

const focused = (page: Page) => page.evaluate(() => document.activeElement?.closest('[data-testid]')?.getAttribute('data-testid'));

test('any class can be found by name or number, by keyboard', async () => {
  const labels = Array.from(
    { length: 1000 },
    (_, i) => `${['red', 'blue', 'green', 'grey'][i % 4]}_${['fox', 'heron', 'otter', 'newt', 'lynx'][i % 5]} ${i}`,
  );
  const logits = labels.map((_, i) => (i === 0 ? 9 : i === 1 ? 6 : Math.cos(i)));
  await withPage({ ...(await sampleScene()), labels, logits, truth: 640 }, {}, async (page) => {
    assert.match(await textOf(page, 'verdict'), /rank \d+/);
    assert.equal(await byId(page, 'class-640').count(), 1, 'the true class is offered though it is none of the best');
    await byId(page, 'class-search').fill('blue otter');
    const first = await byId(page, 'match').first().textContent();
    assert.match(first ?? '', /blue_otter/);
    await byId(page, 'class-search').fill('777');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-testid=stage][data-class="777"]');
    assert.equal(await byId(page, 'class-777').getAttribute('aria-selected'), 'true');
    await byId(page, 'class-search').fill('');
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowDown');
    assert.equal(await byId(page, 'class-search').getAttribute('aria-activedescendant'), 'match-2');
    await page.keyboard.press('Escape');
    assert.equal(await byId(page, 'class-matches').count(), 0);
  });
});

test('every control is reached and worked by keyboard', async () => {
  await withPage(await sampleScene(), { height: 900 }, async (page) => {
    // Buttons of the toolkit take the focus once they are drawn.
    for (const id of ['export', 'pin']) await byId(page, id).locator('button').waitFor();
    const seen: string[] = [];
    for (let i = 0; i < 30; i++) {
      await page.keyboard.press('Tab');
      const id = await focused(page);
      if (!id || seen.includes(id)) break;
      seen.push(id);
      const ring = await page.evaluate(() => {
        const inner = document.activeElement?.shadowRoot?.activeElement ?? document.activeElement!;
        const style = getComputedStyle(inner);
        const border = getComputedStyle(document.activeElement?.shadowRoot?.querySelector('.control') ?? inner).borderColor;
        return style.outlineStyle !== 'none' || border === 'rgb(0, 120, 212)';
      });
      assert.ok(ring, `${id} shows its focus`);
    }
    for (const id of [
      'image-name',
      'model-name',
      'export',
      'pin',
      'family-cam',
      'method-grad-cam',
      'viewport',
      'peek',
      'zoom-in',
      'fed',
      'slot-class',
      'slot-against',
      'class-0',
      'class-search',
      'layer',
      'variant',
      'opacity',
      'color-map',
      'range',
      'smooth',
      'about',
    ])
      assert.ok(seen.includes(id), `${id} is reached: ${seen}`);
    await byId(page, 'method-grad-cam').focus();
    await page.keyboard.press('ArrowRight');
    const next = await focused(page);
    assert.notEqual(next, 'method-grad-cam');
    await page.waitForSelector(`[data-testid=stage][data-method="${next?.replace('method-', '')}"]`);
    await byId(page, 'class-0').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-testid=stage][data-class="1"]');
    await byId(page, 'export').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    assert.equal(await focused(page), 'export-npy');
    await page.keyboard.press('Escape');
    assert.equal(await byId(page, 'export-menu').count(), 0);
    assert.equal(await focused(page), 'export');
    await byId(page, 'pin').focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => window.host.calls('setPinned').length === 1);
    assert.equal(await byId(page, 'pin').getAttribute('aria-pressed'), 'true');
  });
});

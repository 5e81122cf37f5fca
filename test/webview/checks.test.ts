import assert from 'node:assert/strict';
import { test } from 'node:test';
import { audit, byId, choose, screenshot, settled, textOf, useBrowser } from './open.ts';
import { sampleScene } from './scenes.ts';

const { withPage } = useBrowser();

test('checks stand under the map: sign, word and sentence, not colour alone', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    assert.equal(await byId(page, 'checks').count(), 0, 'Grad-CAM measures none here');
    await choose(page, 'integrated-gradients');
    await settled(page);
    assert.match(await textOf(page, 'check-completeness'), /^Completeness holds The map sums to 6\.08/);
    const drawing = (id: string) => byId(page, id).locator('.check-icon path').first().getAttribute('d');
    const holds = await drawing('check-completeness');
    await choose(page, 'occlusion');
    await settled(page);
    assert.match(await textOf(page, 'check-standard-error'), /^Standard error 0\.08 logit/);
    const fact = await drawing('check-standard-error');
    await choose(page, 'lrp');
    await settled(page);
    assert.match(await textOf(page, 'check-conservation'), /^Conservation does not hold Of 6\.1 logit/);
    assert.equal(new Set([holds, fact, await drawing('check-conservation')]).size, 3, 'three different signs');
    await screenshot(page, 'checks');
    await audit(page);
  });
});

test('a check per layer is a small chart, read by pointer, keys and screen reader', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    await choose(page, 'lrp');
    await settled(page);
    const chart = byId(page, 'chart-conservation');
    assert.equal(await chart.locator('rect').count(), 7);
    const heights = await chart.locator('rect').evaluateAll((all) => all.map((bar) => bar.getBoundingClientRect().height));
    assert.ok(
      heights.every((h, i) => i === 0 || h < heights[i - 1]!),
      `it loses from layer to layer: ${heights}`,
    );
    assert.match(await textOf(page, 'chart-reading'), /^conv2d_3: 6\.1 … conv2d: /);
    await chart.focus();
    await page.keyboard.press('ArrowRight');
    assert.equal(await textOf(page, 'chart-reading'), 'max_pooling2d_2: 5.429');
    assert.equal(await chart.getAttribute('aria-valuetext'), 'max_pooling2d_2: 5.429');
    await page.keyboard.press('End');
    assert.match(await textOf(page, 'chart-reading'), /^conv2d: /);
    await byId(page, 'viewport').focus();
    const box = (await chart.boundingBox())!;
    await chart.hover({ position: { x: (box.width * 2.5) / 7, y: 10 } });
    assert.match(await textOf(page, 'chart-reading'), /^conv2d_2: /);
    const list = await byId(page, 'check-conservation').locator('li').allTextContents();
    assert.equal(list.length, 7);
    assert.equal(list[0], 'conv2d_3: 6.1');
  });
});

test('two checks of one kind are read apart', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    await choose(page, 'clrp');
    await settled(page);
    await byId(page, 'chart-conservation').nth(1).focus();
    await page.keyboard.press('End');
    const readings = await byId(page, 'chart-reading').allTextContents();
    assert.match(readings[0]!, /^conv2d_3: 6\.1 … conv2d: /);
    assert.equal(readings[1], 'conv2d: 6.1');
    await audit(page);
  });
});

test('the checks of an earlier map are not shown with the next', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    await choose(page, 'lrp');
    await settled(page);
    await page.evaluate(() => window.host.held.add('explain:lrp'));
    await byId(page, 'class-1').click();
    await page.waitForSelector('[data-testid=stage][data-map=stale]');
    assert.equal(await byId(page, 'checks').count(), 0);
    await page.evaluate(() => window.host.held.clear());
    await byId(page, 'checks').waitFor();
  });
});

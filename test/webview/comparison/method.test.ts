// Another method and another layer, chosen in the comparison: of this page alone, on both sides, and back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { sampleColorMap } from '../../../src/shared/colorMaps.ts';
import { audit, byId, screenshot, textOf } from '../open.ts';
import type { ThemeKind } from '../themes.ts';
import { useComparisonPage } from './open.ts';
import { calls, colourAt, settledPair } from './reading.ts';
import { comparisonScene } from './scenes.ts';

const { withPage } = useComparisonPage();
const wide = { width: 1400, height: 1000 };

/** The maps on show are of this. */
async function shows(page: Page, text: string): Promise<void> {
  await byId(page, 'shown').getByText(text, { exact: true }).waitFor();
  await settledPair(page);
}

test('the methods and layers are those of the training view; another one is asked of both checkpoints, of this page alone', async () => {
  await withPage(comparisonScene(), wide, async (page) => {
    await settledPair(page);
    assert.equal(await textOf(page, 'shown'), 'Grad-CAM at conv5');
    assert.equal(await byId(page, 'maps-usual').count(), 0);
    assert.deepEqual(await byId(page, 'layer').locator('option').allInnerTexts(), [
      'the last with a map',
      'conv4 (16 × 16)',
      'conv5 (8 × 8)',
    ]);
    await byId(page, 'method').selectOption({ label: 'Relevance-CAM' });
    await shows(page, 'Relevance-CAM at conv5');
    await byId(page, 'layer').selectOption('conv4');
    await shows(page, 'Relevance-CAM at conv4');
    const requests = (await calls(page, 'explainBoth', 3)).map(({ request }) => request);
    assert.deepEqual(requests, [undefined, { method: 'relevance-cam' }, { method: 'relevance-cam', layer: 'conv4' }]);
    const frames = await calls(page, 'framesOfBoth', 2);
    assert.deepEqual(frames.at(-1)?.['request'], { method: 'relevance-cam', layer: 'conv4' });
    const { choice } = await page.evaluate(() => window.comparisonHost.subject());
    assert.deepEqual(choice.request, { method: 'grad-cam' }, 'the training view keeps its own');
    // One at the input has no layer to choose.
    await byId(page, 'method').selectOption('occlusion');
    await byId(page, 'layer').waitFor({ state: 'detached' });
    await byId(page, 'maps-usual').click();
    await shows(page, 'Grad-CAM at conv5');
    assert.equal((await calls(page, 'explainBoth', 5)).at(-1)?.['request'], undefined);
  });
});

test('maps with a sign are drawn around 0, both on one scale, and so is their difference; in the grid too', async () => {
  await withPage(comparisonScene(), wide, async (page) => {
    await settledPair(page);
    await byId(page, 'bare').click();
    await byId(page, 'cells').click();
    await byId(page, 'method').selectOption('lrp');
    await byId(page, 'shown').getByText('LRP').waitFor();
    await settledPair(page);
    const path = await byId(page, 'pair').getAttribute('data-image');
    const [a, b] = await page.evaluate((image) => {
      const { from, to } = window.comparisonHost.both(image as string, undefined, { method: 'lrp' });
      return [[...from.map!.values], [...to.map!.values]];
    }, path);
    assert(Math.min(...a!, ...b!) < 0, 'the maps have a sign');
    const reach = Math.max(...[...a!, ...b!].map(Math.abs));
    const most = Math.max(...a!.map((value, i) => Math.abs(b![i]! - value)));
    const around = (share: number) => sampleColorMap('coolwarm', 0.5 + share / 2);
    for (const cell of [0, 9, 27, 28, 35, 63]) {
      assert.deepEqual(await colourAt(page, 'from-canvas', cell), around(a![cell]! / reach), `from ${cell}`);
      assert.deepEqual(await colourAt(page, 'to-canvas', cell), around(b![cell]! / reach), `to ${cell}`);
      assert.deepEqual(await colourAt(page, 'difference-canvas', cell), around((b![cell]! - a![cell]!) / most), `difference ${cell}`);
    }
    await byId(page, 'view-grid').click();
    await page.waitForFunction(() => document.querySelectorAll('[data-testid=grid-difference]:not(.waiting)').length === 12);
    const cell = page.locator(`[data-testid=grid-row][data-path="${path}"]`);
    const [low] = await cell.locator('[data-testid=grid-from]').evaluateAll((all) =>
      all.map((node) => {
        const canvas = node as HTMLCanvasElement;
        const copy = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;
        copy.drawImage(canvas, -Math.floor(canvas.width / 16), -Math.floor(canvas.height / 16));
        return [...copy.getImageData(0, 0, 1, 1).data].slice(0, 3);
      }),
    );
    assert.deepEqual(low, around(a![0]! / reach));
    // All explain the true class: nothing is left to be asked for.
    assert.equal((await calls(page, 'explainBoth', 1)).filter(({ background }) => background === true).length, 0);
  });
});

test('the last maps stay while others are on their way, how far they are is told, and of two choices the newer wins', async () => {
  await withPage(comparisonScene(), wide, async (page) => {
    await settledPair(page);
    const before = await colourAt(page, 'to-canvas', 27);
    await page.evaluate(() => window.comparisonHost.held.add('explainBoth'));
    await byId(page, 'method').selectOption('occlusion');
    await byId(page, 'maps-status').getByText('Occlusion of both checkpoints').waitFor();
    assert.match(await textOf(page, 'maps-status'), /It asks the network many times/);
    assert.equal(await textOf(page, 'shown'), 'Grad-CAM at conv5', 'what is on show says what it is');
    assert.deepEqual(await colourAt(page, 'to-canvas', 27), before);
    await page.evaluate(() => window.comparisonHost.advance(0.4));
    await byId(page, 'maps-status').getByText('40 %').waitFor();
    await byId(page, 'method').selectOption('lrp');
    await byId(page, 'maps-status').getByText('LRP').waitFor();
    await page.waitForFunction(() => window.comparisonHost.calls('explainBoth').map(({ ended }) => ended)[1] === 'aborted');
    await page.evaluate(() => window.comparisonHost.held.clear());
    await shows(page, 'LRP');
    assert.equal(await byId(page, 'maps-status').count(), 0);
    assert.notDeepEqual(await colourAt(page, 'to-canvas', 27), before);
  });
});

test('a method that the network does not support is refused with the layer that it fails at, and the way back is to what worked', async () => {
  const steer = (host: Window['comparisonHost']) => host.refused.add('lrp');
  await withPage(comparisonScene(), { ...wide, steer }, async (page) => {
    await settledPair(page);
    await byId(page, 'method').selectOption('relevance-cam');
    await shows(page, 'Relevance-CAM at conv5');
    await byId(page, 'layer').selectOption('conv4');
    await shows(page, 'Relevance-CAM at conv4');
    await byId(page, 'method').selectOption('lrp');
    for (const side of ['from', 'to']) await page.locator(`figure[data-testid=${side}]`).getByText("layer 'conv3'").waitFor();
    await page.locator('figure[data-testid=difference]').getByText('needs both maps').waitFor();
    assert.equal(await byId(page, 'retry').count(), 0, 'asking again does not help');
    assert.equal(await textOf(page, 'maps-back'), 'Back to Relevance-CAM at conv4');
    await screenshot(page, 'comparison-refused-1400');
    await audit(page);
    await byId(page, 'view-grid').click();
    await page.waitForFunction(() => document.querySelectorAll('[data-testid=grid-error]').length === 12);
    await byId(page, 'maps-back').click();
    await page.waitForFunction(() => document.querySelectorAll('[data-testid=grid-difference]:not(.waiting)').length === 12);
    assert.equal(await byId(page, 'grid-error').count(), 0);
    assert.equal(await byId(page, 'method').inputValue(), 'relevance-cam');
    assert.equal(await byId(page, 'layer').inputValue(), 'conv4');
  });
});

test('what was chosen survives hiding and a reload; what another version kept does not harm', async () => {
  await withPage(comparisonScene(), wide, async (page) => {
    await settledPair(page);
    await byId(page, 'method').selectOption('relevance-cam');
    await byId(page, 'layer').selectOption('conv4');
    await shows(page, 'Relevance-CAM at conv4');
    await page.reload();
    await shows(page, 'Relevance-CAM at conv4');
    // Nothing of other maps was asked for on the way.
    const [first] = await calls(page, 'explainBoth', 1);
    assert.deepEqual(first?.['request'], { method: 'relevance-cam', layer: 'conv4' });
    await page.evaluate(() => {
      const kept = JSON.parse(sessionStorage.getItem('glassbox-state')!) as { choices: object };
      sessionStorage.setItem('glassbox-state', JSON.stringify({ ...kept, choices: { ...kept.choices, request: { method: 'no-more' } } }));
    });
    await page.reload();
    await shows(page, 'Grad-CAM at conv5');
    assert.equal(await byId(page, 'method').inputValue(), 'grad-cam');
  });
});

test('the lists are reached by keys, and Escape closes one before it leaves the cell that is pointed at', async () => {
  await withPage(comparisonScene(), wide, async (page) => {
    await settledPair(page);
    await byId(page, 'to').locator('.pair-stage').focus();
    await page.keyboard.press('Home');
    assert.equal(await byId(page, 'mark').count(), 3);
    await byId(page, 'view-probe').focus();
    for (const id of ['method', 'variant', 'layer']) {
      await page.keyboard.press('Tab');
      assert.equal(await page.evaluate(() => document.activeElement?.id), id);
    }
    await page.keyboard.press('Space');
    await page.waitForSelector('#layer:open');
    await page.keyboard.press('Escape');
    await page.waitForSelector('#layer:not(:open)');
    assert.equal(await byId(page, 'mark').count(), 3);
    await page.keyboard.press('ArrowDown');
    assert.equal(await byId(page, 'layer').inputValue(), 'conv4');
    await shows(page, 'Grad-CAM at conv4');
    await byId(page, 'to').locator('.pair-stage').focus();
    await page.keyboard.press('Escape');
    assert.equal(await byId(page, 'mark').count(), 0);
  });
});

for (const theme of ['vscode-light', 'vscode-dark', 'vscode-high-contrast'] as ThemeKind[]) {
  for (const width of [420, 1400]) {
    test(`another method in ${theme} at ${width} px: readable, nothing overflows`, async () => {
      await withPage(comparisonScene(), { theme, width, height: 1000 }, async (page) => {
        await settledPair(page);
        await byId(page, 'method').selectOption('lrp');
        await byId(page, 'shown').getByText('LRP').waitFor();
        await settledPair(page);
        await screenshot(page, `comparison-method-${theme}-${width}`);
        await audit(page);
        await page.evaluate(() => window.comparisonHost.held.add('explainBoth'));
        await byId(page, 'method').selectOption('relevance-cam');
        await byId(page, 'maps-status').getByText('Relevance-CAM').waitFor();
        await page.evaluate(() => window.comparisonHost.advance(0.4));
        await byId(page, 'maps-status').getByText('40 %').waitFor();
        await screenshot(page, `comparison-method-busy-${theme}-${width}`);
        await audit(page);
        await byId(page, 'view-grid').click();
        await page.waitForSelector('[data-testid=grid-difference]:not(.waiting)');
        await screenshot(page, `comparison-method-grid-${theme}-${width}`);
        await audit(page);
      });
    });
  }
}

test('what a half-written checkpoint could not answer is asked for again once the checkpoint is complete', async () => {
  const steer = (host: Window['comparisonHost']) => host.refused.add('lrp');
  await withPage(comparisonScene(), { ...wide, steer }, async (page) => {
    await settledPair(page);
    const read = (state: 'incomplete' | 'done') =>
      page.evaluate((now) => {
        const host = window.comparisonHost;
        const to = host.checkpoints().find(({ id }) => id === host.subject().to.id)!;
        host.tell({ to: { ...to, reading: now === 'done' ? { state: now } : { state: now, why: 'It is being written.' } } });
      }, state);
    await read('incomplete');
    await byId(page, 'method').selectOption('lrp');
    await byId(page, 'error-message').first().waitFor();
    const count = (await calls(page, 'explainBoth', 1)).length;
    await page.evaluate(() => window.comparisonHost.refused.delete('lrp'));
    await read('done');
    await byId(page, 'error-message').first().waitFor({ state: 'hidden' });
    assert.ok((await calls(page, 'explainBoth', count + 1)).length > count);
    await shows(page, 'LRP');
  });
});

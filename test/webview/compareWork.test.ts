import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { sampleColorMap } from '../../src/shared/colorMaps.ts';
import { comparedScene, deepScene } from './compareScenes.ts';
import { asked, cell, cellSelector, compare, compared, forget, said } from './comparing.ts';
import { byId, textOf, useBrowser } from './open.ts';
import { sampleScene } from './scenes.ts';

const { withPage } = useBrowser();

const wide = { width: 1100, height: 1000 };

const focusedCell = (page: Page) =>
  page.evaluate(() => {
    const { dataset } = document.activeElement as HTMLElement;
    return `${dataset.method} ${dataset.layer}`;
  });

test('a map opens large in Explain with all its choices; Escape leads back to the grid as it was', async () => {
  await withPage(await deepScene(), { width: 900, height: 600 }, async (page) => {
    await compare(page, 'depth');
    const wanted = cell(page, { layer: 'stage3/block25/bn' });
    await wanted.scrollIntoViewIfNeeded();
    const scroll = await page.evaluate(() => scrollY);
    assert.ok(scroll > 300);
    await wanted.click();
    await page.waitForSelector('[data-testid=stage][data-method=grad-cam][data-layer="stage3/block25/bn"][data-map=done]');
    assert.match(await textOf(page, 'notice'), /Escape/);
    await page.keyboard.press('Escape');
    await compared(page);
    await page.waitForFunction((y) => Math.abs(scrollY - y) < 2, scroll);
    assert.equal(await focusedCell(page), 'grad-cam stage3/block25/bn');
    assert.equal(await cell(page, { layer: 'stage6/block57/out' }).getAttribute('aria-current'), 'true', 'the layer is as before, too');
    assert.equal(await byId(page, 'notice').count(), 0);
  });
});

test('opening the second class and coming back leaves the pair as it was', async () => {
  await withPage(await sampleScene(), wide, async (page) => {
    await compare(page, 'classes');
    await cell(page, { class: '1' }).click();
    await page.waitForSelector('[data-testid=stage][data-class="1"][data-map=done]');
    await byId(page, 'mode-compare').click();
    await compared(page);
    assert.deepEqual((await byId(page, 'column').locator('.head-title').allInnerTexts()).slice(0, 2), ['ball', 'cube']);
  });
});

test('a map of another image, which Explain does not show, opens in place of the grid', async () => {
  await withPage(await comparedScene(), wide, async (page) => {
    await byId(page, 'mode-compare').click();
    await byId(page, 'kind-images').click();
    await byId(page, 'choose-other').click();
    await page.waitForSelector(cellSelector({ side: 'image', state: 'map' }));
    await cell(page, { side: 'image' }).click();
    await byId(page, 'enlarged').waitFor();
    assert.match(await textOf(page, 'enlarged'), /cube-0007\.png.*logit of cube/);
    const box = (await page.locator('.cell-picture').boundingBox())!;
    assert.ok(box.height > 500, 'large');
    await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.85);
    await page.waitForFunction(() => /\d/.test(document.querySelector('[data-testid=enlarged-value]')!.textContent!));
    await page.keyboard.press('Escape');
    await byId(page, 'grid').waitFor();
    assert.equal(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.side), 'image');
  });
});

test('cancelled by button or Escape: what is there stays, the rest says so, Go on asks for the rest only', async () => {
  await withPage(await sampleScene(), wide, async (page) => {
    await forget(page);
    await page.evaluate(() => void window.host.held.add('explain:layer-cam'));
    await byId(page, 'mode-compare').click();
    await page.waitForSelector(cellSelector({ method: 'grad-cam++', layer: 'conv2d_3', state: 'map' }));
    const before = await textOf(page, 'compare-count');
    assert.match(before, /^\d+ of \d+$/);
    await byId(page, 'compare-cancel').click();
    await compared(page, 'stopped');
    assert.match(await textOf(page, 'compare-count'), new RegExp(`stopped at ${before}`));
    assert.equal(await cell(page, { method: 'grad-cam', state: 'map' }).count(), 6);
    assert.equal(await cell(page, { method: 'layer-cam', state: 'stopped' }).count(), 6);
    await page.waitForFunction(() => window.host.calls('explainAll')[0]!.ended === 'aborted');
    await byId(page, 'compare-resume').click();
    await page.waitForFunction(() => window.host.calls('explainAll').length === 2);
    await page.keyboard.press('Escape');
    await compared(page, 'stopped');
    await page.evaluate(() => window.host.held.clear());
    await byId(page, 'compare-resume').click();
    await compared(page);
    const last = (await asked(page)).at(-1)!;
    assert.ok(
      last.requests.every((r) => r.method !== 'grad-cam'),
      'what was there is not asked for again',
    );
  });
});

test('what is no longer wanted is stopped', async () => {
  await withPage(await sampleScene(), wide, async (page) => {
    await forget(page);
    await page.evaluate(() => void window.host.held.add('explainAll'));
    await byId(page, 'mode-compare').click();
    await page.waitForFunction(() => window.host.calls('explainAll').length === 1);
    await byId(page, 'compare-class').selectOption('3');
    await page.waitForFunction(() => window.host.calls('explainAll').length === 2);
    assert.deepEqual(
      (await asked(page)).map(({ ended }) => ended),
      ['aborted', 'no'],
    );
    await byId(page, 'mode-explain').click();
    await page.waitForFunction(() => window.host.calls('explainAll')[1]!.ended === 'aborted');
  });
});

test('one map that fails stops no other and says why; a method the model refuses is not asked for', async () => {
  const scene = await sampleScene();
  const refused = { code: 'method', message: 'Layer-CAM does not apply: the model has no such layer.', hint: 'Use Grad-CAM.' } as const;
  await withPage({ ...scene, refusals: { 'layer-cam': refused } }, wide, async (page) => {
    await forget(page);
    await page.evaluate(() =>
      window.host.failures.set('explain:hires-cam', { code: 'method', message: 'HiRes-CAM needs a gradient of operator Foo.' }),
    );
    await byId(page, 'mode-compare').click();
    await compared(page);
    const failed = cell(page, { method: 'hires-cam', state: 'failed' });
    assert.equal(await failed.count(), 1);
    assert.match(await said(failed), /operator Foo/);
    assert.match((await failed.getAttribute('aria-label')) ?? '', /operator Foo/);
    assert.match(await textOf(page, 'compare-count'), /1 not possible/);
    assert.equal(await cell(page, { method: 'layer-cam' }).count(), 0);
    await byId(page, 'choose-methods').click();
    assert.match(await textOf(page, 'method-picker'), /Layer-CAM: Layer-CAM does not apply/);
    assert.ok((await asked(page)).flatMap(({ requests }) => requests).every((r) => r.method !== 'layer-cam'));
  });
});

test('the engine crashes: every map says so, Try again asks anew', async () => {
  await withPage(await sampleScene(), wide, async (page) => {
    await page.evaluate(() => window.host.failures.set('explainAll', { code: 'engine', message: 'The engine process ended (SIGSEGV).' }));
    await byId(page, 'mode-compare').click();
    await compared(page);
    assert.match(await said(cell(page, { method: 'grad-cam', layer: 'conv2d_3' })), /SIGSEGV/);
    await byId(page, 'compare-again').click();
    await page.waitForSelector(cellSelector({ method: 'grad-cam', layer: 'conv2d_3', state: 'map' }));
    await compared(page);
  });
});

test('a flat map is said to be flat and not drawn', async () => {
  await withPage({ ...(await sampleScene()), flat: ['layer-cam'] }, wide, async (page) => {
    await compare(page, 'methods');
    assert.equal(await cell(page, { method: 'layer-cam', state: 'flat' }).count(), 6);
    assert.match(
      (await cell(page, { method: 'layer-cam', layer: 'conv2d_3' }).getAttribute('title')) ?? '',
      /Every value of this map is 0/,
    );
  });
});

test('slow methods wait to be let run, say how long, stream, and can be stopped', async () => {
  const steer = (host: { slow: object }) => {
    host.slow = { steps: 10, ms: 15, stopAt: 1 };
  };
  await withPage(await sampleScene(), { ...wide, steer }, async (page) => {
    await compare(page, 'methods');
    await forget(page);
    await byId(page, 'choose-methods').click();
    await byId(page, 'pick-score-cam').click();
    assert.match(await textOf(page, 'method-picker'), /Score-CAM slow: 64 forward passes, perhaps/);
    await byId(page, 'methods-done').click();
    await page.waitForSelector(cellSelector({ method: 'score-cam', state: 'idle' }));
    const slow = () => page.evaluate(() => window.host.log.filter(({ method }) => method === 'explain:score-cam').length);
    assert.equal(await slow(), 0);
    await cell(page, { method: 'score-cam', layer: 'conv2d_3' }).click();
    await page.waitForSelector(cellSelector({ method: 'score-cam', layer: 'conv2d_3', state: 'running' }));
    await page.waitForSelector(cellSelector({ method: 'score-cam', layer: 'conv2d_3', state: 'map' }));
    assert.equal(await slow(), 1, 'only the one');
    assert.match(await textOf(page, 'row-cost'), /as last time/);
    await page.evaluate(() => void Object.assign(window.host.slow, { stopAt: 0.5 }));
    await page.locator('[data-testid^="run-score-cam"]').click();
    await page.waitForSelector(cellSelector({ method: 'score-cam', state: 'running' }));
    assert.equal(await cell(page, { method: 'score-cam', state: 'running' }).count(), 1, 'one at a time');
    await page.keyboard.press('Escape');
    await compared(page, 'stopped');
    await page.evaluate(() => void Object.assign(window.host.slow, { stopAt: 1 }));
    await byId(page, 'compare-resume').click();
    await compared(page);
    assert.equal(await cell(page, { method: 'score-cam', state: 'map' }).count(), 6);
  });
});

test('by keyboard: arrows from cell to cell as the eye sees them, Shift and arrows move the probe, Enter opens', async () => {
  await withPage(await sampleScene(), wide, async (page) => {
    await compare(page, 'methods');
    assert.equal(await page.locator('[role=gridcell][tabindex="0"]').count(), 1, 'one stop for Tab');
    await byId(page, 'grid-opacity').focus();
    await page.keyboard.press('Tab');
    const start = await focusedCell(page);
    assert.match(start, /^grad-cam conv2d/);
    await page.waitForFunction(() => document.querySelectorAll('.dot').length > 20, undefined, { timeout: 3000 });
    await page.keyboard.press('End');
    assert.equal(await focusedCell(page), 'grad-cam conv2d_3');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    assert.equal(await focusedCell(page), 'layer-cam conv2d_3');
    await page.keyboard.press('ArrowLeft');
    assert.match(await focusedCell(page), /^layer-cam (?!conv2d_3)/);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    assert.match(await focusedCell(page), /^hires-cam/);
    const before = await textOf(page, 'compare-probe');
    await page.keyboard.press('Shift+ArrowRight');
    await page.waitForFunction((old) => document.querySelector('[data-testid=compare-probe]')!.textContent !== old, before);
    await page.keyboard.press('End');
    const label = (await page.evaluate(() => document.activeElement!.getAttribute('aria-label'))) ?? '';
    assert.match(label, /^HiRes-CAM \(positive evidence\), layer conv2d_3, logit of ball: values from −?[\d.e−]+ to [\d.]+$/);
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-testid=stage][data-method=hires-cam][data-layer=conv2d_3]');
    await page.keyboard.press('Escape');
    await compared(page);
    assert.equal(await focusedCell(page), 'hires-cam conv2d_3');
  });
});

test('the comparison survives hiding and reload', async () => {
  await withPage(await comparedScene(), wide, async (page) => {
    await compare(page, 'classes');
    await byId(page, 'class-b').selectOption('4');
    await byId(page, 'sharing-all').click();
    await byId(page, 'kind-images').click();
    await byId(page, 'choose-other').click();
    await page.waitForSelector(cellSelector({ side: 'image', state: 'map' }));
    await page.reload();
    await page.waitForSelector(cellSelector({ side: 'image', state: 'map' }));
    await page.waitForFunction(() => (document.querySelector('[data-side=own] canvas') as HTMLCanvasElement).width !== 300);
    assert.equal(await page.evaluate(() => window.host.calls('chooseOther').length), 0, 'the other image is known');
    await byId(page, 'kind-classes').click();
    await compared(page);
    assert.equal(await byId(page, 'class-b').inputValue(), '4');
    assert.equal(await byId(page, 'sharing-all').getAttribute('aria-checked'), 'true');
  });
});

test('another image in the panel: the same comparison of it, nothing of the one before', async () => {
  await withPage(await sampleScene(), wide, async (page) => {
    await compare(page, 'methods');
    await forget(page);
    await page.evaluate(() => window.host.show({ logits: [1, 9, 0, 0, 0, 0, 0, 0, 0, 0], truth: 1 }));
    await page.waitForSelector(cellSelector({ method: 'grad-cam', layer: 'conv2d_3', class: '1', state: 'map' }));
    await compared(page);
    assert.equal((await asked(page)).length, 1);
  });
});

test('an other image that is gone is said, and another can be chosen', async () => {
  await withPage(await comparedScene(), wide, async (page) => {
    await byId(page, 'mode-compare').click();
    await byId(page, 'kind-models').click();
    await page.evaluate(() => window.host.failures.set('chooseOther', { code: 'internal', message: 'No dialog could be shown.' }));
    await byId(page, 'choose-other').click();
    await byId(page, 'error').waitFor();
    assert.match(await textOf(page, 'error-message'), /No dialog/);
    await page.evaluate(() =>
      window.host.failures.set('predict', { code: 'file-missing', message: 'The model file is gone.', file: '/ws/m' }),
    );
    await byId(page, 'choose-other').click();
    await page.waitForFunction(() => /is gone/.test(document.querySelector('[data-testid=error-message]')?.textContent ?? ''));
    assert.equal(await byId(page, 'choose-other').count(), 1);
    await byId(page, 'retry').click();
    await page.waitForSelector(cellSelector({ side: 'model', state: 'map' }));
  });
});

test('the exported sheet: labels, maps in the colours of the grid, and where each comes from', async () => {
  await withPage(await sampleScene(), wide, async (page) => {
    await compare(page, 'methods');
    await byId(page, 'over-picture').click();
    await byId(page, 'export-grid').click();
    await byId(page, 'notice').waitFor();
    assert.match(await textOf(page, 'notice'), /Saved as both\.compare-methods\.png/);
    const { png, provenance } = await page.evaluate(() => {
      const sent = window.host.calls('exportPicture')[0]!.params as unknown as { png: Uint8Array; provenance: Record<string, unknown> };
      return { png: sent.png.reduce((text, byte) => text + String.fromCharCode(byte), ''), provenance: sent.provenance };
    });
    const { data, info } = await sharp(Buffer.from(png, 'latin1')).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    assert.equal(info.width, 1680);
    const pixel = (x: number, y: number) => [...data.subarray(3 * (y * info.width + x), 3 * (y * info.width + x) + 3)];
    assert.deepEqual(pixel(2, 2), [255, 255, 255]);
    const near = (a: readonly number[], b: readonly number[]) => a.every((v, i) => Math.abs(v - b[i]!) < 25);
    const all = Array.from({ length: info.height }, (_, y) => Array.from({ length: info.width / 8 }, (_, x) => pixel(8 * x, y))).flat();
    const share = (color: readonly number[]) => all.filter((p) => near(p, color)).length / all.length;
    assert.ok(share(sampleColorMap('viridis', 0)) > 0.1, 'the cold parts of the maps');
    assert.ok(share(sampleColorMap('viridis', 1)) > 0.0005, `the hot parts: ${share(sampleColorMap('viridis', 1))}`);
    const { maps, subject, colorScale } = provenance as {
      maps: { method: string; layer: string; target: string; colors: { from: number; to: number } }[];
      subject: Record<string, unknown>;
      colorScale: string;
    };
    assert.equal(maps.length, await byId(page, 'cell').count());
    assert.equal(colorScale, 'map');
    assert.equal(subject.model, '/ws/models/shapes-cnn/model.json');
    const one = maps.find((m) => m.method === 'grad-cam' && m.layer === 'conv2d_3')!;
    assert.equal(one.target, 'logit of ball');
    assert.ok(one.colors.from === 0 && one.colors.to > 1);
    await page.evaluate(() => window.host.failures.set('exportPicture', { code: 'internal', message: 'The disk is full.' }));
    await byId(page, 'export-grid').click();
    await page.waitForFunction(() => /Not saved: The disk is full/.test(document.querySelector('[data-testid=notice]')!.textContent!));
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { byId } from '../open.ts';
import { topOf } from './answers/patches.ts';
import { summaryOf } from './answers/unit.ts';
import { calls, said } from './collected.ts';
import { placementOf, unitMapOf } from './made.ts';
import { useUnitsPage } from './open.ts';
import { tinyScene } from './scenes.ts';
import { allThere, layer, pixelsOf, unitScene } from './unitScenes.ts';

const { withPage } = useUnitsPage();

test('what is above the threshold stays bright, placed by the centres of the receptive fields', async () => {
  const scene = unitScene(11);
  const { threshold } = summaryOf(scene, layer, 11, 0.005);
  const { image } = topOf(scene, layer, 11, 160)[0]!;
  const { rows, columns } = placementOf(scene, layer);
  const values = unitMapOf(scene, layer, 11, image.path);
  await withPage(scene, { width: 1100 }, async (page) => {
    await allThere(page);
    const canvas = byId(page, 'unit-map').first();
    const shown = await pixelsOf(canvas);
    const scale = shown.width / 64;
    // Written out once more: bilinear between the centres, in double precision.
    const cell = (list: Float32Array, place: number) => {
      const after = list.findIndex((centre) => centre > place);
      const to = after === -1 ? list.length - 1 : after;
      const from = Math.max(0, after === -1 ? to : after - 1);
      return { from, to, share: to === from ? 0 : (place - list[from]!) / (list[to]! - list[from]!) };
    };
    const expected = (x: number, y: number) => {
      const [r, c] = [cell(rows, (y + 0.5) / scale - 0.5), cell(columns, (x + 0.5) / scale - 0.5)];
      const at = (row: number, column: number) => values[8 * row + column]!;
      const above = at(r.from, c.from) * (1 - c.share) + at(r.from, c.to) * c.share;
      const below = at(r.to, c.from) * (1 - c.share) + at(r.to, c.to) * c.share;
      return above * (1 - r.share) + below * r.share;
    };
    // Without a threshold the picture is as it is: the same canvas, all bright.
    await page.evaluate(() => {
      window.unitsHost.held.add('unitSummary');
    });
    let bright = 0;
    let wrong = 0;
    const whole = await brightPicture(page, canvas);
    for (let y = 0; y < shown.height; y++) {
      for (let x = 0; x < shown.width; x++) {
        const value = expected(x, y);
        if (Math.abs(value - threshold) < 1e-4) continue;
        const at = 4 * (y * shown.width + x);
        const above = value > threshold;
        const around = [expected(x - 1, y), expected(x + 1, y), expected(x, y - 1), expected(x, y + 1)];
        if (around.some((each) => each > threshold !== above)) {
          // The line around the region.
          if (Math.min(...shown.data.slice(at, at + 3)) < 200) wrong++;
          continue;
        }
        const kept = [0, 1, 2].every((channel) => Math.abs(shown.data[at + channel]! - whole[at + channel]!) <= 1);
        const dim = [0, 1, 2].every((channel) => Math.abs(shown.data[at + channel]! - whole[at + channel]! * (64 / 255)) <= 2);
        if (above) bright++;
        if (above ? !kept : !dim) wrong++;
      }
    }
    assert.ok(bright > 5, `${bright} bright pixels`);
    assert.equal(wrong, 0);
  });
});

/** The pixels of the same map while no threshold is known: of another share the answer is held. */
async function brightPicture(page: Page, canvas: Locator): Promise<number[]> {
  await page.reload();
  await page.evaluate(() => {
    window.unitsHost.held.add('unitSummary');
  });
  await page.waitForFunction(() => document.querySelectorAll('canvas[data-testid=unit-map]').length === 8);
  return (await pixelsOf(canvas)).data;
}

test('the threshold: value, share, cells; another share is asked for; too few cells are told', async () => {
  const scene = unitScene(11);
  const few = summaryOf(scene, layer, 11, 0.005);
  const many = summaryOf(scene, layer, 11, 0.05);
  await withPage(scene, { width: 1100 }, async (page) => {
    await allThere(page);
    const number = (value: number) => String(Number(value.toPrecision(4)));
    assert.equal(
      await said(byId(page, 'threshold')),
      `Threshold ${number(few.threshold)} ± ${number(few.thresholdError)}: the top 0.5 % of 768 cells, ${few.above} lie above it.`,
    );
    assert.match(await said(byId(page, 'threshold-doubt')), /too few to mean much: 12 cells at least/);
    await byId(page, 'quantile').fill('6');
    await page.waitForFunction(() => /top 5 %/.test(document.querySelector('[data-testid=threshold]')?.textContent ?? ''));
    assert.match(
      await said(byId(page, 'threshold')),
      new RegExp(`^Threshold ${number(many.threshold)} .* of 768 cells, ${many.above} lie`),
    );
    assert.equal(await byId(page, 'threshold-doubt').count(), 0);
    assert.deepEqual((await calls(page, 'unitSummary')).at(-1)?.params, { layer: 'conv2d_3', unit: 11, quantile: 0.05 });
    // The maps need no new question.
    assert.equal((await calls(page, 'unitMaps')).length, 1);
  });
});

test('random images of the data set instead, and others', async () => {
  await withPage(unitScene(11), {}, async (page) => {
    await allThere(page);
    const names = () => page.locator('.unit-map-name').allTextContents();
    const top = await names();
    await byId(page, 'map-images-random').click();
    await page.waitForFunction(() => window.unitsHost.calls('unitMaps').filter(({ ended }) => ended === 'answered').length === 2);
    await page.waitForFunction(() => document.querySelectorAll('canvas[data-testid=unit-map]').length === 8);
    const random = await names();
    assert.equal(new Set(random).size, 8);
    assert.notDeepEqual(random, top);
    await byId(page, 'draw-again').click();
    await page.waitForFunction(() => window.unitsHost.calls('unitMaps').filter(({ ended }) => ended === 'answered').length >= 3);
    await page.waitForFunction(() => document.querySelectorAll('canvas[data-testid=unit-map]').length === 8);
    assert.equal(new Set(await names()).size, 8);
    // The same pictures for the next unit, so that units can be compared.
    const before = await names();
    await byId(page, 'unit-next').click();
    await page.waitForFunction(() => window.unitsHost.calls('unitMaps').at(-1)?.params.unit === 12);
    await page.waitForFunction(() => document.querySelectorAll('.unit-map-name').length === 8);
    assert.deepEqual(await names(), before);
  });
});

test('an image that cannot be read stops no other', async () => {
  const scene = unitScene(11);
  const { image } = topOf(scene, layer, 11, 160)[3]!;
  await withPage({ ...scene, broken: [image.path] }, {}, async (page) => {
    await byId(page, 'unit-map-error').waitFor();
    assert.equal(await said(byId(page, 'unit-map-error')), `${image.name} is no image.`);
    await page.waitForFunction(() => document.querySelectorAll('canvas[data-testid=unit-map]').length === 7);
  });
});

test('the histogram: logarithmic counts, the threshold where it lies, numbers in words', async () => {
  const scene = unitScene(11);
  const summary = summaryOf(scene, layer, 11, 0.005);
  await withPage(scene, {}, async (page) => {
    await byId(page, 'histogram').waitFor();
    const bars = await page
      .locator('[data-testid=histogram] rect')
      .evaluateAll((all) => all.map((bar) => Number(bar.getAttribute('height'))));
    const tallest = Math.log1p(Math.max(...summary.histogram.counts));
    assert.equal(bars.length, summary.histogram.counts.length);
    for (const [i, height] of bars.entries())
      assert.ok(Math.abs(height - (72 * Math.log1p(summary.histogram.counts[i]!)) / tallest) < 1e-3, `bar ${i}`);
    const x = Number(await byId(page, 'threshold-line').getAttribute('x1'));
    assert.ok(Math.abs(x - (256 * (summary.threshold - summary.min)) / (summary.max - summary.min)) < 1e-3);
    assert.match(
      await said(byId(page, 'summary-facts')),
      /^min 0 · max [\d.]+ · mean [\d.]+ · active in [\d.]+ % of 768 cells of 12 pictures$/,
    );
  });
});

test('where more cells than the share have the largest value, as behind a ReLU6, those are the bright ones', async () => {
  const layers = tinyScene().layers.map((each) => ({ ...each, bounds: { low: 0, high: 0.2 } }));
  await withPage(unitScene(11, { layers }), { width: 1100 }, async (page) => {
    await allThere(page);
    assert.match(await said(byId(page, 'threshold')), /^Threshold 0\.2 .* 0 lie above it\.$/);
    assert.match(await said(byId(page, 'threshold-doubt')), /More cells than that have the largest value/);
    const { width, height, data } = await pixelsOf(byId(page, 'unit-map').first());
    const light = Array.from({ length: width * height }, (_, i) => data[4 * i]! + data[4 * i + 1]! + data[4 * i + 2]!);
    assert.ok(light.filter((each) => each > 200).length > 100, 'a region is bright');
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { byId } from '../open.ts';
import { fieldOf, topOf } from './answers/patches.ts';
import { classesOf, summaryOf } from './answers/unit.ts';
import { calls, patchesScene, said, turned } from './collected.ts';
import { placementOf, unitMapOf } from './made.ts';
import { useUnitsPage } from './open.ts';
import type { UnitsScene } from './scene.ts';
import { tinyScene } from './scenes.ts';

const { withPage } = useUnitsPage();

const layer = tinyScene().layers.find(({ name }) => name === 'conv2d_3')!;

function unitScene(unit: number, change: Partial<UnitsScene> = {}, of = 'conv2d_3'): UnitsScene {
  return turned({ ...tinyScene(), ...change }, { view: 'patches', layer: of, unit });
}

/** Bytes of a canvas, [height·width·4]. */
async function pixelsOf(canvas: Locator): Promise<{ width: number; height: number; data: number[] }> {
  return await canvas.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement;
    const copy = new OffscreenCanvas(width, height).getContext('2d')!;
    copy.drawImage(element as HTMLCanvasElement, 0, 0);
    return { width, height, data: [...copy.getImageData(0, 0, width, height).data] };
  });
}

async function allThere(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelectorAll('canvas[data-testid=unit-map]').length === 8);
  await byId(page, 'histogram').waitFor();
  await byId(page, 'classes-about').waitFor();
}

test('title, what kind of unit it is, the ones before and after it', async () => {
  await withPage(unitScene(0, { saturated: [1] }), {}, async (page) => {
    await byId(page, 'unit-page').waitFor();
    assert.equal(await said(byId(page, 'unit-title')), 'conv2d_3 · unit 0');
    assert.ok(await byId(page, 'unit-previous').evaluate((e) => e.hasAttribute('disabled')));
    await page.waitForFunction(() =>
      /^Active in [\d.]+ % of its cells on these 12 pictures\.$/.test(
        document.querySelector('[data-testid=unit-words]')?.textContent ?? '',
      ),
    );
    await byId(page, 'unit-next').click();
    assert.equal(await said(byId(page, 'unit-title')), 'conv2d_3 · unit 1');
    await page.waitForFunction(() =>
      /^Saturated: 97\.0 % of its cells/.test(document.querySelector('[data-testid=unit-words]')?.textContent ?? ''),
    );
  });
  await withPage(unitScene(63), {}, async (page) => {
    await byId(page, 'unit-page').waitFor();
    assert.ok(await byId(page, 'unit-next').evaluate((e) => e.hasAttribute('disabled')));
  });
  await withPage(unitScene(5), {}, async (page) => {
    await page.waitForFunction(() =>
      /^Dead: it has the same value in all cells of these 12 pictures\.$/.test(
        document.querySelector('[data-testid=unit-words]')?.textContent ?? '',
      ),
    );
  });
});

test('the patches are asked for first; all of them on demand', async () => {
  await withPage(unitScene(11), {}, async (page) => {
    await allThere(page);
    const order = await page.evaluate(() => window.unitsHost.log.map(({ method }) => method));
    for (const later of ['unitMaps', 'unitSummary'])
      assert.ok(order.indexOf('topPatches') < order.indexOf(later), `${later} before the patches`);
    assert.equal(await page.locator('[data-testid=top-grid] [role=option]').count(), 9);
    await byId(page, 'show-all').click();
    await byId(page, 'top-11').waitFor();
    assert.equal(await page.locator('[data-testid=top-grid] [role=option]').count(), 12);
    await byId(page, 'show-best').click();
    assert.equal(await page.locator('[data-testid=top-grid] [role=option]').count(), 9);
  });
});

test('a selected patch: large, its image with both boxes, and where it leads', async () => {
  // The unit is opened by hand: the host would turn to it again with the next subject.
  const scene = patchesScene();
  const patch = topOf(scene, layer, 11, 160)[2]!;
  const { image, at } = patch;
  await withPage(scene, { width: 1100 }, async (page) => {
    await byId(page, 'unit-11').locator('[data-testid=unit-head]').click();
    await byId(page, 'top-2').click();
    await byId(page, 'whole').waitFor();
    await page.waitForFunction(() =>
      /Effective ?\d/.test(document.querySelector('[data-testid=selected-facts]')?.textContent?.replaceAll(/\s+/g, ' ') ?? ''),
    );
    const facts = await said(byId(page, 'selected-facts'));
    assert.match(
      facts,
      new RegExp(
        `Image ${image.name} Value [\\d.]+ at row ${at[0]}, column ${at[1]} Receptive field ${patch.field!.width} × ${patch.field!.height} px`,
      ),
    );
    // The white line stands at the left edge of the receptive field.
    const field = fieldOf(scene, layer, at);
    const { width, height, data } = await pixelsOf(byId(page, 'whole'));
    const scale = width / 64;
    const row = Math.round((field.y + field.height / 2) * scale);
    const bright = Array.from({ length: width }, (_, x) => Math.min(...data.slice(4 * (row * width + x), 4 * (row * width + x) + 3)));
    const near = (x: number) => Math.max(...bright.slice(Math.max(0, Math.round(x) - 2), Math.round(x) + 2));
    assert.ok(near(field.x * scale) > 185, `at the field's edge: ${near(field.x * scale)}`);
    assert.equal(height, width);
    for (const [button, call, params] of [
      ['open-image', 'openImage', { image: image.path }],
      ['explain-image', 'explainImage', { image: image.path, layer: 'conv2d_3' }],
      ['patch-layer', 'revealLayer', { layer: 'conv2d_3' }],
    ] as const) {
      await byId(page, button).click();
      await page.waitForFunction((name) => window.unitsHost.calls(name).length === 1, call);
      assert.deepEqual((await calls(page, call))[0]?.params, params);
    }
    await byId(page, 'use-image').click();
    await page.waitForFunction(() => window.unitsHost.calls('useImage').length === 1);
    assert.deepEqual((await calls(page, 'useImage'))[0]?.params, { image: image.path });
    await byId(page, 'unit-page').waitFor({ state: 'detached' });
  });
});

test('arrows and Enter select patches, Escape lets go of the patch and then of the unit', async () => {
  await withPage(unitScene(11), { width: 1100 }, async (page) => {
    await byId(page, 'top-0').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    assert.equal(await byId(page, 'top-1').getAttribute('aria-selected'), 'true');
    await page.keyboard.press('Escape');
    await byId(page, 'selected-patch').waitFor({ state: 'detached' });
    await byId(page, 'unit-page').waitFor();
    await page.keyboard.press('Escape');
    await byId(page, 'unit-page').waitFor({ state: 'detached' });
  });
});

test('projections stand where the patches did, around mid-grey with the scale of each', async () => {
  await withPage(unitScene(11), { width: 1100 }, async (page) => {
    await byId(page, 'shows-projections').click();
    await page.waitForFunction(() => document.querySelectorAll('[data-testid=top-grid] canvas').length === 9);
    const canvas = page.locator('[data-testid=top-0] canvas');
    const pixel = async (share: number) => {
      const { width, height, data } = await pixelsOf(canvas);
      const at = 4 * (Math.floor(height / 2) * width + Math.floor(share * width));
      return data.slice(at, at + 4);
    };
    // Values 1, −0.5 and 0 of ±1: 128 + 127·v; the one pixel of 50 is beyond the scale.
    assert.deepEqual(await pixel(0.2), [255, 65, 128, 255]);
    assert.deepEqual(await pixel(0.8), [128, 65, 255, 255]);
    await byId(page, 'rule-gradient').click();
    await page.waitForFunction(() =>
      window.unitsHost.calls('projections').some(({ params, ended }) => params.rule === 'gradient' && ended === 'answered'),
    );
    await page.waitForTimeout(50);
    assert.deepEqual(await pixel(0.2), [1, 192, 128, 255]);
    await byId(page, 'shows-patches').click();
    assert.notDeepEqual(await pixel(0.2), [1, 192, 128, 255]);
  });
});

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

test('classes: the five it speaks for most and against most; a click leads to the class’s picture', async () => {
  const scene = unitScene(11);
  const { classes } = classesOf(scene, 'conv2d_3', 11);
  const labels = (list: Locator) => list.locator('.class-label').allTextContents();
  await withPage(scene, {}, async (page) => {
    await byId(page, 'classes-for').waitFor();
    const positive = classes.filter(({ value }) => value > 0);
    const negative = classes.filter(({ value }) => value < 0);
    assert.deepEqual(
      await labels(byId(page, 'classes-for')),
      positive.slice(0, 5).map(({ label }) => label),
    );
    assert.deepEqual(
      await labels(byId(page, 'classes-against')),
      negative
        .slice(-5)
        .reverse()
        .map(({ label }) => label),
    );
    assert.match(await said(byId(page, 'classes-about')), /^The weight of the unit/);
    await byId(page, `unit-class-${classes[0]!.index}`).click();
    await byId(page, 'unit-page').waitFor({ state: 'detached' });
    const kept = await page.evaluate(() => JSON.parse(sessionStorage.getItem('glassbox-state')!).choices);
    assert.deepEqual([kept.view, kept.visualise.of, kept.visualise.class, kept.unit], ['visualise', 'class', classes[0]!.index, undefined]);
  });
});

for (const [call, section] of [
  ['topPatches', 'section-patches'],
  ['unitMaps', 'section-maps'],
  ['unitSummary', 'section-histogram'],
  ['unitClasses', 'section-classes'],
] as const) {
  test(`${call} that fails leaves the other sections, and can be tried again`, async () => {
    const steer = new Function('host', `host.failures.set('${call}', { code: 'engine', message: '${call} broke.' })`) as (
      host: Window['unitsHost'],
    ) => void;
    await withPage(unitScene(11), { steer }, async (page) => {
      const error = byId(page, section).locator('[data-testid=error-message]');
      await error.waitFor();
      assert.equal(await said(error), `${call} broke.`);
      assert.equal(await byId(page, 'error').count(), 1);
      await byId(page, 'retry').click();
      await error.waitFor({ state: 'detached' });
      await allThere(page);
      await byId(page, 'top-8').waitFor();
    });
  });
}

test('with nothing collected: activations over random images with a threshold of their own, classes, and the offer to collect', async () => {
  const scene = unitScene(11, { collected: [] });
  const images = Array.from({ length: 300 }, (_, i) => ({ path: `/ws/many/${i}.png`, name: `${i}.png` }));
  const many = { ...scene, subject: { ...scene.subject, dataset: { label: 'many', images, capped: true } } };
  await withPage(many, {}, async (page) => {
    await byId(page, 'collect-offer').waitFor();
    assert.match(await said(byId(page, 'collect-offer')), /many, 300 pictures, the first of more/);
    await page.waitForFunction(() => document.querySelectorAll('canvas[data-testid=unit-map]').length === 8);
    await byId(page, 'threshold').waitFor();
    // 8 × 8 × 8 cells: 2 of 512 above, exactly.
    assert.match(
      await said(byId(page, 'threshold')),
      /^Threshold [\d.]+: the top 0\.5 % of 512 cells, 2 lie above it\. Only over the 8 pictures shown/,
    );
    await byId(page, 'classes-about').waitFor();
    assert.equal(await byId(page, 'section-histogram').count(), 0);
    assert.deepEqual(await calls(page, 'topPatches'), []);
    assert.deepEqual(await calls(page, 'unitSummary'), []);
    await byId(page, 'collect').click();
    await byId(page, 'top-8').waitFor();
    await byId(page, 'histogram').waitFor();
  });
});

test('another unit stops what the last one asked for', async () => {
  const steer = (host: Window['unitsHost']) => {
    host.held.add('unitMaps');
  };
  await withPage(unitScene(11), { steer }, async (page) => {
    await page.waitForFunction(() => window.unitsHost.calls('unitMaps').length === 1);
    await byId(page, 'unit-next').click();
    await page.waitForFunction(() => window.unitsHost.calls('unitMaps').length === 2);
    assert.deepEqual(
      (await calls(page, 'unitMaps')).map(({ ended, params }) => [ended, params.unit]),
      [
        ['aborted', 11],
        ['no', 12],
      ],
    );
    await page.evaluate(() => {
      window.unitsHost.held.clear();
    });
    await allThere(page);
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

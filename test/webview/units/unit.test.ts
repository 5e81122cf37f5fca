import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator } from 'playwright-core';
import { byId } from '../open.ts';
import { fieldOf, topOf } from './answers/patches.ts';
import { classesOf } from './answers/unit.ts';
import { calls, patchesScene, said, turned } from './collected.ts';
import { pictureOf } from './made.ts';
import { useUnitsPage } from './open.ts';
import { tinyScene } from './scenes.ts';
import { allThere, layer, pixelsOf, unitScene } from './unitScenes.ts';

const { withPage } = useUnitsPage();

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
    assert.match(await said(byId(page, 'collect-offer')), /many, 300 pictures of more, from all folders/);
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

test('a vector’s number lies nowhere in its picture: nothing is coloured', async () => {
  const vector = turned({ ...tinyScene(), collected: ['dense'] }, { view: 'patches', layer: 'dense', unit: 3 });
  await withPage(vector, { width: 1100 }, async (page) => {
    await byId(page, 'top-0').click();
    await byId(page, 'whole').waitFor();
    assert.equal(await said(page.locator('.selected-whole figcaption')), 'Line: receptive field. Dashes: 95 % of the gradient.');
    // The middle of the picture as it is, enlarged: no box's line passes there.
    const image = topOf(vector, vector.layers.find(({ name }) => name === 'dense')!, 3, 64)[0]!.image;
    const { width, height, data } = await pixelsOf(byId(page, 'whole'));
    const own = pictureOf(vector, image.path);
    const scale = width / 64;
    const colour = (x: number, y: number) =>
      data.slice(4 * (Math.floor((y + 0.5) * scale) * width + Math.floor((x + 0.5) * scale))).slice(0, 3);
    assert.equal(height, width);
    for (const [channel, value] of colour(32, 32).entries())
      assert.ok(Math.abs(value - own.data[3 * (32 * 64 + 32) + channel]!) < 30, `channel ${channel}`);
  });
});

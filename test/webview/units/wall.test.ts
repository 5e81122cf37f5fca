import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { tileBox } from '../../../webview/units/patches/tileBox.ts';
import { byId } from '../open.ts';
import { topOf, unitsOf } from './answers/patches.ts';
import { calls, patchesScene, said, turned, unitsOnWall } from './collected.ts';
import { pictureOf } from './made.ts';
import { useUnitsPage } from './open.ts';
import { squeezeScene } from './scenes.ts';

const { withPage } = useUnitsPage();

const last = patchesScene().layers.find(({ name }) => name === 'conv2d_3')!;

async function wide() {
  const scene = turned(await squeezeScene(), { view: 'patches', layer: 'mixed' });
  return { ...scene, collected: ['mixed'] };
}

/** Units whose patches were asked for, call by call. */
async function asked(page: Page): Promise<number[][]> {
  return (await calls(page, 'topPatches')).map(({ params }) => params.units as number[]);
}

/** Unit and place of the cell that has the focus. */
async function focused(page: Page): Promise<string> {
  return await page.evaluate(() => {
    const { unit, at } = (document.activeElement as HTMLElement).dataset;
    return `${unit}/${at}`;
  });
}

test('of 2048 units only those in view are asked for, in the order of sight; the rest when they come into view', async () => {
  await withPage(await wide(), { width: 1200, height: 700 }, async (page) => {
    await byId(page, 'patch').first().waitFor();
    await page.waitForFunction(() => window.unitsHost.calls('topPatches').every(({ ended }) => ended === 'answered'));
    const order = await unitsOnWall(page);
    assert.equal(order.length, 2048);
    const first = (await asked(page)).flat();
    assert.ok(first.length < 40, `${first.length} units`);
    assert.deepEqual(
      first,
      order.filter((unit) => first.includes(unit)),
    );
    assert.equal(first[0], order[0]);
    const target = order[1500]!;
    await byId(page, `unit-${target}`).scrollIntoViewIfNeeded();
    await byId(page, `unit-${target}`).locator('canvas').first().waitFor();
    assert.ok((await asked(page)).flat().length < 120);
    // Rows keep their height whether they are filled or not.
    const heights = await page
      .locator('.patch-row')
      .evaluateAll((rows) => [...new Set(rows.map((row) => Math.round(row.getBoundingClientRect().height)))]);
    assert.equal(heights.length, 1, `heights ${heights}`);
  });
});

test('what is scrolled past is given up', async () => {
  await withPage(await wide(), { width: 1200, height: 700 }, async (page) => {
    await byId(page, 'patch').first().waitFor();
    await page.waitForFunction(() => window.unitsHost.calls('topPatches').every(({ ended }) => ended === 'answered'));
    const before = (await asked(page)).length;
    await page.evaluate(() => {
      window.unitsHost.held.add('topPatches');
    });
    const order = await unitsOnWall(page);
    const reach = async (at: number) => {
      await byId(page, `unit-${order[at]}`).scrollIntoViewIfNeeded();
    };
    await reach(600);
    await page.waitForFunction((count) => window.unitsHost.calls('topPatches').length > count, before);
    await reach(1800);
    await page.waitForFunction((count) => window.unitsHost.calls('topPatches').length > count + 1, before);
    const now = await calls(page, 'topPatches');
    assert.equal(now[before]?.ended, 'aborted');
    await page.evaluate(() => {
      window.unitsHost.held.clear();
    });
    await byId(page, `unit-${order[1800]}`).locator('canvas').first().waitFor();
  });
});

test('a tile shows the pixels of its patch, and says image, value, place and what is shown', async () => {
  const scene = patchesScene();
  const units = unitsOf(scene, last, 0.005);
  const strongest = units.max.indexOf(Math.max(...units.max));
  const patch = topOf(scene, last, strongest, 96)[0]!;
  await withPage(scene, { width: 1000 }, async (page) => {
    await page.waitForSelector('[data-testid=patch] canvas');
    const tile = byId(page, 'patch').first();
    const title = (await tile.getAttribute('title'))!;
    assert.equal(
      title,
      `${patch.image.name}\nvalue ${Number(patch.value.toPrecision(4))} at row ${patch.at[0]}, column ${patch.at[1]}\n` +
        `receptive field, ${patch.shown.width} × ${patch.shown.height} px at (${patch.shown.x}, ${patch.shown.y}) of the input`,
    );
    const painted = await tile.locator('canvas').evaluate((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const copy = new OffscreenCanvas(width, height).getContext('2d')!;
      copy.drawImage(canvas as HTMLCanvasElement, 0, 0);
      return { width, height, data: [...copy.getImageData(0, 0, width, height).data] };
    });
    // The picture of the network, cut where the patch lies: not what the host sent once more.
    const whole = pictureOf(scene, patch.image.path);
    const { x, y, width, height } = patch.shown;
    assert.deepEqual([painted.width, painted.height], [width, height]);
    const expected = Array.from({ length: 4 * width * height }, (_, i) => {
      const [pixel, channel] = [Math.floor(i / 4), i % 4];
      const from = (y + Math.floor(pixel / width)) * whole.width + x + (pixel % width);
      return channel === 3 ? 255 : whole.data[3 * from + channel];
    });
    assert.deepEqual(painted.data, expected);
    assert.match(await said(byId(page, 'tile-line')), /receptive field of a cell, 38 × 38 px/);
  });
});

test('a patch is as large in its tile as its part of the whole receptive field', () => {
  const input = [64, 64] as const;
  const of = (x: number, y: number, width: number, height: number) =>
    tileBox({ shown: { x, y, width, height }, shownAs: 'field' }, [40, 40], input);
  assert.deepEqual(of(12, 12, 40, 40), { x: 0, y: 0, width: 1, height: 1 });
  // Cut at the left: it stands at the right, where the missing part completes it.
  assert.deepEqual(of(0, 12, 30, 40), { x: 0.25, y: 0, width: 0.75, height: 1 });
  assert.deepEqual(of(34, 44, 30, 20), { x: 0, y: 0, width: 0.75, height: 0.5 });
  // Not square: centred along the shorter side.
  assert.deepEqual(tileBox({ shown: { x: 10, y: 10, width: 20, height: 10 }, shownAs: 'field' }, [10, 20], input), {
    x: 0,
    y: 0.25,
    width: 1,
    height: 0.5,
  });
  // Larger than the image: there is no whole to be seen.
  assert.deepEqual(tileBox({ shown: { x: 0, y: 0, width: 64, height: 32 }, shownAs: 'field' }, [90, 90], input), {
    x: 0,
    y: 0.25,
    width: 1,
    height: 0.5,
  });
  // A part of a field larger than the image fills the tile.
  assert.deepEqual(tileBox({ shown: { x: 0, y: 5, width: 10, height: 20 }, shownAs: 'effective' }, [400, 400], input), {
    x: 0.25,
    y: 0,
    width: 0.5,
    height: 1,
  });
});

test('fields larger than the picture: the tile says what part it shows', async () => {
  await withPage(await wide(), { width: 1000 }, async (page) => {
    await page.waitForSelector('[data-testid=patch] canvas');
    assert.match(
      await said(byId(page, 'tile-line')),
      /^A cell sees \(nearly\) the whole picture, 259 × 259 px of the input\. Dotted frame: .* Dashed frame: the part that holds 95 % of the gradient\. No frame: the receptive field, cut by the border\.$/,
    );
    assert.equal(await byId(page, 'unit-1').count(), 1);
    assert.ok((await page.locator('.tile.effective').count()) > 0);
    assert.ok((await page.locator('.tile.typical').count()) > 0);
  });
});

test('small patches are enlarged smoothly or pixel by pixel', async () => {
  await withPage(patchesScene(), {}, async (page) => {
    await page.waitForSelector('[data-testid=patch] canvas');
    const rendering = () =>
      page
        .locator('[data-testid=patch] canvas')
        .first()
        .evaluate((canvas) => getComputedStyle(canvas).imageRendering);
    assert.equal(await rendering(), 'auto');
    await byId(page, 'patch-smooth').click();
    assert.equal(await rendering(), 'pixelated');
  });
});

test('keys lead through the wall, open a unit, and Escape leads back to where one was', async () => {
  await withPage(patchesScene(), { width: 1000 }, async (page) => {
    await page.waitForSelector('[data-testid=patch] canvas');
    const [first, second] = await unitsOnWall(page);
    await byId(page, 'unit-head').first().focus();
    assert.equal(await focused(page), `${first}/0`);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    assert.equal(await focused(page), `${first}/2`);
    await page.keyboard.press('ArrowDown');
    assert.equal(await focused(page), `${second}/2`);
    await page.keyboard.press('End');
    assert.equal(await focused(page), `${second}/9`);
    await page.keyboard.press('Home');
    assert.equal(await focused(page), `${second}/0`);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('End');
    // One stop for Tab.
    assert.equal(await page.locator('[data-testid=wall] [tabindex="0"]').count(), 1);
    await page.keyboard.press('Enter');
    await byId(page, 'unit-page').waitFor();
    assert.equal(await byId(page, 'unit-page').getAttribute('data-unit'), String(first));
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('data-testid')), 'unit-title');
    await byId(page, 'selected-patch').waitFor();
    assert.equal(await byId(page, 'top-8').getAttribute('aria-selected'), 'true');
    await page.keyboard.press('Escape');
    await byId(page, 'selected-patch').waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await byId(page, 'wall').waitFor();
    await page.waitForFunction((unit) => (document.activeElement as HTMLElement).dataset.unit === unit, String(first));
    assert.equal(await focused(page), `${first}/9`);
  });
});

test('back from another unit’s page than the one that was opened, the wall is at that one', async () => {
  await withPage(await wide(), { width: 1000, height: 700 }, async (page) => {
    await page.waitForSelector('[data-testid=patch] canvas');
    await byId(page, 'unit-head').first().click();
    await byId(page, 'unit-next').click();
    const unit = (await byId(page, 'unit-page').getAttribute('data-unit'))!;
    await byId(page, 'unit-back').click();
    await page.waitForFunction((now) => (document.activeElement as HTMLElement).dataset.unit === now, unit);
    assert.ok(
      await byId(page, `unit-${unit}`).evaluate(
        (row) => row.getBoundingClientRect().top > 0 && row.getBoundingClientRect().bottom < innerHeight,
      ),
    );
  });
});

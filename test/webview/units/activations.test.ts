import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { sampleColorMap } from '../../../src/shared/colorMaps.ts';
import type { UnitWall } from '../../../src/shared/unitsProtocol.ts';
import { audit, byId, screenshot, textOf } from '../open.ts';
import { type ThemeKind, themes } from '../themes.ts';
import { useUnitsPage } from './open.ts';
import type { UnitsScene } from './scene.ts';
import { squeezeScene, tinyScene } from './scenes.ts';

const { withPage } = useUnitsPage();

/** Waits until the wall of a picture and layer is there. */
async function walled(page: Page, image = 'ball-0001.png'): Promise<void> {
  await page.waitForFunction(
    (name) =>
      document.querySelector('[data-testid=activation-canvas]:not(.stale)')?.ariaLabel?.startsWith(name) &&
      document.querySelector('.wall-tile canvas'),
    image,
  );
}

/** Units in the order of the wall, those that are drawn. */
async function unitsOf(page: Page): Promise<number[]> {
  return await page
    .locator('.wall-tile[data-unit]')
    .evaluateAll((tiles) => tiles.map((tile) => Number((tile as HTMLElement).dataset.unit)));
}

/** What the host answered, made anew. */
async function wall(
  page: Page,
  layer: string,
  image = '/ws/shapes/ball-0001.png',
): Promise<Pick<UnitWall, 'max' | 'mean' | 'height' | 'width'> & { maps: number[] }> {
  return await page.evaluate(
    async ([name, path]) => {
      const { max, mean, height, width, maps } = await window.unitsHost.wall(name!, path!);
      return { max, mean, height, width, maps: [...maps] };
    },
    [layer, image],
  );
}

/** Colour of a canvas at shares of its width and height. */
async function colorAt(page: Page, testid: string, u: number, v: number): Promise<number[]> {
  return await byId(page, testid).evaluate(
    (element, [x, y]) => {
      const canvas = (element instanceof HTMLCanvasElement ? element : element.querySelector('canvas'))!;
      const copy = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;
      copy.drawImage(canvas, -Math.floor(x! * canvas.width), -Math.floor(y! * canvas.height));
      return [...copy.getImageData(0, 0, 1, 1).data];
    },
    [u, v],
  );
}

function descending(units: readonly number[], key: (unit: number) => number): void {
  for (const [i, unit] of units.entries()) if (i > 0) assert.ok(key(units[i - 1]!) >= key(unit), `${units[i - 1]} before ${unit}`);
}

test('units are sorted by maximum, by mean, by how unusual they are and by number', async () => {
  await withPage(tinyScene(), { width: 1000, height: 1400 }, async (page) => {
    await walled(page);
    const { max, mean } = await wall(page, 'conv2d_3');
    const byMax = await unitsOf(page);
    assert.deepEqual(
      [...byMax].sort((a, b) => a - b),
      Array.from({ length: 64 }, (_, unit) => unit),
    );
    descending(byMax, (unit) => max[unit]!);
    // Dead ones have 0: last, by number.
    assert.deepEqual(byMax.filter((unit) => max[unit] === 0).slice(0, 2), [5, 17]);
    await byId(page, 'map-order-mean').click();
    descending(await unitsOf(page), (unit) => mean[unit]!);
    await page.waitForSelector('[data-testid=map-order-unusual]:not(:disabled)');
    await byId(page, 'map-order-unusual').click();
    const threshold = await page.evaluate(() => [...window.unitsHost.layerUnits('conv2d_3').threshold]);
    descending(await unitsOf(page), (unit) => (threshold[unit]! > 0 ? max[unit]! / threshold[unit]! : 0));
    await byId(page, 'map-order-unit').click();
    assert.deepEqual(
      await unitsOf(page),
      Array.from({ length: 64 }, (_, unit) => unit),
    );
  });
});

test('without a collected data set nothing is unusual', async () => {
  await withPage({ ...tinyScene(), collected: [] }, {}, async (page) => {
    await walled(page);
    await page.waitForFunction(() => window.unitsHost.calls('layerUnits').length === 1);
    assert.equal(await byId(page, 'map-order-unusual').isDisabled(), true);
    assert.match((await byId(page, 'map-order-unusual').getAttribute('title')) ?? '', /collect it under Patches$/);
    assert.equal(await byId(page, 'error').count(), 0);
  });
});

test('a unit never seen in the data set is the most unusual', async () => {
  await withPage({ ...tinyScene(), neverSeen: [9] }, { width: 1000, height: 1400 }, async (page) => {
    await walled(page);
    await page.waitForSelector('[data-testid=map-order-unusual]:not(:disabled)');
    await byId(page, 'map-order-unusual').click();
    assert.equal((await unitsOf(page))[0], 9);
    assert.match((await byId(page, 'map-9').getAttribute('title')) ?? '', /active here, though hardly ever in the data set/);
  });
});

test('silent units are dimmed and counted', async () => {
  await withPage(tinyScene(), { height: 1600 }, async (page) => {
    await walled(page);
    const { max } = await wall(page, 'conv2d_3');
    const silent = max.filter((value) => value === 0).length;
    assert.ok(silent >= 2);
    assert.match(await textOf(page, 'wall-silent'), new RegExp(`^${silent} of 64 units are silent on this picture`));
    assert.equal(await page.locator('.wall-tile.silent').count(), silent);
    assert.match((await byId(page, 'map-17').getAttribute('aria-label')) ?? '', /^unit 17: silent on this picture/);
  });
});

test('maps alone: the colour of the value where the cell’s centre lies', async () => {
  await withPage(tinyScene(), {}, async (page) => {
    await walled(page);
    await byId(page, 'map-over-alone').click();
    await byId(page, 'map-smooth').click();
    const { max, maps } = await wall(page, 'conv2d_3');
    const reach = Math.max(...max);
    const [unit] = await unitsOf(page);
    for (const [row, column] of [
      [0, 0],
      [3, 5],
      [7, 2],
    ] as const) {
      // 8 × 8 cells, 8 px apart in 64 px: the cell's middle.
      const shown = await colorAt(page, `map-${unit}`, (column + 0.5) / 8, (row + 0.5) / 8);
      assert.deepEqual(shown.slice(0, 3), sampleColorMap('viridis', maps[64 * unit! + 8 * row + column]! / reach));
    }
    await byId(page, 'map-scale-own').click();
    const weak = (await unitsOf(page)).findLast((each) => max[each]! > 0)!;
    const values = maps.slice(64 * weak, 64 * weak + 64);
    const peak = values.indexOf(Math.max(...values));
    const shown = await colorAt(page, `map-${weak}`, ((peak % 8) + 0.5) / 8, (Math.floor(peak / 8) + 0.5) / 8);
    assert.deepEqual(shown.slice(0, 3), sampleColorMap('viridis', 1));
    assert.equal(await textOf(page, 'wall-high'), 'own largest');
    assert.match(await textOf(page, 'wall-sharing'), /^Each map has its own scale/);
  });
});

test('what lies beyond the outermost centres stays bare', async () => {
  // Cells of step 8 only in the middle 48 of 64 pixels, as without padding.
  const scene = tinyScene();
  const layers = scene.layers.map((layer) => (layer.name === 'conv2d_3' ? { ...layer, height: 6, width: 6 } : layer));
  await withPage({ ...scene, layers }, {}, async (page) => {
    await walled(page);
    await byId(page, 'map-over-alone').click();
    const [unit] = await unitsOf(page);
    assert.equal((await colorAt(page, `map-${unit}`, 4 / 64, 0.5))[3], 0);
    assert.equal((await colorAt(page, `map-${unit}`, 12 / 64, 0.5))[3], 255);
  });
});

test('over the picture: it stays where a unit is silent', async () => {
  await withPage(tinyScene(), {}, async (page) => {
    await walled(page);
    await byId(page, 'map-order-unit').click();
    const [r, g, b] = await colorAt(page, 'activation-canvas', 0.1, 0.1);
    const dead = await colorAt(page, 'map-5', 0.1, 0.1);
    // Grey and darker; another size of the same picture, nearly.
    const grey = 0.5 * (0.299 * r! + 0.587 * g! + 0.114 * b!);
    for (const channel of dead.slice(0, 3)) assert.ok(Math.abs(channel - grey) < 12, `${dead}, not ${grey}`);
  });
});

test('values of either sign: zero in the middle of the colours', async () => {
  const scene = tinyScene();
  const layers = scene.layers.map((layer) => ({ ...layer, bounds: { low: undefined, high: undefined } }));
  await withPage({ ...scene, layers }, { height: 1600 }, async (page) => {
    await walled(page);
    const low = await textOf(page, 'wall-low');
    assert.equal(low, `−${await textOf(page, 'wall-high')}`);
    await byId(page, 'map-over-alone').click();
    // All of a dead unit is 0.
    assert.deepEqual((await colorAt(page, 'map-5', 0.5, 0.5)).slice(0, 3), sampleColorMap('coolwarm', 0.5));
    await screenshot(page, 'units-activations-signed');
  });
});

test('a vector’s units are plain numbers', async () => {
  await withPage(tinyScene(), {}, async (page) => {
    await walled(page);
    await byId(page, 'layer').selectOption('global_average_pooling2d');
    await page.waitForSelector('.wall-bands:not(.stale)[aria-label="Units of global_average_pooling2d"]');
    const { max } = await wall(page, 'global_average_pooling2d');
    assert.equal(await byId(page, 'map-over-over').isDisabled(), true);
    const [unit] = await unitsOf(page);
    assert.deepEqual((await colorAt(page, `map-${unit}`, 0.9, 0.5)).slice(0, 3), sampleColorMap('viridis', 1));
    assert.equal(max.indexOf(Math.max(...max)), unit);
    await screenshot(page, 'units-activations-vector');
    await audit(page);
  });
});

test('pointing at a map shows it on the picture and says its numbers', async () => {
  await withPage(tinyScene(), { width: 1000 }, async (page) => {
    await walled(page);
    const { max, mean } = await wall(page, 'conv2d_3');
    const [unit] = await unitsOf(page);
    const before = await colorAt(page, 'activation-canvas', 0.5, 0.5);
    await byId(page, `map-${unit}`).hover();
    await page.waitForFunction(() => document.querySelector('[data-testid=reading] strong'));
    const said = await textOf(page, 'reading');
    assert.ok(
      said.startsWith(`unit ${unit} max ${Number(max[unit!]!.toPrecision(4))} · mean ${Number(mean[unit!]!.toPrecision(4))}`),
      said,
    );
    assert.match(said, /× the threshold that 0\.5 % of all cells exceed$/);
    const name = await byId(page, 'activation-canvas').getAttribute('aria-label');
    assert.equal(name, `ball-0001.png with unit ${unit}`);
    assert.notDeepEqual(await colorAt(page, 'activation-canvas', 0.5, 0.5), before);
    await page.mouse.move(2, 2);
    await page.waitForFunction(() => !document.querySelector('[data-testid=reading] strong'));
  });
});

test('by keyboard: arrows, ends, Enter opens the unit, Escape leads back to it', async () => {
  await withPage(tinyScene(), { width: 1000, height: 700 }, async (page) => {
    await walled(page);
    const focused = () => page.evaluate(() => Number((document.activeElement as HTMLElement).dataset.place ?? -1));
    const at = (place: number) => page.waitForFunction((p) => (document.activeElement as HTMLElement).dataset.place === String(p), place);
    await page.locator('.wall-tile[data-place="0"]').focus();
    await page.keyboard.press('ArrowRight');
    await at(1);
    await page.keyboard.press('ArrowDown');
    const columns = await page.evaluate(() => {
      const tops = [...document.querySelectorAll('.wall-tile')].map((tile) => tile.getBoundingClientRect().top);
      return tops.filter((top) => top === tops[0]).length;
    });
    await at(1 + columns);
    await page.keyboard.press('End');
    await at(63);
    await page.keyboard.press('ArrowDown');
    assert.equal(await focused(), 63);
    const inSight = await page.evaluate(() => {
      const box = document.activeElement!.getBoundingClientRect();
      return box.top >= 0 && box.bottom <= innerHeight;
    });
    assert.ok(inSight);
    assert.equal(await page.locator('.wall-tile[tabindex="0"]').count(), 1);
    const unit = await page.evaluate(() => (document.activeElement as HTMLElement).dataset.unit);
    await page.keyboard.press('Enter');
    await page.waitForSelector(`[data-testid=unit-page][data-unit="${unit}"]`);
    await page.keyboard.press('Escape');
    await byId(page, 'activations').waitFor();
    await at(63);
  });
});

test('a unit is found by its number, also far down among 2048', async () => {
  await withPage(await squeezeScene(), { width: 1000, height: 700 }, async (page) => {
    await byId(page, 'layer').selectOption('mixed');
    await page.waitForSelector('.wall-bands:not(.stale)[aria-label="Units of mixed"] canvas');
    const drawn = await page.locator('.wall-tile').count();
    assert.ok(drawn < 400, `${drawn} of 2048 maps are there`);
    await byId(page, 'map-order-unit').click();
    await byId(page, 'find-unit').fill('2048');
    await byId(page, 'find-unit').press('Enter');
    assert.equal(await byId(page, 'find-unit').evaluate((input) => input === document.activeElement), true, 'there is no such unit');
    await byId(page, 'find-unit').fill('1777');
    await byId(page, 'find-unit').press('Enter');
    await page.waitForFunction(() => (document.activeElement as HTMLElement).dataset.unit === '1777');
    await page.waitForFunction(() => {
      const box = document.activeElement!.getBoundingClientRect();
      return box.top >= 0 && box.bottom <= innerHeight;
    });
    await page.waitForFunction(() => document.querySelectorAll('.wall-tile canvas').length < 400);
    // The first ones make room for the others.
    assert.equal(await page.locator('[data-testid="map-3"]').count(), 0);
    await screenshot(page, 'units-activations-2048');
  });
});

test('other pictures: neighbours, the list, any file; the wall before stays in sight', async () => {
  await withPage(tinyScene(), { width: 1000, height: 700 }, async (page) => {
    await walled(page);
    assert.equal(await byId(page, 'previous-image').getAttribute('disabled'), '');
    await page.evaluate(() => {
      document.querySelector('.activation-wall')!.setAttribute('data-mark', 'same');
      window.unitsHost.held.add('unitWall');
    });
    await byId(page, 'next-image').click();
    await page.waitForSelector('.wall-bands.stale[aria-busy=true] canvas');
    assert.equal(await page.locator('.activation-wall').getAttribute('data-mark'), 'same', 'the page was not built anew');
    await page.evaluate(() => window.unitsHost.held.clear());
    await walled(page, 'cube-0002.png');
    assert.equal(await page.locator('.activation-wall').getAttribute('data-mark'), 'same');
    await byId(page, 'image').selectOption('/ws/shapes/star-0005.png');
    await walled(page, 'star-0005.png');
    await byId(page, 'choose-image').click();
    await walled(page, 'cube-0002.png');
    await byId(page, 'explain-image').click();
    await page.waitForFunction(() => window.unitsHost.calls('explainImage').length === 1);
    const params = await page.evaluate(() => window.unitsHost.calls('explainImage')[0]!.params);
    assert.deepEqual([params.image, params.layer], ['/ws/shapes/cube-0002.png', 'conv2d_3']);
  });
});

test('without a picture one is asked for; one outside of the data set is in the list', async () => {
  const scene = tinyScene();
  await withPage({ ...scene, subject: { ...scene.subject, image: undefined } }, {}, async (page) => {
    await byId(page, 'choose-image').click();
    await walled(page, 'cube-0002.png');
  });
  const image = { path: '/elsewhere/mine.png', name: 'mine.png' };
  await withPage({ ...scene, subject: { ...scene.subject, image } }, {}, async (page) => {
    await walled(page, 'mine.png');
    assert.equal(await byId(page, 'image').inputValue(), image.path);
  });
});

test('a picture that cannot be read says why, again', async () => {
  const steer = (host: typeof window.unitsHost) =>
    void host.failures.set('unitWall', {
      code: 'file-corrupt',
      message: 'ball-0001.png ends in the middle.',
      file: '/ws/shapes/ball-0001.png',
    });
  await withPage(tinyScene(), { steer }, async (page) => {
    assert.equal(await textOf(page, 'error-message'), 'ball-0001.png ends in the middle.');
    await byId(page, 'retry').click();
    await walled(page);
    assert.equal(await byId(page, 'error').count(), 0);
  });
});

test('another layer stops what is computed for the one before', async () => {
  await withPage(tinyScene(), { steer: (host) => void host.held.add('unitWall') }, async (page) => {
    await page.waitForFunction(() => window.unitsHost.calls('unitWall').length === 1);
    await byId(page, 'layer').selectOption('conv2d');
    await page.waitForFunction(
      () =>
        window.unitsHost
          .calls('unitWall')
          .map(({ ended }) => ended)
          .join() === 'aborted,no',
    );
    await byId(page, 'view-filters').click();
    await page.waitForFunction(
      () =>
        window.unitsHost
          .calls('unitWall')
          .map(({ ended }) => ended)
          .join() === 'aborted,aborted',
    );
  });
});

test('what was chosen survives a reload', async () => {
  await withPage(tinyScene(), {}, async (page) => {
    await walled(page);
    for (const id of ['map-order-mean', 'map-over-alone', 'map-scale-own']) await byId(page, id).click();
    await page.reload();
    await walled(page);
    for (const id of ['map-order-mean', 'map-over-alone', 'map-scale-own'])
      assert.equal(await byId(page, id).getAttribute('aria-checked'), 'true', id);
  });
});

async function real(): Promise<UnitsScene> {
  const scene = await squeezeScene();
  return { ...scene, defaultLayer: 'fire4/concat' };
}

for (const theme of Object.keys(themes) as ThemeKind[]) {
  test(`${theme}: readable, nothing overflows, everything has a name`, async () => {
    for (const width of [420, 1100]) {
      await withPage(width === 420 ? tinyScene() : await real(), { theme, width, height: 800 }, async (page) => {
        await walled(page, width === 420 ? 'ball-0001.png' : 'both.png');
        await page.locator('.wall-tile[data-place="2"]').focus();
        await screenshot(page, `units-activations-${theme}-${width}`);
        await audit(page);
      });
    }
  });
}

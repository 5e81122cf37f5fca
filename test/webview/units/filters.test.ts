import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { sampleColorMap } from '../../../src/shared/colorMaps.ts';
import { byId, screenshot, textOf } from '../open.ts';
import { filtersScene } from './filterScenes.ts';
import { useUnitsPage } from './open.ts';
import { largestWeight, reachOf, weightOf } from './weights.ts';

const { withPage } = useUnitsPage();

const kernel = (page: Page, unit: number) => byId(page, `filter-unit-${unit}`).locator('canvas');

/** RGBA in the middle of `cell` × `cell` pixels of a unit's canvas, from its top left corner on. */
async function colour(page: Page, unit: number, x: number, y: number): Promise<number[]> {
  return await kernel(page, unit).evaluate(
    (canvas, [px, py]) => {
      const copy = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;
      copy.drawImage(canvas as HTMLCanvasElement, -px!, -py!);
      return [...copy.getImageData(0, 0, 1, 1).data];
    },
    [x, y],
  );
}

function asked(page: Page): Promise<{ from: number; count: number }[]> {
  return page.evaluate(() =>
    window.unitsHost.calls('filters').map(({ params }) => ({ from: params.from as number, count: params.count as number })),
  );
}

/** As the unit's picture must have it: 0 is mid-grey, the ends are black and full. */
const byte = (weight: number, reach: number) => Math.round(127.5 + (127.5 * weight) / reach);

const signed = (weight: number, reach: number) => sampleColorMap('coolwarm', (weight / reach + 1) / 2);

/** The units that are drawn, in their order. */
function units(page: Page): Promise<number[]> {
  return page.locator('[data-unit]').evaluateAll((all) => all.map((e) => Number((e as HTMLElement).dataset.unit)));
}

test('the first layer’s kernels in colour: each weight a block, mid-grey is 0, on one scale or on each its own', async () => {
  await withPage(filtersScene('conv1'), { width: 1000 }, async (page) => {
    await kernel(page, 1).waitFor();
    assert.match(await textOf(page, 'filters-facts'), /^96 units, each with a kernel 7 × 7 over red, green and blue\.$/);
    assert.deepEqual([await textOf(page, 'filters-low'), await textOf(page, 'filters-high')], ['−0.3', '0.3']);
    const cell = 9;
    const expect = async (reach: (unit: number) => number) => {
      for (const unit of [0, 1, 6, 12]) {
        for (const [row, column] of [
          [0, 0],
          [3, 5],
          [6, 6],
        ] as const) {
          const rgb = [0, 1, 2].map((channel) => byte(weightOf(unit, channel, row, column), reach(unit)));
          const [x, y] = [column * cell + 4, row * cell + 4];
          assert.deepEqual(await colour(page, unit, x, y), [...rgb, 255], `unit ${unit}, row ${row}, column ${column}`);
        }
      }
    };
    await expect(() => largestWeight);
    // Nothing is interpolated: a block is of one colour up to its edges.
    assert.deepEqual(await colour(page, 6, 5 * cell, 3 * cell), await colour(page, 6, 6 * cell - 1, 4 * cell - 1));
    assert.notDeepEqual(await colour(page, 6, 5 * cell, 3 * cell), await colour(page, 6, 6 * cell, 3 * cell));
    await byId(page, 'filters-scale-own').click();
    await expect(reachOf);
    assert.match(await textOf(page, 'filters-high'), /own largest/);
    assert.match(await textOf(page, 'filter-unit-1'), /^1 ?± 0\.092$/);
  });
});

test('pointing at a weight tells it; so does Shift with the arrow keys', async () => {
  await withPage(filtersScene('conv1'), { width: 1000 }, async (page) => {
    const say = (unit: number, row: number, column: number) => {
      const text = (channel: number) => String(Number(weightOf(unit, channel, row, column).toPrecision(4))).replace('-', '−');
      return `unit ${unit}, row ${row}, column ${column}: R ${text(0)}, G ${text(1)}, B ${text(2)}`;
    };
    await kernel(page, 5).hover({ position: { x: 2 * 9 + 3, y: 4 * 9 + 3 } });
    assert.equal(await textOf(page, 'filters-reading'), say(5, 4, 2));
    await page.mouse.move(5, 5);
    assert.match(await textOf(page, 'filters-reading'), /^Point at a weight/);
    await byId(page, 'filter-unit-0').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Shift+ArrowDown');
    assert.equal(await textOf(page, 'filters-reading'), say(1, 1, 1));
    for (let i = 0; i < 9; i++) await page.keyboard.press('Shift+ArrowRight');
    assert.equal(await textOf(page, 'filters-reading'), say(1, 1, 6), 'the kernel ends there');
  });
});

test('deeper layers: a signed tile per input, in ranges of a megabyte as they come into view', async () => {
  await withPage(filtersScene('deep'), { width: 1200, height: 900 }, async (page) => {
    await kernel(page, 3).waitFor();
    const chunk = Math.floor((1 << 20) / (4 * 512 * 9));
    assert.deepEqual((await asked(page))[0], { from: 0, count: chunk });
    assert.ok((await units(page)).length < 40, 'only what is in view is drawn');
    const box = await kernel(page, 3).evaluate((canvas) => (canvas as HTMLCanvasElement).width);
    assert.ok(box > 900, 'as wide as there is room');
    await kernel(page, 3).hover({ position: { x: 1, y: 1 } });
    assert.equal(await textOf(page, 'filters-reading'), `unit 3, input 0, row 0, column 0: ${Number(reachOf(3).toPrecision(4))}`);
    // Where a tile begins follows from what the page says is there.
    const places = await page.evaluate(() => {
      const canvas = document.querySelector('[data-testid=filter-unit-3] canvas')!.getBoundingClientRect();
      const reading = document.querySelector('[data-testid=filters-reading]')!;
      return { left: canvas.left, top: canvas.top, width: canvas.width, text: reading.textContent };
    });
    const found = new Map<string, number[]>();
    for (let x = 2; x < 120; x += 4) {
      await page.mouse.move(places.left + x, places.top + 6);
      const [, input, row, column] = /input (\d+), row (\d+), column (\d+)/.exec(await textOf(page, 'filters-reading')) ?? [];
      if (input !== undefined) found.set(`${input} ${row} ${column}`, await colour(page, 3, x, 6));
    }
    assert.ok(found.size > 15, `${found.size} weights were pointed at`);
    for (const [place, rgba] of found) {
      const [input, row, column] = place.split(' ').map(Number);
      assert.deepEqual(rgba, [...signed(weightOf(3, input!, row!, column!), largestWeight), 255], place);
    }
  });
});

test('thousands of units: scrolled and jumped through, each range is asked for once, what is far is not drawn', async () => {
  await withPage(filtersScene('deep'), { width: 1200, height: 900 }, async (page) => {
    await kernel(page, 0).waitFor();
    await byId(page, 'filter-unit-0').focus();
    await page.keyboard.press('End');
    await kernel(page, 2047).waitFor();
    await page.waitForFunction(() => document.activeElement?.getAttribute('data-testid') === 'filter-unit-2047');
    const [head, last] = [await asked(page), (await units(page)).length];
    assert.ok(head.length < 8, `${head.length} calls`);
    assert.ok(last < 60, `${last} units are drawn`);
    await page.keyboard.press('ArrowUp');
    await page.waitForFunction(() => document.activeElement?.getAttribute('data-testid') === 'filter-unit-2046');
    await page.keyboard.press('Home');
    await kernel(page, 0).waitFor();
    await page.waitForFunction(() => document.activeElement?.getAttribute('data-testid') === 'filter-unit-0');
    const froms = (await asked(page)).map(({ from }) => from);
    assert.equal(new Set(froms).size, froms.length, 'asked for once');
    assert.equal(await byId(page, 'filters-order-norm').isDisabled(), false);
  });
});

test('1 × 1 kernels: a bar per input, largest first, as high as its share of the scale, up or down by its sign', async () => {
  await withPage(filtersScene('pointwise'), { width: 420, height: 900 }, async (page) => {
    await kernel(page, 6).waitFor();
    const size = await kernel(page, 6).evaluate(
      (canvas) => [(canvas as HTMLCanvasElement).width, (canvas as HTMLCanvasElement).height] as const,
    );
    assert.equal(size[1], 48);
    const drawn = size[0];
    assert.equal(await textOf(page, 'filters-note'), `A bar per input, largest |weight| first (the ${drawn} largest of 512 inputs).`);
    const weights = Array.from({ length: 512 }, (_, input) => weightOf(6, input, 0, 0));
    const order = [...weights.keys()].sort((a, b) => Math.abs(weights[b]!) - Math.abs(weights[a]!));
    const columns = await kernel(page, 6).evaluate((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
      copy.drawImage(canvas as HTMLCanvasElement, 0, 0);
      const { data } = copy.getImageData(0, 0, width, height);
      const filled = (x: number, y: number) => data[4 * (y * width + x) + 3]! > 0;
      const count = (x: number, from: number, to: number) =>
        Array.from({ length: to - from }, (_, i) => filled(x, from + i)).filter(Boolean).length;
      return Array.from({ length: width }, (_, x) => ({ up: count(x, 0, height / 2), down: count(x, height / 2, height) }));
    });
    for (const place of [0, 1, 2, 3, 10, 30, 60]) {
      const weight = weights[order[place]!]!;
      const height = Math.round((24 * Math.abs(weight)) / largestWeight);
      const bar = columns[place]!;
      assert.ok(Math.abs((weight > 0 ? bar.up : bar.down) - height) <= 1, `bar ${place}: ${JSON.stringify(bar)}, ${height} expected`);
      assert.equal(weight > 0 ? bar.down : bar.up, 0, `bar ${place} has one side`);
    }
    await kernel(page, 6).hover({ position: { x: 2, y: 24 } });
    const told = Number(weights[order[2]!]!.toPrecision(4));
    assert.equal(await textOf(page, 'filters-reading'), `unit 6, input ${order[2]}: ${String(told).replace('-', '−')}`);
  });
});

test('by norm: all is read first, then the largest come first', async () => {
  await withPage(filtersScene('grouped'), { width: 1000 }, async (page) => {
    await kernel(page, 0).waitFor();
    await byId(page, 'filters-order-norm').click();
    const norm = (unit: number) => {
      let sum = 0;
      for (let input = 0; input < 8; input++)
        for (let row = 0; row < 3; row++) for (let column = 0; column < 3; column++) sum += weightOf(unit, input, row, column) ** 2;
      return sum;
    };
    const expected = Array.from({ length: 64 }, (_, unit) => unit).sort((a, b) => norm(b) - norm(a));
    await page.waitForFunction((unit) => document.querySelector<HTMLElement>('[data-unit]')?.dataset.unit === String(unit), expected[0]);
    const shown = await units(page);
    assert.deepEqual(shown, expected.slice(0, shown.length));
    await page.reload();
    await page.waitForFunction((unit) => document.querySelector<HTMLElement>('[data-unit]')?.dataset.unit === String(unit), expected[0]);
  });
});

test('whose kernels they are, and which inputs of a group', async () => {
  await withPage(filtersScene('rectified'), { width: 1000 }, async (page) => {
    await kernel(page, 17).waitFor();
    assert.equal(
      await textOf(page, 'filters-facts'),
      '64 units, each with 8 kernels 3 × 3, one for each input channel of its group (4 groups of 16 units). They are those of grouped, whose units rectified passes on.',
    );
    await kernel(page, 17).hover({ position: { x: 1, y: 1 } });
    assert.match(await textOf(page, 'filters-reading'), /^unit 17, input 8, row 0, column 0: /, 'the second group begins at input 8');
  });
});

test('a layer without kernels says so and leads to the nearest one with', async () => {
  await withPage(filtersScene('pool'), {}, async (page) => {
    assert.match(await textOf(page, 'filters-none'), /^pool \(MaxPooling2D\) has no kernels/);
    assert.deepEqual(await asked(page), []);
    await byId(page, 'filters-other').click();
    await kernel(page, 0).waitFor();
    assert.match(await textOf(page, 'filters-facts'), /7 × 7/);
  });
});

test('a range that fails says why and is asked for again; a unit opens its page', async () => {
  const steer = (host: { failures: Map<string, unknown> }) => {
    host.failures.set('filters', { code: 'engine', message: 'The engine process ended.' });
  };
  await withPage(filtersScene('conv1'), { steer }, async (page) => {
    await byId(page, 'error').waitFor();
    assert.equal(await textOf(page, 'error-message'), 'The engine process ended.');
    assert.equal((await asked(page)).length, 1, 'not asked over and over');
    await byId(page, 'retry').click();
    await kernel(page, 2).waitFor();
    await screenshot(page, 'units-filters');
    await byId(page, 'filter-unit-2').focus();
    await page.keyboard.press('Enter');
    await byId(page, 'filters').waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await kernel(page, 2).waitFor();
  });
});

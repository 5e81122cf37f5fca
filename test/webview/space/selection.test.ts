import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import type { SpaceRows } from '../../../src/shared/spaceProtocol.ts';
import { byId, screenshot, textOf } from '../open.ts';
import { rowsOf } from './made.ts';
import { useSpacePage } from './open.ts';
import type { SpaceScene } from './scene.ts';
import { smallScene } from './scenes.ts';

const { withPage } = useSpacePage();

function scene(patch: Partial<SpaceScene> = {}): SpaceScene {
  const made = smallScene(patch);
  return { ...made, subject: { ...made.subject, turn: { view: 'mistakes' } } };
}

function rowsIn(of: SpaceScene): SpaceRows {
  return rowsOf(of, of.layers[1]!, of.indexed);
}

function every(rows: SpaceRows, holds: (row: number) => boolean): number[] {
  return Array.from({ length: rows.count }, (_, row) => row).filter(holds);
}

/** Opens the pictures of moons, right or wrong. */
async function openMoons(page: Page): Promise<void> {
  await byId(page, 'label-8').click();
  await byId(page, 'selection-tile').first().waitFor();
}

const moons = (rows: SpaceRows) => every(rows, (row) => rows.labels[row] === 8);

/** Rows of the tiles that are there, by their places. */
async function shown(page: Page): Promise<number[]> {
  return await byId(page, 'selection-tile').evaluateAll((tiles) =>
    (tiles as HTMLElement[]).sort((a, b) => Number(a.dataset.place) - Number(b.dataset.place)).map((tile) => Number(tile.dataset.row)),
  );
}

async function picked(page: Page): Promise<number[]> {
  return await page
    .locator('[data-testid=selection-tile][aria-selected=true]')
    .evaluateAll((tiles) => tiles.map((tile) => Number((tile as HTMLElement).dataset.row)).sort((a, b) => a - b));
}

async function params(page: Page, call: string): Promise<Record<string, unknown>> {
  await page.waitForFunction((name) => window.spaceHost.calls(name).length > 0, call);
  return await page.evaluate((name) => {
    const { params: last } = window.spaceHost.calls(name).at(-1)!;
    window.spaceHost.log.length = 0;
    return last;
  }, call);
}

const tile = (page: Page, place: number) => page.locator(`[data-testid=selection-tile][data-place="${place}"]`);
const focused = (page: Page) => page.evaluate(() => (document.activeElement as HTMLElement).dataset.place);

test('pictures with name, classes, confidence; wrong ones are marked by more than colour', async () => {
  const of = scene();
  const rows = rowsIn(of);
  const list = moons(rows);
  await withPage(of, { width: 1300, height: 1400 }, async (page) => {
    await openMoons(page);
    assert.deepEqual(await shown(page), list);
    assert.equal(await textOf(page, 'selection-title'), `labelled moon ${list.length}`);
    const wrong = list.findIndex((row) => rows.predicted[row] !== 8);
    const text = (await tile(page, wrong).textContent())!.replaceAll(/\s+/g, ' ');
    assert.match(text, new RegExp(`moon → ${rows.classes[rows.predicted[list[wrong]!]!]}`));
    assert.match((await tile(page, wrong).getAttribute('aria-label'))!, /^moon-\d+\.jpg, labelled moon, seen as \w+, \d+\.\d %, wrong$/);
    assert.equal(await page.locator('.selection-tile.wrong').count(), list.filter((row) => rows.predicted[row] !== 8).length);
    assert.equal(await page.locator('.wrong-mark').count(), list.filter((row) => rows.predicted[row] !== 8).length);
    await page.waitForFunction((count) => document.querySelectorAll('.selection-tile img').length === count, list.length);
  });
});

test('orders: by confidence, by name, as given', async () => {
  const of = scene();
  const rows = rowsIn(of);
  await withPage(of, { width: 1300, height: 1400 }, async (page) => {
    await openMoons(page);
    await byId(page, 'selection-order-confidence').click();
    assert.deepEqual(
      await shown(page),
      moons(rows).sort((a, b) => rows.confidence[b]! - rows.confidence[a]!),
    );
    await byId(page, 'selection-order-name').click();
    assert.deepEqual(await shown(page), moons(rows));
    // Kept for the next list.
    await byId(page, 'selection-order-confidence').click();
    await byId(page, 'label-3').click();
    assert.equal(await byId(page, 'selection-order-confidence').getAttribute('aria-checked'), 'true');
  });
});

test('actions are about all pictures, or those that are picked', async () => {
  const of = scene();
  const rows = rowsIn(of);
  const paths = (of: readonly number[]) => of.map((row) => rows.paths[row]);
  const list = moons(rows);
  await withPage(of, { width: 1300, height: 1400 }, async (page) => {
    await openMoons(page);
    assert.match(await textOf(page, 'selection-about'), new RegExp(`^All ${list.length} pictures`));
    for (const one of ['act-similar', 'act-reveal']) assert.notEqual(await byId(page, one).getAttribute('disabled'), null, one);
    await byId(page, 'act-explain').click();
    assert.deepEqual((await params(page, 'explainImages')).images, paths(list));
    await byId(page, 'act-copy').click();
    assert.deepEqual((await params(page, 'copyPaths')).images, paths(list));
    await page.waitForFunction(() => document.querySelector('[data-testid=notice]')?.textContent?.includes('paths copied.'));

    await tile(page, 2).click();
    assert.deepEqual(await picked(page), [list[2]]);
    assert.equal(await page.locator('.selection-tile.focused').getAttribute('data-row'), String(list[2]));
    await byId(page, 'act-reveal').click();
    assert.equal((await params(page, 'revealImage')).image, rows.paths[list[2]!]);
    await tile(page, 5).click({ modifiers: ['Shift'] });
    await tile(page, 0).click({ modifiers: ['ControlOrMeta'] });
    await tile(page, 3).click({ modifiers: ['ControlOrMeta'] });
    assert.deepEqual(await picked(page), [list[0], list[2], list[4], list[5]]);
    await byId(page, 'act-move').click();
    assert.deepEqual((await params(page, 'moveImages')).images, paths([list[0]!, list[2]!, list[4]!, list[5]!]));
    await page.waitForFunction(() => document.querySelector('[data-testid=notice]')?.textContent === '4 pictures moved to shapes/checked.');
    await byId(page, 'pick-none').click();
    assert.deepEqual(await picked(page), []);
    await tile(page, 1).dblclick();
    assert.deepEqual((await params(page, 'explainImages')).images, paths([list[1]!]));
    await byId(page, 'act-similar').click();
    await page.waitForSelector('[data-testid=view-neighbours][aria-checked=true]');
    // The list stays where one goes on from it.
    assert.equal(await textOf(page, 'selection-count'), String(list.length));
  });
});

test('what cannot be done is said', async () => {
  await withPage(scene(), { width: 1300 }, async (page) => {
    await openMoons(page);
    await page.evaluate(() => window.spaceHost.failures.set('moveImages', { code: 'internal', message: 'The folder is read-only.' }));
    await byId(page, 'act-move').click();
    await page.waitForFunction(() => document.querySelector('[data-testid=notice]')?.textContent === 'The folder is read-only.');
  });
});

test('keys: arrows, Space picks, Enter explains, Escape unpicks and then closes', async () => {
  const of = scene();
  const rows = rowsIn(of);
  const list = moons(rows);
  await withPage(of, { width: 1300, height: 1400 }, async (page) => {
    await openMoons(page);
    await byId(page, 'selection-close').focus();
    await tile(page, 0).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    const at = Number(await focused(page));
    assert.ok(at >= 3, `at ${at}`);
    await page.keyboard.press(' ');
    assert.deepEqual(await picked(page), [list[at]]);
    await page.keyboard.press('Shift+ArrowRight');
    assert.deepEqual(await picked(page), [list[at], list[at + 1]]);
    assert.equal(await page.locator('[role=listbox] [tabindex="0"]').count(), 1);
    await page.keyboard.press('Enter');
    assert.deepEqual((await params(page, 'explainImages')).images, [rows.paths[list[at + 1]!]]);
    await page.keyboard.press('Control+a');
    assert.match(await textOf(page, 'selection-about'), new RegExp(`^${list.length} of ${list.length} picked`));
    await page.keyboard.press('Escape');
    assert.deepEqual(await picked(page), []);
    await page.keyboard.press('End');
    assert.equal(await focused(page), String(list.length - 1));
    await page.keyboard.press('Escape');
    await byId(page, 'selection').waitFor({ state: 'detached' });
  });
});

test('of ten thousand pictures only those in view are there and asked for', async () => {
  const of = scene({ images: 10_000 });
  await withPage(of, { width: 1300, height: 900 }, async (page) => {
    await byId(page, 'list-unsure').click();
    await byId(page, 'list-open').waitFor();
    const ms = await page.evaluate(async () => {
      const started = performance.now();
      (document.querySelector('[data-testid=list-open]') as HTMLElement).click();
      while (!document.querySelector('[data-testid=selection-tile]')) await new Promise((done) => requestAnimationFrame(done));
      return performance.now() - started;
    });
    assert.equal(await textOf(page, 'selection-count'), '10,000');
    const there = await byId(page, 'selection-tile').count();
    assert.ok(there < 60, `${there} tiles`);
    const scrolled = await page.evaluate(async () => {
      const list = document.querySelector('[data-testid=selection-list]')!;
      const frames: number[] = [];
      for (let i = 1; i <= 60; i++) {
        const started = performance.now();
        list.scrollTop = (i * list.scrollHeight) / 60;
        await new Promise((done) => requestAnimationFrame(done));
        frames.push(performance.now() - started);
      }
      return frames.sort((a, b) => a - b)[30]!;
    });
    console.log(
      `10,000 pictures: list after ${ms.toFixed(0)} ms, ${there} tiles; a jump takes ${scrolled.toFixed(0)} ms (median, frames of 17 ms)`,
    );
    await page.waitForSelector('[data-testid=selection-tile][data-place="9999"]');
    assert.ok((await byId(page, 'selection-tile').count()) < 60);
    await tile(page, 9999).click();
    await page.keyboard.press('Home');
    await page.waitForFunction(() => (document.activeElement as HTMLElement).dataset.place === '0');
    assert.ok(await tile(page, 0).evaluate((first) => first.getBoundingClientRect().top > 0));
    await page.waitForFunction(() => document.querySelector('[data-place="0"] img'));
    const asked = await page.evaluate(
      () => window.spaceHost.calls('thumbnails').flatMap(({ params: { images } }) => images as string[]).length,
    );
    assert.ok(asked < 3000, `${asked} thumbnails were asked for`);
    await screenshot(page, 'selection-10000');
  });
});

test('an image that comes into focus elsewhere is scrolled to', async () => {
  await withPage(scene({ images: 3000 }), { width: 1400, height: 900 }, async (page) => {
    const item = byId(page, 'mistake-item');
    await item.first().click();
    await byId(page, 'selection-tile').first().waitFor();
    await item.nth(38).click();
    await page.waitForFunction(() => {
      const list = document.querySelector('[data-testid=selection-list]')!.getBoundingClientRect();
      const tile = document.querySelector('.selection-tile.focused')?.getBoundingClientRect();
      return tile && tile.top >= list.top - 4 && tile.bottom <= list.bottom + 4;
    });
    assert.equal(await page.locator('.selection-tile.focused').getAttribute('data-place'), '38');
    // The list is the same one: nothing was opened anew.
    assert.ok((await byId(page, 'selection-list').evaluate((list) => list.scrollTop)) > 500);
  });
});

test('the same pictures stay selected when there are more rows, or others', async () => {
  const of = scene({ images: 300, indexed: 200 });
  const steer = (host: Window['spaceHost']) => {
    host.pace.stopAt = 0.5;
  };
  await withPage(of, { width: 1300, height: 1400, steer }, async (page) => {
    await openMoons(page);
    const before = await byId(page, 'selection-tile').evaluateAll((tiles) => tiles.map((each) => (each as HTMLElement).title));
    await tile(page, 1).click();
    await page.evaluate(() => {
      window.spaceHost.pace.stopAt = 2;
    });
    await page.waitForFunction(() => document.querySelector('[data-testid=headline]')?.textContent?.includes('300 labelled'));
    const paths = () => byId(page, 'selection-tile').evaluateAll((tiles) => tiles.map((each) => (each as HTMLElement).title));
    assert.deepEqual(await paths(), before);
    assert.equal((await picked(page)).length, 1);
    // Another layer: other features of the same images.
    await byId(page, 'layer').selectOption('dense');
    await page.waitForFunction(() => window.spaceHost.calls('rows').at(-1)?.params.layer === 'dense');
    await byId(page, 'matrix').waitFor();
    assert.deepEqual(await paths(), before);
    // Another turn of the same panel.
    await page.evaluate(() => window.spaceHost.show({}));
    await page.waitForFunction(() => document.querySelector('[data-testid=root]')?.getAttribute('data-generation') === '2');
    await byId(page, 'selection').waitFor();
    assert.deepEqual(await paths(), before);
  });
});

test('pictures that are gone leave the list; with the last one it closes', async () => {
  await withPage(scene(), { width: 1300, height: 1400 }, async (page) => {
    await openMoons(page);
    const count = Number(await textOf(page, 'selection-count'));
    await page.evaluate(() => {
      const own = window.spaceHost.rows.bind(window.spaceHost);
      window.spaceHost.rows = (name) => {
        const rows = own(name);
        const last = rows.labels.lastIndexOf(8);
        return { ...rows, revision: 'moved', paths: rows.paths.map((path, row) => (row === last ? `${path}.moved` : path)) };
      };
      window.spaceHost.show({});
    });
    await page.waitForFunction((now) => document.querySelector('[data-testid=selection-count]')?.textContent === String(now), count - 1);
    await page.evaluate(() =>
      window.spaceHost.show({ labels: ['other', ...window.spaceHost.scene.labels.slice(1).map((label) => `x-${label}`)] }),
    );
    await page.waitForFunction(() => document.querySelector('[data-testid=root]')?.getAttribute('data-generation') === '3');
    await byId(page, 'matrix').waitFor();
    await byId(page, 'selection').waitFor({ state: 'detached' });
  });
});

test('beside the view when there is room, at the foot of the window when not', async () => {
  for (const [width, beside] of [
    [1300, true],
    [640, false],
  ] as const) {
    await withPage(scene(), { width, height: 800 }, async (page) => {
      await openMoons(page);
      const view = (await page.locator('.space-view').boundingBox())!;
      const panel = (await byId(page, 'selection').boundingBox())!;
      assert.equal(panel.x > view.x + 100, beside, `${width} px`);
      assert.ok(panel.y >= 0 && panel.y + panel.height <= 801, `in sight at ${width} px`);
    });
  }
});

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { out } from '../../support/paths.ts';
import { lowContrast, overflowing, unnamed } from '../audit.ts';
import { byId, textOf } from '../open.ts';
import { type ThemeKind, themes } from '../themes.ts';
import { useSpacePage } from './open.ts';
import type { SpaceScene } from './scene.ts';
import { smallScene } from './scenes.ts';

const { withPage } = useSpacePage();

const query = '/ws/shapes/ball/ball-00002.jpg';

/** As 'Find Similar Images' opens it: of the first picture whose path it is. */
function asked(scene: SpaceScene, path: string): SpaceScene {
  return { ...scene, subject: { ...scene.subject, turn: { view: 'neighbours', image: { path, name: path.split('/').at(-1) ?? '' } } } };
}

async function pathOfRow(page: Page, row: number): Promise<string> {
  return await page.evaluate((at) => window.spaceHost.rows(window.spaceHost.scene.defaultLayer).paths[at] ?? '', row);
}

/** Opens the neighbours of a row. */
async function withNeighbours(
  work: (page: Page, path: string) => Promise<void>,
  { row = 7, theme = 'vscode-dark' as ThemeKind, width = 700 } = {},
) {
  await withPage(smallScene(), { theme, width, height: 900 }, async (page) => {
    const path = await pathOfRow(page, row);
    await page.evaluate(
      (image) => window.spaceHost.show({ subject: { ...window.spaceHost.scene.subject, turn: { view: 'neighbours', image } } }),
      { path, name: '' },
    );
    await byId(page, 'list-features').waitFor();
    await page.waitForFunction(() => [...document.querySelectorAll('img.neighbour-picture')].length >= 24);
    await work(page, path);
  });
}

test('without a picture the page says how to get one', async () => {
  await withPage(smallScene(), {}, async (page) => {
    await byId(page, 'view-neighbours').click();
    await byId(page, 'no-query').waitFor();
    await byId(page, 'choose-query').click();
    await page.waitForFunction(() => window.spaceHost.calls('chooseImage').length === 1);
  });
});

test('neighbours are in order, with distance, label and prediction; those of another class are marked', async () => {
  await withNeighbours(async (page, path) => {
    const answered = await page.evaluate((image) => {
      const rows = window.spaceHost.rows(window.spaceHost.scene.defaultLayer);
      const row = rows.paths.indexOf(image);
      return { row, label: rows.labels[row], labels: [...rows.labels] };
    }, path);
    const tiles = page.locator('[data-testid=list-features] [data-testid=neighbour]');
    assert.equal(await tiles.count(), 12);
    const shown = await tiles.evaluateAll((all) =>
      all.map((tile) => ({ row: Number(tile.getAttribute('data-row')), other: tile.getAttribute('data-other') === 'true' })),
    );
    for (const { row, other } of shown) assert.equal(other, answered.labels[row] !== answered.label, `row ${row}`);
    assert.ok(!shown.some(({ row }) => row === answered.row), 'the query is no neighbour of itself');
    const texts = await byId(page, 'distance-features').allTextContents();
    const distances = texts.map((text) => Number(text.replace('−', '-')));
    assert.deepEqual(
      distances,
      [...distances].sort((a, b) => a - b),
    );
    const same = shown.filter(({ other }) => !other).length;
    assert.match(await textOf(page, 'agreement-features'), new RegExp(`^${same} of 12 have its label`));
    assert.match(await textOf(page, 'searched'), /300 pictures searched, exact/);
  });
});

test('metric and number are asked for anew; the answer before stays until then', async () => {
  await withNeighbours(async (page) => {
    await byId(page, 'metric-euclidean').click();
    await page.waitForFunction(() => document.querySelector('[data-testid=searched]')?.textContent?.includes('Euclidean'));
    await byId(page, 'count-24').click();
    await page.waitForFunction(() => document.querySelectorAll('[data-testid=list-features] [data-testid=neighbour]').length === 24);
    const calls = await page.evaluate(() => window.spaceHost.calls('neighbours').map(({ params }) => [params.metric, params.k]));
    assert.deepEqual(calls.at(-1), ['euclidean', 24]);
  });
});

test('a click tells what makes the two alike, Escape closes it, its button goes on from there', async () => {
  await withNeighbours(async (page, path) => {
    const first = page.locator('[data-testid=list-features] [data-testid=neighbour]').first();
    await first.click();
    await byId(page, 'pair-picture').first().waitFor();
    const call = await page.evaluate(() => window.spaceHost.calls('pair')[0]?.params);
    assert.equal(call?.image, path);
    assert.equal(call?.other, await pathOfRow(page, Number(await first.getAttribute('data-row'))));
    assert.match(await textOf(page, 'pair-line'), /cos 0\.8123/);
    const colours = await byId(page, 'pair-picture')
      .first()
      .evaluate((canvas) => {
        const { width, height } = canvas as HTMLCanvasElement;
        const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
        return new Set(
          Array.from({ length: data.length / 4 }, (_, i) => `${data[4 * i]! >> 4} ${data[4 * i + 1]! >> 4} ${data[4 * i + 2]! >> 4}`),
        ).size;
      });
    assert.ok(colours > 20, `${colours} colours`);
    await page.keyboard.press('Escape');
    await byId(page, 'pair').waitFor({ state: 'detached' });
    await first.click();
    await byId(page, 'pair-next').click();
    await page.waitForFunction((before) => window.spaceHost.calls('neighbours').at(-1)?.params.image !== before, path);
  });
});

test('what fails says so and can be tried again; rows that are kept no more are asked for anew', async () => {
  await withPage(
    asked(smallScene(), query),
    {
      steer: (host) => {
        host.failures.set('neighbours', { code: 'file-corrupt', message: 'The picture is broken.', hint: 'Save it again.' });
      },
    },
    async (page) => {
      await byId(page, 'error').waitFor();
      assert.match(await textOf(page, 'error-message'), /broken/);
      await page.evaluate(() => window.spaceHost.failures.set('neighbours', { code: 'stale', message: 'Gone.' }));
      const before = await page.evaluate(() => window.spaceHost.calls('rows').length);
      await byId(page, 'retry').click();
      await page.waitForFunction((n) => window.spaceHost.calls('rows').length > n, before);
    },
  );
});

for (const theme of Object.keys(themes) as ThemeKind[]) {
  for (const width of [320, 700, 1400]) {
    test(`${theme}, ${width} px: readable, inside, named`, async () => {
      await withNeighbours(
        async (page) => {
          await page.locator('[data-testid=list-features] [data-testid=neighbour]').nth(2).click();
          await byId(page, 'pair-picture').first().waitFor();
          mkdirSync(join(out, 'space'), { recursive: true });
          await page.screenshot({ path: join(out, 'space', `neighbours-${theme}-${width}.png`), fullPage: true });
          assert.deepEqual(await page.evaluate(lowContrast), []);
          assert.deepEqual(await page.evaluate(overflowing), []);
          assert.deepEqual(await page.evaluate(unnamed), []);
        },
        { theme, width },
      );
    });
  }
}

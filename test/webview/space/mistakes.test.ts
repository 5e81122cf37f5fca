import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { isCorrect, type SpaceRows } from '../../../src/shared/spaceProtocol.ts';
import { byId, screenshot, textOf } from '../open.ts';
import { agreementOf } from './answers/mistakes.ts';
import { rowsOf } from './made.ts';
import { useSpacePage } from './open.ts';
import type { SpaceScene } from './scene.ts';
import { smallScene } from './scenes.ts';

const { withPage } = useSpacePage();

/** A page that opens at the mistakes. */
function mistakesScene(patch: Partial<SpaceScene> = {}): SpaceScene {
  const scene = smallScene(patch);
  return { ...scene, subject: { ...scene.subject, turn: { view: 'mistakes' } } };
}

/** What the test host tells of the scene. */
function rowsIn(scene: SpaceScene): SpaceRows {
  return rowsOf(scene, scene.layers[1]!, scene.indexed);
}

function every(rows: SpaceRows, holds: (row: number) => boolean): number[] {
  return Array.from({ length: rows.count }, (_, row) => row).filter(holds);
}

/** Rows of the list in the panel, all of them. */
async function selected(page: Page): Promise<number[]> {
  await byId(page, 'selection').waitFor();
  return await page
    .locator('[data-testid=selection-tile]')
    .evaluateAll((tiles) => tiles.map((tile) => Number((tile as HTMLElement).dataset.row)));
}

/** Rows of the list on the page. */
async function listed(page: Page): Promise<number[]> {
  await byId(page, 'mistake-list').waitFor();
  return await byId(page, 'mistake-item').evaluateAll((items) => items.map((item) => Number((item as HTMLElement).dataset.row)));
}

test('the headline and every cell of the matrix are counted right', async () => {
  const scene = mistakesScene();
  const rows = rowsIn(scene);
  const wrong = every(rows, (row) => isCorrect(rows, row) === false).length;
  await withPage(scene, { width: 1200 }, async (page) => {
    await byId(page, 'matrix').waitFor();
    const headline = await textOf(page, 'headline');
    assert.match(headline, new RegExp(`300 labelled pictures, ${wrong} wrong`));
    assert.match(headline, new RegExp(`^${(Math.round((1000 * (300 - wrong)) / 300) / 10).toString().replace('.', '\\.')} % accuracy`));
    for (let label = 0; label < 10; label++) {
      for (let predicted = 0; predicted < 10; predicted++) {
        const count = every(rows, (row) => rows.labels[row] === label && rows.predicted[row] === predicted).length;
        assert.equal(await textOf(page, `cell-${label}-${predicted}`), count === 0 ? '' : String(count));
      }
      const mine = every(rows, (row) => rows.labels[row] === label);
      const recall = mine.filter((row) => rows.predicted[row] === label).length / mine.length;
      assert.equal(await textOf(page, `edge-${label}-10`), String(Math.round(100 * recall)));
    }
    await byId(page, 'cells-shares').click();
    const of = every(rows, (row) => rows.labels[row] === 7);
    const taken = of.filter((row) => rows.predicted[row] === 8).length / of.length;
    assert.equal(await textOf(page, 'cell-7-8'), String(Math.round(100 * taken)));
    await byId(page, 'cell-7-8').hover();
    assert.match(await textOf(page, 'matrix-reading'), /^leaf seen as moon: \d+ of \d+ \(\d+(\.\d)? %\)$/);
  });
});

test('a cell opens exactly its pictures; recall and precision open what was missed', async () => {
  const scene = mistakesScene();
  const rows = rowsIn(scene);
  await withPage(scene, { width: 1200, height: 1000 }, async (page) => {
    await byId(page, 'cell-7-8').click();
    assert.match(await textOf(page, 'selection-title'), /^leaf seen as moon \d+$/);
    assert.deepEqual(
      await selected(page),
      every(rows, (row) => rows.labels[row] === 7 && rows.predicted[row] === 8),
    );
    assert.ok(await byId(page, 'cell-7-8').evaluate((cell) => cell.classList.contains('open')));
    await byId(page, 'edge-3-10').click();
    assert.match(await textOf(page, 'selection-title'), /^ring not recognised/);
    assert.deepEqual(
      await selected(page),
      every(rows, (row) => rows.labels[row] === 3 && rows.predicted[row] !== 3),
    );
    await byId(page, 'edge-10-4').click();
    assert.match(await textOf(page, 'selection-title'), /^wrongly seen as star/);
    assert.deepEqual(
      await selected(page),
      every(rows, (row) => rows.labels[row] !== 4 && rows.predicted[row] === 4),
    );
    await byId(page, 'label-2').click();
    assert.equal(await textOf(page, 'selection-count'), String(every(rows, (row) => rows.labels[row] === 2).length));
    // Nothing is behind an empty cell.
    await byId(page, 'cell-0-5').click();
    assert.match(await textOf(page, 'selection-title'), /^labelled cone/);
  });
});

test('arrows lead through the matrix, Enter opens a cell, Escape closes the list', async () => {
  await withPage(mistakesScene(), { width: 1200, height: 1000 }, async (page) => {
    await byId(page, 'cell-0-0').focus();
    assert.match(await textOf(page, 'matrix-reading'), /^ball recognised: \d+ of \d+/);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowLeft');
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-testid'));
    assert.equal(await focused(), 'cell-1-0');
    assert.equal(await page.locator('[data-testid=matrix] [tabindex="0"]').count(), 1);
    await page.keyboard.press('Enter');
    assert.match(await textOf(page, 'selection-title'), /^cube seen as ball/);
    assert.equal(await focused(), 'cell-1-0');
    await page.keyboard.press('End');
    assert.equal(await focused(), 'edge-1-10');
    assert.match((await byId(page, 'edge-1-10').getAttribute('aria-label'))!, /^cube recognised: \d+ of \d+ .*its recall$/);
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowLeft');
    assert.equal(await focused(), 'label-1');
    await page.keyboard.press('Enter');
    assert.match(await textOf(page, 'selection-title'), /^labelled cube \d+$/);
    // In the corner of the headings there is nothing.
    await page.keyboard.press('PageUp');
    await page.keyboard.press('ArrowUp');
    assert.equal(await focused(), 'label-0');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    assert.equal(await focused(), 'prediction-1');
    await page.keyboard.press('Enter');
    assert.match(await textOf(page, 'selection-title'), /^seen as cube \d+$/);
    // Closed from inside, the focus is where the list was opened from.
    await page.locator('[data-testid=selection-tile][data-place="0"]').focus();
    await page.keyboard.press('Escape');
    await byId(page, 'selection').waitFor({ state: 'detached' });
    assert.equal(await focused(), 'prediction-1');
  });
});

test('lists: the surest mistakes, the closest calls, pairs of classes', async () => {
  const scene = mistakesScene();
  const rows = rowsIn(scene);
  await withPage(scene, { width: 1400, height: 1000 }, async (page) => {
    const mistakes = every(rows, (row) => isCorrect(rows, row) === false).sort((a, b) => rows.confidence[b]! - rows.confidence[a]!);
    assert.deepEqual(await listed(page), mistakes);
    await byId(page, 'mistake-item').nth(2).click();
    const inPanel = await selected(page);
    assert.deepEqual(inPanel, mistakes.slice(0, inPanel.length));
    assert.match(await textOf(page, 'selection-title'), new RegExp(`^Most confident mistakes ${mistakes.length}$`));
    const path = rows.paths[mistakes[2]!]!;
    assert.equal(await page.locator('.mistake-item.focused').getAttribute('data-path'), path);
    assert.equal(await page.locator('.selection-tile.focused').getAttribute('title'), path);

    await byId(page, 'list-unsure').click();
    const unsure = every(rows, () => true).sort((a, b) => rows.margin[a]! - rows.margin[b]!);
    assert.deepEqual(await listed(page), unsure.slice(0, 40));
    await byId(page, 'list-open').click();
    assert.equal(await textOf(page, 'selection-count'), '300');

    await byId(page, 'list-pairs').click();
    const pairs = await byId(page, 'pair-item').evaluateAll((items) => items.map((item) => (item as HTMLElement).dataset.pair!));
    const counts = pairs.map((pair) => {
      const [label, predicted] = pair.split('-').map(Number);
      return every(rows, (row) => rows.labels[row] === label && rows.predicted[row] === predicted).length;
    });
    assert.deepEqual(
      counts,
      [...counts].sort((a, b) => b - a),
    );
    assert.equal(
      counts.reduce((a, b) => a + b),
      mistakes.length,
    );
    await byId(page, 'pair-item').first().click();
    assert.equal((await selected(page)).length, counts[0]);
  });
});

test('labels that may be wrong: neighbours are asked only when it is looked at, with how well they agree at all', async () => {
  const scene = mistakesScene({ mislabelled: 0.08 });
  const rows = rowsIn(scene);
  const { share, majority, purity } = agreementOf(scene, rows.labels);
  await withPage(scene, { width: 1200 }, async (page) => {
    await byId(page, 'mistake-list').waitFor();
    assert.equal(await page.evaluate(() => window.spaceHost.calls('agreement').length), 0);
    await page.evaluate(() => {
      window.spaceHost.pace.stopAt = 0.5;
    });
    await byId(page, 'list-labels').click();
    await page.waitForSelector('[data-testid=agreement-progress] [aria-valuenow="25"]');
    await page.evaluate(() => {
      window.spaceHost.pace.stopAt = 2;
    });
    await byId(page, 'purity').waitFor();
    assert.match(
      await textOf(page, 'purity'),
      new RegExp(
        `^${(Math.round(1000 * purity) / 10).toString().replace('.', '\\.')} % of the 10 nearest neighbours have the same label; in pixel space 38 %`,
      ),
    );
    const found = await listed(page);
    assert.deepEqual(
      [...found].sort((a, b) => a - b),
      every(rows, (row) => majority[row] !== rows.labels[row]).slice(0, found.length),
    );
    for (let i = 1; i < found.length; i++) assert.ok(share[found[i - 1]!]! <= share[found[i]!]!);
    assert.equal(
      await byId(page, 'suggested').first().textContent(),
      `${rows.classes[rows.labels[found[0]!]!]} → ${rows.classes[majority[found[0]!]!]}?`,
    );
    const [asked] = await page.evaluate(() => window.spaceHost.calls('agreement').map(({ params }) => params));
    assert.deepEqual([asked!.k, asked!.metric, asked!.revision], [10, 'cosine', rows.revision]);
  });
});

test('rows that the engine no longer keeps are asked for anew, once; what fails says so', async () => {
  await withPage(mistakesScene(), { width: 1200 }, async (page) => {
    await byId(page, 'mistake-list').waitFor();
    const fail = (code: 'stale' | 'engine') =>
      page.evaluate((is) => {
        window.spaceHost.failures.set('agreement', { code: is, message: 'The rows are gone.' });
      }, code);
    await fail('stale');
    await byId(page, 'list-labels').click();
    await byId(page, 'purity').waitFor();
    assert.deepEqual(
      await page.evaluate(() => [window.spaceHost.calls('rows').length, window.spaceHost.calls('agreement').length]),
      [2, 2],
    );
    await byId(page, 'list-pairs').click();
    await fail('engine');
    await page.evaluate(() => window.spaceHost.show({ mislabelled: 0.05 }));
    await page.waitForFunction(() => window.spaceHost.calls('rows').length === 3);
    await byId(page, 'list-labels').click();
    await byId(page, 'retry').click();
    await byId(page, 'purity').waitFor();
  });
});

test('without labels the view says so, and offers a file', async () => {
  await withPage(mistakesScene({ labelSource: { kind: 'none' } }), {}, async (page) => {
    await byId(page, 'no-labels').waitFor();
    assert.equal(await byId(page, 'matrix').count(), 0);
    assert.equal(await byId(page, 'mistake-lists').getAttribute('data-list'), 'unsure');
    await byId(page, 'choose-labels').click();
    await page.waitForFunction(() => window.spaceHost.calls('chooseLabels').length === 1);
    await screenshot(page, 'mistakes-no-labels');
  });
});

test('outputs that are no class scores: no matrix, but neighbours can still doubt labels', async () => {
  await withPage(mistakesScene({ activation: 'none' }), {}, async (page) => {
    await byId(page, 'no-classes').waitFor();
    assert.equal(await byId(page, 'matrix').count(), 0);
    assert.equal(await byId(page, 'mistake-lists').getAttribute('data-list'), 'labels');
    await byId(page, 'purity').waitFor();
    await page.evaluate(() => window.spaceHost.show({ labelSource: { kind: 'none' } }));
    await byId(page, 'no-labels').waitFor();
    assert.equal(await byId(page, 'mistake-lists').count(), 0);
  });
});

test('labels that the model has no class for are rows of their own, neither right nor wrong', async () => {
  const steer = (host: Window['spaceHost']) => {
    const own = host.rows.bind(host);
    host.rows = (name) => {
      const rows = own(name);
      return { ...rows, classes: [...rows.classes, 'unicorn'], labels: rows.labels.map((label, row) => (row < 30 ? 10 : label)) };
    };
  };
  await withPage(mistakesScene(), { width: 1200, steer }, async (page) => {
    assert.match(await textOf(page, 'headline'), /270 labelled pictures/);
    assert.match(await textOf(page, 'foreign'), /^30 pictures have labels that the model has no class for/);
    const row = await page
      .locator('[data-testid^=cell-10-]')
      .evaluateAll((cells) => cells.reduce((sum, cell) => sum + Number(cell.textContent), 0));
    assert.equal(row, 30);
    assert.equal(await byId(page, 'prediction-10').count(), 0);
    assert.equal(await textOf(page, 'edge-10-10'), '–');
  });
});

test('a perfect model, a single picture', async () => {
  await withPage(mistakesScene({ mistaken: 0, mislabelled: 0, images: 1 }), {}, async (page) => {
    assert.match(await textOf(page, 'headline'), /100 % accuracy 1 labelled picture, 0 wrong/);
    assert.equal(await textOf(page, 'matrix-reading'), 'No mistakes.');
    assert.equal(await textOf(page, 'list-empty'), 'There are no mistakes.');
    await byId(page, 'list-pairs').click();
    assert.match(await textOf(page, 'list-empty'), /No class is taken for another/);
  });
});

test('a thousand classes: the most confused ones as a table, all of them drawn', async () => {
  const labels = Array.from({ length: 1000 }, (_, i) => `class ${i}`);
  const scene = mistakesScene({ labels, images: 10_000, mistaken: 0.3 });
  const rows = rowsIn(scene);
  await withPage(scene, { width: 1400, height: 1000 }, async (page) => {
    await byId(page, 'matrix').waitFor();
    assert.equal(await page.locator('[data-testid=matrix] [data-testid^=label-]').count(), 30);
    assert.match(await textOf(page, 'matrix-reading'), /^Mistakes between the 30 classes shown: \d+ of 3,0\d\d/);
    const started = Date.now();
    await byId(page, 'extent-all').click();
    await byId(page, 'big-matrix').locator('canvas').waitFor();
    console.log(`matrix of 1,000 classes on show after ${Date.now() - started} ms`);
    const big = byId(page, 'big-matrix');
    for (let i = 0; i < 4; i++) await byId(page, 'matrix-closer').click();
    assert.equal(await byId(page, 'matrix-closer').getAttribute('disabled'), '');
    await byId(page, 'order-class').click();
    await big.focus();
    for (let i = 0; i < 40; i++) await page.keyboard.press('ArrowDown');
    for (let i = 0; i < 41; i++) await page.keyboard.press('ArrowRight');
    assert.match(await textOf(page, 'matrix-reading'), /^class 40 seen as class 41: \d+ of \d+/);
    const expected = every(rows, (row) => rows.labels[row] === 40 && rows.predicted[row] === 41);
    assert.ok(expected.length > 0);
    await page.keyboard.press('Enter');
    assert.deepEqual(await selected(page), expected);
    // The cell is in sight, and the pointer finds it where it is drawn.
    const { left, top } = await big.evaluate(({ scrollLeft, scrollTop }) => ({ left: scrollLeft, top: scrollTop }));
    await page.keyboard.press('Escape');
    await byId(page, 'selection').waitFor({ state: 'detached' });
    await big.hover({ position: { x: 41 * 16 + 8 - left, y: 40 * 16 + 8 - top } });
    assert.match(await textOf(page, 'matrix-reading'), /^class 40 seen as class 41/);
    // Zooming keeps what is in the middle.
    const middle = (side: number) =>
      big.evaluate((e, cell) => [(e.scrollLeft + e.clientWidth / 2) / cell, (e.scrollTop + e.clientHeight / 2) / cell], side);
    await big.evaluate((e) => e.scrollTo({ left: 6000, top: 5000 }));
    const before = await middle(16);
    await page.waitForTimeout(100);
    await page.keyboard.press('-');
    await page.waitForTimeout(100);
    const after = await middle(8);
    for (const axis of [0, 1]) assert.ok(Math.abs(before[axis]! - after[axis]!) < 1, `${before} ${after}`);
    await page.keyboard.press('+');
    await screenshot(page, 'mistakes-1000-classes');
  });
});

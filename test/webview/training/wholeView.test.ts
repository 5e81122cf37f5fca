import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { byId, textOf } from '../open.ts';
import { checkpointsOf, wholeOf } from './made.ts';
import { useTrainingPage } from './open.ts';
import type { TrainingScene } from './scene.ts';
import { trainingScene } from './scenes.ts';

const { withPage } = useTrainingPage();
const narrow = { width: 300, height: 900 };

function idOf(scene: TrainingScene, at: number): string {
  return checkpointsOf(scene)[at]!.id;
}

async function lookAt(page: Page, scene: TrainingScene, at: number): Promise<void> {
  await page.evaluate((id) => window.trainingHost.show(id), idOf(scene, at));
  const { name } = checkpointsOf(scene)[at]!;
  await page.waitForFunction((text) => document.querySelector('[data-testid=whole-at]')?.textContent?.includes(text), name);
}

/** Waits for a call of the page and gives its parameters. */
async function called(page: Page, name: string): Promise<Record<string, unknown>> {
  await page.waitForFunction((method) => window.trainingHost.calls(method).length > 0, name);
  return (await page.evaluate((method) => window.trainingHost.calls(method).at(-1)!.params, name)) as Record<string, unknown>;
}

test('off: what it would do, and nothing else; on asks the host', async () => {
  const scene = trainingScene({ wholes: 0 });
  scene.state.set = { label: 'photos', count: 2000, of: 51_234, on: false };
  await withPage(scene, narrow, async (page) => {
    assert.match(await textOf(page, 'follow-set'), /Evaluate all 2,000 pictures of photos, evenly taken from 51,234, at each checkpoint/);
    assert.match(await textOf(page, 'follow-about'), /only while this view is visible.*budget/);
    assert.equal(await byId(page, 'whole-progress').count(), 0);
    assert.equal(await page.locator('.whole-section').count(), 0);
    await byId(page, 'follow-set').click();
    assert.deepEqual(await called(page, 'followSet'), { on: true });
  });
});

test('without a data set it says so', async () => {
  const scene = trainingScene({ wholes: 0 });
  scene.state.set = undefined;
  await withPage(scene, narrow, async (page) => {
    assert.match(await textOf(page, 'no-set'), /no data set/);
    assert.equal(await byId(page, 'follow-set').count(), 0);
  });
});

test('before anything is known of a data set it says nothing of one', async () => {
  const scene = trainingScene({ wholes: 0, probes: 0, read: 0 });
  scene.state.set = undefined;
  await withPage(scene, narrow, async (page) => {
    assert.equal(await byId(page, 'whole').count(), 0);
  });
});

test('at rest nothing is drawn anew', async () => {
  await withPage(trainingScene(), narrow, async (page) => {
    await byId(page, 'run-map-surface').scrollIntoViewIfNeeded();
    await page.waitForFunction(() => !document.querySelector('.set-thumb.none'));
    await page.waitForTimeout(600);
    const changes = await page.evaluate(async () => {
      let count = 0;
      const observer = new MutationObserver((records) => {
        count += records.length;
      });
      observer.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
      const pen = CanvasRenderingContext2D.prototype;
      const { clearRect } = pen;
      pen.clearRect = function (...args) {
        count++;
        clearRect.apply(this, args);
      };
      await new Promise((resolve) => setTimeout(resolve, 700));
      return count;
    });
    assert.equal(changes, 0);
  });
});

test('how far it is, what stands in for a checkpoint that is not evaluated, and a failure with a way on', async () => {
  const scene = trainingScene({ wholes: 8 });
  await withPage(scene, narrow, async (page) => {
    assert.match(await textOf(page, 'follow-about'), /About 900 ms for each/);
    assert.equal(await textOf(page, 'whole-progress'), '8 of 10 checkpoints evaluated.');
    assert.match(await textOf(page, 'whole-missing'), /^epoch_10 is not evaluated yet.*What stands here is of epoch_08\.$/);
    assert.match(await textOf(page, 'whole-at'), /at epoch_08/);

    const checkpoints = checkpointsOf(scene);
    const at9 = (reading: object) => checkpoints.map((each, i) => (i === 9 ? { ...each, reading } : each));
    const running = at9({ state: 'running', what: 'features', done: 120, total: 240 });
    await page.evaluate((told) => window.trainingHost.tell({ checkpoints: told as never }), running);
    await page.waitForFunction(() => /features 120 of 240/.test(document.querySelector('[data-testid=whole-progress]')?.textContent ?? ''));
    assert.match(await textOf(page, 'whole-missing'), /is being evaluated\./);

    const failed = at9({
      state: 'failed',
      error: { code: 'engine', message: 'The engine ran out of memory.', hint: 'Close another program.' },
    });
    await page.evaluate((told) => window.trainingHost.tell({ checkpoints: told as never }), failed);
    await byId(page, 'whole-retry').click();
    assert.match(await textOf(page, 'whole-missing'), /The engine ran out of memory\. Close another program\./);
    assert.deepEqual(await called(page, 'retry'), { checkpoint: checkpoints[9]!.id });

    await page.evaluate(() => window.trainingHost.evaluate(9));
    await page.waitForFunction(() => document.querySelector('[data-testid=whole-at]')?.textContent?.includes('epoch_10'));
    assert.equal(await byId(page, 'whole-missing').count(), 0);
    // Between epoch_08 and epoch_10 nothing was measured by itself.
    assert.deepEqual(await called(page, 'drift'), { from: checkpoints[7]!.id, to: checkpoints[9]!.id });
    await page.waitForFunction(() => /^Since epoch_08 /.test(document.querySelector('[data-testid=drift-words]')?.textContent ?? ''));
  });
});

test('everything goes along with the slider: numbers as counted from what the host told', async () => {
  const scene = trainingScene();
  await withPage(scene, narrow, async (page) => {
    for (const at of [9, 4, 1]) {
      await lookAt(page, scene, at);
      const [before, now] = [wholeOf(scene, at - 1), wholeOf(scene, at)];
      const isRight = (whole: typeof now, row: number) => whole.predicted[row] === whole.labels[row];
      const rows = Array.from(now.labels.keys());
      const share = (100 * rows.filter((row) => isRight(now, row)).length) / rows.length;
      const [accuracy] = /[\d.]+/.exec(await textOf(page, 'gist-scores')) ?? [];
      assert.ok(Math.abs(Number(accuracy) - share) < 0.051, `${accuracy} is ${share}`);

      const wrong = rows.filter((row) => isRight(before, row) && !isRight(now, row));
      const right = rows.filter((row) => !isRight(before, row) && isRight(now, row));
      assert.equal(await textOf(page, 'gist-flips'), `${wrong.length} became wrong, ${right.length} right`);
      const first = await page.locator('[data-testid=set-list] [data-testid=set-item]').first().getAttribute('data-row');
      assert.equal(Number(first), wrong.sort((a, b) => before.confidence[b]! - before.confidence[a]!)[0]);

      for (const label of scene.classes.keys())
        for (const said of scene.classes.keys()) {
          const count = rows.filter((row) => now.labels[row] === label && now.predicted[row] === said).length;
          assert.equal(await textOf(page, `set-cell-${label}-${said}`), count === 0 ? '' : String(count));
        }
      const dead = now.dead.reduce((sum, each) => sum + each.dead, 0);
      assert.match(await textOf(page, 'gist-dead'), new RegExp(`^${dead} of 160`));
      assert.equal(await textOf(page, 'gist-drift'), `${Number((100 * now.drift!.overlap).toFixed(1))} % of neighbours stay`);
    }
    await lookAt(page, scene, 0);
    assert.equal(await textOf(page, 'gist-flips'), 'the first evaluated');
    assert.match(await textOf(page, 'list-none'), /epoch_01 is the first/);
    assert.match(await textOf(page, 'drift-words'), /nothing to compare with/);
  });
});

test('a click on the accuracy goes to that checkpoint', async () => {
  const scene = trainingScene();
  await withPage(scene, narrow, async (page) => {
    await byId(page, 'set-accuracy-plot').scrollIntoViewIfNeeded();
    const plot = (await byId(page, 'set-accuracy-plot').boundingBox())!;
    await page.mouse.click(plot.x + (plot.width * 3) / 9, plot.y + 20);
    await page.waitForFunction(() => document.querySelector('[data-testid=whole-at]')?.textContent?.includes('epoch_04'));
    assert.match(await textOf(page, 'set-accuracy-readout'), /accuracy \d/);
  });
});

test('a class that is pressed is drawn over the run', async () => {
  const scene = trainingScene();
  await withPage(scene, narrow, async (page) => {
    await lookAt(page, scene, 6);
    const toggle = page.locator('[data-testid=class-toggle]').first();
    const name = (await toggle.innerText()).trim();
    await toggle.click();
    assert.equal(await toggle.getAttribute('aria-pressed'), 'true');
    const { labels, predicted } = wholeOf(scene, 6);
    const rows = [...labels.keys()].filter((row) => scene.classes[labels[row]!] === name);
    const share = (100 * rows.filter((row) => predicted[row] === labels[row]).length) / rows.length;
    assert.ok(
      (await textOf(page, 'set-accuracy-readout')).includes(`${name} ${Number(share.toFixed(1))} %`),
      await textOf(page, 'set-accuracy-readout'),
    );
    assert.equal(await page.locator('[data-testid=set-accuracy-plot] path.curve').count(), 2);
    await toggle.click();
    assert.equal(await page.locator('[data-testid=set-accuracy-plot] path.curve').count(), 1);
  });
});

test('what turned: the three lists, the history of a picture, explain it, keep it among the probes', async () => {
  const scene = trainingScene();
  await withPage(scene, narrow, async (page) => {
    await lookAt(page, scene, 5);
    const item = page.locator('[data-testid=set-list] .set-item').first();
    const image = (await item.locator('button.set-main').getAttribute('title'))!;
    await item.locator('[data-testid=set-explain]').click();
    assert.deepEqual(await called(page, 'openProbe'), { checkpoint: idOf(scene, 5), image });
    await item.locator('[data-testid=set-pin]').click();
    assert.deepEqual(await called(page, 'pinProbe'), { image });

    await item.locator('button.set-main').click();
    const row = wholeOf(scene, 0).images.indexOf(image);
    const right = Array.from({ length: 10 }, (_, i) => wholeOf(scene, i)).filter(
      ({ predicted, labels }) => predicted[row] === labels[row],
    ).length;
    assert.match(await item.locator('.set-history').innerText(), new RegExp(`right at ${right} of 10 checkpoints`));
    await item.locator('button.set-main').click();
    assert.equal(await item.locator('.set-history').count(), 0);

    for (const list of ['right', 'forgotten'] as const) {
      await byId(page, `set-list-${list}`).click();
      const count = Number(/\d+/.exec(await textOf(page, `set-list-${list}`))?.[0]);
      assert.equal(await page.locator('[data-testid=set-list] .set-item').count(), Math.min(5, count));
      await byId(page, 'more-list').click();
      assert.equal(await page.locator('[data-testid=set-list] .set-item').count(), Math.min(25, count));
    }
    assert.match(await textOf(page, 'list-about'), /Toneva/);
    assert.match(
      await page.locator('[data-testid=set-list] .small').first().innerText(),
      /forgotten (once|twice|\d times), right last at epoch_0[1-5]/,
    );
  });
});

test('a picture that is a pinned probe already cannot be added again', async () => {
  const scene = trainingScene();
  await withPage(scene, narrow, async (page) => {
    await lookAt(page, scene, 5);
    const item = page.locator('[data-testid=set-list] .set-item').first();
    const path = (await item.locator('button.set-main').getAttribute('title'))!;
    await page.evaluate((image) => window.trainingHost.tell({ probes: [{ path: image, name: 'x', pinned: true }] }), path);
    await item.locator('[data-testid=set-pin][disabled]').waitFor();
    assert.match((await item.locator('[data-testid=set-pin]').getAttribute('aria-label'))!, /is in the probe set/);
  });
});

test('confusions: change with its sign, keyboard, the pictures of a cell with the new ones first', async () => {
  const scene = trainingScene();
  await withPage(scene, narrow, async (page) => {
    await lookAt(page, scene, 3);
    const [before, now] = [wholeOf(scene, 2), wholeOf(scene, 3)];
    const rowsIn = ({ labels, predicted }: typeof now, label: number, said: number) =>
      Array.from(labels.keys()).filter((row) => labels[row] === label && predicted[row] === said);
    await byId(page, 'set-cells-change').click();
    for (const label of scene.classes.keys())
      for (const said of scene.classes.keys()) {
        const change = rowsIn(now, label, said).length - rowsIn(before, label, said).length;
        const text = change === 0 ? '' : `${change > 0 ? '+' : '−'}${Math.abs(change)}`;
        assert.equal(await textOf(page, `set-cell-${label}-${said}`), text);
        const isBetter = label === said ? change > 0 : change < 0;
        const classes = (await byId(page, `set-cell-${label}-${said}`).getAttribute('class'))!;
        assert.equal(/\bbetter\b/.test(classes), isBetter, `${label} ${said}: ${change}`);
      }

    const first = byId(page, 'set-cell-0-0');
    await first.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    assert.equal(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.testid), 'set-cell-1-2');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    assert.equal(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.testid), 'set-cell-0-2');
    assert.match(await textOf(page, 'set-reading'), /^cross seen as moon: \d+ of 40 .* (more|fewer) than before|as before$/);

    const label = 0;
    const said = [...scene.classes.keys()].findLast((of) => of !== label && rowsIn(now, label, of).length > 0)!;
    await page.keyboard.press('Home');
    for (let i = 0; i < said; i++) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    const rows = rowsIn(now, label, said);
    const isNew = (row: number) => !(before.labels[row] === label && before.predicted[row] === said);
    assert.match(await textOf(page, 'set-cell-pictures'), new RegExp(`cross seen as ${scene.classes[said]}: ${rows.length} picture`));
    while ((await byId(page, 'more-cell').count()) > 0) await byId(page, 'more-cell').click();
    const listed = await page
      .locator('[data-testid=set-cell] [data-testid=set-item]')
      .evaluateAll((all) => all.map((each) => Number((each as HTMLElement).dataset.row)));
    assert.deepEqual(
      [...listed].sort((a, b) => a - b),
      rows,
    );
    assert.deepEqual(
      listed.map(isNew),
      [...listed.map(isNew)].sort((a, b) => Number(b) - Number(a)),
    );
  });
});

test('of many classes the most confused ones are shown, and it is said which part of the mistakes that is', async () => {
  const classes = Array.from({ length: 40 }, (_, i) => `class ${i}`);
  await withPage(trainingScene({ classes, images: 1200, probes: 4 }), narrow, async (page) => {
    assert.equal(await page.locator('[data-testid=set-matrix] .matrix-name').count(), 12);
    assert.match(await textOf(page, 'set-reading'), /^The 12 most confused of 40 classes: \d+ of \d+ \(.* %\) of the mistakes\.$/);
    assert.equal(await page.locator('[data-testid=class-table] tbody tr').count(), 8);
    await byId(page, 'more-classes').click();
    assert.equal(await page.locator('[data-testid=class-table] tbody tr').count(), 40);
    // More classes than colours: the small ones share one.
    assert.match(await textOf(page, 'run-map-legend'), /smaller classes/);
  });
});

test('sections fold, say the main thing all the same, and stay folded', async () => {
  await withPage(trainingScene(), narrow, async (page) => {
    const scores = byId(page, 'whole-scores');
    await scores.locator('summary').focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => !document.querySelector('[data-testid=set-accuracy]'));
    assert.match(await textOf(page, 'gist-scores'), /\d %/);
    await page.reload();
    await byId(page, 'whole-flips').waitFor();
    assert.equal(await scores.getAttribute('open'), null);
    assert.equal(await byId(page, 'whole-flips').getAttribute('open'), '');
    await scores.locator('summary').click();
    await byId(page, 'set-accuracy').waitFor();
  });
});

test('other probes do not take the whole set away', async () => {
  const scene = trainingScene();
  await withPage(scene, narrow, async (page) => {
    await page.evaluate(() => {
      window.trainingHost.generation++;
      window.trainingHost.tell({});
    });
    await page.waitForFunction(() => document.querySelector('[data-testid=root]')?.getAttribute('data-generation') === '2');
    assert.match(await textOf(page, 'whole-at'), /epoch_10/);
    assert.equal(await textOf(page, 'whole-progress'), '10 of 10 checkpoints evaluated.');
  });
});

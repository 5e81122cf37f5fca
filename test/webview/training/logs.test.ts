/** The curves of a run's logs on the page. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { restore } from '../../../webview/training/choices.ts';
import { audit, byId, screenshot, textOf } from '../open.ts';
import type { ThemeKind } from '../themes.ts';
import type { PlainLog } from './host.ts';
import { useTrainingPage } from './open.ts';
import { trainingScene } from './scenes.ts';

const { withPage } = useTrainingPage();

const chart = (page: Page, quantity: string) => page.locator(`[data-testid=log-chart][data-quantity="${quantity}"]`);
const readout = async (page: Page, quantity: string) => await textOf(page, `curves-${quantity}-readout`);
/** Until the page has heard of them and drawn. */
const tell = (page: Page, logs: readonly PlainLog[]) =>
  page.evaluate(async (all) => {
    const heard = new Promise<void>((done) => {
      const hear = ({ data }: MessageEvent) => {
        if ((data as { name?: unknown }).name !== 'logs') return;
        removeEventListener('message', hear);
        done();
      };
      addEventListener('message', hear);
    });
    window.trainingHost.tellLogs(all);
    await heard;
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  }, logs);
/** Where the cursor of a chart stands, CSS pixels of the page. */
const cursorOf = async (page: Page, quantity: string) => {
  const box = await chart(page, quantity).locator('.curves-cursor').boundingBox();
  return box!.x + box!.width / 2;
};
const placeOf = async (page: Page) => {
  const box = await page.locator('.slider .cursor').boundingBox();
  return box!.x + box!.width / 2;
};

test('losses and accuracies have a chart each, training and validation share one; values stand at the slider', async () => {
  await withPage(trainingScene(), { width: 300 }, async (page) => {
    await chart(page, 'loss').waitFor();
    assert.equal(await byId(page, 'log-chart').count(), 2);
    assert.equal(await readout(page, 'loss'), 'loss 0.08962 val_loss 0.3571');
    assert.match(
      (await byId(page, 'curves-loss-plot').getAttribute('aria-label')) ?? '',
      /^loss, epoch 1 to epoch 10: loss 1\.333 to 0\.08962; val_loss 1\.656 to 0\.3571$/,
    );
    await page.evaluate(() => window.trainingHost.show('/work/runs/a/epoch_01/model.json'));
    await page.waitForFunction(() => document.querySelector('[data-testid=curves-loss-readout]')!.textContent!.includes('1.333'));
    assert.equal(await byId(page, 'curves-accuracy-plot').getAttribute('aria-valuetext'), 'epoch 1: accuracy 0.4637, val_accuracy 0.3573');
  });
});

test("the cursor stands below the slider's, at every width", async () => {
  for (const width of [240, 300, 640, 1200]) {
    await withPage(trainingScene(), { width }, async (page) => {
      for (const at of ['01', '04', '10']) {
        await page.evaluate((name) => window.trainingHost.show(`/work/runs/a/epoch_${name}/model.json`), at);
        await page.waitForFunction(
          (name) => document.querySelector('[data-testid=slider]')!.getAttribute('aria-valuetext')!.includes(`epoch_${name}`),
          at,
        );
        assert.ok(
          Math.abs((await cursorOf(page, 'loss')) - (await placeOf(page))) <= 1,
          `${width}: ${await cursorOf(page, 'loss')} ${await placeOf(page)}`,
        );
      }
    });
  }
});

test('click, drag and keys in a chart move the slider; the pointer reads beside it', async () => {
  await withPage(trainingScene(), { width: 300 }, async (page) => {
    const plot = byId(page, 'curves-loss-plot');
    await plot.scrollIntoViewIfNeeded();
    const box = (await plot.boundingBox())!;
    const at = async () => (await byId(page, 'slider').getAttribute('aria-valuetext'))?.split(',')[0];
    await page.mouse.move(box.x + box.width * 0.45, box.y + 40);
    assert.equal(await readout(page, 'loss'), 'loss 0.4016 val_loss 0.799');
    assert.equal(await chart(page, 'loss').locator('.curves-read').textContent(), 'epoch 5');
    assert.equal(await at(), 'epoch_10');
    await page.mouse.down();
    assert.equal(await at(), 'epoch_05');
    await page.mouse.move(box.x + box.width * 0.2, box.y + 400, { steps: 4 });
    assert.equal(await at(), 'epoch_03');
    await page.mouse.up();
    await page.mouse.move(box.x + 3, box.y - 30);
    assert.equal(await at(), 'epoch_03');
    assert.match(await readout(page, 'loss'), /^loss 0\.7318/);
    await plot.press('ArrowRight');
    assert.equal(await at(), 'epoch_04');
    await plot.press('Home');
    assert.equal(await at(), 'epoch_01');
    await page.waitForFunction(() => /epoch_01/.test(String(window.trainingHost.calls('looking').at(-1)?.params.checkpoint)));
  });
});

test('only checkpoints that were read can be picked', async () => {
  await withPage(trainingScene({ checkpoints: 10, read: 4 }), { width: 300 }, async (page) => {
    const plot = byId(page, 'curves-loss-plot');
    const box = (await plot.boundingBox())!;
    await plot.click({ position: { x: box.width - 2, y: 30 } });
    assert.match((await byId(page, 'slider').getAttribute('aria-valuetext')) ?? '', /^epoch_04/);
  });
});

test('a value that is no number is a gap and is told; a single value is a point', async () => {
  await withPage(trainingScene({ logs: false }), { width: 300 }, async (page) => {
    const x = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    const y = [3, null, 1, null, 2, 2, 2, 2, null, null];
    await tell(page, [{ file: '/work/runs/a/a.csv', series: [{ name: 'loss', x, y }] }]);
    await chart(page, 'loss').waitFor();
    assert.equal(await readout(page, 'loss'), 'loss NaN');
    const paths = await chart(page, 'loss')
      .locator('.curves-plot path')
      .evaluateAll((all) => all.map((path) => path.getAttribute('d')));
    assert.match(paths[0]!, /^M444\.44 [\d.]+ 555\.56 [\d. ]+ 777\.78 [\d.]+$/);
    assert.deepEqual(paths[1]!.match(/M/g)?.length, 2);
    const boxes = await chart(page, 'loss')
      .locator('.curves-plot path')
      .evaluateAll((all) => all.map((path) => path.getAttribute('class')));
    assert.deepEqual(boxes.slice(0, 2), ['curve look-0', 'curve-single look-0']);
  });
});

test('where a curve stops being finite a cross says so, beside its last value; what is not defined yet has none', async () => {
  await withPage(trainingScene({ logs: false }), { width: 300 }, async (page) => {
    const x = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    const loss = [3, 2, 1.5, null, null, null, null, null, null, null];
    const seldom = [null, null, 2, null, 1, 1, 1, 1, 1, 1];
    const fine = [null, null, 0.5, 0.6, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7];
    await tell(page, [
      {
        file: '/work/runs/a/a.csv',
        series: [
          { name: 'loss', x, y: loss },
          { name: 'val_loss', x, y: seldom },
          { name: 'val_acc', x, y: fine },
        ],
      },
    ]);
    await chart(page, 'loss').waitFor();
    const crosses = chart(page, 'loss').locator('.curves-cross');
    assert.deepEqual(await crosses.evaluateAll((all) => all.map((each) => (each as HTMLElement).title)), [
      'loss: NaN at epoch 4',
      'val_loss: NaN at epoch 4',
    ]);
    assert.equal(
      await byId(page, 'curves-loss-plot').getAttribute('aria-label'),
      'loss, epoch 1 to epoch 10: loss 3 to 1.5, NaN at epoch 4; val_loss 2 to 1, NaN at epoch 4',
    );
    const plot = (await byId(page, 'curves-loss-plot').boundingBox())!;
    const [first, second] = await Promise.all([0, 1].map(async (i) => (await crosses.nth(i).boundingBox())!));
    assert.ok(Math.abs(first!.x + first!.width / 2 - plot.x - plot.width / 3) < 1, 'the fourth of ten');
    // 1…3 from 91 to 5 CSS pixels: 1.5 stands at 69.5, 2 at 48.
    for (const [box, top] of [
      [first!, 69.5],
      [second!, 48],
    ] as const)
      assert.ok(Math.abs(box.y + box.height / 2 - plot.y - top) < 1);
    assert.equal(await chart(page, 'accuracy').locator('.curves-cross').count(), 0);
    // The chart can be used there as elsewhere.
    await crosses.first().click();
    await page.waitForFunction(() =>
      document.querySelector('[data-testid=slider]')!.getAttribute('aria-valuetext')!.startsWith('epoch_04'),
    );
    // Nothing is left of it once the run was started again.
    await tell(page, [{ file: '/work/runs/a/a.csv', series: [{ name: 'loss', x: [1, 2, 3], y: [3, 2, 1] }] }]);
    await page.waitForFunction(() => document.querySelectorAll('.curves-cross').length === 0);
  });
});

test('which quantities are drawn and on which scale is chosen, and kept', async () => {
  await withPage(trainingScene(), { width: 300 }, async (page) => {
    const { series } = await page.evaluate(() => {
      const x = [1, 2, 3];
      return { series: ['loss', 'val_loss', 'acc', 'lr'].map((name) => ({ name, x, y: [1, 0.1, 0.01] })) };
    });
    await tell(page, [{ file: '/work/runs/a/history.csv', series: [...series, { name: 'margin', x: [1, 2, 3], y: [-1, 0, 1] }] }]);
    assert.equal(await textOf(page, 'log-picker'), '2 of 4 quantities');
    await byId(page, 'log-picker').click();
    await byId(page, 'log-choice').filter({ hasText: 'learning rate' }).click();
    await chart(page, 'learning rate').waitFor();
    await byId(page, 'log-choice').filter({ hasText: 'accuracy' }).click();
    await byId(page, 'log-choice').filter({ hasText: 'margin' }).click();
    await chart(page, 'margin').waitFor();
    assert.equal(await chart(page, 'accuracy').count(), 0);
    // What is not above zero has no logarithm.
    assert.equal(await chart(page, 'margin').locator('[data-testid=log-scale]').count(), 0);
    const scale = chart(page, 'loss').locator('[data-testid=log-scale]');
    await scale.click();
    assert.equal(await scale.getAttribute('aria-pressed'), 'true');
    const ticks = await chart(page, 'loss').locator('.curves-tick').allTextContents();
    assert.deepEqual(ticks, ['0.01', '0.1', '1']);
    const line = await chart(page, 'loss').locator('.curve').first().getAttribute('d');
    const [, top, middle, bottom] = /M0 ([\d.]+) [\d.]+ ([\d.]+) [\d.]+ ([\d.]+)/.exec(line!)!.map(Number);
    assert.ok(Math.abs(middle! - (top! + bottom!) / 2) < 0.02, line!);
    const kept = await page.evaluate(() => JSON.parse(sessionStorage.getItem('glassbox-state')!));
    const of = (...names: string[]) => names.map((name) => `/work/runs/a/history.csv\nepoch\n${name}`);
    assert.deepEqual(kept.choices.logs, { shown: of('loss', 'learning rate', 'margin'), scales: of('loss') });
    assert.deepEqual(restore(kept).choices.logs, kept.choices.logs);
    assert.deepEqual(restore({ choices: { logs: { shown: [1, 'a'], scales: 'b', more: 1 } } }).choices.logs, { shown: ['a'] });
  });
});

test('the best checkpoint by validation is a click away; dense curves can be smoothed', async () => {
  await withPage(trainingScene({ logs: false }), { width: 300 }, async (page) => {
    const x = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    const dense = Array.from({ length: 900 }, (_, i) => 1 + i / 100);
    await tell(page, [
      {
        file: '/work/runs/a/a.csv',
        series: [
          { name: 'loss', x: dense, y: dense.map((at, i) => 10 - at + (i % 2)) },
          { name: 'val_loss', x, y: [9, 8, 7, 3, 2, null, 2, 4, 5, 6] },
          { name: 'acc', x, y: x.map((at) => at / 10) },
        ],
      },
    ]);
    const best = chart(page, 'loss').locator('[data-testid=log-best]');
    assert.equal(await best.textContent(), 'lowest val_loss: epoch_05');
    assert.equal(await chart(page, 'accuracy').locator('[data-testid=log-best]').textContent(), 'highest here');
    await best.click();
    await page.waitForFunction(() =>
      document.querySelector('[data-testid=slider]')!.getAttribute('aria-valuetext')!.startsWith('epoch_05'),
    );
    assert.equal(await best.textContent(), 'lowest val_loss here');
    assert.equal(await chart(page, 'accuracy').locator('[data-testid=log-smooth]').count(), 0);
    assert.equal(await readout(page, 'loss'), 'loss 5 val_loss 2');
    await chart(page, 'loss').locator('[data-testid=log-smooth]').click();
    await chart(page, 'loss').locator('.curve.faint').waitFor({ state: 'attached' });
    // The mean of x and x + 1, which falls by 1 in 100 points and lags by 18.
    const [, value] = /^val_loss 2$|loss, smoothed ([\d.]+)/.exec(await readout(page, 'loss'))!;
    assert.ok(Math.abs(Number(value) - (5 + 0.5 + 0.18)) < 0.02, value);
    const kept = await page.evaluate(() => JSON.parse(sessionStorage.getItem('glassbox-state')!).choices.logs.smooth);
    assert.deepEqual(kept, ['/work/runs/a/a.csv\nepoch\nloss']);
  });
});

test('the file opens, what was done to it and what is wrong with it is said', async () => {
  await withPage(trainingScene({ logs: false }), { width: 300 }, async (page) => {
    const warnings = [{ code: 'file-corrupt' as const, message: "The log 'b.csv' is cut off.", hint: 'Copy it again.' }];
    await tell(page, [
      { file: '/work/runs/a/a.csv', series: [{ name: 'loss', x: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], y: [9, 8, 7, 6, 5, 4, 3, 2, 1, 0.5] }] },
      { file: '/work/runs/a/b.csv', series: [], warnings },
    ]);
    await chart(page, 'loss').waitFor();
    assert.equal(await textOf(page, 'log-note'), 'Epochs of a.csv count from 0: shifted by 1.');
    assert.equal(await readout(page, 'loss'), 'loss 0.5');
    assert.equal(await textOf(page, 'log-warning'), "The log 'b.csv' is cut off. Copy it again.");
    await byId(page, 'open-log').first().click();
    await page.waitForFunction(() => window.trainingHost.calls('openLog').length === 1);
    assert.deepEqual(await page.evaluate(() => window.trainingHost.calls('openLog')[0]!.params.file), '/work/runs/a/a.csv');
  });
});

test('steps with times stand among the checkpoints; without, on an axis of their own that picks nothing', async () => {
  await withPage(trainingScene({ logs: false }), { width: 300 }, async (page) => {
    const x = Array.from({ length: 200 }, (_, i) => i * 10);
    const y = x.map((step) => Math.exp(-step / 500));
    const time = x.map((step) => 1_790_000_000_000 + (step / 1990) * 9 * 60_000);
    await tell(page, [
      { file: '/work/runs/a/logs/events.out.tfevents.1.host', kind: 'tensorboard', axis: 'step', series: [{ name: 'loss', x, y, time }] },
    ]);
    await chart(page, 'loss').waitFor();
    assert.equal(await chart(page, 'loss').getAttribute('data-aligned'), 'true');
    assert.equal(await textOf(page, 'open-log'), 'TensorBoard: logs, by step');
    assert.ok(Math.abs((await cursorOf(page, 'loss')) - (await placeOf(page))) <= 1);
    // Half a run more: an axis that holds both, with marks where checkpoints are.
    const epochs = Array.from({ length: 15 }, (_, i) => i + 1);
    await tell(page, [{ file: '/work/runs/a/a.csv', series: [{ name: 'loss', x: epochs, y: epochs }] }]);
    await page.waitForFunction(() => document.querySelectorAll('.curves-mark').length === 10);
    assert.deepEqual(await chart(page, 'loss').locator('.curves-ends span').allTextContents(), ['epoch 1', 'epoch 15']);
    const [first, last] = [
      (await chart(page, 'loss').locator('.curves-mark').first().boundingBox())!,
      (await chart(page, 'loss').locator('.curves-mark').last().boundingBox())!,
    ];
    const { x: left, width } = (await byId(page, 'curves-loss-plot').boundingBox())!;
    assert.ok(Math.abs(first.x - left) < 1.5 && Math.abs(last.x - left - (width * 9) / 14) < 1.5);
    await tell(page, [{ file: '/work/runs/a/a.csv', axis: 'step', series: [{ name: 'loss', x, y }] }]);
    await page.waitForFunction(() => document.querySelector('[data-testid=log-note]')?.textContent?.includes('of their own'));
    assert.equal(await chart(page, 'loss').getAttribute('data-aligned'), 'false');
    assert.equal(await chart(page, 'loss').locator('.curves-cursor').count(), 0);
    const plot = byId(page, 'curves-loss-plot');
    await plot.click({ position: { x: 20, y: 20 } });
    await plot.press('Home');
    assert.equal(await readout(page, 'loss'), 'loss 1');
    assert.equal(await plot.getAttribute('aria-valuetext'), 'step 0: loss 1');
    assert.match((await byId(page, 'slider').getAttribute('aria-valuetext')) ?? '', /^epoch_10/);
  });
});

test('without logs one sentence says what would be read; without checkpoints nothing is said', async () => {
  await withPage(trainingScene({ logs: false }), { width: 300 }, async (page) => {
    assert.match(await textOf(page, 'no-logs'), /Keras CSVLogger files, histories as JSON and TensorBoard event files/);
    assert.equal(await byId(page, 'log-chart').count(), 0);
  });
  await withPage(trainingScene({ logs: false, checkpoints: 0, read: 0, wholes: 0 }), { width: 300 }, async (page) => {
    assert.equal(await byId(page, 'no-logs').count(), 0);
  });
});

for (const theme of ['vscode-dark', 'vscode-light', 'vscode-high-contrast', 'vscode-high-contrast-light'] as ThemeKind[]) {
  test(`readable, named, inside the page: ${theme}`, async () => {
    for (const width of [240, 300, 700, 1200]) {
      await withPage(trainingScene(), { width, height: 900, theme }, async (page) => {
        const x = Array.from({ length: 400 }, (_, i) => 0.5 + i / 40);
        const noisy = (name: string, seed: number) => ({ name, x, y: x.map((at, i) => Math.exp(-at / 3) + 0.1 * Math.sin(i * seed) ** 2) });
        const epochs = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
        await tell(page, [
          {
            file: '/work/runs/a/history.csv',
            series: ['loss', 'val_loss', 'accuracy', 'val_accuracy', 'lr'].map((name, k) => ({
              ...{ name, x: epochs },
              y: epochs.map((epoch) => {
                if (epoch > 7 && name === 'val_loss') return null;
                return name.includes('acc') ? 1 - Math.exp(-epoch / (2 + k)) : Math.exp(-epoch / (2 + k)) + k / 10;
              }),
            })),
          },
          {
            ...{ file: '/work/runs/a/a-rather-long-name-of-a-folder/metrics.csv' },
            series: [1, 2, 3, 5, 7, 11].map((seed) => noisy(`train/loss of head number ${seed}`, seed)),
            warnings: [
              { code: 'stale', message: "'metrics.csv' holds 2 runs, one after the other: where they overlap, the last one is drawn." },
            ],
          },
        ]);
        await byId(page, 'log-picker').click();
        for (const each of await byId(page, 'log-choice').all())
          if (!(await each.evaluate((box) => (box as HTMLInputElement).checked))) await each.click();
        await byId(page, 'log-chart').nth(4).waitFor();
        await byId(page, 'curves-loss-plot')
          .first()
          .hover({ position: { x: 60, y: 20 } });
        await audit(page);
        await byId(page, 'logs').scrollIntoViewIfNeeded();
        await byId(page, 'logs').evaluate((section) => section.scrollIntoView());
        await screenshot(page, `training-logs-${theme}-${width}`);
      });
    }
  });
}

test('ten curves of 5000 points stay fluid while the pointer moves', async () => {
  await withPage(trainingScene(), { width: 1200 }, async (page) => {
    const x = Array.from({ length: 5000 }, (_, i) => 1 + (9 * i) / 4999);
    const series = Array.from({ length: 10 }, (_, k) => ({
      name: 'loss',
      x,
      y: x.map((at, i) => Math.exp(-at) + 0.2 * Math.sin(i * (k + 1))),
    }));
    const bytes = await page.evaluate(() => document.body.innerHTML.length);
    await tell(page, [{ file: '/work/runs/a/a.csv', series }]);
    await chart(page, 'loss').waitFor();
    // Each has its key below, too.
    await page.waitForFunction(() => document.querySelectorAll('[data-testid=log-chart] .curve').length === 20);
    const [frames, total] = await page.evaluate(async () => {
      const plot = document.querySelector('[data-testid="log-chart"] .curves-plot')!;
      const { left, top, width } = plot.getBoundingClientRect();
      const begin = performance.now();
      const count = 60;
      for (let i = 0; i < count; i++) {
        plot.dispatchEvent(new PointerEvent('pointermove', { clientX: left + (width * i) / count, clientY: top + 9, bubbles: true }));
        await new Promise(requestAnimationFrame);
      }
      return [count, performance.now() - begin];
    });
    const drawn = await page.evaluate(() => document.body.innerHTML.length);
    console.log(`${(total / frames).toFixed(1)} ms a frame, ${Math.round((drawn - bytes) / 1024)} KB of markup`);
    assert.ok(drawn - bytes < 1_500_000, `${drawn - bytes} characters`);
  });
});

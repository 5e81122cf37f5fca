import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { sampleColorMap } from '../../../src/shared/colorMaps.ts';
import type { ProbeFrames } from '../../../src/shared/trainingProtocol.ts';
import { framesThatFit, layoutOf, thinned } from '../../../webview/training/layout.ts';
import { byId, textOf } from '../open.ts';
import { framesOf, probesOf } from './made.ts';
import { useTrainingPage } from './open.ts';
import { probeScene } from './scenes.ts';

const { withPage } = useTrainingPage();

const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
const row = (page: Page, i: number) => byId(page, 'probe').nth(i);
const text = async (page: Page, i: number, testid: string) =>
  ((await row(page, i).locator(`[data-testid=${testid}]`).textContent()) ?? '').replaceAll(/\s+/g, ' ').trim();

/** Cells as they are, for colours that can be worked out by hand. */
const unsmoothed = () => sessionStorage.setItem('glassbox-state', JSON.stringify({ choices: { smooth: false, opacity: 1 } }));

test('of checkpoints that do not all fit the first, the last and evenly spaced ones are shown', () => {
  assert.deepEqual(thinned(5, 10), [0, 1, 2, 3, 4]);
  assert.deepEqual(thinned(200, 5), [0, 50, 100, 149, 199]);
  assert.deepEqual(thinned(1, 5), [0]);
  assert.deepEqual(thinned(7, 1), [6]);
  const narrow = layoutOf(280, 200);
  assert.ok(framesThatFit(narrow) * narrow.frame <= narrow.row);
  for (const width of [280, 460, 880, 1380]) {
    const { columns, row, picture, frame } = layoutOf(width, 10);
    assert.ok(columns * row + (columns - 1) * 20 <= width && picture <= row && frame <= 56, String(width));
  }
  assert.deepEqual(
    [280, 460, 880, 1380].map((width) => layoutOf(width, 10).columns),
    [1, 1, 2, 3],
  );
});

test('each row says what the slider’s checkpoint says of its probe', async () => {
  const scene = probeScene();
  await withPage(scene, { width: 300 }, async (page) => {
    for (const at of [9, 2]) {
      if (at === 2) {
        await byId(page, 'slider').press('Home');
        await byId(page, 'slider').press('ArrowRight');
        await byId(page, 'slider').press('ArrowRight');
      }
      await page.waitForFunction(
        (name) => document.querySelector('[data-testid=slider-words]')?.textContent?.includes(name),
        `epoch_${String(at + 1).padStart(2, '0')}`,
      );
      const frames = framesOf(scene, at);
      for (let i = 0; i < 12; i++) {
        const right = frames.truth[i] === frames.predicted[i];
        assert.equal(await row(page, i).locator('[data-testid=verdict]').getAttribute('data-right'), String(right));
        assert.match(
          await text(page, i, 'verdict'),
          new RegExp(`^${right ? 'right' : 'wrong'}: ?${scene.classes[frames.predicted[i]!]} ?${percent(frames.confidence[i]!)}$`),
        );
        assert.match(
          await text(page, i, 'measure-border'),
          new RegExp(`On the border ?${Math.round(100 * frames.borderShare[i]!)} % ?even map 75 %`),
        );
        assert.match(
          await text(page, i, 'measure-object'),
          i < scene.masked ? new RegExp(`${Math.round(100 * frames.objectShare[i]!)} % ?its area 25 %`) : /no mask/,
        );
        assert.ok(
          (await text(page, i, 'measure-moved')).includes(`ρ ${rho(framesOf(scene, at - 1), frames, i).toFixed(2)}`.replace('-', '−')),
          await text(page, i, 'measure-moved'),
        );
      }
    }
  });
});

/** Spearman's rank correlation of two maps: Pearson's of the ranks, in which equal values share the mean of theirs. */
function rho(a: ProbeFrames, b: ProbeFrames, row: number): number {
  const cells = a.width * a.height;
  const ranks = (frames: ProbeFrames) => {
    const values = [...frames.maps.slice(row * cells, (row + 1) * cells)];
    const count = (of: (other: number) => boolean) => values.filter(of).length;
    return values.map((value) => count((other) => other < value) + (count((other) => other === value) - 1) / 2 - (cells - 1) / 2);
  };
  const [left, right] = [ranks(a), ranks(b)];
  const dot = (x: number[], y: number[]) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  return dot(left, right) / Math.sqrt(dot(left, left) * dot(right, right));
}

test('film strips have one scale per picture over all checkpoints; each map its own on demand', async () => {
  const scene = probeScene();
  const all = Array.from({ length: 10 }, (_, i) => framesOf(scene, i));
  const cells = 64;
  const valuesOf = (frames: ProbeFrames, i: number) => frames.maps.slice(i * cells, (i + 1) * cells);
  await withPage(scene, { width: 300, steer: unsmoothed }, async (page) => {
    await byId(page, 'strip').first().waitFor();
    await page.waitForTimeout(200);
    /** Colour in the middle of a cell of a frame. */
    const colour = (i: number, at: number, cell: number) =>
      row(page, i)
        .locator('[data-testid=strip]')
        .evaluate(
          (canvas, [frame, x, y, side]) => {
            const { width, height } = canvas as HTMLCanvasElement;
            const left = Math.round((frame! / 9) * (width - side!));
            const pen = (canvas as HTMLCanvasElement).getContext('2d')!;
            return [
              ...pen.getImageData(left + Math.floor(((x! + 0.5) / 8) * (side! - 1)), Math.floor(((y! + 0.5) / 8) * height), 1, 1).data,
            ].slice(0, 3);
          },
          [at, cell % 8, Math.floor(cell / 8), 28],
        );
    const check = async (scaleOf: (i: number, at: number) => number) => {
      for (const [i, at, cell] of [
        [0, 0, 20],
        [0, 4, 27],
        [0, 9, 27],
        [1, 3, 9],
        [1, 9, 28],
      ] as const) {
        const value = valuesOf(all[at]!, i)[cell]!;
        assert.deepEqual(
          await colour(i, at, cell),
          sampleColorMap('viridis', value / scaleOf(i, at)),
          `row ${i}, frame ${at}, cell ${cell}`,
        );
      }
    };
    assert.match(await textOf(page, 'scale-about'), /one scale per picture, over all checkpoints/);
    await check((i) => Math.max(...all.flatMap((frames) => [...valuesOf(frames, i)])));
    await byId(page, 'setup').locator('summary').click();
    await byId(page, 'own-scales').click();
    await page.waitForTimeout(200);
    await check((i, at) => Math.max(...valuesOf(all[at]!, i)));
  });
});

test('the large map is the slider’s checkpoint’s, on the same scale', async () => {
  const scene = probeScene();
  const all = Array.from({ length: 10 }, (_, i) => framesOf(scene, i));
  const high = Math.max(...all.flatMap(({ maps }) => [...maps.slice(0, 64)]));
  await withPage(scene, { width: 300, steer: unsmoothed }, async (page) => {
    await byId(page, 'probe-canvas').first().waitFor();
    for (const at of [9, 0]) {
      if (at === 0) await byId(page, 'slider').press('Home');
      await page.waitForTimeout(200);
      const seen = await byId(page, 'probe-canvas')
        .first()
        .evaluate((canvas) => {
          const { width, height } = canvas as HTMLCanvasElement;
          return [
            ...(canvas as HTMLCanvasElement)
              .getContext('2d')!
              .getImageData(Math.floor((3.5 / 8) * width), Math.floor((3.5 / 8) * height), 1, 1).data,
          ].slice(0, 3);
        });
      const value = all[at]!.maps[3 * 8 + 3]!;
      assert.deepEqual(seen, sampleColorMap('viridis', value / high));
    }
  });
});

test('traces go through the probabilities; a change of the predicted class is marked', async () => {
  const scene = probeScene();
  const all = Array.from({ length: 10 }, (_, i) => framesOf(scene, i));
  await withPage(scene, { width: 300 }, async (page) => {
    const trace = row(page, 1).locator('[data-testid=trace]');
    await trace.waitFor();
    const points = (kind: string) =>
      trace.locator(`.trace-line[data-line=${kind}]`).evaluate((path) =>
        path
          .getAttribute('d')!
          .match(/-?[\d.]+/g)!
          .map(Number),
      );
    const expected = (value: (frames: ProbeFrames) => number) => all.flatMap((frames, i) => [(1000 * i) / 9, 1 + (1 - value(frames)) * 33]);
    for (const [kind, value] of [
      ['true', (f: ProbeFrames) => f.trueProbability[1]!],
      ['predicted', (f: ProbeFrames) => f.confidence[1]!],
    ] as const) {
      const drawn = await points(kind);
      for (const [i, at] of expected(value).entries()) assert.ok(Math.abs(drawn[i]! - at) < 0.02, `${kind} ${i}: ${drawn[i]} for ${at}`);
    }
    const changes = all.filter((frames, i) => i > 0 && frames.predicted[1] !== all[i - 1]!.predicted[1]).length;
    assert.equal(
      await trace.locator('[data-testid=trace-changes]').evaluate((path) => path.getAttribute('d')!.split('M').length - 1),
      changes,
    );
    assert.match(
      (await trace.getAttribute('aria-label')) ?? '',
      /true class .* at epoch_01, .* at epoch_10; predicted class .*; heart is predicted since epoch_/,
    );
  });
});

test('rows are ordered and filtered by what the checkpoint says', async () => {
  const scene = probeScene({ checkpoints: 6 });
  const [was, now] = [framesOf(scene, 4), framesOf(scene, 5)];
  const names = probesOf(scene).map(({ name }) => name);
  const shown = (page: Page) => page.locator('.probe-name').allTextContents();
  const by = (weight: (row: number) => number) =>
    names
      .map((_, i) => i)
      .sort((a, b) => weight(a) - weight(b))
      .map((i) => names[i]);
  await withPage(scene, { width: 300 }, async (page) => {
    await byId(page, 'probe').first().waitFor();
    assert.deepEqual(await shown(page), names);
    await byId(page, 'order').selectOption('worst');
    assert.deepEqual(
      await shown(page),
      by((i) => now.trueProbability[i]!),
    );
    await byId(page, 'order').selectOption('moved');
    assert.deepEqual(
      await shown(page),
      by((i) => rho(was, now, i)),
    );
    await byId(page, 'order').selectOption('flipped');
    const flipped = names.filter((_, i) => (was.truth[i] === was.predicted[i]) !== (now.truth[i] === now.predicted[i]));
    assert.deepEqual(new Set((await shown(page)).slice(0, flipped.length)), new Set(flipped));
    await byId(page, 'order').selectOption('data');
    await byId(page, 'only').selectOption('class:star');
    assert.deepEqual(
      await shown(page),
      names.filter((_, i) => scene.classes[now.truth[i]!] === 'star' || scene.classes[now.predicted[i]!] === 'star'),
    );
  });
});

test('a row’s menu opens, compares, pins and removes', async () => {
  await withPage(probeScene(), { width: 300 }, async (page) => {
    await byId(page, 'probe').first().waitFor();
    await page.evaluate(() => {
      const host = window.trainingHost;
      host.tell({ checkpoints: host.state().checkpoints.map((each, i) => (i === 1 ? { ...each, pinned: true } : each)) });
    });
    const choose = async (i: number, item: string) => {
      await row(page, i).locator('[data-testid=row-menu]').click();
      await byId(page, item).click();
      assert.equal(await byId(page, 'row-menu-items').count(), 0);
    };
    const last = async (method: string) => {
      await page.waitForFunction((name) => window.trainingHost.calls(name).length > 0, method);
      return await page.evaluate((name) => window.trainingHost.calls(name).at(-1)!.params, method);
    };
    const path = (i: number) => `/work/runs/a/epoch_${String(i).padStart(2, '0')}/model.json`;
    const image = (i: number) => probesOf(probeScene())[i]!.path;
    await choose(2, 'row-explain');
    assert.deepEqual(await last('openProbe'), { checkpoint: path(10), image: image(2) });
    await choose(2, 'row-compare-epoch_02');
    assert.deepEqual(await last('compare'), { from: path(2), to: path(10), image: image(2) });
    await choose(2, 'row-pin');
    assert.deepEqual(await last('pinProbe'), { image: image(2) });
    await choose(0, 'row-unpin');
    assert.deepEqual(await last('removeProbe'), { image: image(0) });
    await row(page, 3).locator('[data-testid=row-menu]').focus();
    await page.keyboard.press('Enter');
    await byId(page, 'row-menu-items').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Escape');
    assert.equal(await byId(page, 'row-menu-items').count(), 0);
    assert.equal(
      await row(page, 3)
        .locator('[data-testid=row-menu]')
        .evaluate((e) => e === document.activeElement),
      true,
    );
    await byId(page, 'add-probes').click();
    await last('addProbes');
  });
});

test('a picture opens to a close-up with its map and legend; Escape closes it', async () => {
  await withPage(probeScene(), { width: 300 }, async (page) => {
    await byId(page, 'probe-canvas').first().waitFor();
    await row(page, 1).locator('button.probe-picture').click();
    await page.waitForSelector('[data-testid=close-up][data-fine=true]');
    assert.match(
      await textOf(page, 'close-line'),
      /^max\(0, value\) · Σ w·A, logit · Grad-CAM at conv5 of heart · 8 × 8, the scale of the film strip$/,
    );
    const [call] = await page.evaluate(() => window.trainingHost.calls('explain'));
    assert.equal(call?.params.class, 1);
    const high = Number(await textOf(page, 'scale-high'));
    const scene = probeScene();
    const most = Math.max(...Array.from({ length: 10 }, (_, i) => [...framesOf(scene, i).maps.slice(64, 128)]).flat());
    assert.ok(Math.abs(high - most) < 1e-3, `${high} for ${most}`);
    // While the slider moves, the map is the film strip's: never another checkpoint's.
    await page.evaluate(() => window.trainingHost.held.add('explain'));
    await byId(page, 'slider').press('ArrowLeft');
    await page.waitForSelector('[data-testid=close-up][data-fine=false]');
    assert.match(await textOf(page, 'close-line'), /as it is kept$/);
    await page.evaluate(() => window.trainingHost.held.delete('explain'));
    await page.waitForSelector('[data-testid=close-up][data-fine=true]');
    await byId(page, 'opacity').focus();
    await page.keyboard.press('Escape');
    assert.equal(await byId(page, 'close-up').count(), 0);
    assert.equal(
      await row(page, 1)
        .locator('button.probe-picture')
        .evaluate((e) => e === document.activeElement),
      true,
    );
  });
});

test('a close-up whose checkpoint is gone keeps the map that there is, and says so', async () => {
  const steer = (host: Window['trainingHost']) => {
    host.failures.set('explain', { code: 'file-missing', message: 'The files of epoch_10 are gone: only what was read of them is left.' });
  };
  await withPage(probeScene(), { width: 300, steer }, async (page) => {
    await byId(page, 'probe-canvas').first().waitFor();
    await row(page, 0).locator('button.probe-picture').click();
    await byId(page, 'error-message').waitFor();
    assert.match(await textOf(page, 'error-message'), /epoch_10 are gone/);
    assert.match(await textOf(page, 'close-line'), /as it is kept$/);
  });
});

test('probes that failed, unknown classes, outputs without probabilities', async () => {
  await withPage(probeScene({ probes: 8, unknown: 2, broken: 1 }), { width: 300 }, async (page) => {
    await byId(page, 'probe').first().waitFor();
    assert.match(await text(page, 5, 'probe-error'), /triangle-5\.png is no picture\. Remove it\./);
    assert.equal(await row(page, 5).locator('[data-testid=verdict]').count(), 0);
    assert.equal(await row(page, 7).locator('[data-testid=verdict]').getAttribute('data-right'), 'unknown');
    assert.match((await row(page, 7).textContent()) ?? '', /True class not known/);
    assert.match(await textOf(page, 'slider-words'), /of 5 right/);
    await row(page, 5).locator('button.probe-picture').click();
    await page.waitForTimeout(300);
    assert.equal((await page.evaluate(() => window.trainingHost.calls('explain'))).length, 0);
  });
  await withPage(probeScene({ unscored: true }), { width: 300 }, async (page) => {
    await byId(page, 'probe').first().waitFor();
    assert.match((await row(page, 0).textContent()) ?? '', /largest: \w+\s+No probabilities: the outputs are no class scores/);
    assert.equal(await byId(page, 'trace').count(), 0);
    assert.match(await textOf(page, 'summary'), /nothing is right or wrong/);
  });
});

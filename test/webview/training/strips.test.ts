import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { sampleColorMap } from '../../../src/shared/colorMaps.ts';
import type { ProbeFrames } from '../../../src/shared/trainingProtocol.ts';
import { axisOf } from '../../../webview/training/axis.ts';
import { framesThatFit, layoutOf, thinned } from '../../../webview/training/layout.ts';
import { placeOfFrame, stripFrames } from '../../../webview/training/probes/strip.ts';
import { byId, textOf } from '../open.ts';
import { checkpointsOf, framesOf } from './made.ts';
import { useTrainingPage } from './open.ts';
import { probeScene } from './scenes.ts';

const { withPage } = useTrainingPage();

const row = (page: Page, i: number) => byId(page, 'probe').nth(i);

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

test('the slider’s frame stands in the stead of the nearest one, but not of the first or last', () => {
  for (const count of [1, 2, 10, 14, 15, 60, 200]) {
    const axis = axisOf(checkpointsOf(probeScene({ checkpoints: count })));
    const layout = layoutOf(280, count);
    const frames = stripFrames(axis, layout);
    assert.ok(frames.length * layout.frame <= layout.row, `${count}: they do not overlap`);
    assert.deepEqual([frames[0]!.index, frames.at(-1)!.index], [0, count - 1]);
    const places = frames.map(({ place }) => place);
    for (let index = 0; index < count; index++) {
      const place = placeOfFrame(axis, layout, index);
      assert.ok(places.includes(place), `${index} of ${count} stands where a frame does`);
      if (index > 0 && index < count - 1) assert.ok(place > 0 && place < 1, `${index} of ${count}`);
      // No farther from its checkpoint than a frame is wide.
      assert.ok(Math.abs(place - axis.place(index)) <= 1 / Math.max(1, frames.length - 1), `${index} of ${count}`);
    }
  }
});

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

test('where only the newest is read, nothing is said of those before it', async () => {
  await withPage(probeScene({ checkpoints: 5, read: 0 }), { width: 300 }, async (page) => {
    await byId(page, 'probe').first().waitFor();
    await page.evaluate(() => window.trainingHost.sendFrames(window.trainingHost.generation, 4));
    await byId(page, 'summary').getByText('no earlier one is read').waitFor();
    const from = (i: number) =>
      row(page, i)
        .locator('.trace-band')
        .evaluateAll((all) =>
          Math.min(...all.flatMap((each) => [...(each.getAttribute('d') ?? '').matchAll(/M([\d.]+)/g)].map(([, x]) => Number(x)))),
        );
    // Half a step of four before the last.
    assert.equal(await from(0), 875);
    await page.evaluate(() => window.trainingHost.sendFrames(window.trainingHost.generation, 0));
    await byId(page, 'slider').press('Home');
    await byId(page, 'summary').getByText('epoch_01 is the first').waitFor();
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Checkpoint } from '../../../src/shared/trainingProtocol.ts';
import { type Point, transformOf, whole } from '../../../webview/draw/camera.ts';
import { classColour, type Rgb, wrongColour } from '../../../webview/draw/classColours.ts';
import { boundsOver } from '../../../webview/training/whole/ways.ts';
import { byId, textOf } from '../open.ts';
import { isNear, shotOf } from '../space/mapPlaces.ts';
import { checkpointsOf, wholeOf } from './made.ts';
import { useTrainingPage } from './open.ts';
import type { TrainingScene } from './scene.ts';
import { trainingScene } from './scenes.ts';

const { withPage } = useTrainingPage();
const narrow = { width: 300, height: 1000 };
const surface = 'run-map-surface';
const dark = { dark: true };

declare global {
  interface Window {
    /** The page's clock, ms, and what waits for its next frame. */
    clock: { now: number; frames: ((now: number) => void)[] };
  }
}

/** Time stands still unless the test lets it pass. */
function stopTheClock(): void {
  window.clock = { now: 1000, frames: [] };
  performance.now = () => window.clock.now;
  window.requestAnimationFrame = (frame) => window.clock.frames.push(frame);
}

async function frameAt(page: Page, now: number): Promise<void> {
  await page.evaluate((at) => {
    const { clock } = window;
    clock.now = at;
    for (const frame of clock.frames.splice(0)) frame(at);
  }, now);
}

/** Where every picture is on the page, if it is at `positions`: on the one scale of the whole run. */
async function placesOn(page: Page, scene: TrainingScene, positions: Float32Array): Promise<Point[]> {
  await byId(page, surface).scrollIntoViewIfNeeded();
  const box = (await byId(page, surface).boundingBox())!;
  const run = Array.from({ length: scene.wholes }, (_, i) => ({ whole: wholeOf(scene, i), checkpoint: {} as Checkpoint }));
  const { scale, left, top } = transformOf(whole, boundsOver(run)!, { width: box.width - 2, height: box.height - 2 });
  return Array.from({ length: positions.length / 2 }, (_, row) => ({
    x: box.x + 1 + positions[2 * row]! * scale + left,
    y: box.y + 1 + top - positions[2 * row + 1]! * scale,
  }));
}

/** Rows whose points no other one covers. */
function alone(places: readonly Point[], apart = 9): number[] {
  return [...places.keys()].filter((row) =>
    places.every((other, i) => i === row || Math.hypot(other.x - places[row]!.x, other.y - places[row]!.y) > apart),
  );
}

async function lookAt(page: Page, scene: TrainingScene, at: number): Promise<void> {
  const { id, name } = checkpointsOf(scene)[at]!;
  // Before everything is there nobody can look at a checkpoint.
  await byId(page, 'whole-at').waitFor({ state: 'attached' });
  await page.evaluate((to) => window.trainingHost.show(to), id);
  await page.waitForFunction((text) => document.querySelector('[data-testid=whole-at]')?.textContent?.includes(text), name);
}

async function settled(page: Page): Promise<void> {
  await page.waitForTimeout(450);
}

function wrongRows({ labels, predicted }: { labels: Int32Array; predicted: Int32Array }): number[] {
  return [...labels.keys()].filter((row) => labels[row] !== predicted[row]);
}

test('every picture is where the layout puts it, at every checkpoint on the same scale', async () => {
  const scene = trainingScene({ images: 36 });
  await withPage(scene, narrow, async (page) => {
    for (const at of [9, 2, 6]) {
      await lookAt(page, scene, at);
      await settled(page);
      const { positions, labels } = wholeOf(scene, at);
      const places = await placesOn(page, scene, positions!);
      const shot = await shotOf(page, surface);
      const rows = alone(places);
      assert.ok(rows.length >= 8, `${rows.length} points stand alone`);
      for (const row of rows)
        assert.ok(isNear(shot.at(places[row]!), classColour(labels[row]!, dark)), `${row} at ${at}: ${shot.at(places[row]!)}`);
    }
  });
});

test('points set out from where they were and arrive after 300 ms', async () => {
  const scene = trainingScene({ images: 40, checkpoints: 4 });
  await withPage(scene, { ...narrow, steer: stopTheClock }, async (page) => {
    const colours = async (positions: Float32Array) => {
      const places = await placesOn(page, scene, positions);
      const shot = await shotOf(page, surface);
      const rows = alone(places);
      assert.ok(rows.length > 8);
      return rows.filter((row) => isNear(shot.at(places[row]!), classColour(row % 6, dark))).length / rows.length;
    };
    await frameAt(page, 2000);
    const [from, to] = [wholeOf(scene, 3).positions!, wholeOf(scene, 1).positions!];
    assert.equal(await colours(from), 1);
    await lookAt(page, scene, 1);
    await frameAt(page, 2000);
    assert.equal(await colours(from), 1, 'nothing jumps');
    await frameAt(page, 2150);
    assert.equal(await colours(from.map((value, i) => (value + to[i]!) / 2)), 1, 'half-way after half the time');
    await frameAt(page, 2301);
    assert.equal(await colours(to), 1);
    const waiting = await page.evaluate(() => window.clock.frames.length);
    await frameAt(page, 2320);
    assert.ok((await page.evaluate(() => window.clock.frames.length)) <= waiting, 'at rest it draws no more');
  });
});

test('with less motion they are there at once', async () => {
  const scene = trainingScene({ images: 40, checkpoints: 4 });
  await withPage(scene, { ...narrow, reducedMotion: 'reduce', steer: stopTheClock }, async (page) => {
    await lookAt(page, scene, 1);
    await frameAt(page, 2000);
    const places = await placesOn(page, scene, wholeOf(scene, 1).positions!);
    const shot = await shotOf(page, surface);
    for (const row of alone(places)) assert.ok(isNear(shot.at(places[row]!), classColour(row % 6, dark)));
  });
});

test('the pointer tells a picture, a click keeps it with its way over the run, the keyboard goes on, explains and leaves', async () => {
  const scene = trainingScene({ images: 60 });
  await withPage(scene, narrow, async (page) => {
    await settled(page);
    const now = wholeOf(scene, 9);
    const places = await placesOn(page, scene, now.positions!);
    const row = alone(places, 14)[0]!;
    await page.mouse.move(places[row]!.x + 1, places[row]!.y);
    await byId(page, 'run-map-hover').waitFor();
    const said = now.labels[row] === now.predicted[row] ? 'recognised' : `seen as ${scene.classes[now.predicted[row]!]}`;
    assert.match(
      await textOf(page, 'run-map-hover'),
      new RegExp(`^${row}\\.png ?${scene.classes[now.labels[row]!]} ${said}, \\d+\\.\\d %$`),
    );
    await page.waitForFunction(() => !document.querySelector('[data-testid=run-map-hover] .set-thumb.none'));
    await page.mouse.click(places[row]!.x, places[row]!.y);
    assert.equal(await byId(page, 'run-map-focus').getAttribute('data-path'), now.images[row]);
    await page.mouse.move(0, 0);
    await settled(page);

    // Its way: ink from each checkpoint's place to the next one's.
    const shot = await shotOf(page, surface);
    const ink: Rgb = [204, 204, 204];
    let found = 0;
    for (let at = 1; at < 8; at++) {
      const [a, b] = await Promise.all([at - 1, at].map(async (i) => (await placesOn(page, scene, wholeOf(scene, i).positions!))[row]!));
      const [x, y] = [(a!.x + b!.x) / 2, (a!.y + b!.y) / 2];
      const near = [-1, 0, 1].flatMap((dx) => [-1, 0, 1].map((dy) => shot.at({ x: x + dx, y: y + dy })));
      if (near.some((colour) => colour.every((value, i) => Math.abs(value - ink[i]!) < 60))) found++;
    }
    assert.ok(found >= 6, `${found} of 7 parts of the way`);

    await byId(page, surface).focus();
    // Towards the middle there is another one.
    const isRight = places[row]!.x > (await byId(page, surface).boundingBox())!.x + 130;
    await page.keyboard.press(isRight ? 'ArrowLeft' : 'ArrowRight');
    const next = await byId(page, 'run-map-focus').getAttribute('data-path');
    const nextRow = now.images.indexOf(next!);
    assert.notEqual(nextRow, row);
    assert.equal(now.positions![2 * nextRow]! < now.positions![2 * row]!, isRight, 'it lies on that side');
    assert.match((await byId(page, surface).getAttribute('aria-label'))!, new RegExp(`${nextRow}\\.png: `));
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => window.trainingHost.calls('openProbe').length === 1);
    const params = await page.evaluate(() => window.trainingHost.calls('openProbe')[0]!.params);
    assert.deepEqual(params, { checkpoint: checkpointsOf(scene)[9]!.id, image: next });
    await page.keyboard.press('Escape');
    assert.equal(await byId(page, 'run-map-focus').count(), 0);
  });
});

test('a class that is brought out dims the others; wrong ones stand out where they are asked for', async () => {
  const scene = trainingScene({ images: 60, checkpoints: 6 });
  await withPage(scene, narrow, async (page) => {
    await lookAt(page, scene, 2);
    await settled(page);
    const now = wholeOf(scene, 2);
    const places = await placesOn(page, scene, now.positions!);
    const rows = alone(places);
    await page.locator('[data-testid=run-map-group][data-group="1"]').click();
    await settled(page);
    await byId(page, surface).scrollIntoViewIfNeeded();
    let shot = await shotOf(page, surface);
    const there = await placesOn(page, scene, now.positions!);
    for (const row of rows.filter((each) => now.labels[each] !== 1))
      assert.ok(!isNear(shot.at(there[row]!), classColour(now.labels[row]!, dark)), `${row} is dimmed`);
    await page.locator('[data-testid=run-map-group][data-group="1"]').click();

    await byId(page, 'run-map-colour-wrong').click();
    await settled(page);
    shot = await shotOf(page, surface);
    const after = await placesOn(page, scene, now.positions!);
    const wrong = new Set(wrongRows(now));
    assert.ok(wrong.size > 5);
    for (const row of rows) assert.equal(isNear(shot.at(after[row]!), wrongColour(dark)), wrong.has(row), `${row}`);
    assert.equal(await textOf(page, 'run-map-legend'), `right${60 - wrong.size} wrong${wrong.size}`);
  });
});

test('zoom by keys and buttons, all in sight again', async () => {
  const scene = trainingScene({ images: 60 });
  await withPage(scene, narrow, async (page) => {
    await settled(page);
    await byId(page, surface).scrollIntoViewIfNeeded();
    const before = (await shotOf(page, surface)).count(classColour(0, dark));
    await byId(page, surface).focus();
    for (let i = 0; i < 4; i++) await page.keyboard.press('+');
    await settled(page);
    await byId(page, 'run-map-fit').click();
    await settled(page);
    await byId(page, surface).scrollIntoViewIfNeeded();
    await page.mouse.move(0, 0);
    const again = (await shotOf(page, surface)).count(classColour(0, dark));
    assert.ok(Math.abs(again - before) < 0.15 * before, `${before} → ${again}`);
  });
});

test('what the map says of itself: what it is held to, at which price, and the numbers that need no map', async () => {
  const scene = trainingScene();
  await withPage(scene, narrow, async (page) => {
    await lookAt(page, scene, 4);
    const { overlap, cka } = wholeOf(scene, 4).drift!;
    const about = await textOf(page, 'run-map-about');
    assert.match(about, /held to the layout of epoch_04: KL 0\.90, 0\.86 if it were free/);
    assert.ok(about.includes(`${Number((100 * overlap).toFixed(1))} % of the 10 nearest neighbours`), about);
    assert.ok(about.includes(`${cka.at(-1)!.value.toFixed(3)} (conv5)`), about);
    await lookAt(page, scene, 0);
    assert.match(await textOf(page, 'run-map-about'), /laid out afresh \(KL 0\.90\)/);
  });
});

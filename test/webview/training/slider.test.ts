import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { axisOf } from '../../../webview/training/axis.ts';
import { nearestRead } from '../../../webview/training/scrub.ts';
import { initialState } from '../../../webview/training/state.ts';
import { byId, textOf } from '../open.ts';
import { checkpointsOf } from './made.ts';
import { useTrainingPage } from './open.ts';
import { probeScene } from './scenes.ts';

const { withPage } = useTrainingPage();

const valueText = async (page: Page) => (await byId(page, 'slider').getAttribute('aria-valuetext')) ?? '';
const nameAt = async (page: Page) => (await valueText(page)).split(',')[0];

test('the axis is even in its checkpoints; numbers between two stand between them in proportion, others go on at the mean step', () => {
  const numbers = [1, 2, 4, 100];
  const all = checkpointsOf(probeScene({ checkpoints: 4 })).map((each, i) => ({ ...each, at: numbers[i]! }));
  const { x, place } = axisOf(all);
  assert.deepEqual(numbers.map(x), [0, 1 / 3, 2 / 3, 1]);
  assert.deepEqual([0, 1, 2, 3].map(place), numbers.map(x));
  assert.equal(x(3), 0.5);
  assert.ok(Math.abs(x(52) - 5 / 6) < 1e-12);
  assert.ok(Math.abs(x(199) - 2) < 1e-12);
  assert.ok(x(0) < 0);
  const even = axisOf(checkpointsOf(probeScene({ checkpoints: 11 })));
  for (const at of [1, 3.25, 7.5, 11]) assert.ok(Math.abs(even.x(at) - (at - 1) / 10) < 1e-12, String(at));
  assert.equal(axisOf(all.slice(0, 1)).x(1), 0.5);
});

test('of checkpoints only those that were read can be reached', () => {
  const scene = probeScene({ checkpoints: 10, read: 10 });
  const checkpoints = checkpointsOf(scene);
  const frames = new Map([2, 3, 7].map((i) => [checkpoints[i]!.id, {} as never]));
  const subject = { checkpoints } as never;
  const state = { ...initialState({}), subject, frames };
  const at = (place: number) => checkpoints.findIndex(({ id }) => id === nearestRead(state, place));
  assert.deepEqual([0, 0.3, 0.55, 0.57, 1].map(at), [2, 3, 3, 7, 7]);
});

test('the keyboard moves the slider, a screen reader hears checkpoint and result', async () => {
  await withPage(probeScene({ checkpoints: 40 }), { width: 300 }, async (page) => {
    const slider = byId(page, 'slider');
    await byId(page, 'probe').first().waitFor();
    assert.match(await valueText(page), /^epoch_40, \d+ of 12 right$/);
    assert.equal(await slider.getAttribute('role'), 'slider');
    const to = async (key: string, name: string) => {
      await slider.press(key);
      assert.equal(await nameAt(page), name, key);
    };
    await to('Home', 'epoch_01');
    await to('ArrowLeft', 'epoch_01');
    await to('ArrowRight', 'epoch_02');
    await to('ArrowUp', 'epoch_03');
    await to('PageUp', 'epoch_07');
    await to('ArrowDown', 'epoch_06');
    await to('PageDown', 'epoch_02');
    await to('End', 'epoch_40');
    assert.deepEqual(
      await slider.evaluate((e) => [e.getAttribute('aria-valuemin'), e.getAttribute('aria-valuemax'), e.getAttribute('aria-valuenow')]),
      ['1', '40', '40'],
    );
    // The host hears where it came to rest, not each step.
    const heard = () => page.evaluate(() => window.trainingHost.calls('looking').map(({ params }) => String(params.checkpoint)));
    await page.waitForFunction(() => /epoch_40/.test(String(window.trainingHost.calls('looking').at(-1)?.params.checkpoint)));
    const before = (await heard()).length;
    await page.evaluate(() => {
      const element = document.querySelector('[data-testid=slider]')!;
      for (let i = 0; i < 20; i++) element.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft', bubbles: true }));
    });
    await page.waitForFunction((count) => window.trainingHost.calls('looking').length > count, before);
    assert.deepEqual(
      (await heard()).slice(before).map((path) => path.split('/').at(-2)),
      ['epoch_20'],
    );
  });
});

test('click and drag move everything at once; where the pointer is, there is the cursor', async () => {
  await withPage(probeScene(), { width: 300 }, async (page) => {
    await byId(page, 'strip-now').first().waitFor();
    const box = (await byId(page, 'slider').boundingBox())!;
    const frame = (await byId(page, 'strip-now').first().boundingBox())!.width;
    const x = (i: number) => box.x + frame / 2 + (i / 9) * (box.width - frame);
    await page.mouse.click(x(3), box.y + 10);
    assert.equal(await nameAt(page), 'epoch_04');
    await page.mouse.move(x(3), box.y + 10);
    await page.mouse.down();
    for (const i of [4, 5, 6]) await page.mouse.move(x(i), box.y + 12);
    assert.equal(await nameAt(page), 'epoch_07');
    await page.mouse.up();
    await page.mouse.move(x(1), box.y + 12);
    assert.equal(await nameAt(page), 'epoch_07', 'let go');
    const middle = (b: { x: number; width: number }) => b.x + b.width / 2;
    for (const cursor of await page.locator('.cursor').all()) {
      const at = middle((await cursor.boundingBox())!);
      assert.ok(Math.abs(at - x(6)) < 1, `a cursor at ${at}, the slider at ${x(6)}`);
    }
    for (const now of await byId(page, 'strip-now').all()) assert.ok(Math.abs(middle((await now.boundingBox())!) - x(6)) < 1);
  });
});

test('at the newest the slider follows; moved back it stays, and a button returns', async () => {
  await withPage(probeScene({ checkpoints: 12, read: 10 }), { width: 300 }, async (page) => {
    await byId(page, 'following').waitFor();
    await page.evaluate(() => window.trainingHost.readNext());
    await page.waitForFunction(() => document.querySelector('[data-testid=slider-words]')?.textContent?.includes('epoch_11'));
    await byId(page, 'slider').press('ArrowLeft');
    assert.equal(await byId(page, 'following').count(), 0);
    await page.evaluate(() => window.trainingHost.readNext());
    await page.waitForFunction(() => document.querySelector('[data-testid=slider]')?.getAttribute('aria-valuemax') === '12');
    assert.equal(await nameAt(page), 'epoch_10');
    await byId(page, 'go-newest').click();
    assert.equal(await nameAt(page), 'epoch_12');
    await byId(page, 'following').waitFor();
    assert.match(await textOf(page, 'news'), /^epoch_12 was read: \d+ of 12 right/);
  });
});

test('somebody chooses a checkpoint in the tree: the slider goes there', async () => {
  await withPage(probeScene(), { width: 300 }, async (page) => {
    await byId(page, 'following').waitFor();
    await page.evaluate(() => window.trainingHost.show(window.trainingHost.state().checkpoints[4]!.id));
    await page.waitForFunction(() => document.querySelector('[data-testid=slider-words]')?.textContent?.includes('epoch_05'));
  });
});

for (const reducedMotion of ['no-preference', 'reduce'] as const)
  test(`play leads over the checkpoints, four in a second, and stops at the end (${reducedMotion})`, async () => {
    await withPage(probeScene({ checkpoints: 4 }), { width: 300, reducedMotion }, async (page) => {
      await byId(page, 'following').waitFor();
      const seen = await page.evaluate(async () => {
        const slider = document.querySelector('[data-testid=slider]')!;
        const names: string[] = [];
        const times: number[] = [];
        const observer = new MutationObserver(() => {
          const name = slider.getAttribute('aria-valuetext')!.split(',')[0]!;
          if (name === names.at(-1)) return;
          names.push(name);
          times.push(performance.now());
        });
        observer.observe(slider, { attributes: true, attributeFilter: ['aria-valuetext'] });
        (document.querySelector('[data-testid=play]') as HTMLElement).click();
        while (names.at(-1) !== 'epoch_04') await new Promise((resolve) => setTimeout(resolve, 20));
        return { names, ms: times.at(-1)! - times[0]! };
      });
      assert.deepEqual(seen.names, ['epoch_01', 'epoch_02', 'epoch_03', 'epoch_04']);
      assert.ok(seen.ms > 600, `three steps in ${seen.ms} ms`);
      assert.equal(await byId(page, 'play').getAttribute('aria-label'), 'Play the checkpoints');
      await byId(page, 'following').waitFor();
    });
  });

test('ticks tell what was read, waits, is being written, failed or is gone', async () => {
  await withPage(probeScene({ checkpoints: 9, read: 5 }), { width: 300 }, async (page) => {
    await byId(page, 'following').waitFor();
    await page.evaluate(() => {
      const host = window.trainingHost;
      const error = { code: 'weights', message: 'conv2 has 3 weights that are NaN.', hint: 'Lower the learning rate.' } as const;
      host.tell({
        checkpoints: host.state().checkpoints.map((each, i) => {
          if (i === 1) return { ...each, gone: true, pinned: true };
          if (i === 5) return { ...each, reading: { state: 'running', what: 'probes', done: 5, total: 12 } };
          if (i === 6) return { ...each, reading: { state: 'failed', error } };
          return i === 7 ? { ...each, reading: { state: 'incomplete', why: '2 of 3 weight files are there.' } } : each;
        }),
      });
    });
    await byId(page, 'failed-checkpoint').waitFor();
    const count = (selector: string) => page.locator(`.ticks ${selector}`).count();
    assert.deepEqual(
      await Promise.all(
        ['.tick.read', '.tick.gone', '.tick-waiting.waiting', '.tick-waiting.running', '.tick-failed', '.tick-incomplete', '.tick-pin'].map(
          count,
        ),
      ),
      [4, 1, 1, 1, 1, 1, 1],
    );
    assert.equal(await textOf(page, 'going-on'), 'reading epoch_06: 5 of 12 probes');
    assert.match(await textOf(page, 'failed-checkpoint'), /epoch_07: conv2 has 3 weights that are NaN\. Lower the learning rate\. Retry/);
    await byId(page, 'retry-checkpoint').click();
    await page.waitForFunction(() => window.trainingHost.calls('retry').length === 1);
  });
});

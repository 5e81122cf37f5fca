import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import type { MapRequest } from '../../src/shared/protocol.ts';
import { trackOf } from '../../webview/ui/track.ts';
import { methodInfo, withMethod } from './methods.ts';
import { audit, byId, choose, screenshot, settled, textOf, useBrowser } from './open.ts';
import { sampleScene } from './scenes.ts';

const { withPage } = useBrowser();

/** What was asked of one method by itself. */
function asked(page: Page, method: string): Promise<MapRequest[]> {
  return page.evaluate(
    (id) => window.host.calls(`explain:${id}`).map((call) => (call.params as unknown as { request: MapRequest }).request),
    method,
  );
}

const params = async (page: Page, method: string) => (await asked(page, method)).map((request) => request.params);

/** Occlusion with one parameter of each kind. */
const all = withMethod('occlusion', {
  params: [
    { id: 'window', label: 'Window', about: 'Side of the square.', default: 0, min: 2, max: 64, step: 1 },
    { id: 'share', label: 'Share', about: 'How much is seen.', default: 0.5, min: 0.05, max: 0.95, step: 0.05 },
    { id: 'baseline', label: 'Covering value', about: 'Fed value inside the square.', default: 0 },
    { id: 'fill', label: 'Fill', about: 'What covers it.', default: 'mean', options: ['mean', 'black', 'blur'] },
  ],
});

test('every parameter of every method has a control with its sentence', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    for (const id of ['occlusion', 'rise', 'integrated-gradients', 'lrp']) {
      await choose(page, id);
      for (const param of methodInfo(id).params) {
        assert.equal(await byId(page, `param-${param.id}`).count(), 1, `${id} ${param.id}`);
        assert.ok((await textOf(page, 'params')).includes(param.about), `${id} ${param.id}`);
      }
      await settled(page);
      await audit(page);
    }
  });
});

test('variant and parameters ask anew, are kept per method, and go back to the defaults', async () => {
  await withPage({ ...(await sampleScene()), methods: all }, {}, async (page) => {
    await byId(page, 'variant').focus();
    await page.keyboard.press('ArrowDown');
    await page.waitForFunction(() => document.querySelector('[data-testid=map-line]')?.textContent?.includes('signed'));
    await choose(page, 'occlusion');
    await settled(page);
    assert.equal(await byId(page, 'param-window').getAttribute('placeholder'), 'auto: 9', 'what the method chose');
    assert.equal(await byId(page, 'reset-params').isVisible(), false);
    await byId(page, 'param-window').fill('16');
    assert.equal((await asked(page, 'occlusion')).length, 1, 'nothing is asked at a keystroke');
    await page.keyboard.press('Enter');
    await settled(page);
    await byId(page, 'param-share').fill('0.6');
    await page.keyboard.press('Enter');
    await settled(page);
    assert.deepEqual(await params(page, 'occlusion'), [undefined, { window: 16 }, { window: 16, share: 0.6 }]);
    await byId(page, 'param-window').fill('5000');
    await page.keyboard.press('Enter');
    assert.equal((await asked(page, 'occlusion')).length, 3, 'out of bounds is not asked');
    await byId(page, 'param-window').fill('');
    await page.keyboard.press('Enter');
    await settled(page);
    assert.deepEqual((await params(page, 'occlusion')).at(-1), { share: 0.6 }, 'emptied: the method chooses');
    await page.reload();
    await settled(page);
    assert.equal(await byId(page, 'param-share').inputValue(), '0.6');
    await byId(page, 'reset-params').click();
    await settled(page);
    assert.equal(await byId(page, 'param-share').inputValue(), '0.5');
    assert.deepEqual((await params(page, 'occlusion')).at(-1), undefined);
    await choose(page, 'grad-cam');
    await settled(page);
    assert.match(await textOf(page, 'map-line'), /Grad-CAM \(signed\)/);
  });
});

test('the slider shows where it is dragged to and asks where it is let go', async () => {
  await withPage({ ...(await sampleScene()), methods: all }, {}, async (page) => {
    await choose(page, 'occlusion');
    await settled(page);
    assert.equal(await byId(page, 'param-baseline-range').count(), 0, 'no ends, no slider');
    const drag = (at: string, type: string) =>
      byId(page, 'param-window-range').evaluate(
        (input, [value, event]) => {
          (input as HTMLInputElement).value = value!;
          input.dispatchEvent(new Event(event!));
        },
        [at, type],
      );
    for (const at of ['10', '20', '30']) await drag(at, 'input');
    assert.equal(await byId(page, 'param-window').inputValue(), '32');
    await page.waitForTimeout(350);
    assert.equal((await asked(page, 'occlusion')).length, 1);
    await drag('30', 'change');
    await settled(page);
    assert.deepEqual((await params(page, 'occlusion')).slice(1), [{ window: 32 }]);
  });
});

test('stepping through a slow method’s parameter asks for where it rests, and the run before is stopped', async () => {
  const steer = (host: { slow: object }) => {
    host.slow = { steps: 10, ms: 5, stopAt: 0.3 };
  };
  await withPage({ ...(await sampleScene()), methods: all }, { steer }, async (page) => {
    await choose(page, 'occlusion');
    await page.waitForFunction(() => document.querySelector('[data-testid=progress-text]')?.textContent?.startsWith('30 %'));
    await page.evaluate(() => {
      window.host.slow.stopAt = 2;
      const field = document.querySelector<HTMLInputElement>('[data-testid=param-window]')!;
      for (const value of ['10', '11', '12']) {
        field.value = value;
        field.dispatchEvent(new Event('change'));
      }
    });
    await settled(page);
    assert.deepEqual(await params(page, 'occlusion'), [undefined, { window: 12 }]);
    assert.equal(await page.evaluate(() => window.host.calls('explain:occlusion')[0]!.ended), 'aborted');
    await screenshot(page, 'params');
  });
});

test('an option is chosen from a list', async () => {
  await withPage({ ...(await sampleScene()), methods: all }, {}, async (page) => {
    await choose(page, 'occlusion');
    await byId(page, 'param-fill').focus();
    await page.keyboard.press('ArrowDown');
    await page.waitForFunction(() => window.host.calls('explain:occlusion').length > 0);
    await settled(page);
    assert.deepEqual((await params(page, 'occlusion')).at(-1), { fill: 'black' });
  });
});

test('sliders: even steps, growing steps for long counts, none for what is no size', () => {
  const even = trackOf(0.05, 0.95, 0.05)!;
  assert.deepEqual([even.places, even.value(0), even.value(9), even.value(18), even.place(0.5)], [18, 0.05, 0.5, 0.95, 9]);
  const growing = trackOf(10, 20_000, 1)!;
  assert.deepEqual([growing.value(0), growing.value(growing.places)], [10, 20_000]);
  for (const count of [10, 100, 1000, 4000, 20_000]) {
    const back = growing.value(growing.place(count));
    assert.ok(Math.abs(back - count) <= 0.06 * count, `${count} comes back as ${back}`);
  }
  assert.equal(trackOf(1, 65_535, 1), undefined);
  assert.equal(trackOf(0, 1, 1e-6), undefined);
  assert.equal(trackOf(1, undefined, 1), undefined);
});

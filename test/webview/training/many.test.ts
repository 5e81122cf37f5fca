import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CDPSession, Page } from 'playwright-core';
import { useTrainingPage } from './open.ts';
import { probeScene } from './scenes.ts';

const { withPage } = useTrainingPage();

/** A long run: 200 checkpoints, 24 probes, maps of 13 × 13 cells. */
const long = probeScene({ checkpoints: 200, probes: 24, side: 13 });

async function opened(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelectorAll('[data-testid=probe-canvas]').length === 24);
  await page.waitForFunction(() => document.querySelector<HTMLCanvasElement>('[data-testid=strip]')?.width !== 300);
}

/** What the page holds after a collection, bytes: objects and what lies outside of them. */
async function heap(page: Page): Promise<{ objects: number; outside: number }> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const found: Record<string, number> = { ...(await session.send('Runtime.getHeapUsage')) };
  return { objects: found.usedSize ?? 0, outside: (found.embedderHeapUsedSize ?? 0) + (found.backingStorageSize ?? 0) };
}

/** Time that the page's thread has worked, ms of the processor: whatever else the machine does meanwhile. */
async function worked(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
}

/** What the page's thread needs for a sum of 20 million roots, ms of the processor: machines differ by more than what is measured here. */
async function yardstick(page: Page, session: CDPSession): Promise<number> {
  const before = await worked(session);
  await page.evaluate(() => {
    let sum = 0;
    for (let i = 0; i < 2e7; i++) sum += Math.sqrt(i);
    return sum;
  });
  return (await worked(session)) - before;
}

async function clock(page: Page): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return session;
}

test('200 checkpoints × 24 probes: a step of the slider is quick, the page stays small', async (t) => {
  await withPage(long, { width: 300, height: 900 }, async (page) => {
    await opened(page);
    const { objects, outside } = await heap(page);
    const mb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
    t.diagnostic(`heap: objects ${mb(objects)}, outside ${mb(outside)}; the maps alone are ${mb(200 * 24 * 13 * 13 * 4)}`);
    assert.ok(objects + outside < 80e6, mb(objects + outside));
    const elements = await page.evaluate(() => document.querySelectorAll('*').length);
    t.diagnostic(`${elements} elements`);
    assert.ok(elements < 4000, `${elements} elements: a frame of a film strip is no element`);
    const session = await clock(page);
    const before = await worked(session);
    const steps = 40;
    await page.evaluate(async (count) => {
      const slider = document.querySelector('[data-testid=slider]')!;
      for (let i = 0; i < count; i++) {
        const was = slider.getAttribute('aria-valuenow');
        slider.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft', bubbles: true }));
        // Drawn and laid out.
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
        if (slider.getAttribute('aria-valuenow') === was) throw new Error('The slider did not move.');
      }
    }, steps);
    const ms = ((await worked(session)) - before) / steps;
    t.diagnostic(`a step: ${ms.toFixed(1)} ms of the processor, style, layout and paint included`);
    const yards = ms / (await yardstick(page, session));
    assert.ok(yards > 0 && yards < 2, `${ms} ms, ${yards} yardsticks`);
  });
});

test('what is read next costs a step, not everything anew', async (t) => {
  const growing = { ...long, read: 190 };
  await withPage(growing, { width: 300, height: 900 }, async (page) => {
    await opened(page);
    const session = await clock(page);
    const before = await worked(session);
    for (let i = 191; i <= 195; i++) {
      await page.evaluate(() => window.trainingHost.readNext());
      await page.waitForFunction(
        (count) => document.querySelector('[data-testid=slider]')?.getAttribute('aria-valuemax') === String(count),
        i,
      );
    }
    const ms = ((await worked(session)) - before) / 5;
    t.diagnostic(`a checkpoint: ${ms.toFixed(0)} ms of the processor, making up its numbers included`);
    const yards = ms / (await yardstick(page, session));
    assert.ok(yards > 0 && yards < 6, `${ms} ms, ${yards} yardsticks`);
  });
});

test('rows out of view are not painted', async () => {
  await withPage(long, { width: 300, height: 900 }, async (page) => {
    await opened(page);
    // A canvas that was never painted has the size that all have.
    const painted = () =>
      page.evaluate(() => [...document.querySelectorAll<HTMLCanvasElement>('[data-testid=strip]')].map(({ width }) => width !== 300));
    const first = await painted();
    assert.equal(first.length, 24);
    assert.ok(first[0], 'the first is');
    assert.ok(
      first.slice(12).every((each) => !each),
      'those far below are not',
    );
    await page.locator('[data-testid=probe]').last().scrollIntoViewIfNeeded();
    await page.waitForFunction(() => [...document.querySelectorAll<HTMLCanvasElement>('[data-testid=strip]')].at(-1)!.width !== 300);
  });
});

test('a page that is shown again is drawn in about half a second', async (t) => {
  const steer = (host: Window['trainingHost']) => {
    host.warm();
    host.held.add('ready');
  };
  await withPage(long, { width: 300, height: 900, until: 'loading', steer }, async (page) => {
    await page.waitForFunction(() => window.trainingHost.calls('ready').length === 1);
    const session = await clock(page);
    const before = await worked(session);
    await page.evaluate(() => window.trainingHost.held.delete('ready'));
    await opened(page);
    const ms = (await worked(session)) - before;
    t.diagnostic(
      `from the snapshot to pictures and film strips: ${ms.toFixed(0)} ms of the processor, sending the numbers of 200 × 24 maps included`,
    );
    const yards = ms / (await yardstick(page, session));
    assert.ok(yards > 0 && yards < 25, `${ms} ms, ${yards} yardsticks`);
  });
});

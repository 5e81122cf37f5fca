import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { byId, textOf } from '../open.ts';
import { checkpointsOf } from './made.ts';
import { useTrainingPage } from './open.ts';
import { trainingScene } from './scenes.ts';

const { withPage } = useTrainingPage();
const mb = 1024 * 1024;

/** What the page holds after a collection: objects, and the bytes of typed arrays. */
async function heldBytes(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  // The bytes of arrays go a turn after the arrays.
  for (let i = 0; i < 3; i++) {
    await session.send('HeapProfiler.collectGarbage');
    await page.waitForTimeout(100);
  }
  const { usedSize, backingStorageSize = 0 } = (await session.send('Runtime.getHeapUsage')) as {
    usedSize: number;
    backingStorageSize?: number;
  };
  await session.detach();
  return usedSize + backingStorageSize;
}

test('200 checkpoints of 2,000 pictures: fluid under the slider, and in little room', async (t) => {
  const large = { checkpoints: 200, read: 200, images: 2000, probes: 2, logs: false };
  const open = { width: 320, height: 900 };
  let bare = 0;
  await withPage(trainingScene({ ...large, wholes: 0 }), open, async (page) => {
    bare = await heldBytes(page);
  });
  const scene = trainingScene({ ...large, wholes: 200 });
  await withPage(scene, open, async (page) => {
    await byId(page, 'run-map-surface').waitFor();
    assert.equal(await textOf(page, 'whole-progress'), '200 of 200 checkpoints evaluated.');
    const opened = (await heldBytes(page)) - bare;
    const ids = checkpointsOf(scene).map(({ id }) => id);
    const times = await page.evaluate(async (all) => {
      const spent: number[] = [];
      for (const id of all) {
        const before = document.querySelector('[data-testid=whole-at]')?.textContent;
        const began = performance.now();
        window.trainingHost.show(id);
        // The message comes in a turn of its own, and the page is drawn at its end.
        for (let i = 0; i < 500 && document.querySelector('[data-testid=whole-at]')?.textContent === before; i++)
          await new Promise((resolve) => setTimeout(resolve));
        spent.push(performance.now() - began);
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
      return spent.sort((a, b) => a - b);
    }, ids);
    const walked = (await heldBytes(page)) - bare;
    const [median, most] = [times[100]!, times[195]!];
    t.diagnostic(
      `opened ${(opened / mb).toFixed(1)} MB, walked ${(walked / mb).toFixed(1)} MB; a step ${median.toFixed(1)} ms, 98 % under ${most.toFixed(1)} ms`,
    );
    assert.ok(opened > 2 * mb, 'the numbers are there');
    assert.ok(walked < 100 * mb, `${(walked / mb).toFixed(1)} MB`);
    // Alone on a machine a few milliseconds; what grows with the run's length times its pictures would take seconds.
    assert.ok(median < 300, `${median} ms`);
  });
});

/** Strings on the page's heap that begin so. */
async function stringsOnHeap(page: Page, start: string): Promise<number> {
  const session = await page.context().newCDPSession(page);
  let text = '';
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => {
    text += chunk;
  });
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  const { nodes, strings, snapshot } = JSON.parse(text) as {
    nodes: number[];
    strings: string[];
    snapshot: { meta: { node_fields: string[]; node_types: [string[]] } };
  };
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, name] = [fields.indexOf('type'), fields.indexOf('name')];
  let found = 0;
  for (let at = 0; at < nodes.length; at += fields.length)
    if (types[0][nodes[at + type]!] === 'string' && strings[nodes[at + name]!]!.startsWith(start)) found++;
  return found;
}

test('paths are held once, however many checkpoints name them', async () => {
  const scene = trainingScene({ checkpoints: 8, read: 8, wholes: 4, images: 2000, probes: 2, logs: false });
  await withPage(scene, { width: 320, height: 900 }, async (page) => {
    for (let at = 4; at < 8; at++) await page.evaluate((to) => window.trainingHost.evaluate(to), at);
    await page.waitForFunction(() => /^8 of 8/.test(document.querySelector('[data-testid=whole-progress]')?.textContent?.trim() ?? ''));
    const held = await stringsOnHeap(page, '/work/images/');
    assert.ok(held >= 2000 && held < 2500, `${held} paths`);
  });
});

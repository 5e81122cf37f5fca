import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byId, textOf } from '../open.ts';
import { useTrainingPage } from './open.ts';
import { probeScene } from './scenes.ts';

const { withPage } = useTrainingPage();

test('without a run the page says what to write from PyTorch, and why what is there is no run', async () => {
  const { state, ...rest } = probeScene();
  const scene = { ...rest, state: { ...state, following: 'none' as const, runs: [], run: undefined } };
  await withPage(scene, { width: 240, until: 'none' as never }, async (page) => {
    assert.match(await textOf(page, 'export-line'), /torch\.onnx\.export\(.*epoch_\{epoch:02d\}\.onnx/);
    assert.equal(await byId(page, 'why-none').count(), 0);
    const notice =
      'runs/a/epoch_3.pt is PyTorch’s own format, which only Python reads. Export the network beside it, at the end of each epoch.';
    await page.evaluate((notice) => window.trainingHost.tell({ notice }), notice);
    await byId(page, 'why-none').waitFor();
    assert.equal(await textOf(page, 'why-none'), notice);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is cut off at the side');
  });
});

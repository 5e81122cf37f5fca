import assert from 'node:assert/strict';
import { test } from 'node:test';
import { useTrainingPage } from './open.ts';
import { trainingScene } from './scenes.ts';

const { withPage } = useTrainingPage();

test('the page opens with everything the host holds', async () => {
  await withPage(trainingScene(), { width: 320 }, async (page) => {
    assert.equal(await page.locator('[data-testid=probes]').count(), 1);
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byId, settled, textOf } from '../open.ts';
import { useSpacePage } from './open.ts';
import { emptyScene, smallScene } from './scenes.ts';

const { withPage } = useSpacePage();

test('the page opens with model, data set and what is indexed', async () => {
  await withPage(smallScene(), {}, async (page) => {
    await byId(page, 'index-bar').waitFor();
    assert.match(await textOf(page, 'index-text'), /300 of 300/);
    assert.match(await textOf(page, 'model-name'), /shapes-cnn/);
    assert.match(await textOf(page, 'layer-facts'), /64 features/);
  });
});

test('a small data set is indexed without a question, and can be paused and resumed', async () => {
  const steer = (host: { pace: { stopAt: number } }) => {
    host.pace.stopAt = 0.5;
  };
  await withPage(smallScene({ indexed: 0 }), { steer }, async (page) => {
    await byId(page, 'index-pause').click();
    await byId(page, 'index-resume').waitFor();
    await page.evaluate(() => {
      window.spaceHost.pace.stopAt = 2;
    });
    await byId(page, 'index-resume').click();
    await page.waitForFunction(() => document.querySelector('[data-testid=index-text]')?.textContent?.includes('300 of 300'));
    await settled(page);
  });
});

test('without a model the page asks for one', async () => {
  await withPage(emptyScene(['models/a.onnx']), { until: 'empty' }, async (page) => {
    await byId(page, 'candidate').click();
    await page.waitForFunction(() => window.spaceHost.calls('chooseModel').length === 1);
  });
});

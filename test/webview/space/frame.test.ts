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

test('an index that is deleted is not made again without a question', async () => {
  await withPage(smallScene({ indexed: 0 }), {}, async (page) => {
    await page.waitForFunction(() => document.querySelector('[data-testid=index-text]')?.textContent?.includes('300 of 300'));
    await page.evaluate(() => {
      window.spaceHost.indexed = 0;
      window.spaceHost.show({});
    });
    await byId(page, 'index-start').waitFor();
    assert.equal(await page.evaluate(() => window.spaceHost.calls('startIndexing').length), 1);
  });
});

test('turned to another view of what it shows, the page asks for nothing anew', async () => {
  await withPage(smallScene(), {}, async (page) => {
    await settled(page);
    await page.evaluate(() => window.spaceHost.turn({ view: 'mistakes' }));
    await page.locator('[data-testid=view-mistakes][aria-checked=true]').waitFor();
    assert.equal(await page.evaluate(() => window.spaceHost.calls('featureLayers').length), 1);
    assert.equal(await page.evaluate(() => window.spaceHost.calls('rows').length), 1);
  });
});

test('without a model the page asks for one', async () => {
  await withPage(emptyScene(['models/a.onnx']), { until: 'empty' }, async (page) => {
    await byId(page, 'candidate').click();
    await page.waitForFunction(() => window.spaceHost.calls('chooseModel').length === 1);
  });
});

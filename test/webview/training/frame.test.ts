import assert from 'node:assert/strict';
import { test } from 'node:test';
import { restore } from '../../../webview/training/choices.ts';
import { goingOn } from '../../../webview/training/run/goingOn.ts';
import { byId, settled, textOf } from '../open.ts';
import { checkpointsOf, probesOf } from './made.ts';
import { useTrainingPage } from './open.ts';
import { probeScene } from './scenes.ts';

const { withPage } = useTrainingPage();

test('the page opens with everything the host holds', async () => {
  await withPage(probeScene(), { width: 320 }, async (page) => {
    await byId(page, 'probes').waitFor();
    assert.equal(await byId(page, 'probe').count(), 12);
    // What the network sees is asked for once, whatever comes after.
    await page.waitForFunction(() => document.querySelectorAll('[data-testid=probe-canvas]').length === 12);
    const asked = await page.evaluate(() => window.trainingHost.calls('pictures').flatMap(({ params }) => params.images as string[]));
    assert.deepEqual(
      asked,
      probesOf(probeScene()).map(({ path }) => path),
    );
  });
});

test('what goes on, in words', () => {
  const scene = probeScene({ checkpoints: 4, read: 2 });
  const [probes, all] = [probesOf(scene), checkpointsOf(scene)];
  const read = new Map(all.slice(0, 2).map(({ id }) => [id, true]));
  const of = (patch: object[], paused = false) =>
    goingOn({ probes, paused, checkpoints: all.map((each, i) => ({ ...each, ...patch[i] })) }, read);
  assert.equal(of([]), '2 checkpoints to read');
  assert.equal(of([], true), 'paused: 2 checkpoints to read');
  // Those that are read and wait for the whole set are told of last.
  const waiting = { reading: { state: 'waiting' } };
  assert.equal(of([waiting, waiting]), '2 checkpoints to read');
  const done = { reading: { state: 'done' } };
  assert.equal(of([waiting, done, done, done]), '1 checkpoint to evaluate');
  assert.equal(of([waiting, done, done, done], true), 'paused: 1 checkpoint to evaluate');
  assert.equal(of([done, done, done, done]), 'waiting for the next checkpoint');
  assert.equal(of([done, done, done, done], true), 'paused');
  assert.equal(of([done, done, { reading: { state: 'running', what: 'probes', done: 5, total: 12 } }]), 'reading epoch_03: 5 of 12 probes');
  const why = 'It is being written: 2 of 3 weight files are there.';
  assert.equal(
    of([done, done, done, { reading: { state: 'incomplete', why } }]),
    'epoch_04: it is being written: 2 of 3 weight files are there',
  );
  assert.equal(goingOn({ probes, paused: false, checkpoints: [] }, read), 'waiting for the first checkpoint');
});

test('kept choices are checked: what is of another version is left out', () => {
  assert.deepEqual(
    restore({
      choices: { at: 'a', opacity: 0.4, order: 'worst', dismissed: { a: ['border:star'], b: 3 }, ownScales: 1, probe: 7, more: true },
    }),
    {
      choices: { at: 'a', opacity: 0.4, order: 'worst', dismissed: { a: ['border:star'] } },
    },
  );
  for (const value of [undefined, null, 3, 'x', [], { choices: [] }]) assert.deepEqual(restore(value), { choices: {} });
});

test('in Restricted Mode nothing is followed before a person asks', async () => {
  const scene = probeScene();
  const off = { ...scene, state: { ...scene.state, following: 'off' as const } };
  await withPage(off, { width: 300, until: 'off' as never }, async (page) => {
    await byId(page, 'follow').click();
    await page.waitForFunction(() => window.trainingHost.calls('follow').length === 1);
    await page.evaluate(() => window.trainingHost.tell({ following: 'on' }));
    await settled(page);
  });
});

test('without a run the page says what is looked for, and a file can be watched', async () => {
  const scene = probeScene();
  const none = { ...scene, state: { ...scene.state, following: 'none' as const, runs: [], run: undefined } };
  await withPage(none, { width: 300, until: 'none' as never }, async (page) => {
    assert.match(await textOf(page, 'none'), /epoch_01.*\.keras.*model\.json/);
    await byId(page, 'watch-file').click();
    await page.waitForFunction(() => window.trainingHost.calls('watchFile').length === 1);
  });
});

test('without probes the page says how to get some', async () => {
  await withPage(probeScene({ probes: 0, masked: 0 }), { width: 300 }, async (page) => {
    assert.match(await textOf(page, 'no-probes'), /right-click an image file and choose “Add to Probe Set”/);
    await byId(page, 'add-probes').click();
    await page.waitForFunction(() => window.trainingHost.calls('addProbes').length === 1);
  });
});

test('before anything is read there are the rows that will be', async () => {
  await withPage(probeScene({ checkpoints: 3, read: 0, wholes: 0 }), { width: 300 }, async (page) => {
    await byId(page, 'probe').first().waitFor();
    assert.equal(await textOf(page, 'slider-words'), 'nothing read yet');
    assert.equal(await textOf(page, 'going-on'), '3 checkpoints to read');
    assert.ok((await page.locator('.probe-picture.skeleton').count()) === 12);
    assert.equal(await page.evaluate(() => window.trainingHost.calls('pictures').length), 0, 'no model is complete yet');
    await page.evaluate(() => window.trainingHost.readNext());
    await byId(page, 'probe-canvas').first().waitFor();
  });
});

test('a failure is said, and tried again', async () => {
  const steer = (host: Window['trainingHost']) => {
    host.failures.set('ready', { code: 'engine', message: 'The engine did not start.', hint: 'Show the log.' });
  };
  await withPage(probeScene(), { width: 300, until: 'error', steer }, async (page) => {
    assert.match(await textOf(page, 'error'), /The engine did not start/);
    await byId(page, 'retry').click();
    await settled(page);
  });
});

test('run and maps are chosen, what is paused goes on', async () => {
  await withPage(probeScene(), { width: 300 }, async (page) => {
    await byId(page, 'run-select').selectOption('b');
    await page.evaluate(() => window.trainingHost.tell({ paused: true }));
    await byId(page, 'resume').click();
    await byId(page, 'setup').locator('summary').click();
    await byId(page, 'layer').selectOption('conv4');
    await byId(page, 'explained-truth').click();
    await byId(page, 'method').selectOption('rise');
    await page.waitForFunction(() => window.trainingHost.calls('choose').length === 3);
    const calls = await page.evaluate(() =>
      window.trainingHost.log
        .filter(({ method }) => ['chooseRun', 'setPaused', 'choose'].includes(method))
        .map(({ method, params }) => ({ method, params })),
    );
    assert.deepEqual(calls, [
      { method: 'chooseRun', params: { id: 'b' } },
      { method: 'setPaused', params: { paused: false } },
      { method: 'choose', params: { choice: { request: { method: 'grad-cam', layer: 'conv4' }, of: 'predicted' } } },
      { method: 'choose', params: { choice: { request: { method: 'grad-cam' }, of: 'truth' } } },
      { method: 'choose', params: { choice: { request: { method: 'rise' }, of: 'predicted' } } },
    ]);
  });
});

test('frames of an older generation are dropped; those that come before their state are kept', async () => {
  await withPage(probeScene({ checkpoints: 3, read: 2 }), { width: 300 }, async (page) => {
    await byId(page, 'probe').first().waitFor();
    const read = () => byId(page, 'slider').getAttribute('aria-valuemax');
    assert.equal(await read(), '2');
    const post = (generation: number, at: number) => page.evaluate(([of, i]) => window.trainingHost.sendFrames(of!, i!), [generation, at]);
    await post(0, 2);
    await page.waitForTimeout(100);
    assert.equal(await read(), '2', 'of the generation before');
    await post(2, 0);
    await page.waitForFunction(() => document.querySelector('[data-testid=slider-words]')?.textContent?.includes('epoch_01'));
    await page.evaluate(() => {
      window.trainingHost.generation = 2;
      window.trainingHost.tell({});
    });
    await page.waitForSelector('[data-testid=root][data-generation="2"]');
    assert.equal(await read(), '1', 'what came before the state is still there');
  });
});

test('the page is made anew when it is shown: choices, scroll and slider are as they were, in half a second', async () => {
  await withPage(probeScene(), { width: 300 }, async (page) => {
    await byId(page, 'probe-canvas').first().waitFor();
    await byId(page, 'slider').press('Home');
    await byId(page, 'order').selectOption('worst');
    await page.mouse.move(150, 400);
    await page.mouse.wheel(0, 700);
    await page.waitForFunction(
      () => scrollY > 300 && JSON.parse(sessionStorage.getItem('glassbox-state') ?? '{}').choices?.scroll === Math.round(scrollY),
    );
    const scrolled = await page.evaluate(() => scrollY);
    const order = await page.locator('.probe-name').allTextContents();
    await page.reload();
    await page.waitForFunction(
      (y) => Math.abs(scrollY - y) <= 1 && document.querySelectorAll('[data-testid=probe]').length === 12,
      scrolled,
    );
    assert.deepEqual(await page.locator('.probe-name').allTextContents(), order);
    assert.match(await textOf(page, 'slider-words'), /^epoch_01/);
  });
});

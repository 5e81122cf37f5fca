import assert from 'node:assert/strict';
import { test } from 'node:test';
import { audit, byId, screenshot, settled, textOf, useBrowser } from './open.ts';
import { sampleScene } from './scenes.ts';

const { withPage } = useBrowser();

test('no model: a sentence, the candidates, a button', async () => {
  const scene = await sampleScene();
  const candidates = ['models/shapes-cnn', 'models/shapes-stamped', 'export/very/deep/folder/of/a/long/name/resnet50-v1-7.onnx'];
  const empty = { ...scene, subject: { ...scene.subject, modelName: undefined, modelPath: undefined, candidates } };
  await withPage(empty, { until: 'empty', width: 560 }, async (page) => {
    await page.waitForSelector('[data-testid=frame].loaded');
    assert.equal(await byId(page, 'candidate').count(), 3);
    await screenshot(page, 'empty');
    await audit(page);
    await byId(page, 'candidate').nth(1).click();
    await byId(page, 'choose-model').click();
    await page.waitForFunction(() => window.host.calls('chooseModel').length === 2);
    const asked = await page.evaluate(() => window.host.calls('chooseModel').map((call) => call.params));
    assert.deepEqual(asked, [{ candidate: 'models/shapes-stamped' }, {}]);
    assert.equal(await page.evaluate(() => window.host.calls('predict').length), 0);
    await page.evaluate(() =>
      window.host.show({ subject: { ...window.host.scene.subject, modelName: 'shapes-cnn', modelPath: '/m/model.json' } }),
    );
    await settled(page);
    assert.equal(await textOf(page, 'top1'), 'ball');
  });
});

test('no model and none found: says what it could read', async () => {
  const scene = await sampleScene();
  const empty = { ...scene, subject: { ...scene.subject, modelName: undefined, modelPath: undefined } };
  await withPage(empty, { until: 'empty' }, async (page) => {
    assert.match(await textOf(page, 'empty'), /No model was found in this workspace.*\.onnx/);
  });
});

test('a prediction that fails: message, file, next step, buttons; the image stays', async () => {
  const steer = (host: { failures: Map<string, unknown> }) => {
    host.failures.set('predict', {
      code: 'labels',
      message: 'The label file has 12 names but the model has 10 outputs.',
      file: '/ws/models/shapes-cnn/labels.txt',
      hint: 'Give one name per output, in output order.',
    });
  };
  await withPage(await sampleScene(), { until: 'error', steer }, async (page) => {
    await page.waitForSelector('[data-testid=frame].loaded');
    assert.match(await textOf(page, 'error-message'), /12 names but the model has 10 outputs/);
    assert.match(await textOf(page, 'error-place'), /labels\.txt/);
    assert.match(await textOf(page, 'error-hint'), /one name per output/);
    assert.equal(await byId(page, 'show-log').count(), 0);
    await screenshot(page, 'error');
    await audit(page);
    await byId(page, 'error-sidecar').click();
    await byId(page, 'error-model').click();
    await byId(page, 'retry').click();
    await settled(page);
    const log = await page.evaluate(() => window.host.log.map((entry) => entry.method));
    assert.ok(log.includes('openSidecar') && log.includes('chooseModel'));
  });
});

test('the engine crashes in a map: said in place, the next job works', async () => {
  const steer = (host: { failures: Map<string, unknown> }) => {
    host.failures.set('explain:grad-cam', {
      code: 'engine',
      message: 'The engine process ended unexpectedly (SIGSEGV).',
      hint: 'It was started again; try again.',
    });
  };
  await withPage(await sampleScene(), { steer }, async (page) => {
    assert.equal(await byId(page, 'stage').getAttribute('data-map'), 'failed');
    assert.match(await textOf(page, 'error-message'), /SIGSEGV/);
    assert.match(await textOf(page, 'status'), /SIGSEGV/);
    assert.equal(await byId(page, 'method-layer-cam').getAttribute('data-state'), 'done');
    await screenshot(page, 'engine-crash');
    await audit(page);
    await byId(page, 'show-log').click();
    await byId(page, 'retry').click();
    await page.waitForSelector('[data-testid=stage][data-method=grad-cam][data-map=done]');
  });
});

test('a host that does not answer `ready` properly: error with a way to try again', async () => {
  const steer = (host: { failures: Map<string, unknown> }) => {
    host.failures.set('ready', { code: 'engine', message: 'No engine loads on this machine.', hint: 'See the log.' });
  };
  await withPage(await sampleScene(), { until: 'error', steer }, async (page) => {
    assert.match(await textOf(page, 'error-message'), /No engine loads/);
    await byId(page, 'retry').click();
    await settled(page);
  });
});

test('unknown preprocessing: the candidates side by side, one click saves and goes on', async () => {
  const steer = (host: { failures: Map<string, unknown> }) => {
    host.failures.set('predict', {
      code: 'input',
      message: 'The preprocessing of this model is unknown.',
      question: { kind: 'preprocessing' },
    });
  };
  await withPage({ ...(await sampleScene()), preprocessing: undefined }, { steer, width: 900 }, async (page) => {
    await byId(page, 'preprocessing').waitFor();
    assert.equal(await page.locator('[data-testid^=trial-trial]').count(), 5);
    assert.match(await textOf(page, 'trial-trial1'), /cube.*93\.0 %.*127\.5/);
    assert.match(await textOf(page, 'preprocessing'), /written to the model’s glassbox\.json/);
    await screenshot(page, 'preprocessing');
    await audit(page);
    await byId(page, 'trial-trial2').click();
    await byId(page, 'preprocessing').waitFor({ state: 'detached' });
    await settled(page);
    const saved = await page.evaluate(() => window.host.calls('savePreprocessing').map((call) => call.params));
    assert.deepEqual(saved, [{ preprocessing: { resize: 'stretch', channels: 'RGB', scale: 1, mean: [2, 2, 2], std: [1, 1, 1] } }]);
    assert.equal(await textOf(page, 'top1'), 'ball');
  });
});

test('a preprocessing that cannot be saved: said, and may be chosen again', async () => {
  const steer = (host: { failures: Map<string, unknown> }) => {
    host.failures.set('predict', {
      code: 'input',
      message: 'The preprocessing of this model is unknown.',
      question: { kind: 'preprocessing' },
    });
    host.failures.set('savePreprocessing', { code: 'internal', message: 'glassbox.json cannot be written: read-only file system.' });
  };
  await withPage({ ...(await sampleScene()), preprocessing: undefined }, { steer }, async (page) => {
    await byId(page, 'trial-trial0').click();
    await byId(page, 'error').waitFor();
    assert.match(await textOf(page, 'error-message'), /read-only/);
    await byId(page, 'trial-trial0').click();
    await byId(page, 'preprocessing').waitFor({ state: 'detached' });
  });
});

test('warnings stand quietly above and can be put away', async () => {
  const warnings = [
    {
      code: 'labels',
      message: 'labels.txt has 9 names but the model has 10 outputs: numbers are shown instead.',
      hint: 'Add the missing name.',
    },
  ] as const;
  await withPage({ ...(await sampleScene()), labels: undefined, truth: undefined, warnings }, {}, async (page) => {
    assert.match(await textOf(page, 'warnings'), /9 names but the model has 10 outputs/);
    assert.equal(await textOf(page, 'top1'), 'class 0');
    await screenshot(page, 'warning');
    await audit(page);
    await byId(page, 'hide-warnings').click();
    assert.equal(await byId(page, 'warnings').count(), 0);
  });
});

test('an export that fails is said; one that is cancelled is not', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    await page.evaluate(() => window.host.failures.set('export', { code: 'internal', message: 'The disk is full.' }));
    await byId(page, 'export').click();
    await byId(page, 'export-npy').click();
    await byId(page, 'notice').waitFor();
    assert.match(await textOf(page, 'notice'), /Not saved: The disk is full\./);
  });
});

test('names from files are text, never markup', async () => {
  const scene = await sampleScene();
  const evil = '<img src=x onerror="document.title=1">';
  const labels = scene.labels!.map((label, i) => (i === 0 ? evil : label));
  await withPage({ ...scene, labels, subject: { ...scene.subject, imageName: `${evil}.png` } }, {}, async (page) => {
    assert.equal(await textOf(page, 'top1'), evil);
    assert.equal(await page.title(), 'Explain');
  });
});

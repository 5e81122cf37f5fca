import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { audit, byId, screenshot, settled, textOf } from '../open.ts';
import { type ThemeKind, themes } from '../themes.ts';
import { useUnitsPage } from './open.ts';
import { emptyScene, squeezeScene, tinyScene } from './scenes.ts';

const { withPage, sizes } = useUnitsPage();

async function paramsOf(page: Page, method: string): Promise<Record<string, unknown>[]> {
  return await page.evaluate((name) => window.unitsHost.calls(name).map(({ params }) => params), method);
}

const layerOf = (page: Page) => byId(page, 'layer').inputValue();

test('the layer on screen is told to the editor, another one once', async () => {
  await withPage(tinyScene(), {}, async (page) => {
    await page.waitForFunction(() => window.unitsHost.calls('layerShown').length === 1);
    await byId(page, 'previous-layer').click();
    await page.waitForFunction(() => window.unitsHost.calls('layerShown').length === 2);
    const told = await paramsOf(page, 'layerShown');
    assert.deepEqual(
      told.map(({ layer }) => layer),
      ['conv2d_3', 'conv2d_2'],
    );
    await byId(page, 'reveal-layer').click();
    await page.waitForFunction(() => window.unitsHost.calls('revealLayer').length === 1);
    assert.equal((await paramsOf(page, 'revealLayer'))[0]?.layer, 'conv2d_2');
  });
});

test('layers are found in a list by resolution, by their neighbours and by brackets', async () => {
  await withPage(tinyScene(), {}, async (page) => {
    const groups = await byId(page, 'layer').evaluate((list) =>
      [...list.querySelectorAll('optgroup')].map(
        (group) => `${group.label}: ${[...group.children].map((option) => option.textContent).join(', ')}`,
      ),
    );
    assert.deepEqual(groups.slice(0, 2), [
      '64 × 64: conv2d · Conv2D · 16',
      '32 × 32: max_pooling2d · MaxPooling2D · 16, conv2d_1 · Conv2D · 32',
    ]);
    assert.equal(groups.at(-1), 'Vectors: global_average_pooling2d · GlobalAveragePooling2D · 64, dense · Dense · 10');
    assert.equal(await layerOf(page), 'conv2d_3');
    assert.equal(await textOf(page, 'layer-facts'), 'Conv2D · 64 × 8 × 8 · a cell sees 38 × 38 of 64 × 64 px, the next one 8 px on');
    await byId(page, 'layer').selectOption('conv2d');
    assert.equal(await byId(page, 'previous-layer').getAttribute('disabled'), '');
    await byId(page, 'layer').press('[');
    assert.equal(await layerOf(page), 'conv2d', 'the list keeps what is typed in it');
    await page.locator('main').click({ position: { x: 1, y: 1 } });
    await page.keyboard.press(']');
    assert.equal(await layerOf(page), 'max_pooling2d');
    await byId(page, 'layer').selectOption('dense');
    assert.equal(await byId(page, 'next-layer').getAttribute('disabled'), '');
    assert.equal(await textOf(page, 'layer-facts'), 'Dense · 10 numbers · a unit sees the whole image');
    assert.equal(await textOf(page, 'status'), 'dense, 10 units');
  });
});

test('a field larger than the image is the whole image', async () => {
  await withPage(await squeezeScene(), {}, async (page) => {
    await byId(page, 'layer').selectOption('mixed');
    assert.match(await textOf(page, 'layer-facts'), /a cell sees the whole image \(259 × 259 of 227 × 227 px\), the next one 32 px on$/);
  });
});

test('Filters cannot be chosen where a layer has no kernels; once on, the switch stays in reach', async () => {
  await withPage(tinyScene(), {}, async (page) => {
    const filters = byId(page, 'view-filters');
    assert.equal(await filters.isDisabled(), false);
    await byId(page, 'layer').selectOption('max_pooling2d_1');
    assert.equal(await filters.isDisabled(), true);
    assert.equal(await filters.getAttribute('title'), 'max_pooling2d_1 (MaxPooling2D) has no kernels of its own');
    // The arrows go past it.
    await byId(page, 'view-patches').click();
    await byId(page, 'view-patches').press('ArrowRight');
    assert.equal(await byId(page, 'view-visualise').getAttribute('aria-checked'), 'true');
    await byId(page, 'layer').selectOption('conv2d_3');
    await filters.click();
    await byId(page, 'layer').selectOption('max_pooling2d_1');
    assert.equal(await filters.isDisabled(), false);
    assert.equal(await filters.getAttribute('tabindex'), '0');
  });
});

test('a unit’s page gives way to Escape, to a view and to another layer', async () => {
  const scene = tinyScene();
  await withPage({ ...scene, subject: { ...scene.subject, turn: { view: 'patches', layer: 'conv2d_2', unit: 7 } } }, {}, async (page) => {
    assert.equal(await layerOf(page), 'conv2d_2');
    assert.equal(await textOf(page, 'status'), 'conv2d_2, unit 7');
    await page.keyboard.press('Escape');
    await byId(page, 'patches').waitFor();
    await page.evaluate(() => window.unitsHost.show({ subject: { ...window.unitsHost.scene.subject, turn: { unit: 3 } } }));
    await byId(page, 'unit-page').waitFor();
    await byId(page, 'view-activations').click();
    await byId(page, 'unit-page').waitFor({ state: 'detached' });
    await page.evaluate(() => window.unitsHost.show({ subject: { ...window.unitsHost.scene.subject, turn: { unit: 4 } } }));
    await byId(page, 'unit-page').waitFor();
    await byId(page, 'next-layer').click();
    await byId(page, 'unit-page').waitFor({ state: 'detached' });
    assert.equal(await layerOf(page), 'conv2d_3');
  });
});

test('back from a unit’s page the focus is where it was, or at the unit that one went on to', async () => {
  await withPage(tinyScene(), { width: 1000, height: 600 }, async (page) => {
    const focused = (unit: number) => page.waitForFunction((u) => (document.activeElement as HTMLElement).dataset.unit === String(u), unit);
    await byId(page, 'layer').selectOption('conv2d_1');
    await byId(page, 'view-filters').click();
    await byId(page, 'filter-unit-0').focus();
    await page.keyboard.press('End');
    await focused(31);
    await page.keyboard.press('Enter');
    await byId(page, 'unit-page').waitFor();
    await byId(page, 'unit-previous').click();
    await page.waitForSelector('[data-testid=unit-page][data-unit="30"]');
    await page.keyboard.press('Escape');
    await focused(30);
    const box = await page.evaluate(() => document.activeElement!.getBoundingClientRect().toJSON());
    assert.ok(box.top >= 0 && box.bottom <= 600, JSON.stringify(box));
    await byId(page, 'view-activations').click();
    await byId(page, 'view-filters').click();
    await byId(page, 'filter-bank').waitFor();
    assert.equal(await byId(page, 'view-filters').evaluate((button) => button === document.activeElement), true, 'a view takes no focus');
  });
});

test('the data set is named, counted and can be changed', async () => {
  await withPage(tinyScene(), {}, async (page) => {
    assert.equal(await textOf(page, 'dataset'), 'shapes 12 images Change…');
    await byId(page, 'change-dataset').click();
    await page.waitForFunction(() => window.unitsHost.calls('chooseDataset').length === 1);
    await page.evaluate(() => {
      const { subject } = window.unitsHost.scene;
      window.unitsHost.show({
        subject: { ...subject, dataset: { label: 'all', images: subject.dataset!.images.slice(0, 1), capped: true } },
      });
    });
    await page.waitForFunction(() => document.querySelector('[data-testid=dataset]')?.textContent?.includes('1 image of more'));
    await page.evaluate(() => window.unitsHost.show({ subject: { ...window.unitsHost.scene.subject, dataset: undefined } }));
    await page.waitForFunction(() => document.querySelector('[data-testid=dataset]')?.textContent?.includes('No images'));
    assert.match(await textOf(page, 'dataset'), /^No images Choose…$/);
  });
});

test('without a model: the candidates, or what would be one', async () => {
  await withPage(emptyScene(['shapes-cnn/model.json', 'nets/mobilenet.onnx']), { until: 'empty' }, async (page) => {
    assert.match(await textOf(page, 'empty'), /Whose units do you want to see\?/);
    await screenshot(page, 'units-empty');
    await audit(page);
    await byId(page, 'candidate').nth(1).click();
    await settled(page);
    assert.deepEqual(await paramsOf(page, 'chooseModel'), [{ candidate: 'nets/mobilenet.onnx' }]);
  });
  await withPage(emptyScene([]), { until: 'empty' }, async (page) => {
    assert.match(await textOf(page, 'empty'), /No model was found in this workspace/);
    await byId(page, 'choose-model').click();
    await page.waitForFunction(() => window.unitsHost.calls('chooseModel').length === 1);
  });
});

test('a model that cannot be read says why; again, or another one', async () => {
  const steer = (host: typeof window.unitsHost) =>
    void host.failures.set('unitLayers', {
      code: 'engine',
      message: 'onnxruntime cannot run shapes-cnn.',
      hint: 'Look into the log.',
      file: '/ws/shapes-cnn/model.json',
    });
  await withPage(tinyScene(), { until: 'error', steer }, async (page) => {
    assert.equal(await textOf(page, 'error-message'), 'onnxruntime cannot run shapes-cnn.');
    assert.equal(await byId(page, 'layer').count(), 0);
    await screenshot(page, 'units-error');
    await audit(page);
    await byId(page, 'show-log').click();
    await page.waitForFunction(() => window.unitsHost.calls('showLog').length === 1);
    await byId(page, 'retry').click();
    await settled(page);
    assert.equal(await layerOf(page), 'conv2d_3');
  });
});

test('what a model’s file leaves open is asked where a picture is explained', async () => {
  const steer = (host: typeof window.unitsHost) =>
    void host.failures.set('unitLayers', {
      code: 'input',
      message: 'How pictures are prepared for shapes-cnn is not known.',
      question: { kind: 'preprocessing' },
    });
  const scene = tinyScene();
  await withPage(scene, { until: 'error', steer }, async (page) => {
    assert.equal(await textOf(page, 'ask'), 'Explain ball-0001.png');
    await byId(page, 'ask').click();
    await page.waitForFunction(() => window.unitsHost.calls('explainImage').length === 1);
    assert.equal((await paramsOf(page, 'explainImage'))[0]?.image, '/ws/shapes/ball-0001.png');
    // The answer makes the host show the model anew.
    await page.evaluate(() => window.unitsHost.show({}));
    await settled(page);
  });
  await withPage({ ...scene, subject: { ...scene.subject, image: undefined } }, { until: 'error', steer }, async (page) => {
    assert.equal(await textOf(page, 'ask'), 'Choose a picture…');
    await byId(page, 'ask').click();
    await page.waitForFunction(() => window.unitsHost.calls('chooseImage').length === 1);
  });
});

test('what is to be known of the model stands on top until it is put away', async () => {
  const warnings = [{ code: 'labels', message: 'labels.txt has 9 names for 10 classes.', hint: 'Classes go by number.' }] as const;
  await withPage({ ...tinyScene(), warnings }, {}, async (page) => {
    assert.equal(await textOf(page, 'warnings'), 'labels.txt has 9 names for 10 classes. Classes go by number.');
    await audit(page);
    await byId(page, 'hide-warnings').click();
    assert.equal(await byId(page, 'warnings').count(), 0);
  });
});

test('a model without layers with units says so', async () => {
  await withPage({ ...tinyScene(), layers: [], defaultLayer: '' }, {}, async (page) => {
    assert.match(await textOf(page, 'no-layers'), /^This model has no layer with units/);
  });
});

test('told of the same model anew, every view keeps its place until the answers are there', async () => {
  await withPage(tinyScene(), { height: 500 }, async (page) => {
    const shown = (testid: string) => page.waitForFunction((id) => document.querySelector(`[data-testid=${id}]`), testid);
    for (const [view, testid] of [
      ['activations', 'map-5'],
      ['filters', 'filter-unit-60'],
    ] as const) {
      await byId(page, `view-${view}`).click();
      if (view === 'activations') await byId(page, 'map-order-unit').click();
      await page.waitForSelector('canvas');
      await page.evaluate(() => scrollTo(0, 1e5));
      if (view === 'filters') await shown(testid);
      const before = await page.evaluate(() => scrollY);
      assert.ok(before > 0);
      await page.evaluate(() => window.unitsHost.held.add('unitLayers'));
      await page.evaluate(() => window.unitsHost.show({}));
      await page.waitForFunction(() => window.unitsHost.calls('unitLayers').length > 1);
      assert.equal(await page.evaluate(() => scrollY), before, view);
      await page.evaluate(() => window.unitsHost.held.clear());
      await shown(view === 'filters' ? testid : 'activation-canvas');
      assert.equal(await page.evaluate(() => scrollY), before, view);
    }
  });
});

test('another model begins anew', async () => {
  await withPage(tinyScene(), {}, async (page) => {
    await page.evaluate(() => {
      window.unitsHost.held.add('unitLayers');
      window.unitsHost.show({ subject: { ...window.unitsHost.scene.subject, modelPath: 'other.onnx', modelName: 'other' } });
    });
    await settled(page, 'loading');
    assert.equal(await byId(page, 'layer').count(), 0);
    await screenshot(page, 'units-loading');
    await page.evaluate(() => window.unitsHost.held.clear());
    await settled(page);
  });
});

test('a reload finds layer and view again, another model its own', async () => {
  await withPage(tinyScene(), {}, async (page) => {
    await byId(page, 'layer').selectOption('conv2d_1');
    await byId(page, 'view-filters').click();
    await page.reload();
    await settled(page);
    assert.equal(await layerOf(page), 'conv2d_1');
    assert.equal(await byId(page, 'view-filters').getAttribute('aria-checked'), 'true');
    await page.evaluate(() => window.unitsHost.show({ subject: { ...window.unitsHost.scene.subject, modelPath: 'other.onnx' } }));
    await page.waitForFunction(() => (document.querySelector('[data-testid=layer]') as HTMLSelectElement | null)?.value === 'conv2d_3');
  });
});

test('long names stay inside at 320 px', async () => {
  const long = 'a_very_long_name_without_any_space_in_it_that_goes_on_and_on_and_on';
  const scene = tinyScene();
  const layers = Array.from({ length: 300 }, (_, i) => ({ ...scene.layers[5]!, name: `backbone/${long}/block_${i}` }));
  const subject = { ...scene.subject, modelName: long, dataset: { ...scene.subject.dataset!, label: long } };
  await withPage({ ...scene, subject, layers, defaultLayer: layers[299]!.name }, { width: 320 }, async (page) => {
    await screenshot(page, 'units-long-320');
    await audit(page);
  });
});

for (const theme of Object.keys(themes) as ThemeKind[]) {
  test(`${theme}: the frame is readable, nothing overflows, everything has a name`, async () => {
    for (const width of [420, 1100]) {
      await withPage(tinyScene(), { theme, width, height: 700 }, async (page) => {
        await screenshot(page, `units-frame-${theme}-${width}`);
        await audit(page);
      });
    }
  });
}

test('the page is small', () => {
  const { script, style } = sizes();
  assert.ok(script < 320_000, `script ${script} bytes`);
  assert.ok(style < 32_000, `style ${style} bytes`);
});

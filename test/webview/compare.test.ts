import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { sampleColorMap } from '../../src/shared/colorMaps.ts';
import { cellAt } from '../../webview/draw/geometry.ts';
import { scaleOf } from '../../webview/draw/scale.ts';
import { comparedScene, deepScene } from './compareScenes.ts';
import { asked, cell, cellSelector, colorIn, compare, compared, forget, numberIn, said } from './comparing.ts';
import { makeMap } from './makeMap.ts';
import { byId, textOf, useBrowser } from './open.ts';
import { sampleScene } from './scenes.ts';

const { withPage } = useBrowser();

const wide = { width: 1100, height: 1400 };

const bare = async (page: Page) => {
  await byId(page, 'over-picture').click();
  await page.waitForFunction(() => JSON.parse(sessionStorage.getItem('glassbox-state')!).ui.compare.bare === true);
};

const near = (got: readonly number[], want: readonly number[], by: number) =>
  assert.ok(
    want.every((v, i) => Math.abs(v - got[i]!) <= by),
    `${got} is not within ${by} of ${want}`,
  );

test('methods × layers: one call, every map at its place, hot where the thing is', async () => {
  await withPage(await sampleScene(), wide, async (page) => {
    await compare(page, 'methods');
    const calls = await asked(page);
    assert.equal(calls.length, 1, 'one call for all maps');
    const { requests } = calls[0]!;
    const layers = [...new Set(requests.flatMap(({ layer }) => layer ?? []))];
    assert.equal(layers.length, 6);
    assert.ok(layers.includes('conv2d_3'), 'the default layer is among them');
    for (const method of ['grad-cam', 'grad-cam++', 'layer-cam', 'hires-cam', 'relevance-cam']) {
      assert.equal(requests.filter((r) => r.method === method).length, 6, method);
      assert.equal(await cell(page, { method }).count(), 6);
    }
    assert.deepEqual([...new Set(requests.map((r) => r.class))], [0]);
    assert.equal(
      requests.filter((r) => r.layer === undefined).length,
      await page.locator('[data-testid=strip] [data-testid=cell]').count(),
    );
    await bare(page);
    near(await colorIn(page, { method: 'grad-cam', layer: 'conv2d_3' }, 125 / 400, 131 / 300), sampleColorMap('viridis', 1), 40);
    near(await colorIn(page, { method: 'grad-cam', layer: 'conv2d_3' }, 300 / 400, 180 / 300), sampleColorMap('viridis', 0), 2);
    await byId(page, 'compare-class').selectOption('1');
    await page.waitForSelector(cellSelector({ method: 'grad-cam', layer: 'conv2d_3', class: '1', state: 'map' }));
    near(await colorIn(page, { method: 'grad-cam', layer: 'conv2d_3' }, 300 / 400, 180 / 300), sampleColorMap('viridis', 1), 60);
  });
});

test('every cell has its place before its map is there; nothing jumps', async () => {
  await withPage(await sampleScene(), wide, async (page) => {
    await page.evaluate(() => void window.host.held.add('explainAll'));
    await byId(page, 'mode-compare').click();
    await compared(page, 'busy');
    const places = () =>
      page.locator('[data-testid=cell]').evaluateAll((cells) => cells.map((c) => JSON.stringify(c.getBoundingClientRect())));
    await page.waitForFunction(() => document.querySelectorAll('.cell-skeleton').length > 20);
    const before = await places();
    assert.match(await textOf(page, 'compare-count'), /^0 of \d+$/);
    await page.evaluate(() => window.host.held.clear());
    await compared(page);
    assert.deepEqual(await places(), before);
    assert.equal(await page.locator('.cell-skeleton').count(), 0);
  });
});

test('which methods and which layers is a choice', async () => {
  await withPage(await sampleScene(), wide, async (page) => {
    await compare(page, 'methods');
    await byId(page, 'layer-count').fill('3');
    await page.waitForFunction(() => document.querySelectorAll('[data-testid=column]').length === 3);
    await byId(page, 'choose-methods').click();
    await byId(page, 'pick-layer-cam').click();
    await byId(page, 'pick-grad-cam:signed').click();
    await byId(page, 'pick-deconvnet').click();
    await compared(page);
    assert.equal(await cell(page, { method: 'layer-cam' }).count(), 0);
    assert.equal(await cell(page, { method: 'grad-cam', variant: 'signed' }).count(), 3);
    assert.equal(await cell(page, { method: 'deconvnet' }).count(), 1, 'a method at the input has one map, not one per layer');
    await byId(page, 'usual-methods').click();
    await compared(page);
    assert.equal(await cell(page, { method: 'layer-cam' }).count(), 3);
    await byId(page, 'layers').click();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelectorAll('[data-testid=column]').length === 4);
    const columns = await byId(page, 'column').locator('.head-title').allTextContents();
    assert.deepEqual(columns, ['conv2d', 'conv2d_1', 'conv2d_2', 'conv2d_3'], 'the last layer of each resolution');
  });
});

test('through the depth: 174 layers, those in view first, in few calls; only what is in view is drawn', async () => {
  await withPage(await deepScene(), { width: 1000, height: 700 }, async (page) => {
    await byId(page, 'mode-compare').click();
    await compared(page);
    await forget(page);
    await byId(page, 'kind-depth').click();
    await page.waitForFunction(() => document.querySelectorAll('[data-testid=cell]').length === 174);
    await compared(page);
    const calls = await asked(page);
    assert.ok(calls.length >= 2 && calls.length <= 4, `${calls.length} calls`);
    assert.equal(calls.flatMap(({ requests }) => requests).length + 6, 174, 'what the grid had is not asked for again');
    const [first] = calls;
    assert.ok(first!.requests.length <= 40 && first!.requests.some((r) => r.layer === 'stage1/block0/conv'), 'in view first');
    const drawn = () =>
      page.locator('[data-testid=cell] canvas').evaluateAll((all) => all.filter((c) => (c as HTMLCanvasElement).width !== 300).length);
    assert.ok((await drawn()) < 110, `${await drawn()} canvases drawn`);
    const last = cell(page, { layer: 'stage6/block57/out' });
    assert.equal(await last.getAttribute('aria-current'), 'true', 'the layer of Explain is marked');
    await last.scrollIntoViewIfNeeded();
    await page.waitForFunction(
      (s) => (document.querySelector(s) as HTMLCanvasElement).width !== 300,
      `${cellSelector({ layer: 'stage6/block57/out' })} canvas`,
    );
    const usual = await page.evaluate(async () => {
      const cells = [...document.querySelectorAll<HTMLElement>('.cell-picture')].slice(-8);
      const times: number[] = [];
      for (let i = 0; i < 40; i++) {
        const box = cells[i % 8]!.getBoundingClientRect();
        const start = performance.now();
        cells[i % 8]!.dispatchEvent(new PointerEvent('pointermove', { bubbles: true, clientX: box.left + 5 + i, clientY: box.top + 9 }));
        await Promise.resolve();
        await Promise.resolve();
        times.push(performance.now() - start);
      }
      return times.sort((a, b) => a - b)[20]!;
    });
    assert.ok(usual < 60, `a move of the pointer over 174 maps takes ${usual} ms`);
  });
});

test('two classes: each map, and the signed contrastive map of their difference', async () => {
  await withPage(await sampleScene(), wide, async (page) => {
    await compare(page, 'classes');
    const { requests } = (await asked(page)).at(-1)!;
    // The map of the first class is there already: the grid of methods and layers had it.
    assert.deepEqual(
      requests.map(({ class: of, against }) => [of, against]),
      [
        [1, undefined],
        [0, 1],
      ],
    );
    assert.deepEqual(await byId(page, 'column').locator('.head-title').allTextContents(), ['ball', 'cube', 'Difference']);
    await bare(page);
    const difference = page.locator('[data-testid=cell]').nth(2);
    assert.match(await said(difference.locator('[data-testid=cell-value]')), /^±[\d.]+ contrastive$/);
    const at = async (u: number, v: number) =>
      await difference.locator('canvas').evaluate(
        (canvas, [x, y]) => {
          const copy = new OffscreenCanvas(1, 1).getContext('2d')!;
          copy.drawImage(
            canvas as HTMLCanvasElement,
            -Math.floor(x! * (canvas as HTMLCanvasElement).width),
            -Math.floor(y! * (canvas as HTMLCanvasElement).height),
          );
          return [...copy.getImageData(0, 0, 1, 1).data];
        },
        [u, v],
      );
    const [ball, cube] = [await at(0.25, 0.4), await at(0.75, 0.6)];
    assert.ok(ball[0]! > ball[2]! + 40, `red where the first class is: ${ball}`);
    assert.ok(cube[2]! > cube[0]! + 15, `blue where the second class is: ${cube}`);
    await byId(page, 'swap-classes').click();
    await compared(page);
    assert.deepEqual((await byId(page, 'column').locator('.head-title').allTextContents()).slice(0, 2), ['cube', 'ball']);
  });
});

test('a method that has no difference of two classes, or no sign, is subtracted, and that is said', async () => {
  await withPage(await sampleScene(), wide, async (page) => {
    await compare(page, 'classes');
    await byId(page, 'choose-methods').click();
    for (const id of ['clrp', 'saliency', 'eigen-cam']) await byId(page, `pick-${id}`).click();
    await compared(page);
    const requests = (await asked(page)).flatMap((call) => call.requests);
    assert.ok(requests.every((r) => r.against === undefined || !['clrp', 'eigen-cam'].includes(r.method)));
    const notes = await page.locator('[data-testid^=row-] [data-testid=cell]:last-child [data-testid=cell-value]').allTextContents();
    const of = async (method: string) => await said(page.locator(`[data-testid^="row-${method}:"] [data-testid=cell]`).nth(2));
    assert.match(await of('clrp'), /subtracted$/, notes.join());
    assert.match(await of('saliency'), /subtracted$/);
    assert.match(await of('grad-cam'), /contrastive$/);
    const eigen = page.locator('[data-testid^="row-eigen-cam:"] [data-testid=cell]').nth(2);
    assert.equal(await eigen.getAttribute('data-state'), 'flat');
    assert.match((await eigen.getAttribute('aria-label')) ?? '', /two maps are the same/);
  });
});

test('two images: the other one’s picture, prediction and maps, each its own class or the same', async () => {
  await withPage(await comparedScene(), wide, async (page) => {
    await byId(page, 'mode-compare').click();
    await byId(page, 'kind-images').click();
    await byId(page, 'needs-image').waitFor();
    await byId(page, 'choose-other').click();
    await page.waitForSelector(cellSelector({ side: 'image', state: 'map' }));
    await compared(page);
    const others = (await asked(page)).filter(({ other }) => other === 'image');
    assert.deepEqual(
      others.map(({ requests }) => requests.map((r) => r.class)),
      [[1]],
    );
    assert.deepEqual(
      (await byId(page, 'column').allInnerTexts()).map((text) => text.split('\n')),
      [
        ['ball-0042.png', 'ball 77.6 %'],
        ['cube-0007.png', 'cube 88.7 %'],
      ],
    );
    const shape = await cell(page, { side: 'image' })
      .locator('canvas')
      .evaluate((c) => c.clientWidth / c.clientHeight);
    assert.ok(Math.abs(shape - 240 / 320) < 0.02, 'the picture keeps its shape');
    // The sky of the other picture, dark blue, under a map that is 0 there.
    const sky = await colorIn(page, { side: 'image' }, 0.1, 0.1);
    near(
      sky,
      [0, 1, 2].map((i) => 0.45 * [0x1d, 0x27, 0x40][i]! + 0.55 * sampleColorMap('viridis', 0)[i]!),
      6,
    );
    await byId(page, 'explained').click();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForSelector(cellSelector({ side: 'image', class: '0', state: 'map' }));
  });
});

test('an image the browser cannot draw comes from the engine', async () => {
  const scene = await comparedScene();
  const image = scene.others!.image!;
  const undrawable = { ...image, subject: { ...image.subject!, imageUri: undefined } };
  await withPage({ ...scene, others: { image: undrawable } }, wide, async (page) => {
    await byId(page, 'mode-compare').click();
    await byId(page, 'kind-images').click();
    await byId(page, 'choose-other').click();
    await page.waitForSelector(cellSelector({ side: 'image', state: 'map' }));
    await page.waitForFunction(() => window.host.calls('imagePng').some(({ params }) => params.other === 'image'));
  });
});

test('two models: the prediction of each, the layer that stands for the chosen one, and how it was found', async () => {
  await withPage(await comparedScene(), wide, async (page) => {
    await byId(page, 'mode-compare').click();
    await byId(page, 'kind-models').click();
    await byId(page, 'choose-other').click();
    await page.waitForSelector(cellSelector({ side: 'model', state: 'map' }));
    await compared(page);
    const heads = await byId(page, 'column').allInnerTexts();
    assert.deepEqual(
      heads.slice(0, 2).map((text) => text.split('\n')),
      [
        ['shapes-cnn', 'ball 77.6 % · conv2d_3'],
        ['shapes-epoch-01', 'cube 54.9 % · early/conv2d_2'],
      ],
    );
    assert.match(await textOf(page, 'grid-note'), /same relative depth/);
    assert.match(await textOf(page, 'cell-error'), /One map explains ball, the other cube/);
    await byId(page, 'explained').click();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForSelector(cellSelector({ side: 'model', class: '0', state: 'map' }));
    assert.match(await textOf(page, 'cell-error'), /8 × 8 and 16 × 16 cells/);
    assert.equal(await byId(page, 'compare-again').count(), 0, 'asking again would not help');
  });
});

test('colour scales: per map, per row, for all of a unit; never across units', async () => {
  const scene = await sampleScene();
  await withPage(scene, wide, async (page) => {
    await compare(page, 'methods');
    const layers = [...new Set((await asked(page))[0]!.requests.flatMap(({ layer }) => layer ?? []))];
    // Maps as fine as the input are drawn up to their 99th percentile.
    const maxOf = (method: string, layer: string) => {
      const map = makeMap(scene, { method, layer, class: 0 });
      return scaleOf(map, map.width < scene.fed.width ? 'full' : 'robust').high;
    };
    assert.match(await textOf(page, 'scale-legend'), /own scale/);
    await byId(page, 'sharing-row').click();
    const row = page.locator('[data-testid^="row-grad-cam:"] [data-testid=row-scale] [data-testid=scale-high]');
    const largest = Math.max(...layers.map((layer) => maxOf('grad-cam', layer)));
    assert.ok(Math.abs(numberIn(await said(row)) - largest) < 1e-3 * largest, `${await said(row)}, not ${largest}`);
    await byId(page, 'sharing-all').click();
    await byId(page, 'scale').first().waitFor();
    assert.match(await textOf(page, 'scale-legend'), /units, which cannot be compared/);
    const legend = await byId(page, 'scale').allInnerTexts();
    const cams = legend.filter((text) => text.includes('Grad-CAM'));
    assert.equal(cams.length, 1);
    assert.ok(!cams[0]!.includes('Saliency') && !cams[0]!.includes('Relevance-CAM'), cams[0]);
    await bare(page);
    // On a shared scale the weaker maximum of a deeper layer no longer reaches the end of the colours.
    const weakest = layers.reduce((a, b) => (maxOf('grad-cam', a) < maxOf('grad-cam', b) ? a : b));
    const map = makeMap(scene, { method: 'grad-cam', layer: weakest, class: 0 });
    const at = map.values.indexOf(map.max);
    const place = [((at % map.width) + 0.5) / map.width, (Math.floor(at / map.width) + 0.5) / map.height] as const;
    const expected = sampleColorMap('viridis', map.max / largest);
    near(await colorIn(page, { method: 'grad-cam', layer: weakest }, ...place), expected, 14);
    await byId(page, 'sharing-map').click();
    await page.waitForFunction(() => !document.querySelector('[data-testid=scale]'));
    near(await colorIn(page, { method: 'grad-cam', layer: weakest }, ...place), sampleColorMap('viridis', 1), 14);
  });
});

test('the probe is linked: pointing at one map reads the same place in all', async () => {
  const scene = await sampleScene();
  await withPage(scene, wide, async (page) => {
    await compare(page, 'methods');
    const picture = cell(page, { method: 'grad-cam', layer: 'conv2d_3' }).locator('.cell-picture');
    const box = (await picture.boundingBox())!;
    await page.mouse.move(box.x + 0.3 * box.width, box.y + 0.4 * box.height);
    await page.waitForFunction(() => document.querySelectorAll('.dot').length > 20);
    const [, x, y] = /x (\d+), y (\d+)/.exec(await textOf(page, 'compare-probe'))!.map(Number) as [number, number, number];
    assert.ok(Math.abs(x - 120) < 4 && Math.abs(y - 120) < 4);
    for (const [method, layer] of [
      ['grad-cam', 'conv2d_3'],
      ['hires-cam', 'conv2d'],
      ['relevance-cam', 'conv2d_2'],
    ] as const) {
      const map = makeMap(scene, { method, layer, class: 0 });
      const { row, column } = cellAt(map, scene.fed.covers, x, y)!;
      const shown = numberIn(await said(cell(page, { method, layer }).locator('[data-testid=cell-value]')));
      const raw = map.values[row * map.width + column]!;
      assert.ok(Math.abs(shown - raw) <= 1e-3 * Math.abs(raw), `${method} at ${layer}: ${shown}, not ${raw}`);
    }
    await page.mouse.move(5, 5);
    await page.waitForFunction(() => document.querySelectorAll('.dot').length === 0);
  });
});

test('the target of Explain holds here: a class minus another where the method can, and that is said', async () => {
  await withPage({ ...(await sampleScene()), truth: 1 }, wide, async (page) => {
    await byId(page, 'explain-mistake').click();
    await compare(page, 'methods');
    await byId(page, 'choose-methods').click();
    await byId(page, 'pick-clrp').click();
    await compared(page);
    const requests = (await asked(page)).flatMap((call) => call.requests);
    assert.ok(requests.filter((r) => r.method === 'hires-cam').every((r) => r.class === 0 && r.against === 1));
    assert.ok(requests.filter((r) => r.method === 'clrp').every((r) => r.class === 0 && r.against === undefined));
    assert.match(await textOf(page, 'grid-note'), /logit of ball − logit of cube.*CLRP: the first class alone/);
    await byId(page, 'kind-depth').click();
    await compared(page);
    assert.match(await textOf(page, 'grid-note'), /logit of ball − logit of cube, as in Explain\.$/);
  });
});

test('a model with one output has no two classes to compare', async () => {
  const scene = { ...(await sampleScene()), logits: [0.7], labels: ['weight'], truth: undefined, activation: 'none' } as const;
  await withPage(scene, wide, async (page) => {
    await byId(page, 'mode-compare').click();
    await byId(page, 'kind-classes').click();
    assert.match(await textOf(page, 'grid-empty'), /one output only/);
  });
});

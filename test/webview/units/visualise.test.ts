import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import type { VisualiseRequest } from '../../../src/shared/unitsProtocol.ts';
import { byId, screenshot, textOf } from '../open.ts';
import { mistaken, usualSteps } from './answers/visualise.ts';
import { useUnitsPage } from './open.ts';
import { visualiseScene } from './visualiseScenes.ts';

const { withPage } = useUnitsPage();

const size = { width: 64, height: 48 };

/** Every climb that was asked for. */
function asked(page: Page): Promise<{ request: VisualiseRequest; ended: string }[]> {
  return page.evaluate(() =>
    window.unitsHost.calls('visualise').map(({ params, ended }) => ({ request: params.request as unknown as VisualiseRequest, ended })),
  );
}

async function climb(page: Page, state: string): Promise<void> {
  await page.waitForSelector(`[data-testid=visualise][data-climb=${state}]`, { timeout: 10_000 });
}

/** Stops at the share of the steps, once the page says so. */
async function climbTo(page: Page, share: number): Promise<void> {
  await page.evaluate((at) => {
    window.unitsHost.pace.stopAt = at;
  }, share);
  await byId(page, 'visualise-start').click();
  const step = Math.ceil(share * usualSteps) - 1;
  await page.waitForFunction(
    (at) => document.querySelector('[data-testid=visualise-step]')?.textContent?.startsWith(`step ${at} of`),
    step,
  );
}

function goOn(page: Page): Promise<void> {
  return page.evaluate(() => {
    window.unitsHost.pace.stopAt = Number.POSITIVE_INFINITY;
  });
}

/** RGBA of a pixel of the picture on the stage: the first one is [step, seed, target]. */
function pixel(page: Page, x = 0, y = 0): Promise<number[]> {
  return byId(page, 'visualise-picture').evaluate(
    (canvas, [px, py]) => {
      const copy = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;
      copy.drawImage(canvas as HTMLCanvasElement, -px!, -py!);
      return [...copy.getImageData(0, 0, 1, 1).data];
    },
    [x, y],
  );
}

/** What was handed over to be saved, PNGs decoded. */
async function saved(page: Page, call: 'savePicture' | 'saveFrames') {
  const last = await page.evaluate((name) => {
    const { png, frames, ...rest } = window.unitsHost.calls(name).at(-1)!.params as { png?: Uint8Array; frames?: Uint8Array[] };
    return {
      ...(rest as unknown as { name: string; provenance: Record<string, unknown> }),
      pngs: (png ? [png] : frames!).map((bytes) => [...bytes]),
    };
  }, call);
  const pictures = [];
  for (const png of last.pngs) {
    const { data, info } = await sharp(Buffer.from(png)).raw().toBuffer({ resolveWithObject: true });
    pictures.push({ width: info.width, height: info.height, channels: info.channels, data });
  }
  return { ...last, pictures };
}

test('nothing is climbed unasked; Start climbs in sight and ends with what the network says', async () => {
  await withPage(visualiseScene(), { width: 1200, height: 900 }, async (page) => {
    await byId(page, 'visualise-empty').waitFor();
    assert.deepEqual(await asked(page), []);
    await climbTo(page, 0.5);
    assert.match(await textOf(page, 'visualise-step'), /^step 9 of 20 · objective 10\.65 · about 9 s left$/);
    assert.deepEqual(await pixel(page), [8, 1, 0, 255], 'the preview of the last even step');
    assert.equal(await byId(page, 'visualise-start').getAttribute('disabled'), '', 'it is running');
    await goOn(page);
    await climb(page, 'done');
    assert.deepEqual(await asked(page), [{ request: { objective: { kind: 'class', class: 0 }, method: 'fourier' }, ended: 'answered' }]);
    assert.equal(await textOf(page, 'visualise-says'), 'The network says: ball 99.8 %');
    assert.equal(await byId(page, 'visualise-top').locator('li').count(), 5);
    assert.equal(
      await textOf(page, 'visualise-line'),
      'logit of ball: 13.46 · Fourier, robust · 20 steps · seed 1 · onnxruntime 1.30.0 (CPU) · 8.1 s',
    );
    assert.equal(await textOf(page, 'visualise-ends'), 'logit, step 0: −1 … step 19: 13.37');
    assert.deepEqual(await pixel(page), [20, 1, 0, 255]);
    const shown = await byId(page, 'visualise-picture').evaluate((canvas) => {
      const { width, height } = canvas.getBoundingClientRect();
      const { imageRendering } = getComputedStyle(canvas);
      return {
        width,
        ratio: width / height,
        imageRendering,
        own: [(canvas as HTMLCanvasElement).width, (canvas as HTMLCanvasElement).height],
      };
    });
    assert.deepEqual(shown.own, [64, 48], 'drawn at its own size');
    assert.ok(shown.width > 500 && Math.abs(shown.ratio - 64 / 48) < 0.01, `shown large and undistorted: ${JSON.stringify(shown)}`);
    assert.equal(shown.imageRendering, 'auto', 'smoothed');
  });
});

test('Escape and Cancel stop: the last preview and the frames stay; another start begins anew', async () => {
  await withPage(visualiseScene(), {}, async (page) => {
    await climbTo(page, 0.5);
    await page.keyboard.press('Escape');
    await climb(page, 'stopped');
    assert.equal(await textOf(page, 'visualise-progress'), 'Stopped at step 9 of 20.');
    assert.deepEqual(await pixel(page), [8, 1, 0, 255]);
    assert.equal(await byId(page, 'visualise-frame').getAttribute('max'), '4', 'five frames');
    assert.equal(await byId(page, 'visualise-says').count(), 0, 'the network was not asked');
    await page.waitForFunction(() => window.unitsHost.calls('visualise')[0]!.ended === 'aborted');
    await climbTo(page, 0.3);
    await byId(page, 'visualise-cancel').click();
    await climb(page, 'stopped');
    assert.equal(await textOf(page, 'visualise-progress'), 'Stopped at step 5 of 20.');
    await goOn(page);
    await byId(page, 'visualise-start').click();
    await climb(page, 'done');
    assert.deepEqual(
      (await asked(page)).map(({ ended }) => ended),
      ['aborted', 'aborted', 'answered'],
    );
    await page.keyboard.press('Escape');
    assert.equal(await byId(page, 'visualise').getAttribute('data-climb'), 'done', 'nothing runs any more');
  });
});

test('a failure says why; what can be tried again is', async () => {
  const steer = (host: { failures: Map<string, unknown> }) => {
    host.failures.set('visualise', { code: 'engine', message: 'The engine process ended.', hint: 'Try again.' });
  };
  await withPage(visualiseScene(), { steer }, async (page) => {
    await byId(page, 'visualise-start').click();
    await climb(page, 'failed');
    assert.equal(await textOf(page, 'error-message'), 'The engine process ended.');
    await byId(page, 'show-log').click();
    await page.waitForFunction(() => window.unitsHost.calls('showLog').length === 1);
    await byId(page, 'retry').click();
    await climb(page, 'done');
    await page.evaluate(() => window.unitsHost.failures.set('visualise', { code: 'method', message: 'No gradient reaches the input.' }));
    await byId(page, 'another-seed').click();
    await climb(page, 'failed');
    assert.equal(await textOf(page, 'error-message'), 'No gradient reaches the input.');
    assert.equal(await byId(page, 'retry').count(), 0, 'what cannot be done cannot be done a second time');
  });
});

test('who turns the page to a class sees it climbed at once, and once', async () => {
  await withPage(visualiseScene({ class: 4 }), {}, async (page) => {
    await climb(page, 'done');
    assert.equal(await textOf(page, 'visualise-target'), 'star');
    assert.deepEqual(await pixel(page), [20, 1, 4, 255]);
    await page.reload();
    await byId(page, 'visualise-empty').waitFor();
    await page.waitForTimeout(150);
    assert.deepEqual(await asked(page), [], 'a page that comes back does not start by itself');
    assert.equal(await textOf(page, 'visualise-target'), 'star');
  });
});

test('any class by its name, by keyboard; Escape in the list closes the list only', async () => {
  await withPage(visualiseScene(), {}, async (page) => {
    await climbTo(page, 0.5);
    await byId(page, 'class-search').fill('c');
    const matches = await byId(page, 'match').allTextContents();
    assert.deepEqual(
      matches.map((text) => text.trim()),
      ['cube1', 'cone2', 'cross5'],
    );
    await page.keyboard.press('Escape');
    assert.equal(await byId(page, 'class-matches').count(), 0);
    assert.equal(await byId(page, 'visualise').getAttribute('data-climb'), 'running');
    await byId(page, 'class-search').fill('c');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    assert.equal(await textOf(page, 'visualise-target'), 'cone');
    await byId(page, 'visualise-start').click();
    await page.waitForFunction(() => window.unitsHost.calls('visualise')[0]!.ended === 'aborted');
    await goOn(page);
    await page.waitForFunction(() => document.querySelector('[data-testid=visualise-says]')?.textContent?.includes('cone'));
    assert.deepEqual(
      (await asked(page)).map(({ request, ended }) => [request.objective, ended]),
      [
        [{ kind: 'class', class: 0 }, 'aborted'],
        [{ kind: 'class', class: 2 }, 'answered'],
      ],
    );
  });
});

test('a unit of the layer: its mean or its centre cell; what the engine remarks is said', async () => {
  await withPage(visualiseScene({ layer: 'conv2d_3' }), {}, async (page) => {
    await byId(page, 'visualise-of-unit').click();
    await byId(page, 'visualise-unit').fill('5');
    await page.keyboard.press('Enter');
    await byId(page, 'visualise-cells-centre').click();
    await byId(page, 'visualise-start').click();
    await climb(page, 'done');
    const objective = { kind: 'unit', layer: 'conv2d_3', unit: 5, cells: 'centre' };
    assert.deepEqual(
      (await asked(page)).map(({ request }) => request.objective),
      [objective],
    );
    assert.match(await textOf(page, 'visualise-line'), /^centre of conv2d_3 unit 5: 13\.46/);
    assert.match(await textOf(page, 'visualise-remark'), /no gradient/);
    await byId(page, 'visualise-unit').fill('64');
    await page.keyboard.press('Enter');
    await byId(page, 'visualise-start').click();
    assert.equal((await asked(page)).length, 1, 'there is no such unit');
  });
});

test('of a class its logit or its lead over the others; each is a climb of its own', async () => {
  await withPage(visualiseScene(), {}, async (page) => {
    await byId(page, 'visualise-start').click();
    await climb(page, 'done');
    assert.match(await textOf(page, 'visualise-line'), /^logit of /);
    await byId(page, 'visualise-over-lead').click();
    await byId(page, 'visualise-start').click();
    await climb(page, 'done');
    await page.waitForFunction(() => document.querySelector('[data-testid=visualise-line]')?.textContent?.trim().startsWith('lead of '));
    const objectives = (await asked(page)).map(({ request }) => request.objective);
    assert.deepEqual(objectives, [
      { kind: 'class', class: 0 },
      { kind: 'class', class: 0, over: 'lead' },
    ]);
  });
});

test('a vector of units has no cells to choose from', async () => {
  await withPage(visualiseScene({ layer: 'dense' }), {}, async (page) => {
    await byId(page, 'visualise-of-unit').click();
    await byId(page, 'visualise-unit').waitFor();
    assert.equal(await byId(page, 'visualise-cells').count(), 0);
  });
});

test('method, parameters and seed are part of the request, kept per method, and go back to the defaults', async () => {
  await withPage(visualiseScene(), { width: 1200 }, async (page) => {
    await byId(page, 'param-steps').fill('8');
    await page.keyboard.press('Enter');
    await byId(page, 'param-seed').fill('77');
    await page.keyboard.press('Enter');
    await byId(page, 'visualise-start').click();
    await climb(page, 'done');
    assert.deepEqual((await asked(page)).at(-1)!.request.params, { steps: 8, seed: 77 });
    assert.match(await textOf(page, 'visualise-line'), /· 8 steps · seed 77 ·/);
    await byId(page, 'another-seed').click();
    await page.waitForFunction(() => window.unitsHost.calls('visualise').length === 2);
    const seed = (await asked(page)).at(-1)!.request.params!.seed as number;
    assert.ok(Number.isInteger(seed) && seed >= 0 && seed !== 77, `seed ${seed}`);
    assert.equal(await byId(page, 'param-seed').inputValue(), String(seed), 'the seed is seen');
    await byId(page, 'visualise-method').focus();
    await page.keyboard.press('ArrowDown');
    const other = (await asked(page)).at(-1)!.request.method;
    await climb(page, 'done');
    await byId(page, 'visualise-start').click();
    await page.waitForFunction(() => window.unitsHost.calls('visualise').length === 3);
    const { request } = (await asked(page)).at(-1)!;
    assert.notEqual(request.method, other);
    assert.equal(request.params, undefined, 'another method has its own');
    await page.reload();
    await byId(page, 'visualise-empty').waitFor();
    await byId(page, 'visualise-method').focus();
    await page.keyboard.press('ArrowUp');
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>('[data-testid=param-steps]')?.value === '8');
    await byId(page, 'reset-params').click();
    assert.notEqual(await byId(page, 'param-steps').inputValue(), '8');
  });
});

test('the pictures on the way can be gone through by keyboard', async () => {
  await withPage(visualiseScene(), {}, async (page) => {
    await byId(page, 'visualise-start').click();
    await climb(page, 'done');
    const scrubber = byId(page, 'visualise-frame');
    assert.equal(await scrubber.getAttribute('max'), '10', 'ten on the way and the last');
    await scrubber.focus();
    await page.keyboard.press('Home');
    assert.deepEqual(await pixel(page), [0, 1, 0, 255]);
    assert.equal(await scrubber.getAttribute('aria-valuetext'), 'step 0: −1');
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
    assert.deepEqual(await pixel(page), [6, 1, 0, 255]);
    await page.keyboard.press('End');
    assert.deepEqual(await pixel(page), [20, 1, 0, 255]);
  });
});

test('the climbs of a session stay side by side, also under another image and when another model was in between', async () => {
  await withPage(visualiseScene(), { width: 1200 }, async (page) => {
    await byId(page, 'visualise-start').click();
    await climb(page, 'done');
    assert.equal(await byId(page, 'visualise-thumb').count(), 0, 'nothing to compare it with');
    await byId(page, 'another-seed').click();
    await page.waitForFunction(() => document.querySelectorAll('[data-testid=visualise-thumb][data-climb=done]').length === 2);
    await byId(page, 'visualise-thumb').last().click();
    assert.deepEqual(await pixel(page), [20, 1, 0, 255]);
    assert.deepEqual(await byId(page, 'visualise-thumb').evaluateAll((all) => all.map((e) => e.getAttribute('aria-pressed'))), [
      'false',
      'true',
    ]);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    assert.notDeepEqual(await pixel(page), [20, 1, 0, 255]);
    await screenshot(page, 'units-visualise-session');
    await page.evaluate(() => {
      window.unitsHost.pace.stopAt = 0.5;
    });
    await byId(page, 'another-seed').click();
    await page.waitForFunction(() => document.querySelector('[data-testid=visualise-step]')?.textContent?.startsWith('step 9'));
    await page.evaluate(() => window.unitsHost.show({ subject: { ...window.unitsHost.scene.subject, turn: { view: 'visualise' } } }));
    await page.waitForSelector('[data-testid=root][data-state=ready][data-generation="2"]');
    await page.waitForFunction(() => document.querySelectorAll('[data-testid=visualise-thumb]').length === 3);
    assert.deepEqual(await byId(page, 'visualise-thumb').evaluateAll((all) => all.map((e) => e.getAttribute('data-climb'))), [
      'stopped',
      'done',
      'done',
    ]);
    const own = await page.evaluate(() => window.unitsHost.scene.subject.modelPath);
    const turnTo = (modelPath: string | undefined) =>
      page.evaluate((path) => window.unitsHost.show({ subject: { ...window.unitsHost.scene.subject, modelPath: path } }), modelPath);
    await turnTo('models/other/model.json');
    await byId(page, 'visualise-empty').waitFor();
    await turnTo(own);
    await page.waitForFunction(() => document.querySelectorAll('[data-testid=visualise-thumb]').length === 3);
  });
});

test('the picture is saved as it is, with what made it', async () => {
  await withPage(visualiseScene({ class: 4 }), {}, async (page) => {
    await climb(page, 'done');
    await byId(page, 'save-picture').click();
    await byId(page, 'notice').waitFor();
    assert.match(await textOf(page, 'notice'), /^Saved as star\.fourier\.1\.png\.$/);
    const { pictures, provenance, name } = await saved(page, 'savePicture');
    assert.equal(name, 'star.fourier.1');
    const [{ data, channels, ...rest }] = pictures as [(typeof pictures)[number]];
    assert.deepEqual(rest, size);
    const canvas = await byId(page, 'visualise-picture').evaluate((element) => {
      const { width, height } = element as HTMLCanvasElement;
      const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
      copy.drawImage(element as HTMLCanvasElement, 0, 0);
      return [...copy.getImageData(0, 0, width, height).data];
    });
    const rgb = (bytes: ArrayLike<number>, step: number) =>
      Array.from({ length: size.width * size.height * 3 }, (_, i) => bytes[Math.floor(i / 3) * step + (i % 3)]);
    assert.deepEqual(rgb(data, channels), rgb(canvas, 4), 'pixel for pixel');
    assert.deepEqual([...data.subarray(0, 3)], [20, 1, 4]);
    assert.match(provenance.modelHash as string, /^[0-9a-f]{64}$/);
    const { tool, model, target, objective, method, params, engine, step } = provenance;
    assert.deepEqual(
      { tool, model, target, objective, method, params, engine, step },
      {
        tool: 'Glassbox',
        model: 'models/shapes-cnn/model.json',
        target: 'logit of star',
        objective: { kind: 'class', class: 4 },
        method: 'fourier',
        params: { steps: 20, seed: 1 },
        engine: 'onnxruntime 1.30.0 (CPU)',
        step: 20,
      },
    );
  });
});

test('the frames are saved in order, all of one size', async () => {
  await withPage(visualiseScene(), {}, async (page) => {
    await byId(page, 'visualise-start').click();
    await climb(page, 'done');
    await byId(page, 'save-frames').click();
    await byId(page, 'notice').waitFor();
    const { pictures, provenance } = await saved(page, 'saveFrames');
    assert.deepEqual(
      pictures.map(({ width, height, data }) => [width, height, data[0]]),
      [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20].map((step) => [64, 48, step]),
    );
    assert.deepEqual(
      (provenance.frames as { step: number }[]).map(({ step }) => step),
      [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20],
    );
  });
});

test('what did not matter is transparent, on the stage and in the file, unless it shall not be', async () => {
  const scene = visualiseScene();
  const visualisers = scene.visualisers.filter(({ id }) => id === 'maco');
  await withPage({ ...scene, visualisers }, {}, async (page) => {
    await byId(page, 'visualise-start').click();
    await climb(page, 'done');
    assert.equal((await pixel(page, 1, 0))[3], 0, 'the corner');
    assert.equal((await pixel(page, 32, 24))[3], 255, 'the middle');
    assert.match((await byId(page, 'visualise-picture').getAttribute('class')) ?? '', /checker/);
    await byId(page, 'visualise-backdrop-paper').click();
    assert.match((await byId(page, 'visualise-picture').getAttribute('class')) ?? '', /paper/);
    await byId(page, 'save-picture').click();
    await byId(page, 'notice').waitFor();
    const [transparent] = (await saved(page, 'savePicture')).pictures;
    assert.deepEqual([transparent!.channels, transparent!.data[4 * 1 + 3], transparent!.data[4 * (24 * 64 + 32) + 3]], [4, 0, 255]);
    await byId(page, 'visualise-backdrop-opaque').click();
    assert.equal((await pixel(page, 1, 0))[3], 255);
    await byId(page, 'save-picture').click();
    await page.waitForFunction(() => window.unitsHost.calls('savePicture').length === 2);
    const { pictures, provenance } = await saved(page, 'savePicture');
    const [opaque] = pictures;
    assert.ok(opaque!.channels === 3 || opaque!.data[4 * 1 + 3] === 255);
    assert.equal(provenance.transparency, false);
  });
});

test('on a unit’s own page: starts when asked, Escape stops it before it closes the page, opens large', async () => {
  await withPage(visualiseScene({ view: 'activations', layer: 'conv2d_3', unit: 7 }), { width: 1200, height: 1600 }, async (page) => {
    const small = byId(page, 'unit-visualisation');
    await small.waitFor();
    assert.deepEqual(await asked(page), []);
    await page.evaluate(() => {
      window.unitsHost.pace.stopAt = 0.5;
    });
    await byId(page, 'unit-visualise-start').click();
    await page.waitForFunction(() => document.querySelector('[data-testid=unit-visualisation]')?.textContent?.includes('step 9 of 20'));
    await page.keyboard.press('Escape');
    await page.waitForSelector('[data-testid=unit-visualisation][data-climb=stopped]');
    assert.match((await small.textContent()) ?? '', /Stopped at step 9 of 20\./);
    await goOn(page);
    await byId(page, 'unit-visualise-start').click();
    await page.waitForSelector('[data-testid=unit-visualisation][data-climb=done]');
    assert.match((await small.textContent()) ?? '', /mean of conv2d_3 unit 7: 13\.46/);
    await screenshot(page, 'units-unit-visualised');
    await byId(page, 'unit-visualise-open').click();
    await climb(page, 'done');
    assert.deepEqual(await pixel(page), [20, 1, 7, 255]);
    assert.equal(await byId(page, 'visualise-unit').inputValue(), '7');
  });
});

test('where the network says another class than the one that was climbed, both are told', async () => {
  await withPage(visualiseScene({ class: mistaken }), {}, async (page) => {
    await climb(page, 'done');
    assert.equal(await textOf(page, 'visualise-says'), 'The network says: moon 99.8 %');
    assert.equal(await textOf(page, 'visualise-own'), 'wedge, which was climbed, gets < 0.1 %: the picture excites it, and another more.');
  });
});

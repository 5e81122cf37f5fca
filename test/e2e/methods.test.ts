// Beyond the first map: other methods and layers, contrasts, comparisons, slow methods, and the explanation as a file.
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import ort from 'onnxruntime-node';
import type { FrameLocator, Locator } from 'playwright-core';
import sharp from 'sharp';
import * as editors from '../support/editor.ts';
import { newEngine } from '../support/engineCalls.ts';
import { sample } from '../support/paths.ts';
import * as journey from './journey.ts';

const { byId, inState, panel, textOf, square, star } = journey;

type Step = (editor: editors.Editor) => Promise<void>;

/** Each step goes on where the one before it ended. */
const steps: Record<string, Step> = {
  'Relevance-CAM at a layer of choice, and LRP on the input': async (editor) => {
    const page = await journey.explain(editor, square);
    await byId(page, 'candidate').getByText('models/shapes-stamp-bug/model.json').click();
    await inState(page, 'ready');
    await journey.chooseMethod(page, 'relevance-cam');
    await journey.mapDone(page, 'relevance-cam');
    assert.match(await textOf(page, 'map-line'), /Relevance-CAM.*logit of star.*conv5/);
    await chooseLayer(page, 'conv3');
    await journey.mapDone(page, 'relevance-cam');
    assert.match(await textOf(page, 'map-line'), /Relevance-CAM.*conv3/);
    await journey.assertMapDrawn(page);
    await journey.chooseMethod(page, 'lrp');
    await journey.mapDone(page, 'lrp');
    await journey.assertMapDrawn(page);
    await editors.screenshot(editor, 'methods-lrp');
  },

  'star rather than square: the contrast of the predicted and the true class': async (editor) => {
    const page = await panel(editor, square);
    await journey.chooseMethod(page, 'grad-cam');
    await byId(page, 'explain-mistake').click();
    await editors.eventually('the contrast', async () =>
      /logit of star − logit of square/.test(await textOf(page, 'map-line')) ? true : undefined,
    );
    await journey.mapDone(page, 'grad-cam');
    await journey.assertMapDrawn(page);
    await editors.screenshot(editor, 'methods-contrast');
  },

  'the contrast as an ONNX model: on disk, and it gives the same map': async (editor) => {
    const page = await panel(editor, square);
    const name = 'square-01-stamped.grad-cam.conv3.onnx';
    await byId(page, 'export').click();
    await byId(page, 'export-onnx').click();
    const input = editor.page.locator('.quick-input-widget input');
    await editors.eventually('the save dialog', async () => ((await input.inputValue()).endsWith(name) ? true : undefined));
    await input.press('Enter');
    await byId(page, 'notice').getByText(name).waitFor();
    await checkExport(editor.folder, join(editor.folder, 'stamped/square', name));
    await byId(page, 'clear-against').click();
  },

  'Compare: methods by layers from one run, one of them large': async (editor) => {
    const page = await panel(editor, square);
    await byId(page, 'mode-compare').click();
    await compared(page, 'methods');
    const cells = page.locator('[data-testid=cell][data-state=map]');
    const layers = await cells.evaluateAll((all: { getAttribute(name: string): string | null }[]) => [
      ...new Set(all.map((cell) => cell.getAttribute('data-layer'))),
    ]);
    assert(layers.length >= 4, `layers: ${layers.join(', ')}`);
    assert((await cells.count()) >= 12, `${await cells.count()} maps`);
    await editors.screenshot(editor, 'methods-compare');
    await page.locator('[data-testid=cell][data-method="grad-cam"][data-layer=conv4]').first().click();
    await byId(page, 'map-line').waitFor();
    await editors.eventually('the map, large', async () => (/Grad-CAM.*conv4/.test(await textOf(page, 'map-line')) ? true : undefined));
    await journey.assertMapDrawn(page);
  },

  'two models side by side: the map is on the stamp in one, on the shape in the other': async (editor) => {
    const page = await panel(editor, square);
    await byId(page, 'mode-compare').click();
    await byId(page, 'kind-models').click();
    await byId(page, 'choose-other').click();
    await editors.answerQuickPick(editor, 'shapes');
    await byId(page, 'compare-layer').selectOption('conv5');
    await compared(page, 'models');
    await page.locator('[data-testid=cell][data-side=model][data-layer=conv5][data-state=map]').first().waitFor();
    const own = page.locator('[data-testid=cell][data-side=own][data-method="grad-cam"]').first();
    const other = page.locator('[data-testid=cell][data-side=model][data-method="grad-cam"]').first();
    const [stamp, shape] = await Promise.all([maskOf('stamped/square/square-01-stamped.png'), maskOf('square/square-01.png')]);
    assert(near(stamp, await peak(editor, page, own)), 'the network with the bug looks at the stamp');
    const healthy = await peak(editor, page, other);
    assert(near(shape, healthy) && !near(stamp, healthy), 'the healthy network looks at the shape');
    await editors.screenshot(editor, 'methods-two-models');
  },

  'two pictures side by side; the other one is drawn': async (editor) => {
    const page = await panel(editor, square);
    await byId(page, 'kind-images').click();
    await byId(page, 'choose-other').click();
    await editors.answerQuickPick(editor, 'star-01.png');
    await compared(page, 'images');
    assert(await page.locator('[data-testid=cell][data-side=image][data-state=map]').count());
    await editors.screenshot(editor, 'methods-two-images');
  },

  'the other picture is written anew: its side of the comparison follows': async (editor) => {
    const page = await panel(editor, square);
    const second = async () => (await byId(page, 'column').nth(1).textContent()) ?? '';
    const before = await second();
    assert.match(before, /star-01\.png/);
    copyFileSync(join(sample, 'images/star/star-02.png'), join(editor.folder, star));
    await editors.eventually('another prediction for the other picture', async () => {
      const now = await second();
      return (now.includes('star-01.png') && / %/.test(now) && now !== before) || undefined;
    });
    await compared(page, 'images');
    await byId(page, 'mode-explain').click();
  },

  'RISE streams, Escape stops it and keeps what there is, going on completes it': async (editor) => {
    const page = await panel(editor, square);
    await journey.chooseMethod(page, 'rise');
    await byId(page, 'param-masks').fill('8000');
    await byId(page, 'param-masks').press('Enter');
    await editors.eventually('a partial map', async () => (/[1-9]\d* %/.test(await textOf(page, 'progress')) ? true : undefined));
    await byId(page, 'viewport').focus();
    await editor.page.keyboard.press('Escape');
    await byId(page, 'stopped').waitFor();
    const stopped = Number(/(\d+) %/.exec(await textOf(page, 'stopped'))?.[1]);
    assert(stopped > 0 && stopped < 100, `stopped at ${stopped} %`);
    await journey.assertMapDrawn(page);
    await editors.screenshot(editor, 'methods-rise-stopped');
    await byId(page, 'resume').click();
    await byId(page, 'progress').waitFor();
    // What was asked before is not asked again.
    const first = Number(/(\d+) %/.exec(await textOf(page, 'progress'))?.[1] ?? 100);
    assert(first >= stopped, `goes on at ${first} %, stopped at ${stopped} %`);
    await page.locator('[data-testid="method-rise"][data-state=done]').waitFor({ timeout: 180_000 });
    await inState(page, 'ready');
  },

  'the palette opens a picture with a method of choice': async (editor) => {
    await editors.openFile(editor, star);
    await editors.runCommand(editor, 'Glassbox: Explain with Method…');
    await editors.answerQuickPick(editor, 'HiRes-CAM');
    const page = await panel(editor, star);
    await journey.mapDone(page, 'hires-cam');
    assert.equal(await byId(page, 'method-hires-cam').getAttribute('aria-selected'), 'true');
    assert.match(await textOf(page, 'map-line'), /HiRes-CAM/);
    // The panel in front turns to another method, and keeps its picture.
    await editors.tab(editor, journey.titleOf(star)).click();
    await editors.runCommand(editor, 'Glassbox: Explain with Method…');
    await editors.answerQuickPick(editor, 'Saliency');
    await journey.mapDone(page, 'saliency');
    assert.equal(await textOf(page, 'image-name'), 'star-01.png');
  },
};

async function chooseLayer(page: FrameLocator, name: string): Promise<void> {
  const slider = byId(page, 'layer');
  await slider.focus();
  await editors.eventually(`the layer ${name}`, async () => {
    if ((await textOf(page, 'layer-facts')).startsWith(name)) return true;
    await slider.press('ArrowLeft');
    return undefined;
  });
}

async function compared(page: FrameLocator, kind: string): Promise<void> {
  await page.locator(`[data-testid=compare][data-kind=${kind}][data-state=ready]`).waitFor({ timeout: 60_000 });
  assert.equal(await page.locator('[data-testid=cell][data-state=waiting], [data-testid=cell][data-state=running]').count(), 0);
}

/** Image pixel where a map is strongest: the keyboard's cursor goes there. */
async function peak(editor: editors.Editor, page: FrameLocator, cell: Locator): Promise<{ x: number; y: number }> {
  await cell.hover();
  await editor.page.mouse.move(0, 0);
  await byId(page, 'kind-models').focus();
  await cell.focus();
  // Only the keyboard's focus moves the cursor.
  await editor.page.keyboard.press('Tab');
  await editor.page.keyboard.press('Shift+Tab');
  const place = /x (\d+), y (\d+)/.exec(await textOf(page, 'compare-probe'));
  assert(place, await textOf(page, 'compare-probe'));
  return { x: Number(place[1]), y: Number(place[2]) };
}

async function maskOf(path: string): Promise<{ data: Buffer; width: number }> {
  const { data, info } = await sharp(join(sample, 'masks', path))
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width };
}

/** Whether a pixel is in a mask, or within a cell of the last layer (8 pixels) of it. */
function near({ data, width }: { data: Buffer; width: number }, { x, y }: { x: number; y: number }): boolean {
  return data.some((value, i) => value > 127 && Math.hypot((i % width) - x, Math.floor(i / width) - y) <= 8);
}

async function checkExport(folder: string, file: string): Promise<void> {
  const picture = join(folder, square);
  const session = await ort.InferenceSession.create(readFileSync(file));
  const { data, info } = await sharp(picture).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const { map } = await session.run({ image: new ort.Tensor('uint8', data, [1, info.height, info.width, 3]) });
  const request = { method: 'grad-cam', layer: 'conv3', class: 4, against: 3 };
  const expected = await newEngine().explain(join(folder, journey.buggy, 'model.json'), picture, request);
  const largest = Math.max(...expected.values.map(Math.abs));
  expected.values.forEach((v, i) => {
    assert(Math.abs(v - (((map as ort.Tensor).data as Float32Array)[i] as number)) <= 2e-5 * largest);
  });
}

test('methods, contrasts, comparisons and exports in a real editor', { timeout: 600_000 }, async (t) => {
  const folder = journey.workspace(t, square, star, journey.buggy, journey.healthy);
  await editors.withEditor('methods', { folder, width: 1600, height: 1000 }, (editor) =>
    editors.runSteps(editor, steps, (name, step) => t.test(name, step)),
  );
});

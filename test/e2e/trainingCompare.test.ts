// Two checkpoints of the sample's run side by side: both maps, their difference, and what is left of it after a reload and a deletion.
import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { FrameLocator } from 'playwright-core';
import * as editors from '../support/editor.ts';
import { sample } from '../support/paths.ts';
import * as training from '../support/trainingView.ts';
import * as journey from './journey.ts';

const { byId, textOf } = journey;
const { rowSays, treeRow } = training;

type Step = (editor: editors.Editor) => Promise<void>;

const isRead = /\d+ % of \d+ (probes|images of the data set) right/;
const run = `${journey.buggy}/checkpoints/epoch_*`;
const title = /^Compare: epoch_01 ↔ epoch_10/;

function sampleCopy(t: TestContext): string {
  const folder = journey.workspace(t);
  cpSync(sample, folder, { recursive: true });
  rmSync(join(folder, 'README.md'));
  return folder;
}

/** The page, once it shows both maps of a picture. */
async function comparison(editor: editors.Editor): Promise<FrameLocator> {
  // On a busy machine a window that was reloaded takes longer than other panels.
  const page = await editors.eventually('the comparison', () => editors.webview(editor, title), 90_000);
  await page.locator('[data-testid=pair][aria-busy=false]:not([data-image=""])').waitFor({ timeout: 60_000 });
  return page;
}

interface Pixels {
  width: number;
  height: number;
  getContext(kind: '2d'): { getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray } };
}

/** How many colours a canvas has: a blank has one. */
async function colours(page: FrameLocator, id: string): Promise<number> {
  return await byId(page, id).evaluate((node: unknown) => {
    const canvas = node as Pixels;
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const seen = new Set<number>();
    for (let i = 0; i < data.length; i += 4) seen.add((data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!);
    return seen.size;
  });
}

/** What a canvas shows, as one text. */
async function pixels(page: FrameLocator, id: string): Promise<string> {
  return await byId(page, id).evaluate((node: unknown) => {
    const canvas = node as Pixels;
    return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.join();
  });
}

const steps: Record<string, Step> = {
  'two checkpoints of the tree open side by side': async (editor) => {
    await editors.revealInExplorer(editor, 'models');
    await training.openTraining(editor);
    await training.followRun(editor, run);
    // A click on the run that is followed already folds it.
    await editors.eventually('the checkpoints of the run', async () => {
      if (await editors.appears(treeRow(editor, 'epoch_10'), 2000)) return true;
      await treeRow(editor, run).click();
      await editor.page.keyboard.press('ArrowRight');
      return undefined;
    });
    for (const epoch of ['epoch_01', 'epoch_10']) await rowSays(editor, epoch, isRead);
    await treeRow(editor, 'epoch_10').click();
    await treeRow(editor, 'epoch_01').click({ modifiers: ['ControlOrMeta'] });
    await editors.contextMenu(editor, treeRow(editor, 'epoch_01'), 'Compare Selected Checkpoints');
    await editors.tab(editor, title).waitFor();
    const page = await comparison(editor);
    for (const id of ['from-canvas', 'to-canvas', 'difference-canvas']) assert((await colours(page, id)) > 20, id);
    assert.match(await textOf(page, 'summary-probes'), /\d+ → \d+ of 12 probes right/);
    await editors.screenshot(editor, 'training-compare');
  },

  'the same cell is read in all three': async (editor) => {
    const page = await comparison(editor);
    await page.locator('[data-testid=difference] .pair-stage').focus();
    await page.locator('[data-testid=difference] .pair-stage').press('Home');
    assert.equal(await byId(page, 'mark').count(), 3);
    const said = await textOf(page, 'readout');
    const number = (text: string | undefined) => Number(text?.replace('−', '-'));
    const [, a, b, d] = /epoch_01 ([−\d.e]+) · epoch_10 ([−\d.e]+) · difference \+?([−\d.e]+)/.exec(said) ?? [];
    assert(Math.abs(number(b) - number(a) - number(d)) <= 2e-3 * Math.max(Math.abs(number(a)), Math.abs(number(b))), said);
  },

  'all probes have a row with a difference of its own': async (editor) => {
    const page = await comparison(editor);
    await byId(page, 'view-grid').click();
    await editors.eventually(
      'twelve differences',
      async () => (await page.locator('[data-testid=grid-difference]:not(.waiting)').count()) === 12 || undefined,
    );
    await editors.screenshot(editor, 'training-compare-grid');
    await byId(page, 'view-probe').click();
  },

  'another method and layer are chosen here, for both, and the training view keeps its own': async (editor) => {
    const page = await comparison(editor);
    const drawn = async () => await Promise.all(['from-canvas', 'to-canvas'].map((id) => pixels(page, id)));
    const before = await drawn();
    assert.match(await textOf(page, 'shown'), /^Grad-CAM at \S+$/);
    await byId(page, 'method').selectOption('lrp');
    await byId(page, 'shown').getByText('LRP', { exact: true }).waitFor({ timeout: 60_000 });
    await page.locator('[data-testid=pair][aria-busy=false]').waitFor();
    const signed = await drawn();
    for (const [i, id] of ['from', 'to'].entries()) assert.notEqual(signed[i], before[i], `another map of ${id}`);
    const [low, high] = await page
      .locator('[data-testid=legend-maps]')
      .locator('[data-testid=scale-low], [data-testid=scale-high]')
      .allTextContents();
    assert.equal(low?.replace('−', ''), high, 'a map with a sign has 0 in its middle');
    await editors.screenshot(editor, 'training-compare-lrp');
    await byId(page, 'method').selectOption('relevance-cam');
    await byId(page, 'layer').selectOption({ index: 1 });
    const layer = await byId(page, 'layer').inputValue();
    await byId(page, 'shown').getByText(`Relevance-CAM at ${layer}`).waitFor({ timeout: 60_000 });
    const view = await training.trainingPage(editor);
    assert.match(await textOf(view, 'setup'), /Grad-CAM/);
  },

  'a reload of the window brings it back, with the picture that was looked at': async (editor) => {
    const page = await comparison(editor);
    await byId(page, 'probe').nth(3).click();
    const name = await byId(page, 'probe').nth(3).getAttribute('title');
    await page.locator(`[data-testid=pair][aria-busy=false][data-image="${name}"]`).waitFor();
    await editors.reloadWindow(editor);
    await editors.tab(editor, title).click();
    const again = await comparison(editor);
    await again.locator(`[data-testid=pair][aria-busy=false][data-image="${name}"]`).waitFor({ timeout: 60_000 });
    for (const id of ['from-canvas', 'to-canvas', 'difference-canvas']) assert((await colours(again, id)) > 20, id);
    await byId(again, 'shown').getByText('Relevance-CAM at').waitFor();
    await byId(again, 'maps-usual').click();
    await byId(again, 'shown').getByText('Grad-CAM at').waitFor({ timeout: 60_000 });
  },

  'a checkpoint whose files are deleted keeps the map that was read of it': async (editor) => {
    const page = await comparison(editor);
    rmSync(join(editor.folder, journey.buggy, 'checkpoints', 'epoch_01'), { recursive: true });
    await byId(page, 'reading-epoch_01').getByText('The files of epoch_01 are gone').waitFor({ timeout: 60_000 });
    const said = await byId(page, 'probe').first().getAttribute('aria-label');
    assert.match(said ?? '', /epoch_01 says \w+/);
    await byId(page, 'kept-from').waitFor();
    assert((await colours(page, 'difference-canvas')) > 20);
    await editors.screenshot(editor, 'training-compare-gone');
  },
};

test('two checkpoints side by side', { timeout: 300_000 }, async (t) => {
  await editors.withEditor('training-compare', { folder: sampleCopy(t), width: 1500, height: 1000 }, async (editor) => {
    await editors.runSteps(editor, steps, (name, step) => t.test(name, step));
  });
});

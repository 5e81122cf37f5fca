// The main journey and what may happen on it, in one editor.
import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FrameLocator } from 'playwright-core';
import * as editors from '../support/editor.ts';
import { sample } from '../support/paths.ts';
import * as journey from './journey.ts';

const { byId, inState, panel, textOf, titleOf, square, moon, star } = journey;

type Step = (editor: editors.Editor, t: TestContext) => Promise<void>;

/** Each step goes on where the one before it ended. */
const steps: Record<string, Step> = {
  'right click on a picture: the panel says what the network sees and where it looked': async (editor) => {
    await editors.explorerMenu(editor, square, 'Explain Prediction');
    await editors.tab(editor, titleOf(square)).waitFor();
    const page = await panel(editor, square);
    await inState(page, 'empty');
    await byId(page, 'candidate').getByText('models/shapes-stamp-bug/model.json').click();
    await inState(page, 'ready');
    assert.equal(await textOf(page, 'image-name'), 'square-01-stamped.png');
    assert.equal(await textOf(page, 'model-name'), 'shapes-stamp-bug');
    assert.match(await textOf(page, 'prediction'), /star/);
    assert.match(await textOf(page, 'verdict'), /wrong.*square/);
    assert.match(await textOf(page, 'map-line'), /Grad-CAM.*logit of star.*conv5.*onnxruntime/);
    await journey.assertMapDrawn(page);
    await editor.page.locator('.statusbar-item', { hasText: 'shapes-stamp-bug' }).waitFor();
    await editors.screenshot(editor, 'explain');
  },

  'another picture reuses the panel, and the model is not asked for again': async (editor) => {
    await editors.explorerMenu(editor, star, 'Explain Prediction');
    const page = await panel(editor, star);
    await inState(page, 'ready');
    assert.equal(await textOf(page, 'image-name'), 'star-01.png');
    assert.equal(await editors.tab(editor, titleOf(square)).count(), 0);
  },

  'the image preview offers it in its title bar and in its context menu': async (editor) => {
    await editors.openFile(editor, moon);
    await editor.page
      .locator('.editor-actions')
      .getByRole('button', { name: /^Explain/ })
      .click();
    await inState(await panel(editor, moon), 'ready');
    // Beside the picture, not over it.
    assert.equal(await editors.tab(editor, 'moon-03-stamped.png').getAttribute('aria-selected'), 'true');

    await editors.explorerMenu(editor, square, 'Explain Prediction');
    await inState(await panel(editor, square), 'ready');
    const preview = await editors.webview(editor, /^(?!Explain)/);
    await editors.contextMenu(editor, preview.locator('img'), 'Explain Prediction');
    await inState(await panel(editor, moon), 'ready');
  },

  'the palette explains the picture in front, else asks for one': async (editor) => {
    await editors.openFile(editor, star);
    await editors.runCommand(editor, 'Glassbox: Explain Prediction');
    await inState(await panel(editor, star), 'ready');
    // Now the panel is in front.
    await editors.runCommand(editor, 'Glassbox: Explain Prediction');
    await editors.answerQuickPick(editor, 'moon-03-stamped.png');
    await inState(await panel(editor, moon), 'ready');
  },

  'a pinned panel keeps picture and model; the next picture opens another': async (editor) => {
    await byId(await panel(editor, moon), 'pin').click();
    await editors.explorerMenu(editor, square, 'Explain Prediction');
    await inState(await panel(editor, square), 'ready');
    await editors.tab(editor, titleOf(moon)).waitFor();

    await editor.page.locator('.statusbar-item a', { hasText: 'shapes-stamp-bug' }).click();
    await editors.answerQuickPick(editor, 'shapes');
    const page = await panel(editor, square);
    await byId(page, 'model-name').getByText('shapes', { exact: true }).waitFor();
    await inState(page, 'ready');
    assert.match(await textOf(page, 'verdict'), /right/);

    await editors.tab(editor, titleOf(moon)).click();
    const pinned = await panel(editor, moon);
    await inState(pinned, 'ready');
    assert.equal(await textOf(pinned, 'model-name'), 'shapes-stamp-bug');
    await byId(pinned, 'pin').click();
    await editors
      .tab(editor, titleOf(moon))
      .getByRole('button', { name: /^Close/ })
      .click();
  },

  'Cancel stops a long map and keeps what there is of it': async (editor) => {
    const page = await panel(editor, square);
    // Occlusion in steps of one pixel takes long enough to interrupt it.
    await setStride(page, '1');
    await byId(page, 'progress').waitFor();
    await byId(page, 'cancel').click();
    await byId(page, 'stopped').waitFor();
    assert.match(await textOf(page, 'stopped'), /Partial map, \d+ %|Stopped/);
    await inState(page, 'ready');
  },

  'the engine is killed at work: the panel says so, and the next job works': async (editor) => {
    const page = await panel(editor, square);
    const before = await journey.enginePids(editor);
    const engine = before.at(-1)!;
    // Stopped first: however slow this machine is, the engine is killed with the job in its hands.
    process.kill(engine, 'SIGSTOP');
    await byId(page, 'resume').click();
    await byId(page, 'progress').waitFor();
    await sleep(1_000);
    process.kill(engine, 'SIGKILL');
    await byId(page, 'error-message').waitFor();
    assert.equal(
      await textOf(page, 'error-message'),
      'The engine process ended unexpectedly (signal SIGKILL) while explaining square-01-stamped.png.',
    );
    await editors.explorerMenu(editor, star, 'Explain Prediction');
    const next = await panel(editor, star);
    await setStride(next, '7');
    await journey.chooseMethod(next, 'grad-cam');
    await journey.mapDone(next, 'grad-cam');
    await journey.assertMapDrawn(next);
    await journey.enginePids(editor, before.length + 1);
  },

  'a model that is written anew is shown anew; half of it is no crash but a message': async (editor) => {
    const weights = join(editor.folder, journey.healthy, 'group1-shard1of1.bin');
    const whole = readFileSync(weights);
    const page = await panel(editor, star);
    writeFileSync(weights, whole.subarray(0, 1000));
    await inState(page, 'error');
    assert.match(await textOf(page, 'error-message'), /group1-shard1of1\.bin/);
    writeFileSync(weights, whole);
    await inState(page, 'ready');
    await journey.assertMapDrawn(page);
  },

  'a picture that is overwritten is drawn and explained anew': async (editor) => {
    const page = await panel(editor, star);
    const now = async () => ({ probability: await textOf(page, 'top1-probability'), pixels: await journey.pixels(page) });
    const before = await now();
    copyFileSync(join(sample, 'images/star/star-02.png'), join(editor.folder, star));
    await editors.eventually('other pixels and another probability', async () => {
      const after = await now();
      return (after.probability !== before.probability && after.pixels !== before.pixels) || undefined;
    });
  },

  'the sidecar opens in the editor, checked against its schema': async (editor) => {
    appendFileSync(join(editor.folder, journey.healthy, 'glassbox.json'), '\n');
    await editors.tab(editor, titleOf(star)).click();
    await editors.runCommand(editor, "Glassbox: Create or Open the Model's glassbox.json");
    await editors.tab(editor, 'glassbox.json').waitFor();
    // Beside the panel, so that one sees there what a change does.
    assert.equal(await editors.tab(editor, titleOf(star)).getAttribute('aria-selected'), 'true');
    await editor.page.locator('.view-line', { hasText: '"labels"' }).first().waitFor();
    await editor.page.keyboard.press('ControlOrMeta+Home');
    await editor.page.keyboard.press('End');
    await editor.page.keyboard.type('"lables": 3,');
    await editor.page.locator('.squiggly-warning').first().waitFor();
    await editors.runCommand(editor, 'File: Revert File');
  },

  'a reload of the window brings the panel back as it was': async (editor) => {
    await editors.tab(editor, titleOf(star)).click();
    const page = await panel(editor, star);
    await journey.chooseMethod(page, 'saliency');
    await journey.mapDone(page, 'saliency');
    // VS Code keeps the state of webviews every five seconds.
    await sleep(6_000);
    await editors.reloadWindow(editor);
    const restored = await panel(editor, star);
    await journey.mapDone(restored, 'saliency');
    assert.equal(await byId(restored, 'method-saliency').getAttribute('aria-selected'), 'true');
    assert.equal(await textOf(restored, 'model-name'), 'shapes');
    await journey.assertMapDrawn(restored);
  },

  "the walkthrough's button explains a stamped picture with the network that has the bug": async (editor) => {
    await editors.runCommand(editor, 'Glassbox: Explain a Stamped Picture of the Sample');
    const page = await panel(editor, moon);
    await inState(page, 'ready');
    assert.equal(await textOf(page, 'model-name'), 'shapes-stamp-bug');
    assert.match(await textOf(page, 'verdict'), /wrong.*moon/);
  },
};

async function setStride(page: FrameLocator, pixels: string): Promise<void> {
  await journey.chooseMethod(page, 'occlusion');
  await byId(page, 'param-stride').fill(pixels);
  await byId(page, 'param-stride').press('Enter');
}

test('explaining pictures in a real editor', { timeout: 600_000 }, async (t) => {
  const folder = journey.workspace(t, square, moon, star, journey.buggy, journey.healthy);
  await editors.withEditor('explain', { folder }, (editor) => editors.runSteps(editor, steps, (name, step) => t.test(name, step)));
});

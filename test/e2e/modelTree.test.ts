// The view in the activity bar: the model's layers, filtered, and what can be done with one.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as editors from '../support/editor.ts';
import * as views from '../support/modelView.ts';
import * as journey from './journey.ts';

const { byId, inState, panel, textOf, square, star } = journey;

type Step = (editor: editors.Editor) => Promise<void>;

const hasRows = (editor: editors.Editor, expected: readonly string[]) =>
  editors.eventually(`rows ${expected}`, async () => {
    const rows = await views.modelRows(editor);
    return rows.join() === expected.join() || undefined;
  });

/** Waits until the panel's map is drawn at a layer. */
async function mapAt(editor: editors.Editor, image: string, layer: string): Promise<string> {
  const page = await panel(editor, image);
  await inState(page, 'ready');
  await byId(page, 'map-line').getByText(layer).first().waitFor();
  return await textOf(page, 'map-line');
}

/** Each step goes on where the one before it ended. */
const steps: Record<string, Step> = {
  'with several models it asks, and reads none before': async (editor) => {
    await views.openModelView(editor);
    await views.modelMessage(editor, 'Several models lie in this workspace').waitFor();
    assert.doesNotMatch(editor.logs(), /Engine process/);
    await editor.page.locator('.sidebar .welcome-view-content').getByText('Choose Model…').click();
    await editors.answerQuickPick(editor, 'shapes-stamp-bug');
    await views.modelRow(editor, 'conv5').waitFor();
    assert.deepEqual((await views.modelRows(editor)).slice(0, 3), ['shapes-stamp-bug', 'image', 'conv1']);
    const description = await views.modelRow(editor, 'conv5').locator('.label-description').textContent();
    assert.match(description ?? '', /^Conv2D · 48×12×12 · 20\.8 k · RF \d+$/);
    assert.match(await editor.page.locator('.statusbar-item', { hasText: 'shapes-stamp-bug' }).innerText(), /shapes-stamp-bug/);
  },

  'the filter follows what is typed; Escape takes it back, Enter keeps it': async (editor) => {
    const all = await views.modelRows(editor);
    await views.typeFilter(editor, 'kind:conv 12x12');
    await hasRows(editor, ['shapes-stamp-bug', 'conv4', 'conv5']);
    await views.modelMessage(editor, '2 of 19 layers').waitFor();
    await editor.page.keyboard.press('Escape');
    await hasRows(editor, all);

    await views.typeFilter(editor, 'relu');
    await editor.page.keyboard.press('Enter');
    await hasRows(editor, ['shapes-stamp-bug', 'relu1', 'relu2', 'relu3', 'relu4']);
    assert.equal(await views.modelRow(editor, 'relu1').locator('.label-name .highlight').textContent(), 'relu');
    await editor.page.locator('.sidebar .title-actions .action-label[aria-label="Clear Layer Filter"]').click();
    await hasRows(editor, all);
  },

  'a click shows the layer in its file, and the focus stays in the tree': async (editor) => {
    await views.modelRow(editor, 'conv2').click();
    await editors.tab(editor, 'model.json').waitFor();
    await editor.page.locator('.editor-instance .view-line', { hasText: '"conv2"' }).first().waitFor();
    assert.equal(await editor.page.locator('.part.sidebar :focus').count(), 1);
    await editors.runCommand(editor, 'View: Close All Editors');
  },

  'Explain at This Layer asks for a picture where there is none, and draws the map there': async (editor) => {
    await views.clickInRow(views.modelRow(editor, 'relu3'), 'Explain at This Layer');
    await editors.answerQuickPick(editor, 'square-01-stamped.png');
    assert.match(await mapAt(editor, square, 'relu3'), /^Grad-CAM.*logit of star/);
    await journey.assertMapDrawn(await panel(editor, square));
  },

  'the panel turns to another layer: a method that draws at layers stays, one on the input gives way': async (editor) => {
    await journey.chooseMethod(await panel(editor, square), 'layer-cam');
    await views.clickInRow(views.modelRow(editor, 'conv2'), 'Explain at This Layer');
    assert.match(await mapAt(editor, square, 'conv2'), /^Layer-CAM/);
    await editor.page.locator('[aria-selected=true]').and(views.modelRow(editor, 'conv2')).waitFor();

    await journey.chooseMethod(await panel(editor, square), 'saliency');
    await views.clickInRow(views.modelRow(editor, 'conv3'), 'Explain at This Layer');
    assert.match(await mapAt(editor, square, 'conv3'), /^Grad-CAM/);
    const actions = views.modelRow(editor, 'average').locator('.action-label');
    await views.modelRow(editor, 'average').hover();
    await actions.first().waitFor();
    const labels = await actions.evaluateAll((all: { ariaLabel: string | null }[]) => all.map((each) => each.ariaLabel));
    assert.deepEqual(labels, ['Show Units'], 'a vector is no map');
    await editors.screenshot(editor, 'model-tree');
  },

  'the palette asks for the layer': async (editor) => {
    const page = await panel(editor, square);
    // What moves the focus meanwhile closes a quick pick.
    await editors.eventually('a map at the layer that was picked', async () => {
      await editors.runCommand(editor, 'Glassbox: Explain at Layer…');
      await editors.answerQuickPick(editor, 'bn4');
      return editors.appears(byId(page, 'map-line').getByText('bn4').first(), 5_000);
    });
  },

  'another picture keeps the layer': async (editor) => {
    await journey.explain(editor, star);
    await mapAt(editor, star, 'bn4');
  },

  'a model that is written anew is shown anew, with what was selected': async (editor) => {
    await views.openModelView(editor);
    await views.modelRow(editor, 'conv1').click();
    const file = join(editor.folder, journey.buggy, 'model.json');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replaceAll('"conv5', '"conv_five'));
    await views.modelRow(editor, 'conv_five').waitFor();
    assert.equal(await views.modelRow(editor, 'conv1').getAttribute('aria-selected'), 'true');

    writeFileSync(file, text.slice(0, 2000));
    await views.modelMessage(editor, /model\.json/).waitFor();
    await views.modelRow(editor, 'Choose Another Model…').waitFor();
    writeFileSync(file, text);
    await views.modelRow(editor, 'conv5').waitFor();
  },

  'Show Model in the explorer: view and panel turn to that model': async (editor) => {
    await editors.explorerMenu(editor, `${journey.healthy}/model.json`, 'Show Model');
    await views.modelRow(editor, 'shapes').waitFor();
    const page = await panel(editor, star);
    await byId(page, 'model-name').getByText('shapes', { exact: true }).waitFor();
  },
};

test('the model in the activity bar', { timeout: 600_000 }, async (t) => {
  const folder = journey.workspace(t, square, star, journey.buggy, journey.healthy);
  await editors.withEditor('model-tree', { folder }, (editor) => editors.runSteps(editor, steps, (name, step) => t.test(name, step)));
});

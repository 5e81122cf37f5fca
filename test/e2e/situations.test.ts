// Workspaces in which something is missing, forbidden or more than one.
import assert from 'node:assert/strict';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as editors from '../support/editor.ts';
import * as journey from './journey.ts';

const { byId, inState, panel, textOf, square, moon, star } = journey;
const timeout = 240_000;

test('the one model of a workspace is taken without a question; two pictures at once get a panel each', { timeout }, async (t) => {
  const folder = journey.workspace(t, moon, square, journey.buggy);
  // Two rows side by side in the explorer.
  renameSync(join(folder, moon), join(folder, 'stamped/square/moon.png'));
  // Otherwise the explorer selects what is opened whenever that is done, and the two rows are one again.
  await editors.withEditor('two-pictures', { folder, settings: { 'explorer.autoReveal': false } }, async (editor) => {
    await (await editors.revealInExplorer(editor, 'stamped/square/moon.png')).click();
    const second = await editors.revealInExplorer(editor, square);
    await editors.tab(editor, 'moon.png').waitFor();
    await editors.eventually('a panel for the second picture', async () => {
      const rows = editor.page.locator('.explorer-folders-view .monaco-list-row.selected');
      if ((await rows.count()) !== 2) await second.click({ modifiers: ['ControlOrMeta'] });
      if ((await rows.count()) !== 2) return undefined;
      await editors.contextMenu(editor, second, 'Explain Prediction');
      return editors.appears(editors.tab(editor, 'Explain: moon.png'), 5_000);
    });

    // The one that was clicked is in front, in the panel that the next picture will take over.
    const first = await panel(editor, square);
    await inState(first, 'ready');
    assert.equal(await textOf(first, 'model-name'), 'shapes-stamp-bug');
    assert.equal(await byId(first, 'pin').getAttribute('aria-pressed'), 'false');

    await editors.tab(editor, 'Explain: moon.png').click();
    const other = await panel(editor, 'moon.png');
    await inState(other, 'ready');
    assert.equal(await byId(other, 'pin').getAttribute('aria-pressed'), 'true');
    await journey.assertMapDrawn(other);
  });
});

test('a panel that would cover its picture gives way, is kept, and opens no third column', { timeout }, async (t) => {
  const folder = journey.workspace(t, moon, square, star, journey.buggy);
  await editors.withEditor('columns', { folder }, async (editor) => {
    await inState(await journey.explain(editor, square), 'ready');
    for (const image of [star, moon]) {
      // It opens in the panel's own column, which is the active one.
      await editors.openFile(editor, image);
      await editors.runCommand(editor, 'Glassbox: Explain Prediction');
      await inState(await panel(editor, image), 'ready');
      assert.equal(await editors.tab(editor, /^Explain: /).count(), 1);
      assert.equal(await editor.page.locator('.editor-group-container').count(), 2);
      assert.equal(await editors.tab(editor, image.split('/').at(-1)!).getAttribute('aria-selected'), 'true');
    }
  });
});

test('a workspace without a model: the panel shows the picture and says what to do', { timeout }, async (t) => {
  const folder = journey.workspace(t, star);
  mkdirSync(join(folder, 'web'));
  writeFileSync(join(folder, 'web', 'model.json'), '{"car": "no network"}');
  await editors.withEditor('no-model', { folder }, async (editor) => {
    await editors.explorerMenu(editor, star, 'Explain Prediction');
    const page = await panel(editor, star);
    await inState(page, 'empty');
    assert.match(await textOf(page, 'empty'), /No model was found in this workspace\..*\.keras.*\.onnx.*model\.json/);
    await byId(page, 'picture').waitFor();
    await byId(page, 'choose-model').click();
    await editors.quickPickRow(editor, /Browse…/).waitFor();
  });
});

test('Restricted Mode: nothing is opened that was not picked, then everything works', { timeout }, async (t) => {
  const folder = journey.workspace(t, square, journey.buggy);
  mkdirSync(join(folder, '.vscode'));
  const workspaceSettings = { 'glassbox.model': `${journey.buggy}/model.json`, 'glassbox.engine': 'wasm' };
  writeFileSync(join(folder, '.vscode', 'settings.json'), JSON.stringify(workspaceSettings));
  await editors.withEditor('restricted', { folder, trusted: false }, async (editor) => {
    await editors.explorerMenu(editor, square, 'Explain Prediction');
    const page = await panel(editor, square);
    await inState(page, 'empty');
    await byId(page, 'candidate').click();
    await inState(page, 'ready');
    // The workspace asks for another engine; its word does not count.
    assert.match(await textOf(page, 'map-line'), /Grad-CAM.*onnxruntime/);
    await editor.page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor();
  });
});

test('the same settings count in a trusted workspace; a model that is not there is named', { timeout }, async (t) => {
  const folder = journey.workspace(t, square, journey.buggy, journey.healthy);
  editors.changeSettings({ folder } as editors.Editor, { 'glassbox.model': journey.buggy });
  await editors.withEditor('settings', { folder }, async (editor) => {
    await editors.explorerMenu(editor, square, 'Explain Prediction');
    const page = await panel(editor, square);
    await inState(page, 'ready');
    assert.equal(await textOf(page, 'model-name'), 'shapes-stamp-bug');

    editors.changeSettings(editor, { 'glassbox.model': 'models/gone.onnx' });
    await inState(page, 'error');
    assert.match(await textOf(page, 'error-message'), /gone\.onnx/);
  });
});

test('pictures that are none: a message that names the file', { timeout }, async (t) => {
  const folder = journey.workspace(t, journey.buggy);
  writeFileSync(join(folder, 'text.png'), 'this is a text\n');
  await editors.withEditor('bad-picture', { folder }, async (editor) => {
    await editors.explorerMenu(editor, 'text.png', 'Explain Prediction');
    const page = await panel(editor, 'text.png');
    await inState(page, 'error');
    assert.match(await textOf(page, 'error-message'), /text\.png/);
  });
});

// The model as a text document: what opens when somebody clicks a model file, and what can be done from there.
import assert from 'node:assert/strict';
import { cpSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { clickLens, goToLine, textLine as line } from '../support/codeLens.ts';
import * as editors from '../support/editor.ts';
import { sample } from '../support/paths.ts';
import { themeNames } from '../support/themes.ts';
import * as journey from './journey.ts';

const { byId, inState, textOf, star } = journey;
const timeout = 240_000;

/** A workspace with the sample's ONNX model, a picture and a file that only looks like a model. */
function workspace(t: Parameters<typeof journey.workspace>[0]): string {
  const folder = journey.workspace(t, star, journey.healthy);
  for (const name of ['shapes.onnx', 'shapes.glassbox.json']) cpSync(join(sample, 'models', name), join(folder, name));
  writeFileSync(join(folder, 'notes.h5'), 'no model');
  return folder;
}

/** Opens a model as a click in the explorer does. A window that has just started knows no models yet and would show their bytes. */
async function openModel(editor: editors.Editor, path: string, clicks: 1 | 2 = 2): Promise<void> {
  await editors.eventually(
    'the extension is known',
    async () => (await editors.hasCommand(editor, 'Glassbox: Explain Prediction')) || undefined,
  );
  const row = await editors.revealInExplorer(editor, path);
  await row.click({ clickCount: clicks });
}

/** Waits until something on this line is selected. */
async function selected({ page }: editors.Editor, lineNumber: number | string, what: RegExp): Promise<void> {
  await page.locator('.statusbar-item', { hasText: new RegExp(`^Ln ${lineNumber}, Col \\d+ ${what.source}`) }).waitFor();
}

function lineOf(file: string, text: string): number {
  return (
    readFileSync(file, 'utf8')
      .split('\n')
      .findIndex((each) => each.includes(text)) + 1
  );
}

const tabs = ({ page }: editors.Editor) => page.locator('.tabs-container .tab');

test('an .onnx file opens as text; "Explain at this layer" shows the map at that layer', { timeout }, async (t) => {
  await editors.withEditor('model text', { folder: workspace(t) }, async (editor) => {
    await openModel(editor, 'shapes.onnx');
    await line(editor, 'conv1.*Conv.*12×96×96.*324').waitFor();
    await editors.eventually(
      'one tab: the editor of the file makes way',
      async () => (await tabs(editor).count()) === 1 || undefined,
      5_000,
    );
    for (const theme of Object.keys(themeNames) as (keyof typeof themeNames)[]) {
      await editors.setTheme(editor, theme);
      await editors.screenshot(editor, `model-text-${theme.replaceAll(' ', '-')}`);
    }
    await clickLens(editor, 'pool1 ', 'Explain at this layer');
    await editors.answerQuickPick(editor, /star-01\.png/);
    const page = await journey.panel(editor, star);
    await inState(page, 'ready');
    await journey.assertMapDrawn(page);
    assert.match(await textOf(page, 'layer-facts'), /^pool1 ?MaxPool/);
    await editors.screenshot(editor, 'model-text-explained');

    await byId(page, 'reveal-layer').click();
    await selected(editor, 13, /\(\d+ selected\)/);
    await clickLens(editor, 'conv1 ', 'Reveal in tree');
    await editor.page.locator('.monaco-list-row.selected[aria-label^="conv1"]').waitFor();
    await editors.screenshot(editor, 'model-text-tree');

    // The window keeps its state every 5 s.
    await editor.page.waitForTimeout(6_000);
    await editors.reloadWindow(editor);
    await line(editor, 'conv1.*Conv').waitFor();
    await clickLens(editor, 'conv1 ', 'Copy name');
  });
});

test('a click previews, the focus stays; what is no model says so and offers other editors; a file half written leaves the last text', {
  timeout,
}, async (t) => {
  const folder = workspace(t);
  await editors.withEditor('model text preview', { folder }, async (editor) => {
    await openModel(editor, 'notes.h5', 1);
    await line(editor, '.*not a model').waitFor();
    await editors.eventually('one tab', async () => (await tabs(editor).count()) === 1 || undefined, 5_000);
    await clickLens(editor, 'notes\\.h5', 'Open with', editors.quickPickRow(editor, 'Text Editor'));
    await editor.page.keyboard.press('Escape');

    await openModel(editor, 'shapes.onnx', 1);
    await line(editor, 'conv1.*Conv').waitFor();
    await editor.page.locator('.tabs-container .tab[aria-label="shapes.onnx, preview"]').waitFor();
    await editors.eventually('one tab', async () => (await tabs(editor).count()) === 1 || undefined, 5_000);
    await editor.page.locator('.explorer-folders-view .monaco-list.focused, .explorer-folders-view .monaco-list:focus-within').waitFor();

    const file = join(folder, 'shapes.onnx');
    const whole = readFileSync(file);
    truncateSync(file, 80_000);
    await line(editor, '! This is the model as it was before').waitFor();
    await line(editor, 'conv1.*Conv').waitFor();
    await clickLens(editor, 'conv1 ', 'Copy name');
    await editors.screenshot(editor, 'model-text-stale');
    writeFileSync(file, whole);
    await line(editor, '! This').first().waitFor({ state: 'detached' });
    await line(editor, 'conv1.*Conv').waitFor();
  });
});

test('a layer of a model.json is shown in the file itself', { timeout }, async (t) => {
  await editors.withEditor('model json', { folder: workspace(t) }, async (editor) => {
    editors.changeSettings(editor, { 'glassbox.model': `${journey.healthy}/model.json` });
    const page = await journey.explain(editor, star);
    await inState(page, 'ready');
    await byId(page, 'reveal-layer').click();
    await editors.tab(editor, 'model.json').waitFor();
    await selected(editor, '\\d+', /\(\d+ selected\)/);
    await goToLine(editor, lineOf(join(editor.folder, journey.healthy, 'model.json'), '"name": "conv2"') - 2);
    await clickLens(editor, '\\{', 'Explain at this layer', byId(page, 'layer-facts').filter({ hasText: 'conv2' }));
    await editors.screenshot(editor, 'model-json');
  });
});

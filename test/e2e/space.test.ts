// The feature space of a network: from a picture to what is similar, from all pictures to the map and the mistakes, and back to the files.
import assert from 'node:assert/strict';
import { cpSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { FrameLocator, Locator } from 'playwright-core';
import sharp from 'sharp';
import * as editors from '../support/editor.ts';
import { sample } from '../support/paths.ts';
import * as journey from './journey.ts';

const { answerDialog, byId, inState, manyPictures, textOf, square, star } = journey;

type Step = (editor: editors.Editor) => Promise<void>;

/** In the order of the model. */
const kinds = ['cross', 'heart', 'moon', 'square', 'star', 'triangle'];
const [cross, heartClass, moonClass, starClass] = [0, 1, 2, 4];

const spaceOf = (editor: editors.Editor, model = 'shapes-stamp-bug'): Promise<FrameLocator> =>
  editors.webview(editor, `Feature Space: ${model}`);

/** Waits until all pictures of the data set are indexed. */
async function indexed(page: FrameLocator, count: number, timeout = 60_000): Promise<void> {
  await byId(page, 'index-text')
    .getByText(`${count.toLocaleString('en')} of ${count.toLocaleString('en')} pictures indexed`)
    .waitFor({ timeout });
}

async function atView(page: FrameLocator, view: string): Promise<void> {
  await page.locator(`[data-testid=view-${view}][aria-checked=true]`).waitFor();
}

/** How many colours an element has on the screen: a canvas of the graphics card cannot be read. */
async function coloursOnScreen(page: FrameLocator, id: string): Promise<number> {
  const { data, info } = await sharp(await byId(page, id).screenshot())
    .raw()
    .toBuffer({ resolveWithObject: true });
  const seen = new Set<number>();
  for (let i = 0; i < data.length; i += info.channels) seen.add((data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!);
  return seen.size;
}

/** What was copied, waited for. */
async function clipboard(editor: editors.Editor, fits: (text: string) => boolean): Promise<string> {
  return await editors.eventually('the clipboard', async () => {
    const text = await editor.page.evaluate(() =>
      (globalThis as unknown as { navigator: { clipboard: { readText(): Promise<string> } } }).navigator.clipboard.readText(),
    );
    return fits(text) ? text : undefined;
  });
}

/** Types a folder into the dialog that asks for one. */
async function answerFolder(editor: editors.Editor, folder: string, button: string): Promise<void> {
  const box = editor.page.locator('.quick-input-widget');
  await editors.eventually(`the folder ${folder}`, async () => {
    await box.locator('input').first().fill(`${folder}/`, { timeout: 2000 });
    await box.locator('.monaco-button', { hasText: button }).click({ timeout: 2000 });
    return await box.waitFor({ state: 'hidden', timeout: 3000 }).then(() => true);
  });
}

const stamped = readdirSync(join(sample, 'stamped'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.png'));
const plain = kinds.flatMap((kind) => [1, 2, 3].map((number) => `images/${kind}/${kind}-0${number}.png`));
const all = plain.length + stamped.length;
const many = 4_500;
const manyText = many.toLocaleString('en');
/** More than are indexed without a question. */
const large = 5_100;

/** Each step goes on where the one before it ended. */
/** Closes a tab as a click with the middle button does. */
async function closeTab(of: Locator): Promise<void> {
  await editors.eventually('the tab closes', async () => {
    if (await of.isVisible()) await of.click({ button: 'middle', timeout: 2000 });
    return editors.vanishes(of, 2000);
  });
}

const steps: Record<string, Step> = {
  'from a picture in the explorer to those the network thinks are like it': async (editor) => {
    await editors.eventually('the panel', async () => {
      await editors.explorerMenu(editor, star, 'Find Similar Images');
      await editors.answerQuickPick(editor, 'shapes-stamp-bug').catch(() => undefined);
      return editors.appears(editors.tab(editor, 'Feature Space: shapes-stamp-bug'), 5_000);
    });
    const page = await spaceOf(editor);
    await inState(page, 'ready');
    await atView(page, 'neighbours');
    await indexed(page, all);
    await byId(page, 'query').getByText('star-01.png').first().waitFor();
    await byId(page, 'list-features').locator('[data-testid=neighbour] img').first().waitFor();
    assert.ok((await byId(page, 'list-features').locator('[data-testid=neighbour]').count()) >= 8);
    assert.ok((await byId(page, 'list-pixels').locator('[data-testid=neighbour]').count()) >= 8);
    await editors.screenshot(editor, 'space-neighbours');
  },

  'two pictures are compared region by region': async (editor) => {
    const page = await spaceOf(editor);
    await byId(page, 'list-features').locator('[data-testid=neighbour]').first().click();
    await byId(page, 'pair-line').getByText('cos').waitFor();
    assert.equal(await byId(page, 'pair-picture').count(), 2);
    await byId(page, 'close-pair').click();
  },

  'all pictures on a map': async (editor) => {
    await editors.runCommand(editor, 'Glassbox: Show Feature Space');
    const page = await spaceOf(editor);
    await byId(page, 'view-map').click();
    await page.locator('[data-testid=map][data-run=done]').waitFor({ timeout: 60_000 });
    await byId(page, 'map-quality').waitFor();
    await editors.eventually('the map is drawn', async () => (await coloursOnScreen(page, 'map-surface')) > 12 || undefined);
    await byId(page, 'map-focus').getByText('star-01.png').first().waitFor();
    await editors.screenshot(editor, 'space-map');
  },

  'the mistakes: what carries the stamp is taken for a star': async (editor) => {
    await editors.runCommand(editor, 'Glassbox: Show Mistakes');
    const page = await spaceOf(editor);
    await atView(page, 'mistakes');
    const cell = byId(page, `cell-${cross}-${starClass}`);
    await cell.waitFor();
    assert.ok(Number(await cell.textContent()) >= 3, 'crosses with a stamp');
    await editors.screenshot(editor, 'space-mistakes');
    await cell.click();
    await byId(page, 'selection-title').getByText(/cross/).waitFor();
    await page.locator('[data-testid=selection-tile] img').first().waitFor();
  },

  'their paths are copied, one of them is shown in the explorer': async (editor) => {
    const page = await spaceOf(editor);
    const count = await byId(page, 'selection-tile').count();
    await byId(page, 'act-copy').click();
    const copied = (await clipboard(editor, (text) => text.includes('stamped/cross/'))).split('\n');
    assert.equal(copied.length, count);
    for (const line of copied) assert.ok(existsSync(join(editor.folder, line)), line);

    await byId(page, 'selection-tile').first().click();
    const path = (await byId(page, 'selection-tile').first().getAttribute('title')) ?? '';
    await byId(page, 'act-reveal').click();
    const row = editors.explorerRow(editor, path.slice(editor.folder.length + 1));
    await editor.page.locator('.monaco-list-row.selected, .monaco-list-row.focused').and(row).waitFor();
  },

  'a contact sheet explains all of them': async (editor) => {
    const page = await spaceOf(editor);
    await byId(page, 'pick-none').click();
    await byId(page, 'act-sheet').click();
    await page.locator('[data-testid=sheet-tile] canvas').first().waitFor();
    await byId(page, 'sheet-close').click();
  },

  'pictures are moved to a folder, and back': async (editor) => {
    const page = await spaceOf(editor);
    const tile = byId(page, 'selection-tile').first();
    await tile.click();
    const from = (await tile.getAttribute('title')) ?? '';
    const folder = join(editor.folder, 'stamped', 'moon');
    const to = join(folder, from.split('/').at(-1) as string);
    await byId(page, 'act-move').click();
    await answerFolder(editor, folder, 'Move Here');
    await editors.eventually('the picture is there', async () => (existsSync(to) && !existsSync(from)) || undefined);
    // What was indexed of it goes with it.
    await indexed(page, all);
    const said = editors.notification(editor, "1 picture moved to 'stamped/moon'");
    await said.locator('.monaco-button', { hasText: 'Undo' }).click();
    await editors.eventually('the picture is back', async () => (existsSync(from) && !existsSync(to)) || undefined);
    await indexed(page, all);
  },

  'from an explanation to similar pictures': async (editor) => {
    const explained = await journey.explain(editor, square);
    await inState(explained, 'ready');
    await byId(explained, 'find-similar').click();
    const page = await spaceOf(editor);
    await atView(page, 'neighbours');
    await byId(page, 'query')
      .getByText(square.split('/').at(-1) as string)
      .first()
      .waitFor();
    await byId(page, 'list-features').locator('[data-testid=neighbour]').first().waitFor();
  },

  'from the preview of a picture, too': async (editor) => {
    await editors.openFile(editor, 'images/moon/moon-02.png');
    await editor.page.locator('.editor-actions .action-label[aria-label^="Find Similar Images"]').first().click();
    const page = await spaceOf(editor);
    await byId(page, 'query').getByText('moon-02.png').first().waitFor();
    await byId(page, 'list-features').locator('[data-testid=neighbour]').first().waitFor();
  },

  'a new picture is indexed by itself': async (editor) => {
    const page = await spaceOf(editor);
    cpSync(join(sample, 'images/heart/heart-07.png'), join(editor.folder, 'images/heart/heart-07.png'));
    await indexed(page, all + 1);
  },

  'a reload of the window brings the page back as it was': async (editor) => {
    // The editor keeps a page's state every 5 s.
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    await editors.reloadWindow(editor);
    const page = await spaceOf(editor);
    await inState(page, 'ready');
    await atView(page, 'neighbours');
    await indexed(page, all + 1);
    await byId(page, 'list-features').locator('[data-testid=neighbour]').first().waitFor();
  },

  'a folder is a data set; a label file tells other classes': async (editor) => {
    await editors.explorerMenu(editor, 'stamped', 'Show Feature Space of This Folder');
    const page = await spaceOf(editor);
    await byId(page, 'dataset').getByText(`${stamped.length} images`).waitFor();
    await indexed(page, stamped.length);
    await byId(page, 'change-labels').getByText('labels from folders').waitFor();
    const write = (kind: string) => {
      const lines = stamped.map((file) => `${file},${file.startsWith('star') ? 'star' : kind}`);
      writeFileSync(join(editor.folder, 'mine.csv'), ['file,label', ...lines].join('\n'));
    };
    write('moon');
    await byId(page, 'change-labels').click();
    await editors.answerQuickPick(editor, 'mine.csv');
    await byId(page, 'change-labels').getByText('labels from mine.csv').waitFor();
    await byId(page, 'view-mistakes').click();
    await byId(page, `cell-${moonClass}-${starClass}`).getByText('20').waitFor();
    // The file is watched.
    write('heart');
    await byId(page, `cell-${heartClass}-${starClass}`).getByText('20').waitFor();
  },

  'the index is deleted, and made again when asked for': async (editor) => {
    await editors.runCommand(editor, 'Glassbox: Delete Feature Index');
    await answerDialog(editor, 'Delete');
    const page = await spaceOf(editor);
    await byId(page, 'index-start').click();
    await indexed(page, stamped.length);
  },

  'another model goes to the same panel, unless that is pinned; the healthy one is not fooled': async (editor) => {
    await editors.explorerMenu(editor, `${journey.healthy}/model.json`, 'Show Feature Space');
    const page = await spaceOf(editor, 'shapes');
    await indexed(page, stamped.length);
    assert.equal(await editors.tab(editor, /^Feature Space: /).count(), 1);
    await byId(page, 'change-labels').click();
    await editors.answerQuickPick(editor, 'Automatic');
    await byId(page, 'change-labels').getByText('labels from folders').waitFor();
    await byId(page, 'view-mistakes').click();
    await byId(page, 'accuracy')
      .getByText(/^(9\d(\.\d)?|100) ?%$/)
      .waitFor();
    await editors.runCommand(editor, 'Glassbox: Pin Panel to This Picture and Model');
    await editors.explorerMenu(editor, `${journey.buggy}/model.json`, 'Show Feature Space');
    await inState(await spaceOf(editor), 'ready');
    assert.equal(await editors.tab(editor, /^Feature Space: /).count(), 2);
    // From here on one page indexes.
    await closeTab(editors.tab(editor, 'Feature Space: shapes'));
  },

  'indexing is paused and resumed; a dead engine is said, and it goes on': async (editor) => {
    manyPictures(join(editor.folder, 'many'), many);
    await editors.explorerMenu(editor, 'many', 'Show Feature Space of This Folder');
    const page = await spaceOf(editor);
    await byId(page, 'dataset').getByText(`${manyText} images`).waitFor();
    await byId(page, 'index-text')
      .getByText(new RegExp(`^[1-9][\\d,]* of ${manyText}`))
      .waitFor({ timeout: 60_000 });
    await editor.page.locator('.statusbar-item', { hasText: new RegExp(`Glassbox: indexing .* of ${manyText}`) }).waitFor();
    await byId(page, 'index-pause').click();
    await byId(page, 'index-resume').waitFor();
    const engine = (await journey.enginePids(editor)).at(-1) as number;
    await byId(page, 'index-resume').click();
    await byId(page, 'index-pause').waitFor();
    process.kill(engine, 'SIGKILL');
    await byId(page, 'error-message').getByText('The engine process ended unexpectedly').first().waitFor();
    await byId(page, 'error-message').getByText(`while indexing ${manyText} pictures`).first().waitFor();
    await byId(page, 'retry').first().click();
    // It goes on without the page, and leads back to it.
    const status = editor.page.locator('.statusbar-item', { hasText: 'Glassbox: indexing' });
    await status.getByText(/ of \d/).waitFor();
    // With one click: on a slow machine the pictures are indexed before a command is typed.
    await closeTab(editors.tab(editor, /^Feature Space/));
    await status.click();
    await indexed(await spaceOf(editor), many, 180_000);
    await status.waitFor({ state: 'hidden' });
  },

  'of a large data set all pictures are counted, and none is indexed without a question': async (editor) => {
    manyPictures(join(editor.folder, 'more'), large);
    await editors.explorerMenu(editor, 'more', 'Show Feature Space of This Folder');
    const page = await spaceOf(editor);
    await byId(page, 'dataset')
      .getByText(`${large.toLocaleString('en')} images`)
      .waitFor();
    await byId(page, 'index-start')
      .getByText(`Index ${large.toLocaleString('en')} pictures`)
      .waitFor();
  },
};

function workspace(t: TestContext): string {
  return journey.workspace(t, ...plain, ...stamped.map((file) => `stamped/${file}`), journey.buggy, journey.healthy);
}

test('feature space', { timeout: 900_000 }, async (t) => {
  await editors.withEditor('space', { folder: workspace(t), height: 1000, width: 1500 }, async (editor) => {
    await editor.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await editors.runSteps(editor, steps, (name, step) => t.test(name, step));
  });
});

test('Restricted Mode: similar images are offered, and nothing is read before a person has chosen the folder', {
  timeout: 240_000,
}, async (t) => {
  const folder = journey.workspace(t, square, star, journey.buggy);
  editors.changeSettings({ folder } as editors.Editor, { 'glassbox.dataset': 'images', 'glassbox.labels': 'labels.csv' });
  await editors.withEditor('space restricted', { folder, trusted: false }, async (editor) => {
    await editors.explorerMenu(editor, `${journey.buggy}/model.json`, 'Show Feature Space');
    const page = await spaceOf(editor);
    await inState(page, 'ready');
    await byId(page, 'no-images').waitFor();
    await byId(page, 'dataset').getByText('No images').waitFor();
    await byId(page, 'change-dataset').click();
    await editors.answerQuickPick(editor, 'stamped');
    await byId(page, 'dataset').getByText('1 image').waitFor();
    await indexed(page, 1);
    // The only picture there is.
    await byId(page, 'change-labels').getByText('labels from folders').waitFor();
    await editors.explorerMenu(editor, star, 'Find Similar Images');
    await atView(page, 'neighbours');
    await byId(page, 'query-foreign').waitFor();
    assert.equal(await byId(page, 'list-features').locator('[data-testid=neighbour]').count(), 1);
    assert.match(await textOf(page, 'searched'), /1/);
  });
});

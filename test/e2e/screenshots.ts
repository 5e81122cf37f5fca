// `npm run screenshots [-- WORD…]`: takes the pictures of the README anew, in a real VS Code with the sample in it; of those with a word in
// their name where there is one.
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import type { FrameLocator } from 'playwright-core';
import sharp from 'sharp';
import * as editors from '../support/editor.ts';
import * as views from '../support/modelView.ts';
import { repository, sample } from '../support/paths.ts';
import type { Theme } from '../support/themes.ts';
import * as training from '../support/trainingView.ts';
import { buggy, byId, explain, inState, mapDone, panel, square, star } from './journey.ts';

/** `beside`: the picture itself is open on the left, as when one goes through a folder. `compare`: the grid of maps. */
const pictures: { name: string; theme: Theme; beside: boolean; compare?: true }[] = [
  { name: 'explain-dark', theme: 'dark', beside: false },
  { name: 'compare-dark', theme: 'dark', beside: false, compare: true },
  { name: 'explain-light', theme: 'light', beside: true },
  { name: 'explain-high-contrast', theme: 'high contrast', beside: true },
];
const folder = join(repository, 'media', 'screenshots');
/** The unit of conv5 in the network with the bug that the stamp excites. */
const stampUnit = 27;

/** As much of the window as possible for what it is about. */
const quiet = { 'workbench.activityBar.location': 'hidden', 'window.commandCenter': false };

/** The sample as a person has it open: why a square is called a star. */
async function take({ name, theme, beside, compare }: (typeof pictures)[number]): Promise<void> {
  const home = mkdtempSync(join(realpathSync(tmpdir()), 'glassbox-screenshot-'));
  const workspace = join(home, 'sample');
  cpSync(sample, workspace, { recursive: true });
  // It would open beside the panel.
  rmSync(join(workspace, 'README.md'));
  try {
    await editors.withEditor(name, { folder: workspace, theme, settings: quiet, width: 1280, height: 800 }, async (editor) => {
      if (beside) await editors.openFile(editor, square);
      const page = await explain(editor, square);
      await inState(page, 'ready');
      for (const id of ['grad-cam++', 'hires-cam', 'layer-cam']) await mapDone(page, id);
      if (compare) {
        await byId(page, 'mode-compare').click();
        await page.locator('[data-testid=compare][data-state=ready]').waitFor({ timeout: 60_000 });
      }
      await save(editor, name);
    });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** A model as a thing to look at: its layers in the activity bar and as text, and a map at one of them. */
async function takeModel(name: string, theme: Theme): Promise<void> {
  const home = mkdtempSync(join(realpathSync(tmpdir()), 'glassbox-screenshot-'));
  const workspace = join(home, 'sample');
  cpSync(sample, workspace, { recursive: true });
  rmSync(join(workspace, 'README.md'));
  const settings = { 'window.commandCenter': false, 'editor.minimap.enabled': false };
  try {
    await editors.withEditor(name, { folder: workspace, theme, settings, width: 1440, height: 800 }, async (editor) => {
      await editors.runCommand(editor, 'Glassbox: Choose Model…');
      await editors.answerQuickPick(editor, 'shapes.onnx');
      await editors.openFile(editor, star);
      await views.openModelView(editor);
      const row = views.modelRow(editor, 'conv4');
      await row.waitFor();
      await views.clickInRow(row, 'Explain at This Layer');
      const page = await panel(editor, star);
      await inState(page, 'ready');
      await mapDone(page, 'grad-cam');
      await editor.page
        .locator('.tab', { hasText: basename(star) })
        .first()
        .click();
      await row.click();
      await editor.page.locator('.editor-instance .view-line', { hasText: 'conv4' }).first().waitFor();
      await save(editor, name);
    });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** What units look for: the wall of patches, the unit that the stamp excites, and the picture of a class. */
async function takeUnits(theme: Theme): Promise<void> {
  const home = mkdtempSync(join(realpathSync(tmpdir()), 'glassbox-screenshot-'));
  const workspace = join(home, 'sample');
  cpSync(sample, workspace, { recursive: true });
  rmSync(join(workspace, 'README.md'));
  try {
    await editors.withEditor('units', { folder: workspace, theme, settings: quiet, width: 1280, height: 800 }, async (editor) => {
      await editors.explorerMenu(editor, `${buggy}/model.json`, 'Show Units');
      const page = await editors.webview(editor, 'Units: shapes-stamp-bug');
      await inState(page, 'ready');
      await editors.runCommand(editor, 'View: Toggle Primary Side Bar Visibility');
      await byId(page, 'layer').selectOption('conv5');
      await byId(page, 'view-patches').click();
      await byId(page, 'collected').waitFor({ timeout: 60_000 });
      await byId(page, 'patch').first().waitFor();
      await drawn(page);
      await save(editor, `units-patches-${theme}`);

      // It is the one with stamps on all of its strongest patches.
      await byId(page, `unit-${stampUnit}`).locator('[data-testid=unit-head]').click();
      await byId(page, 'unit-maps').waitFor();
      await drawn(page);
      await save(editor, `units-unit-${theme}`);

      await editors.runCommand(editor, 'Glassbox: Visualise a Class…');
      await editors.answerQuickPick(editor, 'moon');
      await page.locator('[data-testid=visualise][data-climb=done]').waitFor({ timeout: 120_000 });
      await save(editor, `units-visualise-${theme}`);
    });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** The pictures as the network sees them beside each other: the map, what is like one of them, and what it mixes up. */
async function takeSpace(theme: Theme): Promise<void> {
  const home = mkdtempSync(join(realpathSync(tmpdir()), 'glassbox-screenshot-'));
  const workspace = join(home, 'sample');
  cpSync(sample, workspace, { recursive: true });
  rmSync(join(workspace, 'README.md'));
  try {
    await editors.withEditor('space', { folder: workspace, theme, settings: quiet, width: 1280, height: 800 }, async (editor) => {
      await editors.explorerMenu(editor, `${buggy}/model.json`, 'Show Feature Space');
      const page = await editors.webview(editor, 'Feature Space: shapes-stamp-bug');
      await inState(page, 'ready');
      await editors.runCommand(editor, 'View: Toggle Primary Side Bar Visibility');
      await page.locator('[data-testid=map][data-run=done]').waitFor({ timeout: 60_000 });
      await drawn(page);
      await save(editor, `space-map-${theme}`);

      await byId(page, 'view-mistakes').click();
      await byId(page, 'matrix').waitFor();
      await drawn(page);
      await save(editor, `space-mistakes-${theme}`);

      // A square that the stamp makes a star.
      await page.locator('[data-testid=mistake-item]', { hasText: 'square-04-stamped.png' }).click();
      await page.locator('[data-testid=selection-tile][title$="square-04-stamped.png"]').click();
      await byId(page, 'act-similar').click();
      await byId(page, 'selection-close').click();
      await byId(page, 'list-features').locator('[data-testid=neighbour]').first().waitFor();
      await drawn(page);
      await save(editor, `space-neighbours-${theme}`);
    });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** A run in the side bar: the pictures over its checkpoints, the alarm, the tree; and two checkpoints compared. */
async function takeTraining(theme: Theme): Promise<void> {
  const home = mkdtempSync(join(realpathSync(tmpdir()), 'glassbox-screenshot-'));
  const workspace = join(home, 'sample');
  cpSync(sample, workspace, { recursive: true });
  rmSync(join(workspace, 'README.md'));
  const settings = { 'window.commandCenter': false };
  try {
    await editors.withEditor('training', { folder: workspace, theme, settings, width: 1440, height: 1000 }, async (editor) => {
      await training.openTraining(editor);
      await training.followRun(editor, `${buggy}/checkpoints/epoch_*`);
      for (const epoch of ['epoch_01', 'epoch_03', 'epoch_05', 'epoch_07', 'epoch_10'])
        await training.rowSays(editor, epoch, /% of \d+ images of the data set right/);
      const page = await training.trainingPage(editor);
      await byId(page, 'alarm').first().waitFor();
      await drawn(page);
      // As it usually is, to be looked at.
      await editors.screenshot(editor, `training-narrow-${theme}`);

      await editors.openFile(editor, square);
      await widenSideBar(editor, 700);
      await training.openTraining(editor);
      await drawn(await training.trainingPage(editor));
      await save(editor, `training-${theme}`);
      await widenSideBar(editor, 300);
      await editors.runCommand(editor, 'View: Close All Editors');

      await training.treeRow(editor, 'epoch_03').click();
      await training.treeRow(editor, 'epoch_10').click({ modifiers: ['ControlOrMeta'] });
      await editors.contextMenu(editor, training.treeRow(editor, 'epoch_10'), 'Compare Selected Checkpoints');
      const comparison = await editors.webview(editor, /epoch_03.*epoch_10/);
      await inState(comparison, 'ready');
      await drawn(comparison);
      await save(editor, `training-compare-${theme}`);
    });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** Drags the border between side bar and editors. */
async function widenSideBar({ page }: editors.Editor, width: number): Promise<void> {
  const { x, width: before, y, height } = (await page.locator('.part.sidebar').boundingBox())!;
  await page.mouse.move(x + before, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width, y + height / 2, { steps: 5 });
  await page.mouse.up();
}

/** Waits until nothing is a placeholder any more. */
async function drawn(page: FrameLocator): Promise<void> {
  const placeholders = page.locator('.skeleton').filter({ visible: true });
  await editors.eventually('all of it is drawn', async () => (await placeholders.count()) === 0 || undefined);
}

async function save(editor: editors.Editor, name: string): Promise<void> {
  // No tooltip, no focus ring where the mouse last was.
  await editor.page.mouse.move(640, 790);
  const shot = await editor.page.screenshot({ animations: 'disabled', caret: 'hide' });
  const file = join(folder, `${name}.png`);
  await sharp(shot).png({ palette: true, colours: 256, dither: 0.4, effort: 10, compressionLevel: 9 }).toFile(file);
  console.log(`${relative(repository, file)}: ${Math.round(statSync(file).size / 1000)} kB`);
}

mkdirSync(folder, { recursive: true });
const words = process.argv.slice(2);
const all = [
  ...pictures.map((each) => ({ name: each.name, take: () => take(each) })),
  { name: 'model-dark', take: () => takeModel('model-dark', 'dark') },
  { name: 'units-dark', take: () => takeUnits('dark') },
  { name: 'space-dark', take: () => takeSpace('dark') },
  { name: 'training-dark', take: () => takeTraining('dark') },
  { name: 'training-light', take: () => takeTraining('light') },
];
for (const { name, take } of all) if (words.length === 0 || words.some((word) => name.includes(word))) await take();

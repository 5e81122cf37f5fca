// What a network's units look for: from the model's tree, its text and the palette to the panel, and back to the pictures.
import assert from 'node:assert/strict';
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { FrameLocator } from 'playwright-core';
import * as editors from '../support/editor.ts';
import * as views from '../support/modelView.ts';
import { sample } from '../support/paths.ts';
import * as journey from './journey.ts';

const { answerDialog, byId, inState, manyPictures, textOf, square, star } = journey;

type Step = (editor: editors.Editor) => Promise<void>;

const unitsOf = (editor: editors.Editor, model = 'shapes-stamp-bug'): Promise<FrameLocator> => editors.webview(editor, `Units: ${model}`);

/** The value of a list of the page. */
const chosen = (page: FrameLocator, id: string) => byId(page, id).evaluate((list: { value: string }) => list.value);

/** Waits until the page shows this layer. */
async function atLayer(page: FrameLocator, layer: string): Promise<void> {
  await inState(page, 'ready');
  await editors.eventually(`the layer ${layer}`, async () => (await chosen(page, 'layer')) === layer || undefined);
}

/** How many colours a drawn picture has. */
async function colours(page: FrameLocator, selector: string): Promise<number> {
  const canvas = page.locator(selector).first();
  await canvas.waitFor();
  return await canvas.evaluate((node: unknown) => {
    const { width, height, getContext } = node as { width: number; height: number; getContext(kind: '2d'): unknown };
    const context = getContext.call(node, '2d') as {
      getImageData(x: number, y: number, w: number, h: number): { data: Uint8ClampedArray };
    };
    const { data } = context.getImageData(0, 0, width, height);
    const seen = new Set<number>();
    for (let i = 0; i < data.length; i += 4) seen.add((data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!);
    return seen.size;
  });
}

async function isDrawn(page: FrameLocator, selector: string): Promise<void> {
  await editors.eventually(`${selector} is drawn`, async () => (await colours(page, selector)) > 8 || undefined);
}

const many = 1_200;

/** Each step goes on where the one before it ended. */
const steps: Record<string, Step> = {
  'from the row of a layer to its activations': async (editor) => {
    await views.openModelView(editor);
    await editor.page.locator('.sidebar .welcome-view-content').getByText('Choose Model…').click();
    await editors.answerQuickPick(editor, 'shapes-stamp-bug');
    await views.clickInRow(views.modelRow(editor, 'relu4'), 'Show Units');
    const page = await unitsOf(editor);
    await atLayer(page, 'relu4');
    await isDrawn(page, '[data-testid="activation-canvas"]');
    await isDrawn(page, '[data-testid="unit-wall"] canvas');
    // Masks are left out by the workspace's settings.
    await byId(page, 'dataset').getByText('20 images').waitFor();
    await byId(page, 'next-layer').click();
    await editor.page.locator('[aria-selected=true]').and(views.modelRow(editor, 'conv5')).waitFor();
    await editors.screenshot(editor, 'units-activations');
  },

  'patches are collected by the real engine; a new picture is told of and added': async (editor) => {
    const page = await unitsOf(editor);
    // Of so few pictures without a word.
    await byId(page, 'view-patches').click();
    await byId(page, 'collected').getByText('Collected from 20 pictures').waitFor({ timeout: 60_000 });
    await isDrawn(page, '[data-testid="patch"] canvas');
    assert.ok((await byId(page, 'patch').count()) >= 9);
    await editors.screenshot(editor, 'units-patches');

    const from = join(sample, 'images/heart/heart-07.png');
    cpSync(from, join(editor.folder, 'images/heart/heart-07.png'));
    await byId(page, 'collect-news').getByText('1 new picture').waitFor();
    await byId(page, 'collect-update').click();
    await byId(page, 'collected').getByText('Collected from 21 pictures').waitFor();
  },

  'from a patch to the explanation of its picture at that layer': async (editor) => {
    const page = await unitsOf(editor);
    await byId(page, 'patch').first().click();
    await byId(page, 'unit-page').waitFor();
    assert.match(await textOf(page, 'unit-title'), /^conv5 · unit \d+$/);
    await byId(page, 'selected-patch').waitFor();
    await editors.screenshot(editor, 'units-unit');
    const facts = await textOf(page, 'selected-facts');
    const name = /([\w-]+\.png)/.exec(facts)?.[1];
    assert.ok(name, facts);
    await byId(page, 'explain-image').click();
    const explained = await editors.webview(editor, `Explain: ${name}`);
    await inState(explained, 'ready');
    await byId(explained, 'map-line').getByText('conv5').first().waitFor();
    // Side by side: neither covers the other.
    await byId(page, 'unit-page').waitFor();
  },

  'the text of the model leads there, too': async (editor) => {
    await editors.runCommand(editor, 'View: Close All Editors');
    await views.modelRow(editor, 'conv2').click();
    await editors.tab(editor, 'model.json').waitFor();
    // A layer's actions stand above its entry, which begins before its name.
    const [lenses, named] = ['.codelens-decoration a', '.editor-instance .view-line'].map((each) => editor.page.locator(each));
    const opened = editors.tab(editor, 'Units: shapes-stamp-bug');
    await editors.eventually('the panel', async () => {
      const name = await named!.filter({ hasText: '"conv2"' }).first().boundingBox({ timeout: 1000 });
      const boxes = await Promise.all((await lenses!.filter({ hasText: 'Units' }).all()).map((each) => each.boundingBox({ timeout: 500 })));
      const above = boxes.filter((box) => box && name && box.y < name.y).sort((a, b) => b!.y - a!.y)[0];
      if (!above) return undefined;
      await editor.page.mouse.click(above.x + above.width / 2, above.y + above.height / 2);
      return editors.appears(opened, 3000);
    });
    const page = await unitsOf(editor);
    await atLayer(page, 'conv2');
    // What was collected of the last layer is not of this one.
    await byId(page, 'layer').selectOption('conv5');
    await byId(page, 'view-patches').click();
    await byId(page, 'collected').getByText('Collected from 21 pictures').waitFor();
    await editors.tab(editor, 'model.json').waitFor();
  },

  'a reload of the window brings the panel back, with what was collected': async (editor) => {
    // The editor keeps a page's state every 5 s.
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    await editors.reloadWindow(editor);
    const page = await unitsOf(editor);
    await atLayer(page, 'conv5');
    await byId(page, 'collected').getByText('Collected from 21 pictures').waitFor();
    await isDrawn(page, '[data-testid="patch"] canvas');
  },

  'several layers are collected in one go': async (editor) => {
    const page = await unitsOf(editor);
    await editors.eventually('the layers are ticked', async () => {
      await byId(page, 'collect-others').click({ timeout: 1000 });
      await editors.quickPickRow(editor, 'conv4').click({ timeout: 3000 });
      await editor.page.keyboard.press('Enter');
      return editors.appears(byId(page, 'collected').getByText('Collected from 21 pictures'), 10_000);
    });
    await byId(page, 'layer').selectOption('conv4');
    await byId(page, 'collected').getByText('Collected from 21 pictures').waitFor();
    await byId(page, 'reveal-layer').first().click();
    await editor.page.locator('.editor-instance .view-line', { hasText: '"conv4"' }).first().waitFor();
  },

  'another folder is chosen; a collect is cancelled, what is collected stays, and it goes on': async (editor) => {
    manyPictures(join(editor.folder, 'many'), many);
    const page = await unitsOf(editor);
    await byId(page, 'change-dataset').click();
    await editors.answerQuickPick(editor, 'many');
    await byId(page, 'dataset').getByText('1200 images').waitFor();
    await byId(page, 'layer').selectOption('relu1');
    await byId(page, 'collect').click();
    await byId(page, 'collect-progress')
      .getByText(/^[1-9]\d* of 1200/)
      .waitFor({ timeout: 60_000 });
    await byId(page, 'collect-cancel').click();
    const left = byId(page, 'collect-news').getByText(/\d+ pictures? not looked at yet/);
    await left.waitFor();
    const lacking = Number(/\d+/.exec((await left.textContent()) ?? '')?.[0]);
    assert.ok(lacking > 0 && lacking < many, `${lacking} are lacking`);
    await byId(page, 'collect-update').click();
    await byId(page, 'collected').getByText('Collected from 1200 pictures').waitFor({ timeout: 120_000 });
  },

  'a class is visualised to the end, from the palette': async (editor) => {
    await editors.eventually('the class is climbed', async () => {
      await editors.runCommand(editor, 'Glassbox: Visualise a Class…');
      await editors.answerQuickPick(editor, 'moon');
      return editors.appears(byId(await unitsOf(editor), 'visualise-progress').first(), 10_000);
    });
    const page = await unitsOf(editor);
    await page.locator('[data-testid=visualise][data-climb=done]').waitFor({ timeout: 240_000 });
    assert.match(await textOf(page, 'visualise-says'), /^The network says: moon (9\d(\.\d)?|100|> ?99(\.\d)?) ?%$/);
    await isDrawn(page, '[data-testid="visualise-picture"]');
    await editors.screenshot(editor, 'units-visualise');
  },

  'the picture is saved with what made it': async (editor) => {
    const page = await unitsOf(editor);
    await byId(page, 'save-picture').click();
    const input = editor.page.locator('.quick-input-widget input');
    await editors.eventually('the save dialog', async () => (/moon\..*\.png$/.test(await input.inputValue()) ? true : undefined));
    const file = await input.inputValue();
    await input.press('Enter');
    await byId(page, 'notice').getByText('.png').waitFor();
    const saved = join(editor.folder, file.split('/').at(-1)!);
    assert.equal(dirname(saved), editor.folder);
    assert.equal(readFileSync(saved).subarray(1, 4).toString(), 'PNG');
    const told = JSON.parse(readFileSync(`${saved}.json`, 'utf8'));
    assert.match(told.tool, /^Glassbox \d/);
    assert.match(told.modelHash, /^[0-9a-f]{64}/);
    assert.deepEqual(told.objective, { kind: 'class', class: 2 });

    const stem = /([^/]+)\.png$/.exec(file)![1]!;
    await byId(page, 'save-frames').click();
    await editors.eventually('the folder dialog', async () => ((await input.inputValue()).startsWith(editor.folder) ? true : undefined));
    await editor.page.locator('.quick-input-widget .monaco-button', { hasText: 'Save Here' }).click();
    const frames = () => readdirSync(editor.folder).filter((name) => name.startsWith(`${stem}-`) && name.endsWith('.png'));
    await editors.eventually(
      'the frames and where they come from',
      async () => existsSync(join(editor.folder, `${stem}.json`)) || undefined,
    );
    assert.deepEqual(frames()[0], `${stem}-0000.png`);
    assert.equal(frames().length, JSON.parse(readFileSync(join(editor.folder, `${stem}.json`), 'utf8')).frames.length);
  },

  'another model goes to the same panel, unless that is pinned': async (editor) => {
    await editors.explorerMenu(editor, `${journey.healthy}/model.json`, 'Show Units');
    await inState(await unitsOf(editor, 'shapes'), 'ready');
    assert.equal(await editors.tab(editor, /^Units: /).count(), 1);
    await editors.runCommand(editor, 'Glassbox: Pin Panel to This Picture and Model');
    await editors.explorerMenu(editor, `${journey.buggy}/model.json`, 'Show Units');
    await inState(await unitsOf(editor), 'ready');
    assert.equal(await editors.tab(editor, /^Units: /).count(), 2);
  },

  'what was collected is deleted': async (editor) => {
    await editors.runCommand(editor, 'Glassbox: Delete Collected Activations');
    await answerDialog(editor, 'Delete');
    const page = await unitsOf(editor);
    await byId(page, 'view-patches').click();
    await byId(page, 'collect-offer').waitFor();
    await byId(page, 'layer').selectOption('conv5');
    await byId(page, 'collect-offer').getByText('conv5').waitFor();
  },
};

function workspace(t: TestContext): string {
  const kinds = ['cross', 'heart', 'moon', 'square', 'star', 'triangle'];
  const images = kinds.flatMap((kind) => [1, 2, 3].map((number) => `images/${kind}/${kind}-0${number}.png`));
  const masks = readdirSync(join(sample, 'masks'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.png'));
  const mask = `masks/${masks[0]}`;
  const folder = journey.workspace(t, ...images, square, 'stamped/moon/moon-03-stamped.png', mask, journey.buggy, journey.healthy);
  editors.changeSettings({ folder } as editors.Editor, { 'glassbox.datasetExclude': ['**/masks/**'] });
  assert.ok(images.includes(star));
  return folder;
}

test('units', { timeout: 900_000 }, async (t) => {
  await editors.withEditor('units', { folder: workspace(t) }, (editor) =>
    editors.runSteps(editor, steps, (name, step) => t.test(name, step)),
  );
});

test('Restricted Mode: no picture is looked for before a person has chosen the folder', { timeout: 240_000 }, async (t) => {
  const folder = journey.workspace(t, square, star, journey.buggy);
  editors.changeSettings({ folder } as editors.Editor, { 'glassbox.dataset': 'images' });
  await editors.withEditor('units restricted', { folder, trusted: false }, async (editor) => {
    await editors.explorerMenu(editor, `${journey.buggy}/model.json`, 'Show Units');
    const page = await unitsOf(editor);
    await inState(page, 'ready');
    await byId(page, 'no-picture').waitFor();
    await byId(page, 'dataset').getByText('No images').waitFor();
    await byId(page, 'change-dataset').click();
    await editors.answerQuickPick(editor, 'stamped');
    await byId(page, 'dataset').getByText('1 image').waitFor();
    await isDrawn(page, '[data-testid="activation-canvas"]');
  });
});

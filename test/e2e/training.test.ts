// Following training runs: the sample's finished ones, one that goes on, a file that is overwritten, and what does not happen by itself.
import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import * as editors from '../support/editor.ts';
import { sample } from '../support/paths.ts';
import * as training from '../support/trainingView.ts';
import * as journey from './journey.ts';

const { byId } = journey;
const { rowSays, statusSays, treeRow, treeRows } = training;

type Step = (editor: editors.Editor) => Promise<void>;

const epochs = ['epoch_10', 'epoch_07', 'epoch_05', 'epoch_03', 'epoch_01'];
const isRead = /\d+ % of \d+ (probes|images of the data set) right/;
const buggyRun = `${journey.buggy}/checkpoints/epoch_*`;
const healthyRun = `${journey.healthy}/checkpoints/epoch_*`;
const weights = 'group1-shard1of1.bin';

/** The sample without its README, which would open by itself. */
function sampleCopy(t: TestContext): string {
  const folder = journey.workspace(t);
  cpSync(sample, folder, { recursive: true });
  rmSync(join(folder, 'README.md'));
  return folder;
}

/** A few pictures and no run yet. */
function pictures(t: TestContext): string {
  const folder = journey.workspace(t);
  for (const kind of ['cross', 'heart', 'moon', 'star'])
    cpSync(join(sample, 'images', kind, `${kind}-01.png`), join(folder, 'images', kind, `${kind}-01.png`));
  return folder;
}

/** Training writes a checkpoint: the network of the sample after so many epochs. */
function write(folder: string, to: string, epoch: string): void {
  cpSync(join(sample, journey.healthy, 'checkpoints', epoch), join(folder, to), { recursive: true });
}

/** Half of it so far. */
function writeHalf(folder: string, to: string, epoch: string): void {
  write(folder, to, epoch);
  const file = join(folder, to, weights);
  truncateSync(file, Math.floor(readFileSync(file).length / 2));
}

const engines = (editor: editors.Editor) => [...editor.logs().matchAll(/Engine process \d+ starts/g)].length;

/** Nothing of Glassbox has popped up. */
async function assertQuiet(editor: editors.Editor): Promise<void> {
  const toasts = await editor.page.locator('.notifications-toasts .notification-list-item').allTextContents();
  assert.deepEqual(
    toasts.filter((text) => /glassbox|checkpoint|epoch/i.test(text)),
    [],
  );
}

/** Each step goes on where the one before it ended. */
const finished: Record<string, Step> = {
  'both runs are found, and nothing is read before the view is shown': async (editor) => {
    await editors.revealInExplorer(editor, 'models');
    assert.equal(engines(editor), 0);
    await training.openTraining(editor);
    await treeRow(editor, buggyRun).waitFor();
    await treeRow(editor, healthyRun).waitFor();
    await training.followRun(editor, buggyRun);
  },

  'all five epochs are read, the newest first in the tree': async (editor) => {
    for (const epoch of epochs) await rowSays(editor, epoch, isRead);
    assert.deepEqual(
      (await treeRows(editor)).map((row) => row.split(',')[0]).filter((name) => name?.startsWith('epoch')),
      epochs,
    );
    await training.trainingPage(editor);
  },

  'that the network takes the stamp for a star is told before the last epoch': async (editor) => {
    await rowSays(editor, 'epoch_07', /star: looks (at the border|off the object)/);
    await statusSays(editor, /warning, epoch_10, \d+ %, alarm: .*star/);
    await byId(await training.trainingPage(editor), 'alarm')
      .first()
      .waitFor();
    await assertQuiet(editor);
    await editors.screenshot(editor, 'training-sample');
  },

  'a checkpoint that is chosen in the tree is where the slider stands, and the other way round': async (editor) => {
    const page = await training.trainingPage(editor);
    await treeRow(editor, 'epoch_03').click();
    await byId(page, 'slider-words').getByText('epoch_03').first().waitFor();
    await byId(page, 'slider').focus();
    await byId(page, 'slider').press('ArrowRight');
    await byId(page, 'slider-words').getByText('epoch_05').first().waitFor();
    await editor.page.locator('[aria-selected=true]').and(treeRow(editor, 'epoch_05')).waitFor();
    // The focus has stayed where it was.
    assert.equal(await editor.page.locator('.sidebar .monaco-list :focus').count(), 0);
  },

  'a checkpoint is pinned, and another one compared with it': async (editor) => {
    await editors.contextMenu(editor, treeRow(editor, 'epoch_01'), 'Pin as Reference');
    await rowSays(editor, 'epoch_01', /pinned/);
    await editors.contextMenu(editor, treeRow(editor, 'epoch_03'), 'Pin as Reference');
    await rowSays(editor, 'epoch_03', /pinned/);
    assert.doesNotMatch(await rowSays(editor, 'epoch_01', isRead), /pinned/, 'one is the reference');
    await editors.contextMenu(editor, treeRow(editor, 'epoch_10'), 'Compare with Pinned');
    await editors.tab(editor, /epoch_03.*epoch_10/).waitFor();
    await editors.runCommand(editor, 'View: Close All Editors');
  },

  'two that are selected are compared, the earlier one first': async (editor) => {
    await treeRow(editor, 'epoch_07').click();
    await byId(await training.trainingPage(editor), 'slider-words')
      .getByText('epoch_07')
      .first()
      .waitFor();
    await treeRow(editor, 'epoch_01').click({ modifiers: ['ControlOrMeta'] });
    for (const name of ['epoch_07', 'epoch_01']) await editor.page.locator('[aria-selected=true]').and(treeRow(editor, name)).waitFor();
    await editors.contextMenu(editor, treeRow(editor, 'epoch_01'), 'Compare Selected Checkpoints');
    await editors.tab(editor, /epoch_01.*epoch_07/).waitFor();
    await editors.runCommand(editor, 'View: Close All Editors');
  },

  'a checkpoint is a model like others: shown, used': async (editor) => {
    await treeRow(editor, 'epoch_05').click();
    await editors.contextMenu(editor, treeRow(editor, 'epoch_05'), 'Explain Probe…');
    await editors.answerQuickPick(editor, /star-0\d\.png/);
    await journey.inState(await editors.webview(editor, /Explain: star-0\d\.png/), 'ready');
    await editor.page.locator('.statusbar-item', { hasText: 'epoch_05' }).first().waitFor();
    await editors.runCommand(editor, 'View: Close All Editors');
  },

  'what was read is removed from the cache, and read again': async (editor) => {
    await editors.runCommand(editor, 'Glassbox: Pause Reading Checkpoints');
    await statusSays(editor, /paused/);
    await editors.contextMenu(editor, treeRow(editor, 'epoch_10'), 'Remove from Cache');
    await rowSays(editor, 'epoch_10', /waiting/);
    await statusSays(editor, /epoch_07, .*paused/);
    await editors.runCommand(editor, 'Glassbox: Go On Reading Checkpoints');
    await rowSays(editor, 'epoch_10', isRead);
  },

  'pictures are added to the probes in the explorer': async (editor) => {
    const page = await training.trainingPage(editor);
    await byId(page, 'probe').first().waitFor();
    await training.hideTraining(editor);
    await editors.explorerMenu(editor, 'images/heart/heart-07.png', 'Add to Probe Set');
    await training.openTraining(editor);
    const again = await training.trainingPage(editor);
    await again.locator('[data-testid=probe][data-image$="heart-07.png"]').waitFor();
    await rowSays(editor, 'epoch_01', isRead);
    await assertQuiet(editor);
  },

  'a run that is chosen in the page is unfolded in the tree': async (editor) => {
    const page = await training.trainingPage(editor);
    await byId(page, 'run-select').selectOption({ label: healthyRun });
    await editor.page
      .locator('[aria-expanded=true]')
      .and(treeRow(editor, `${healthyRun}, followed`))
      .waitFor();
    await rowSays(editor, 'epoch_10', isRead);
  },
};

const running: Record<string, Step> = {
  'where there is no run the views say what would be found': async (editor) => {
    await training.openTraining(editor);
    await editor.page.locator('.sidebar .welcome-view-content', { hasText: 'No training run' }).waitFor();
    await byId(await training.trainingPage(editor), 'none').waitFor();
    assert.equal(engines(editor), 0);
  },

  'the checkpoints of a run come on screen as they are written': async (editor) => {
    write(editor.folder, 'runs/epoch_01', 'epoch_01');
    await rowSays(editor, 'epoch_01', isRead);
    write(editor.folder, 'runs/epoch_02', 'epoch_03');
    await rowSays(editor, 'epoch_02', isRead);
    assert.deepEqual(
      (await treeRows(editor)).map((row) => row.split(',')[0]),
      ['runs/epoch_*', 'epoch_02', 'epoch_01'],
    );
    await statusSays(editor, /: epoch_02, \d+ %/);
  },

  'one that is half-written is said to be, and is read once it is whole': async (editor) => {
    writeHalf(editor.folder, 'runs/epoch_03', 'epoch_05');
    await rowSays(editor, 'epoch_03', /being written/);
    await statusSays(editor, /: epoch_02, .*waiting for epoch_03/);
    const page = await training.trainingPage(editor);
    assert.equal(await byId(page, 'failed-checkpoint').count(), 0);
    await assertQuiet(editor);
    write(editor.folder, 'runs/epoch_03', 'epoch_05');
    await rowSays(editor, 'epoch_03', isRead);
    await editors.screenshot(editor, 'training-running');
  },

  'one whose files no model reads says so in its row, and is read again when it is mended': async (editor) => {
    write(editor.folder, 'runs/epoch_04', 'epoch_07');
    await rowSays(editor, 'epoch_04', isRead);
    const file = join(editor.folder, 'runs/epoch_04/model.json');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('"Conv2D"', '"Unheard"'));
    await rowSays(editor, 'epoch_04', /could not be read/);
    await assertQuiet(editor);
    writeFileSync(file, text);
    await rowSays(editor, 'epoch_04', /^(?!.*could not).* right/);
  },

  'while nobody looks nothing is read, and the badge counts what came': async (editor) => {
    await training.hideTraining(editor);
    await editors.runCommand(editor, 'Glassbox: Restart Engine');
    const before = engines(editor);
    write(editor.folder, 'runs/epoch_05', 'epoch_10');
    await statusSays(editor, /: epoch_04, .*1 new/);
    await editor.page.locator('.activitybar .action-item:has([aria-label*="1 new checkpoint"]) .badge').waitFor();
    assert.equal(engines(editor), before, 'no engine was started for it');
    await training.openTraining(editor);
    await rowSays(editor, 'epoch_05', isRead);
    await statusSays(editor, /: epoch_05, \d+ %/);
    assert.equal(engines(editor), before + 1);
    assert.equal(await editor.page.locator('.activitybar .action-item:has([aria-label*="new checkpoint"])').count(), 0);
  },

  'who asked for alerts is told of a fall although the view is hidden, once, and can turn them off': async (editor) => {
    await training.hideTraining(editor);
    editors.changeSettings(editor, { 'glassbox.training.alert': ['accuracyDrop'] });
    write(editor.folder, 'runs/epoch_06', 'epoch_01');
    const alert = editors.notification(editor, /epoch_06: \d+ % of \d+ .* points less than at epoch_/);
    await alert.waitFor({ timeout: 60_000 });
    write(editor.folder, 'runs/epoch_07', 'epoch_01');
    await statusSays(editor, /: epoch_07, \d+ %/);
    assert.equal(await editors.notification(editor, /points less/).count(), 1);
    await alert.locator('.monaco-button', { hasText: 'Turn Off' }).click();
    await editors.eventually('the alerts are off', async () => {
      const settings = JSON.parse(readFileSync(join(editor.folder, '.vscode', 'settings.json'), 'utf8'));
      return settings['glassbox.training.alert'].length === 0 || undefined;
    });
    await alert.waitFor({ state: 'hidden' });
    const before = await statusSays(editor, /: epoch_07/);
    write(editor.folder, 'runs/epoch_08', 'epoch_10');
    await statusSays(editor, /: epoch_07, .*1 new/);
    assert.doesNotMatch(before, /1 new/);
    await training.openTraining(editor);
    await rowSays(editor, 'epoch_08', isRead);
  },

  'a file that is overwritten is watched: each version stays': async (editor) => {
    write(editor.folder, 'live', 'epoch_01');
    await training.hideTraining(editor);
    await editors.explorerMenu(editor, 'live/model.json', 'Watch This File');
    await treeRow(editor, 'live').waitFor();
    await rowSays(editor, 'live', /followed, 1 version/);
    for (const [version, epoch] of [
      ['#1', 'epoch_01'],
      ['#2', 'epoch_05'],
      ['#3', 'epoch_10'],
    ] as const) {
      write(editor.folder, 'live', epoch);
      await editors.eventually(
        `version ${version}`,
        async () => (await versions(editor)).some((row) => row.includes(version) && isRead.test(row)) || undefined,
        60_000,
      );
    }
    const all = await versions(editor);
    assert.deepEqual(
      all.map((row) => /#\d/.exec(row)?.[0]),
      ['#3', '#2', '#1'],
    );
    assert.deepEqual(
      all.map((row) => row.includes('files gone')),
      [false, true, true],
    );
  },

  'and is still there after the window was reloaded': async (editor) => {
    const before = (await versions(editor)).map(accuracy);
    await editors.reloadWindow(editor);
    await training.openTraining(editor);
    await editors.eventually(
      'three versions',
      async () => {
        const all = await versions(editor);
        return (all.length === 3 && all.every((row) => isRead.test(row))) || undefined;
      },
      60_000,
    );
    assert.deepEqual((await versions(editor)).map(accuracy), before);
    await assertQuiet(editor);
  },
};

/** Rows of a watched file's versions. */
const versions = async (editor: editors.Editor) => (await treeRows(editor)).filter((row) => / #\d/.test(row));
const accuracy = (row: string) => isRead.exec(row)?.[0];

test('finished runs of the sample', { timeout: 300_000 }, async (t) => {
  await editors.withEditor('training', { folder: sampleCopy(t), height: 1000 }, (editor) =>
    editors.runSteps(editor, finished, (name, step) => t.test(name, step)),
  );
});

test('a run that goes on', { timeout: 300_000 }, async (t) => {
  await editors.withEditor('training-running', { folder: pictures(t), height: 1000 }, (editor) =>
    editors.runSteps(editor, running, (name, step) => t.test(name, step)),
  );
});

test('in Restricted Mode nothing is read before it is asked for', { timeout: 180_000 }, async (t) => {
  const folder = pictures(t);
  for (const epoch of ['epoch_01', 'epoch_03']) write(folder, `runs/${epoch}`, epoch);
  await editors.withEditor('training-restricted', { folder, trusted: false, height: 1000 }, async (editor) => {
    await training.openTraining(editor);
    const welcome = editor.page.locator('.sidebar .welcome-view-content', { hasText: 'Restricted Mode' });
    await welcome.waitFor();
    const page = await training.trainingPage(editor);
    await byId(page, 'off').waitFor();
    assert.equal(engines(editor), 0);
    assert.deepEqual(await treeRows(editor), []);
    await byId(page, 'follow').click();
    // No picture is read either that a person has not chosen.
    await treeRow(editor, 'epoch_03').waitFor();
    await byId(page, 'no-probes').waitFor();
    for (const kind of ['moon', 'star']) await editors.explorerMenu(editor, `images/${kind}/${kind}-01.png`, 'Add to Probe Set');
    await training.openTraining(editor);
    await rowSays(editor, 'epoch_03', isRead);
    await rowSays(editor, 'epoch_01', isRead);
    assert.equal(await welcome.count(), 0);
  });
});

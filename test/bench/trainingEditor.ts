/**
 * How long a person waits while a run is followed, in a real VS Code: from a checkpoint's last byte to its frames on screen (SqueezeNet,
 * 12 probes, Grad-CAM at one layer), and what a run of 200 checkpoints × 24 probes takes in memory and time.
 *   npm run bench:training-editor
 */
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FrameLocator } from 'playwright-core';
import { changeSettings, type Editor, eventually, openEditor } from '../support/editor.ts';
import { sample } from '../support/paths.ts';
import { sharedPath } from '../support/shared.ts';
import { openTraining, trainingPage } from '../support/trainingView.ts';

const squeezenet = sharedPath('models/squeezenet-imagenet/tfjs-layers');
const [rounds, checkpoints, probes] = [6, 200, 24];

function newFolder(): string {
  return mkdtempSync(join(realpathSync(tmpdir()), 'glassbox-bench-'));
}

/** A checkpoint of its own: the weights are a little larger. */
function writeCheckpoint(from: string, to: string, epoch: number): void {
  mkdirSync(to, { recursive: true });
  for (const file of readdirSync(from)) {
    if (!file.endsWith('.bin')) {
      copyFileSync(join(from, file), join(to, file));
      continue;
    }
    const bytes = readFileSync(join(from, file));
    const weights = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    writeFileSync(
      join(to, file),
      weights.map((weight) => weight * (1 + epoch * 1e-4)),
    );
  }
}

const name = (epoch: number) => `epoch_${String(epoch).padStart(3, '0')}`;

/** The slider stands at the checkpoint, and the first probe's map is drawn. */
async function isShown(page: FrameLocator, checkpoint: string): Promise<true | undefined> {
  const words = await page.locator('[data-testid=slider-bar]').textContent();
  return (words ?? '').includes(checkpoint) || undefined;
}

async function latency(): Promise<void> {
  if (squeezenet === undefined) return console.log('SqueezeNet is not there: left out');
  const folder = newFolder();
  mkdirSync(join(folder, 'images'));
  const photographs = readdirSync(sharedPath('images/misc') as string).filter((file) => /\.(jpe?g|png)$/.test(file));
  for (let i = 0; i < 12; i++) {
    const photograph = photographs[i % photographs.length] as string;
    copyFileSync(join(sharedPath('images/misc') as string, photograph), join(folder, 'images', `${i}-${basename(photograph)}`));
  }
  const run = join(folder, 'checkpoints');
  mkdirSync(run);
  for (const file of ['glassbox.json', 'labels.txt']) copyFileSync(join(squeezenet, '..', file), join(run, file));
  for (let epoch = 1; epoch <= 2; epoch++) writeCheckpoint(squeezenet, join(run, name(epoch)), epoch);
  const editor = await openEditor({ folder });
  try {
    // What is measured is the probes; the whole set of twelve would come after them.
    await openTraining(editor);
    const page = await trainingPage(editor);
    await eventually('the first checkpoints are read', () => isShown(page, name(2)), 120_000);
    await sleep(5_000);
    const times: number[] = [];
    for (let epoch = 3; epoch < 3 + rounds; epoch++) {
      writeCheckpoint(squeezenet, join(run, name(epoch)), epoch);
      const start = performance.now();
      await eventually(`${name(epoch)} is on screen`, () => isShown(page, name(epoch)), 60_000);
      times.push((performance.now() - start) / 1000);
      await sleep(3_000);
    }
    console.log(`SqueezeNet, 12 probes, last byte to screen: ${times.map((s) => s.toFixed(2)).join(', ')} s (bar 5 s)`);
  } finally {
    await editor.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Resident memory of the processes of this editor, MB, by what they are. */
function memory(editor: Editor): Record<string, number> {
  const found: Record<string, number> = {};
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      const kind = /dist\/engine\.mjs/.test(command) ? 'engine' : /type=extensionHost/.test(command) ? 'host' : undefined;
      const rss = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
      if (kind) found[kind] = Math.max(found[kind] ?? 0, Math.round(rss));
    } catch {
      // It has ended meanwhile.
    }
  }
  void editor;
  return found;
}

async function manyCheckpoints(): Promise<void> {
  const folder = newFolder();
  const source = join(sample, 'models', 'shapes', 'checkpoints', 'epoch_10');
  const run = join(folder, 'checkpoints');
  for (let epoch = 1; epoch <= checkpoints; epoch++) writeCheckpoint(source, join(run, name(epoch)), epoch);
  for (const kind of ['images', 'stamped']) {
    for (const label of readdirSync(join(sample, kind))) {
      const files = readdirSync(join(sample, kind, label)).slice(0, probes / 12);
      for (const file of files) cpSync(join(sample, kind, label, file), join(folder, kind, label, file));
    }
  }
  const editor = await openEditor({ folder });
  try {
    changeSettings(editor, { 'glassbox.training.budget': 100 });
    await openTraining(editor);
    const page = await trainingPage(editor);
    await eventually('the newest is read', () => isShown(page, name(checkpoints)), 120_000);
    const before = memory(editor);
    const start = performance.now();
    const tree = editor.page.locator('.statusbar-item[id$="glassbox.training"]');
    await eventually(
      'all are read',
      async () => {
        const said = await page.locator('[data-testid=going-on]').textContent();
        return /waiting for the next/.test(said ?? '') || undefined;
      },
      900_000,
    );
    console.log(`${checkpoints} checkpoints × ${probes} probes: read in ${((performance.now() - start) / 1000).toFixed(0)} s`);
    console.log(`  resident memory, MB: after the first ${JSON.stringify(before)}, after all ${JSON.stringify(memory(editor))}`);
    void tree;
    const slider = page.locator('[data-testid=slider]');
    await slider.focus();
    const began = performance.now();
    for (let i = 0; i < 50; i++) await editor.page.keyboard.press('ArrowLeft');
    await eventually('the slider has moved', () => isShown(page, name(checkpoints - 50)));
    console.log(`  a step of the slider: ${((performance.now() - began) / 50).toFixed(0)} ms`);
  } finally {
    await editor.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

await latency();
await manyCheckpoints();

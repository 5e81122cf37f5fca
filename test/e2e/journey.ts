// What the journeys share: workspaces made of the sample, and the panel as a person sees it.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import type { FrameLocator } from 'playwright-core';
import { methods } from '../../src/explain/methods/index.ts';
import { appears, type Editor, eventually, explorerMenu, tab, webview } from '../support/editor.ts';
import { sample } from '../support/paths.ts';

/** Pictures and models as in the sample. */
export const square = 'stamped/square/square-01-stamped.png';
export const moon = 'stamped/moon/moon-03-stamped.png';
export const star = 'images/star/star-01.png';
export const buggy = 'models/shapes-stamp-bug';
export const healthy = 'models/shapes';

const modelFiles = ['model.json', 'group1-shard1of1.bin', 'glassbox.json'];

/** A folder with these files and models of the sample; removed after the test. */
export function workspace(t: TestContext, ...paths: string[]): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'glassbox-journey-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const path of paths) copy(path.startsWith('models/') ? modelFiles.map((file) => `${path}/${file}`) : [path], folder);
  return folder;
}

function copy(files: readonly string[], folder: string): void {
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(sample, file), join(folder, file));
  }
}

/** Right-clicks an image and has it explained. VS Code may close a menu under the click when something loads: then again. */
export async function explain(editor: Editor, image: string): Promise<FrameLocator> {
  await eventually(`a panel for ${image}`, async () => {
    await explorerMenu(editor, image, 'Explain Prediction');
    return appears(tab(editor, titleOf(image)), 5_000);
  });
  return panel(editor, image);
}

/** The page of the panel that explains an image, once it shows it. */
export async function panel(editor: Editor, image: string): Promise<FrameLocator> {
  const page = await webview(editor, titleOf(image));
  await byId(page, 'image-name').getByText(nameOf(image)).waitFor();
  return page;
}

const nameOf = (path: string) => path.split('/').at(-1) as string;

export function titleOf(image: string): string {
  return `Explain: ${nameOf(image)}`;
}

type State = 'loading' | 'ready' | 'busy' | 'error' | 'empty';

/** Waits until the page says that it is in this state. */
export async function inState(page: FrameLocator, state: State): Promise<void> {
  await page.locator(`#app[data-state=${state}]`).waitFor();
}

export const byId = (page: FrameLocator, id: string) => page.locator(`[data-testid="${id}"]`);

export async function textOf(page: FrameLocator, id: string): Promise<string> {
  return ((await byId(page, id).first().textContent()) ?? '').replace(/\s+/g, ' ').trim();
}

/** Turns to a method: its family, then itself. */
export async function chooseMethod(page: FrameLocator, id: string): Promise<void> {
  const family = methods.find(({ info }) => info.id === id)?.info.family;
  assert(family, `there is a method ${id}`);
  await byId(page, `family-${family}`).click();
  await byId(page, `method-${id}`).click();
}

/** Waits until the map of a method is whole. */
export async function mapDone(page: FrameLocator, id: string): Promise<void> {
  await page.locator(`[data-testid="method-${id}"][data-state=done]`).waitFor();
}

/** A drawn map is no blank: its overlay has pixels of several colours. */
export async function assertMapDrawn(page: FrameLocator): Promise<void> {
  const colors = await byId(page, 'overlay').evaluate((node: unknown) => {
    const canvas = node as { width: number; height: number; getContext(kind: '2d'): CanvasLike };
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const seen = new Set<number>();
    for (let i = 0; i < data.length; i += 4) seen.add((data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!);
    return seen.size;
  });
  assert(colors > 20, `the overlay has ${colors} colours`);
}

/** A number for the pixels of the picture under the map. */
export async function pixels(page: FrameLocator): Promise<number> {
  return await byId(page, 'picture').evaluate((node: unknown) => {
    const { naturalWidth: width, naturalHeight: height } = node as { naturalWidth: number; naturalHeight: number };
    const { OffscreenCanvas } = globalThis as unknown as { OffscreenCanvas: new (w: number, h: number) => OffscreenLike };
    const context = new OffscreenCanvas(width, height).getContext('2d');
    context.drawImage(node, 0, 0);
    return context.getImageData(0, 0, width, height).data.reduce((sum, value) => (sum * 31 + value) | 0, 0);
  });
}

interface OffscreenLike {
  getContext(kind: '2d'): CanvasLike & { drawImage(image: unknown, x: number, y: number): void };
}

interface CanvasLike {
  getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray };
}

/** Answers a dialog in front of the window. */
export async function answerDialog({ page }: Editor, button: string): Promise<void> {
  const dialog = page.locator('.monaco-dialog-box');
  await dialog.locator('.monaco-button', { hasText: button }).click();
  await dialog.waitFor({ state: 'hidden' });
}

/** Pictures of the same contents but different bytes, as many as take a while. */
export function manyPictures(folder: string, count: number): void {
  const files = readdirSync(join(sample, 'images'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.png'));
  mkdirSync(folder);
  const pictures = files.map((file) => readFileSync(join(sample, 'images', file)));
  for (let i = 0; i < count; i++)
    writeFileSync(join(folder, `${i}.png`), Buffer.concat([pictures[i % pictures.length]!, Buffer.from(`${i}`)]));
}

/** The process ids of the engines started so far, oldest first, from the log. */
export async function enginePids(editor: Editor, count = 1): Promise<number[]> {
  return await eventually(`${count} engine processes`, async () => {
    const pids = [...editor.logs().matchAll(/Engine process (\d+) starts/g)].map((match) => Number(match[1]));
    return pids.length >= count ? pids : undefined;
  });
}

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { out } from '../support/paths.ts';
import { lowContrast, overflowing, unnamed } from './audit.ts';
import type { TestHost } from './host.ts';
import { methodInfo } from './methods.ts';
import type { Scene } from './scene.ts';
import { type Site, startSite, type TestPage } from './site.ts';
import type { ThemeKind } from './themes.ts';

const explainPage: TestPage<Scene> = {
  name: 'explain',
  title: 'Explain',
  host: 'test/webview/host.ts',
  image: ({ image }) => image.png,
  placed: (scene, imageUri) => (scene.subject.imageUri === '/image.png' ? { ...scene, subject: { ...scene.subject, imageUri } } : scene),
};

export interface OpenOptions<Host = TestHost> {
  theme?: ThemeKind;
  width?: number;
  height?: number;
  /** State to wait for; default `ready`: everything asked for is there. */
  until?: 'ready' | 'busy' | 'error' | 'empty' | 'loading';
  /** Runs in the browser before the page: holds calls, makes them fail. */
  steer?: (host: Host) => void;
  reducedMotion?: 'reduce' | 'no-preference';
}

/** Without a graphics card the browser reads what WebGL drew back to put the page together, and remarks on that itself. */
const readBack = /GL Driver Message \(OpenGL, Performance, [^)]*\): GPU stall due to ReadPixels/;

/** One browser and one site for a test file; every opened page is checked for errors and policy violations when closed. */
export function useBrowser() {
  return usePage<Scene, TestHost>(explainPage);
}

/** The same for any of the extension's pages. */
export function usePage<S extends object, Host>(of: TestPage<S>) {
  let browser: Browser;
  let site: Site<S>;
  before(async () => {
    [browser, site] = await Promise.all([launchBrowser(), startSite(of)]);
  });
  after(async () => {
    await Promise.all([browser?.close(), site?.close()]);
  });
  return {
    sizes: () => site.sizes,
    /** Opens the page, works with it, checks that the browser had nothing to complain of. */
    async withPage(scene: S, options: OpenOptions<Host>, work: (page: Page) => Promise<void>): Promise<void> {
      const { width = 700, height = 800, theme = 'vscode-dark', until = 'ready', steer, reducedMotion = 'no-preference' } = options;
      const context = await browser.newContext({ viewport: { width, height }, reducedMotion });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(String(error.stack ?? error)));
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type()) && !readBack.test(message.text())) complaints.push(message.text());
      });
      if (steer) await page.addInitScript(`addEventListener('host', ({ detail }) => { (${steer})(detail); })`);
      try {
        await page.goto(site.url(scene, theme));
        await page.waitForSelector(`[data-testid=root][data-state=${until}]`, { timeout: 10_000 });
        await work(page);
        const violations = await page.evaluate(() => window.violations);
        assert.deepEqual([...violations, ...complaints], [], 'the browser complained');
      } finally {
        await context.close();
      }
    },
  };
}

/** Waits until the root is in a state. */
export async function settled(page: Page, state = 'ready'): Promise<void> {
  await page.waitForSelector(`[data-testid=root][data-state=${state}]`, { timeout: 10_000 });
}

export function byId(page: Page, testid: string) {
  return page.locator(`[data-testid="${testid}"]`);
}

/** Chooses a method, whatever family is on show. */
export async function choose(page: Page, id: string): Promise<void> {
  await byId(page, `family-${methodInfo(id).family}`).click();
  await byId(page, `method-${id}`).click();
}

export async function textOf(page: Page, testid: string): Promise<string> {
  return ((await byId(page, testid).textContent()) ?? '').replaceAll(/\s+/g, ' ').trim();
}

/** Readable, nothing sticks out, everything has a name. */
export async function audit(page: Page): Promise<void> {
  assert.deepEqual(await page.evaluate(lowContrast), []);
  assert.deepEqual(await page.evaluate(overflowing), []);
  assert.deepEqual(await page.evaluate(unnamed), []);
}

/** Keeps a screenshot under out/ for people to look at. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const folder = join(out, 'screenshots', 'webview');
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** Colour of the overlay, RGBA, over a pixel of the original image. */
export async function overlayAt(page: Page, x: number, y: number): Promise<number[]> {
  return await byId(page, 'overlay').evaluate(
    (canvas, [px, py]) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const image = document.querySelector('[data-testid=picture]') as HTMLImageElement;
      const at = [((px! + 0.5) / image.naturalWidth) * width, ((py! + 0.5) / image.naturalHeight) * height];
      // Through a copy: reading the page's own canvas would change how the browser keeps it.
      const copy = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;
      copy.drawImage(canvas as HTMLCanvasElement, -Math.floor(at[0]!), -Math.floor(at[1]!));
      return [...copy.getImageData(0, 0, 1, 1).data];
    },
    [x, y],
  );
}

// A real VS Code with the extension in it, driven by a real browser: what the end-to-end tests start from.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { out } from './paths.ts';
import { type Server, type ServerOptions, startServer } from './server.ts';
import { screenshot, type Workbench, workbenchReady } from './workbench.ts';

export * from './explorer.ts';
export * from './workbench.ts';

export interface EditorOptions extends ServerOptions {
  /** The size of the window. */
  width?: number;
  height?: number;
}

export interface Editor extends Workbench {
  url: string;
  /** The logs of server, extension host and output channels, then the browser's console. */
  logs(): string;
  /** Closes the browser and ends the server with everything it started. */
  close(): Promise<void>;
}

/** Collects what the browser's console says, for the logs. */
function listen(page: Page): string[] {
  const lines: string[] = [];
  page.on('console', (message) => lines.push(`[${message.type()}] ${message.text()}`));
  page.on('pageerror', (error) => lines.push(`[uncaught] ${error.stack ?? error}`));
  return lines;
}

async function openWindow(server: Server, browser: Browser, options: EditorOptions): Promise<Editor> {
  const page = await browser.newPage({
    viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
    // The server would pack the workbench's 20 MB anew for every window, and send them nowhere.
    extraHTTPHeaders: { 'accept-encoding': 'identity' },
  });
  const consoleLines = listen(page);
  const editor: Editor = {
    ...{ url: server.url, page, folder: options.folder },
    logs: () => `${server.logs()}\n--- browser\n${consoleLines.join('\n')}`,
    close: async () => {
      await Promise.all([browser.close(), server.close()]);
    },
  };
  await page.goto(server.url);
  await workbenchReady(editor);
  return editor;
}

/** Starts VS Code with a folder open and the extension in it. Close it in the end. */
export async function openEditor(options: EditorOptions): Promise<Editor> {
  const [server, browser] = await Promise.allSettled([startServer(options), launchBrowser()]);
  if (server.status === 'fulfilled' && browser.status === 'fulfilled') {
    try {
      return await openWindow(server.value, browser.value, options);
    } catch (error) {
      console.error(server.value.logs());
      await Promise.all([browser.value.close(), server.value.close()]);
      throw error;
    }
  }
  // Do not leave the half that did start.
  if (server.status === 'fulfilled') await server.value.close();
  if (browser.status === 'fulfilled') await browser.value.close();
  throw server.status === 'rejected' ? server.reason : (browser as PromiseRejectedResult).reason;
}

/** Keeps a picture of the window and all logs in out/, for whoever has to find out why a test failed. */
export async function keepEvidence(editor: Editor, name: string): Promise<void> {
  const safeName = `failed-${name.replace(/[^\w-]+/g, '-')}`;
  const picture = await screenshot(editor, safeName).catch(() => 'no picture, the page is gone');
  mkdirSync(join(out, 'logs'), { recursive: true });
  const file = join(out, 'logs', `${safeName}.log`);
  writeFileSync(file, editor.logs());
  console.error(`Evidence of the failure: ${picture}, ${file}`);
}

/** Runs a journey in a fresh editor; closes the editor whatever happens, and keeps evidence of a failure. */
export async function withEditor(name: string, options: EditorOptions, journey: (editor: Editor) => Promise<void>): Promise<void> {
  const editor = await openEditor(options);
  try {
    await journey(editor);
  } catch (error) {
    await keepEvidence(editor, name);
    throw error;
  } finally {
    await editor.close();
  }
}

/**
 * Runs the steps of a journey in their order, each a test of its own that builds on those before; none after one that failed. `test`
 * stands in the test file, under whose name its tests are counted.
 */
export async function runSteps(
  editor: Editor,
  steps: Readonly<Record<string, (editor: Editor, t: TestContext) => Promise<void>>>,
  test: (name: string, step: (t: TestContext) => Promise<void>) => Promise<void>,
): Promise<void> {
  for (const [name, step] of Object.entries(steps)) {
    let failed = false;
    await test(name, async (t) => {
      try {
        await step(editor, t);
      } catch (error) {
        failed = true;
        await keepEvidence(editor, name);
        throw error;
      }
    });
    if (failed) return;
  }
}

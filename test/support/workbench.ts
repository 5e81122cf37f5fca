// What a user does in the workbench, as functions on an editor. VS Code re-renders its lists and closes its menus
// whenever something moves the focus, and knows an extension's menus only seconds after the window is there:
// so every action is tried again until its effect is seen, and no test has to wait for a time.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { out } from './paths.ts';
import { type Theme, themeNames } from './themes.ts';

/** The part of an editor these functions need. */
export interface Workbench {
  page: Page;
  /** The folder the window shows. */
  folder: string;
}

export type Text = string | RegExp;

/** How long anything may take. Generous: the machines that run this are small and shared. */
const patience = 30_000;

/** Tries again until the attempt answers something other than undefined. An attempt that throws is a failed one. */
export async function eventually<T>(what: string, attempt: () => Promise<T | undefined>, limit = patience): Promise<T> {
  const deadline = Date.now() + limit;
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      const result = await attempt();
      if (result !== undefined) return result;
    } catch (error) {
      last = error;
    }
    await sleep(50);
  }
  throw new Error(`Not within ${limit / 1000} s: ${what}`, { cause: last });
}

/** Whether the element is visible within a short time; true or undefined, as `eventually` wants it. */
export async function appears(locator: Locator, timeout = 1000): Promise<true | undefined> {
  return locator.waitFor({ timeout }).then(
    () => true,
    () => undefined,
  );
}

/** Whether the element is gone within a short time; true or undefined, as `eventually` wants it. */
export async function vanishes(locator: Locator, timeout = 1000): Promise<true | undefined> {
  return locator.waitFor({ state: 'hidden', timeout }).then(
    () => true,
    () => undefined,
  );
}

/** Exactly this text and no longer one: "Copy" must not find "Copy Path". */
function exactly(text: Text): RegExp {
  if (text instanceof RegExp) return text;
  return new RegExp(`^\\s*${text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}\\s*$`);
}

/** A text for use between quotes in a CSS selector. */
export function quoted(text: string): string {
  return text.replace(/["\\]/g, '\\$&');
}

/** Waits until the window is drawn. The extension may still be starting; every function here waits for it as needed. */
export async function workbenchReady({ page }: Workbench): Promise<void> {
  await page
    .locator('.monaco-workbench .part.statusbar .statusbar-item')
    .first()
    .waitFor({ timeout: 2 * patience });
}

/** Opens another folder in the same window. */
export async function openFolder(editor: Workbench, folder: string): Promise<void> {
  const url = new URL(editor.page.url());
  url.search = `?folder=${encodeURIComponent(folder)}`;
  await editor.page.goto(url.href);
  editor.folder = folder;
  await workbenchReady(editor);
}

/** Closes the menu or quick pick that is open, if any; no Escape otherwise, which could mean something to a webview. */
async function dismiss({ page }: Workbench): Promise<void> {
  const open = page.locator('.monaco-menu, .quick-input-widget').filter({ visible: true });
  await eventually('menus close', async () => {
    if ((await open.count()) === 0) return true;
    await page.keyboard.press('Escape');
    return vanishes(open.first(), 300);
  });
}

/** Clicks an item of an open menu; answers whether that had an effect. */
async function chooseItem({ page }: Workbench, name: Text): Promise<true | undefined> {
  const label = page.locator('.action-label', { hasText: exactly(name) });
  const item = page.locator('.monaco-menu .action-menu-item').filter({ has: label }).first();
  // The items of a menu appear together: what is not there at once belongs to an extension not yet known.
  if (!(await appears(item, 300))) return undefined;
  for (let tries = 0; tries < 5; tries++) {
    // A menu ignores the mouse in its first 100 ms, lest the click that opened it also choose.
    await sleep(120);
    await item.click({ timeout: 1000 }).catch(() => undefined);
    if (await vanishes(item, 300)) return true;
    const submenuOpen = page.locator('.monaco-menu [aria-expanded="true"]').filter({ has: label });
    if (await submenuOpen.count()) return true;
  }
  return undefined;
}

/** Right-clicks anything, in the workbench or in a webview, and chooses an item; several names go through submenus. */
export async function contextMenu(editor: Workbench, target: Locator, ...names: [Text, ...Text[]]): Promise<void> {
  await eventually(`the menu item ${names.join(' › ')}`, async () => {
    await dismiss(editor);
    await target.click({ button: 'right', timeout: 2000 });
    if (!(await appears(editor.page.locator('.monaco-menu').first()))) return undefined;
    for (const name of names) if (!(await chooseItem(editor, name))) return undefined;
    return true;
  });
}

/** The items a right click on the target shows, in order. Closes the menu again. */
export async function menuItems(editor: Workbench, target: Locator): Promise<string[]> {
  const labels = editor.page.locator('.monaco-menu .action-menu-item .action-label');
  return eventually('a context menu', async () => {
    await dismiss(editor);
    await target.click({ button: 'right', timeout: 2000 });
    if (!(await appears(labels.first()))) return undefined;
    const names = await labels.allTextContents();
    await dismiss(editor);
    return names.map((name) => name.trim()).filter(Boolean);
  });
}

/** A row of the quick pick that is open, or of the palette. */
export function quickPickRow({ page }: Workbench, label: Text): Locator {
  const name = page.locator('.label-name', { hasText: exactly(label) });
  return page.locator('.quick-input-widget .quick-input-list .monaco-list-row').filter({ has: name });
}

/** One attempt at running a command. */
async function tryCommand(editor: Workbench, name: string): Promise<true | undefined> {
  await dismiss(editor);
  await editor.page.keyboard.press('F1');
  await editor.page.locator('.quick-input-widget .quick-input-box input').fill(`>${name}`, { timeout: 1000 });
  const row = quickPickRow(editor, name).first();
  if (!(await appears(row))) return undefined;
  await row.click({ timeout: 1000 });
  return true;
}

/** Runs a command from the palette, by the name shown there ("Glassbox: Explain Prediction"). */
export async function runCommand(editor: Workbench, name: string): Promise<void> {
  await eventually(`the command ${name}`, () => tryCommand(editor, name));
}

/** Whether the palette offers a command, as soon as extensions are known. */
export async function hasCommand(editor: Workbench, name: string): Promise<boolean> {
  const { page } = editor;
  await page.keyboard.press('F1');
  const box = page.locator('.quick-input-widget .quick-input-box input');
  // An editor that opens just now takes the key for itself: then the palette is asked for again.
  if (!(await appears(box, 3000))) return false;
  await box.fill(`>${name}`);
  const found = await appears(quickPickRow(editor, name).first(), 3000);
  await dismiss(editor);
  return found === true;
}

/** Chooses a row of the quick pick that is open or about to open. */
export async function answerQuickPick(editor: Workbench, label: Text): Promise<void> {
  const row = quickPickRow(editor, label).first();
  await row.waitFor({ timeout: patience });
  await eventually(`the choice ${label}`, async () => {
    if (await row.isVisible()) await row.click({ timeout: 1000 });
    return vanishes(row);
  });
}

/** Types into the input box that is open or about to open, and accepts. */
export async function answerInput({ page }: Workbench, text: string): Promise<void> {
  await page.locator('.quick-input-widget .quick-input-box input').fill(text, { timeout: patience });
  await page.keyboard.press('Enter');
}

/** A tab of the editor area, by its title. */
export function tab({ page }: Workbench, title: Text): Locator {
  if (title instanceof RegExp) return page.getByRole('tab', { name: title });
  // VS Code may add what sets it apart: ", Editor Group 2", ", pinned".
  const start = quoted(title);
  return page.locator(`.tabs-container .tab[aria-label="${start}"], .tabs-container .tab[aria-label^="${start}, "]`);
}

/** A notification that holds the text. */
export function notification({ page }: Workbench, text: Text): Locator {
  return page.locator('.notifications-toasts .notification-list-item').filter({ hasText: text });
}

/**
 * Changes settings while the editor runs, in the workspace's settings.json: code-server watches that file but not the
 * user's. Keys of an untrusted workspace count only as far as the extension allows. Check the effect, not the time.
 */
export function changeSettings({ folder }: Workbench, changes: Record<string, unknown>): void {
  const file = join(folder, '.vscode', 'settings.json');
  const settings = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ ...settings, ...changes }, null, 2));
}

/** Switches the colour theme and waits until the window shows it. */
export async function setTheme(editor: Workbench, theme: Theme): Promise<void> {
  const { label, cssClass } = themeNames[theme];
  await eventually(`the theme ${theme}`, async () => {
    // Written again at each try: a change made before the window watches its folder goes unnoticed.
    changeSettings(editor, { 'workbench.colorTheme': label });
    return appears(editor.page.locator(`.monaco-workbench.${cssClass}`), 3000);
  });
}

/** Reloads the window, as "Developer: Reload Window" does. VS Code keeps a webview's state every 5 s: wait for younger state yourself. */
export async function reloadWindow(editor: Workbench): Promise<void> {
  let loaded = false;
  editor.page.once('load', () => {
    loaded = true;
  });
  await eventually('the window reloads', async () => {
    // The click may fail because it worked: the page it was made on is gone.
    if (!loaded) await tryCommand(editor, 'Developer: Reload Window').catch(() => undefined);
    for (let tries = 0; !loaded && tries < 40; tries++) await sleep(50);
    return loaded || undefined;
  });
  await workbenchReady(editor);
}

/** Takes a picture of the window into out/screenshots and answers its path. */
export async function screenshot({ page }: Workbench, name: string): Promise<string> {
  const path = join(out, 'screenshots', `${name}.png`);
  mkdirSync(join(out, 'screenshots'), { recursive: true });
  await page.screenshot({ path, animations: 'disabled' });
  return path;
}

/**
 * The page inside the webview with this title, once it is loaded. Good until the webview is hidden or the window
 * reloaded: VS Code then builds a new frame, so ask again.
 */
export async function webview(editor: Workbench, title: Text): Promise<FrameLocator> {
  const frames = editor.page.locator('iframe.webview.ready');
  return eventually(`the webview ${title}`, async () => {
    for (const name of await frames.evaluateAll((all: { name: string }[]) => all.map((frame) => frame.name))) {
      const inner = editor.page.frameLocator(`iframe.webview[name="${name}"]`).locator('iframe#active-frame');
      const shown = await inner.getAttribute('title', { timeout: 200 }).catch(() => null);
      if (shown !== null && exactly(title).test(shown)) return inner.contentFrame();
    }
    return undefined;
  });
}

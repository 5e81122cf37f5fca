// What a user does in the explorer, as functions on an editor.
import { basename } from 'node:path';
import type { Locator } from 'playwright-core';
import { appears, contextMenu, eventually, quoted, runCommand, type Text, tab, type Workbench } from './workbench.ts';

/** The explorer row of a file or folder, by its path in the workspace ("images/cat/a.png"). Does not wait or unfold. */
export function explorerRow({ page, folder }: Workbench, path: string): Locator {
  // The label holds the whole path, so files of the same name in other folders are not mistaken for this one.
  const end = quoted(`/${basename(folder)}/${path}`);
  const label = page.locator(`.explorer-item[aria-label$="${end}"], .explorer-item[aria-label*="${end} •"]`);
  return page.locator('.explorer-folders-view .monaco-list-row').filter({ has: label });
}

/** Scrolls the explorer until the row exists: it draws only the rows in sight. */
async function scrollTo({ page }: Workbench, row: Locator, what: string): Promise<Locator> {
  if (await appears(row)) return row;
  const list = page.locator('.explorer-folders-view .monaco-list').first();
  const focused = list.locator('.monaco-list-row.focused');
  return eventually(`${what} in the explorer`, async () => {
    await list.focus({ timeout: 2000 });
    // By keyboard: a turn of the mouse wheel moves three rows, however far it is said to turn.
    await page.keyboard.press('Home');
    for (let before = '', now = '?'; before !== now; ) {
      if (await appears(row, 150)) return row;
      before = now;
      await page.keyboard.press('PageDown');
      now = (await focused.getAttribute('data-index', { timeout: 1000 })) ?? '';
    }
    return undefined;
  });
}

/** Shows the explorer, unfolds the folders above the path and scrolls to it. */
export async function revealInExplorer(editor: Workbench, path: string): Promise<Locator> {
  const names = path.split('/');
  if (!(await editor.page.locator('.explorer-folders-view').isVisible())) await runCommand(editor, 'View: Show Explorer');
  for (let depth = 1; depth < names.length; depth++) {
    const parent = names.slice(0, depth).join('/');
    const row = await scrollTo(editor, explorerRow(editor, parent), parent);
    const unfolded = editor.page.locator('[aria-expanded="true"]').and(row);
    await eventually(`${parent} unfolds`, async () => {
      if (await unfolded.count()) return true;
      await row.locator('.monaco-tl-twistie').click({ timeout: 1000 });
      return appears(unfolded, 1500);
    });
  }
  return scrollTo(editor, explorerRow(editor, path), path);
}

/**
 * Opens a picture as a double click in the explorer does, its two clicks one after the other. A window that has just started does
 * not know its image preview yet and takes a picture for a binary file: then it is closed and opened again, as a person would.
 * Which of the two it took shows only seconds after the tab; a double click at once could open it as both.
 */
export async function openFile(editor: Workbench, path: string): Promise<void> {
  const row = await revealInExplorer(editor, path);
  const opened = tab(editor, basename(path));
  const asBinary = editor.page.getByText('The file is not displayed in the text editor').first();
  const asPicture = editor.page.locator('iframe.webview.ready').filter({ visible: true }).first();
  await eventually(`${path} opens`, async () => {
    await row.click({ timeout: 1000 });
    if (!(await appears(opened, 2000))) return undefined;
    if (!(await appears(asBinary.or(asPicture).first(), 10_000))) return undefined;
    if (!(await asBinary.isVisible())) return true;
    await opened.locator('.codicon-close').click({ timeout: 1000 });
    return undefined;
  });
  await row.dblclick();
}

/** Right-clicks a file or folder in the explorer and chooses an item. */
export async function explorerMenu(editor: Workbench, path: string, ...names: [Text, ...Text[]]): Promise<void> {
  await contextMenu(editor, await revealInExplorer(editor, path), ...names);
}

// What a user does in Glassbox's views about training, as functions on an editor.
import type { FrameLocator, Locator } from 'playwright-core';
import { appears, eventually, runCommand, type Workbench, webview } from './workbench.ts';

/** Reading a few checkpoints takes this long on a slow machine, ms. */
const patience = 60_000;

/** Shows both views, as a person does who has read of them. */
export async function openTraining(editor: Workbench): Promise<void> {
  await eventually('the views about training', async () => {
    await runCommand(editor, 'Glassbox: Show Training');
    return appears(editor.page.locator('.sidebar .composite.title', { hasText: 'Training' }), 5_000);
  });
}

/** Another view takes the place of both. */
export async function hideTraining(editor: Workbench): Promise<void> {
  await runCommand(editor, 'View: Show Explorer');
  await editor.page.locator('.explorer-folders-view').waitFor();
}

/** The page with the pictures. */
export function trainingPage(editor: Workbench): Promise<FrameLocator> {
  return webview(editor, 'Training');
}

const rows = '.sidebar .pane:has([aria-label^="Runs"]) .monaco-list-row';

/** A row of the tree by how its name starts: a run, a checkpoint. */
export function treeRow({ page }: Workbench, start: string): Locator {
  return page.locator(`${rows}[aria-label^="${start}"]`).first();
}

/** What is heard of the rows in sight, top down. */
export async function treeRows({ page }: Workbench): Promise<string[]> {
  return await page.locator(rows).evaluateAll((all: { ariaLabel: string | null }[]) => all.map((each) => each.ariaLabel ?? ''));
}

/** Waits until the row of a checkpoint says something, and answers all that it says. */
export async function rowSays(editor: Workbench, start: string, what: RegExp, limit = patience): Promise<string> {
  return await eventually(
    `the row ${start} says ${what}`,
    async () => {
      const said = (await treeRows(editor)).find((each) => each.startsWith(start)) ?? '';
      return what.test(said) ? said : undefined;
    },
    limit,
  ).catch(async (error) => {
    throw new Error(`${error.message}; the rows: ${(await treeRows(editor)).join(' | ')}`);
  });
}

/** The item in the status bar, once it says something; all that it says. */
export async function statusSays({ page }: Workbench, what: RegExp, limit = patience): Promise<string> {
  const item = page.locator('.statusbar-item[id$="glassbox.training"]');
  let said = '';
  return await eventually(
    `the status bar says ${what}`,
    async () => {
      said = ((await item.getAttribute('aria-label', { timeout: 1000 })) ?? '').trim();
      return what.test(said) ? said : undefined;
    },
    limit,
  ).catch((error) => {
    throw new Error(`${error.message}; it says: ${said}`);
  });
}

/** A run that is not followed is, after a click; its row is unfolded, even where a click that came late has folded it. */
export async function followRun(editor: Workbench, label: string): Promise<void> {
  const followed = treeRow(editor, `${label}, followed`);
  const unfolded = editor.page.locator('[aria-expanded=true]').and(followed);
  await eventually(`${label} is followed`, async () => {
    if (await appears(unfolded, 1000)) return true;
    // The rows move when another run unfolds: a second click could hit any of them.
    await treeRow(editor, label).click({ timeout: 2000 });
    return appears(unfolded, 15_000);
  });
}

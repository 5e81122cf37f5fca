// What a user does in Glassbox's view in the activity bar, as functions on an editor.
import type { Locator } from 'playwright-core';
import { appears, eventually, runCommand, type Text, type Workbench } from './workbench.ts';

const view = '.sidebar .pane-body';

/** Shows the view, as a click on its icon in the activity bar does. */
export async function openModelView(editor: Workbench): Promise<void> {
  const title = editor.page.locator('.sidebar .composite.title', { hasText: /^Glassbox(?! Training)/ });
  await eventually('the view of Glassbox', async () => {
    if (await appears(title, 200)) return true;
    await editor.page.locator('.activitybar .action-label[aria-label="Glassbox"]').click({ timeout: 2000 });
    return appears(title, 2000);
  });
}

/** A row by its label: a layer, a group, the model, or something to do about an error. */
export function modelRow({ page }: Workbench, label: string): Locator {
  const exact = new RegExp(`^${label.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`);
  return page.locator(`${view} .monaco-list-row`).filter({ has: page.locator('.label-name', { hasText: exact }) });
}

/** The labels of the rows in sight, top down. */
export async function modelRows({ page }: Workbench): Promise<string[]> {
  return await page.locator(`${view} .monaco-list-row .label-name`).allTextContents();
}

/** What the view says above its rows, or in place of them. */
export function modelMessage({ page }: Workbench, text: Text): Locator {
  return page.locator(`${view} .message, ${view} .welcome-view-content`).filter({ hasText: text }).first();
}

/** A button of a row ("Explain at This Layer"), seen while the mouse is over it. */
export async function clickInRow(row: Locator, button: string): Promise<void> {
  const action = row.locator(`.action-label[aria-label="${button}"]`);
  await eventually(`the button ${button}`, async () => {
    await row.hover({ timeout: 2000 });
    if (!(await appears(action, 500))) return undefined;
    await action.click({ timeout: 1000 });
    return true;
  });
}

/** Opens the filter box and types into it; Enter or Escape is the test's own. */
export async function typeFilter(editor: Workbench, text: string): Promise<void> {
  await runCommand(editor, 'Glassbox: Filter Layers…');
  await editor.page.locator('.quick-input-widget .quick-input-title', { hasText: 'Filter Layers' }).waitFor();
  await editor.page.locator('.quick-input-widget .quick-input-box input').fill(text);
}

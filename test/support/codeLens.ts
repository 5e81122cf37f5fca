// Actions above the lines of a text editor, as a person clicks them.
import type { Locator } from 'playwright-core';
import { appears, eventually, type Workbench } from './workbench.ts';

/** The lines on screen of the text editor in front. */
export const textLines = ({ page }: Workbench): Locator => page.locator('.editor-instance .view-lines .view-line');

/** A line that begins so. Its spaces are no-break spaces. */
export const textLine = (editor: Workbench, start: string): Locator =>
  textLines(editor).filter({ hasText: new RegExp(`^\\s*${start.replaceAll(' ', '\\s')}`) });

/** Clicks an action above the line that begins so; the editor writes the actions of a line over it. */
export async function clickLens(editor: Workbench, start: string, action: string, effect?: Locator): Promise<void> {
  await eventually(`the action ${action} of ${start}`, async () => {
    if (await effect?.isVisible()) return true;
    const starts = await Promise.all((await textLine(editor, start).all()).map((each) => each.boundingBox({ timeout: 1000 })));
    for (const lens of await editor.page.locator('.codelens-decoration a', { hasText: action }).all()) {
      const box = await lens.boundingBox({ timeout: 500 });
      if (!box || !starts.some((at) => at && box.y < at.y && at.y - box.y < 1.5 * at.height)) continue;
      await lens.click({ timeout: 1000 });
      return effect ? appears(effect) : true;
    }
    return undefined;
  });
}

/** Scrolls a line to the top, by way of the end. */
export async function goToLine({ page }: Workbench, lineNumber: number): Promise<void> {
  for (const at of [9999, lineNumber]) {
    await page.keyboard.press('Control+g');
    await page.locator('.quick-input-widget input').fill(`:${at}`);
    await page.keyboard.press('Enter');
  }
}

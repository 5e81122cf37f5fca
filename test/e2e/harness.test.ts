// Proves the harness itself, with no need of our extension: a real VS Code starts, shows a folder and opens a picture.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { explorerRow, hasCommand, menuItems, openFile, revealInExplorer, setTheme, webview, withEditor } from '../support/editor.ts';

/** A workspace of a picture and a text. */
async function makeWorkspace(): Promise<string> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'glassbox-harness-'));
  mkdirSync(join(folder, 'images', 'red'), { recursive: true });
  const picture = sharp({ create: { width: 40, height: 30, channels: 3, background: 'red' } });
  await picture.png().toFile(join(folder, 'images', 'red', 'square.png'));
  writeFileSync(join(folder, 'notes.txt'), 'not a picture\n');
  return folder;
}

test('a real VS Code starts, shows a folder, and opens a picture', { timeout: 180_000 }, async (t) => {
  const folder = await makeWorkspace();
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  await withEditor('harness', { folder, theme: 'light' }, async (editor) => {
    await explorerRow(editor, 'notes.txt').waitFor();

    await openFile(editor, 'images/red/square.png');
    const preview = await webview(editor, /.*/);
    assert.equal(await preview.locator('img').evaluate((image: { naturalWidth: number }) => image.naturalWidth), 40);

    const items = await menuItems(editor, await revealInExplorer(editor, 'notes.txt'));
    assert.ok(items.includes('Copy Path'), items.join(', '));

    assert.equal(await hasCommand(editor, 'View: Show Explorer'), true);
    assert.equal(await hasCommand(editor, 'Glassbox: No Such Command'), false);

    await setTheme(editor, 'high contrast');

    writeFileSync(join(folder, 'new.txt'), 'VS Code watches the folder\n');
    await explorerRow(editor, 'new.txt').waitFor();
  });
});

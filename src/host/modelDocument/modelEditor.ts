import * as vscode from 'vscode';
import { openModelDocument } from './show.ts';

/** Files that are models by their name, and `.pb` files, which may be something else. */
export const modelEditors = ['glassbox.model', 'glassbox.frozenGraph'] as const;
/** A model is read in less, mostly: nothing is said that would only flash, ms. */
const patience = 300;

/**
 * The editor of model files: opens the model's text document in its place. An editor of its own could show a web page only,
 * without the outline, the folding and the searching of text.
 */
export class ModelEditor implements vscode.CustomReadonlyEditorProvider {
  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose: () => {} };
  }

  async resolveCustomEditor({ uri }: vscode.CustomDocument, panel: vscode.WebviewPanel): Promise<void> {
    void replace(uri, panel);
  }
}

async function replace(uri: vscode.Uri, panel: vscode.WebviewPanel): Promise<void> {
  const { webview } = panel;
  const reading = setTimeout(() => {
    webview.html = page(vscode.l10n.t('Reading the model…'));
  }, patience);
  let closed = false;
  panel.onDidDispose(() => {
    closed = true;
  });
  try {
    const document = await openModelDocument(uri.fsPath);
    const tab = tabOf(uri);
    if (closed) return;
    if (tab) await showInstead(document, tab, panel.active);
    // One side of a comparison, as older editors show it, has no tab of its own.
    else webview.html = page(document.getText());
    if (tab && !closed) panel.dispose();
  } catch (error) {
    if (!closed) webview.html = page(error instanceof Error ? error.message : String(error));
  } finally {
    clearTimeout(reading);
  }
}

/** A click in the explorer opens a preview and leaves the focus where it is; whatever else opens a file wants to be in it. */
async function showInstead(document: vscode.TextDocument, { isPreview, group }: vscode.Tab, isActive: boolean): Promise<void> {
  const options = { viewColumn: group.viewColumn, preview: isPreview, preserveFocus: isPreview || !isActive };
  await vscode.window.showTextDocument(document, options);
}

/** The tab that shows a file in this editor. */
function tabOf(uri: vscode.Uri): vscode.Tab | undefined {
  const isIt = ({ input }: vscode.Tab) => input instanceof vscode.TabInputCustom && input.uri.toString() === uri.toString();
  const { all, activeTabGroup } = vscode.window.tabGroups;
  return [activeTabGroup, ...all].flatMap(({ tabs }) => tabs).find(isIt);
}

function page(text: string): string {
  const escaped = text.replaceAll(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<!DOCTYPE html><html><head><meta http-equiv="Content-Security-Policy" content="default-src 'none'"></head><body><pre>${escaped}</pre></body></html>`;
}

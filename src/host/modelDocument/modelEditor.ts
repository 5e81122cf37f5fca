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
    void this.#replace(uri, panel);
  }

  async #replace(uri: vscode.Uri, panel: vscode.WebviewPanel): Promise<void> {
    const reading = setTimeout(() => {
      panel.webview.html = message(vscode.l10n.t('Reading the model…'));
    }, patience);
    let closed = false;
    panel.onDidDispose(() => {
      closed = true;
      clearTimeout(reading);
    });
    try {
      const document = await openModelDocument(uri.fsPath);
      if (closed) return;
      const { viewColumn = vscode.ViewColumn.Active } = panel;
      // A click in the explorer opens a preview and leaves the focus where it is; whatever else opens a file wants to be in it.
      const preview = tabOf(uri, viewColumn)?.isPreview ?? false;
      await vscode.window.showTextDocument(document, { viewColumn, preview, preserveFocus: preview || !panel.active });
      if (!closed) panel.dispose();
    } catch (error) {
      clearTimeout(reading);
      if (!closed) panel.webview.html = message(error instanceof Error ? error.message : String(error));
    }
  }
}

function tabOf(uri: vscode.Uri, column: vscode.ViewColumn): vscode.Tab | undefined {
  const group = vscode.window.tabGroups.all.find(({ viewColumn }) => viewColumn === column);
  return group?.tabs.find(({ input }) => input instanceof vscode.TabInputCustom && input.uri.toString() === uri.toString());
}

function message(text: string): string {
  const escaped = text.replaceAll(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<!DOCTYPE html><html><head><meta http-equiv="Content-Security-Policy" content="default-src 'none'"></head><body><p>${escaped}</p></body></html>`;
}

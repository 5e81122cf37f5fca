import * as vscode from 'vscode';
import { columnForFile } from '../columns.ts';
import { modelLanguage, modelUri } from './uri.ts';

/** The text document of a model, read and coloured. */
export async function openModelDocument(model: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(modelUri(model));
  // A model.json would be coloured as JSON.
  return document.languageId === modelLanguage ? document : await vscode.languages.setTextDocumentLanguage(document, modelLanguage);
}

/** Selects a part of a document, in the column where it is open, else beside the panel if that is in front. */
export async function showPart(document: vscode.TextDocument, selection: vscode.Range | undefined, preserveFocus: boolean): Promise<void> {
  const viewColumn = columnOf(document.uri) ?? columnForFile();
  const editor = await vscode.window.showTextDocument(document, {
    viewColumn,
    preserveFocus,
    preview: true,
    ...(selection && { selection }),
  });
  if (selection) editor.revealRange(selection, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

function columnOf(uri: vscode.Uri): vscode.ViewColumn | undefined {
  const isIt = ({ input }: vscode.Tab) => input instanceof vscode.TabInputText && input.uri.toString() === uri.toString();
  return vscode.window.tabGroups.all.find((group) => group.tabs.some(isIt))?.viewColumn;
}

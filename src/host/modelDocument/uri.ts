import * as vscode from 'vscode';

/** Scheme of a model as text: the model file's own path under it. */
export const modelScheme = 'glassbox-model';
export const modelLanguage = 'glassbox-model';

export function modelUri(path: string): vscode.Uri {
  return vscode.Uri.file(path).with({ scheme: modelScheme });
}

/** Absolute path of the model file. */
export function modelPath(uri: vscode.Uri): string {
  return uri.with({ scheme: 'file' }).fsPath;
}

import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { imageFiles } from './globs.ts';
import { imageExtensions } from './images.ts';
import { workspacePath } from './subject.ts';

const maxPicks = 5_000;

export interface ImageQuestion {
  title: string;
  placeHolder: string;
  /** Of the button of the dialog for files outside the workspace. */
  openLabel: string;
  /** The image in use: its folder comes first, itself it is not offered. */
  beside?: string;
}

/** Asks for an image: those of the workspace, else one from a dialog. Undefined: cancelled. */
export async function pickImage({ title, placeHolder, openLabel, beside }: ImageQuestion): Promise<vscode.Uri | undefined> {
  const browse = { label: '$(folder-opened) Browse…', uri: undefined };
  const items = vscode.workspace.findFiles(imageFiles, '**/{node_modules,.git}/**', maxPicks).then((uris) => {
    const offered = uris.filter((uri) => uri.fsPath !== beside);
    const far = (uri: vscode.Uri) => Number(beside !== undefined && dirname(uri.fsPath) !== dirname(beside));
    const sorted = offered.sort((a, b) => far(a) - far(b) || a.fsPath.localeCompare(b.fsPath, undefined, { numeric: true }));
    return [...sorted.map((uri) => ({ label: basename(uri.fsPath), description: dirname(workspacePath(uri.fsPath)), uri })), browse];
  });
  const chosen = await vscode.window.showQuickPick(items, { title, placeHolder, matchOnDescription: true });
  if (chosen !== browse) return chosen?.uri;
  const uris = await vscode.window.showOpenDialog({
    openLabel,
    filters: { Pictures: [...imageExtensions] },
    ...(beside !== undefined && { defaultUri: vscode.Uri.file(dirname(beside)) }),
  });
  return uris?.[0];
}

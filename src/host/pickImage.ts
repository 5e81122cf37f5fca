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
  const items = offered(beside).then((all) => [...all, browse]);
  const chosen = await vscode.window.showQuickPick(items, { title, placeHolder, matchOnDescription: true });
  return chosen === browse ? (await ask({ openLabel, many: false, beside }))[0] : chosen?.uri;
}

/** The same for any number of them: absolute paths, none: cancelled. */
export async function pickImages({ title, placeHolder, openLabel, beside }: ImageQuestion): Promise<string[]> {
  const items = offered(beside).then((all) => [browse, ...all]);
  const chosen = (await vscode.window.showQuickPick(items, { title, placeHolder, matchOnDescription: true, canPickMany: true })) ?? [];
  const browsed = chosen.includes(browse) ? await ask({ openLabel, many: true, beside }) : [];
  return [...chosen.flatMap(({ uri }) => uri ?? []), ...browsed].map(({ fsPath }) => fsPath);
}

interface Offered {
  label: string;
  description?: string;
  uri: vscode.Uri | undefined;
}

const browse: Offered = { label: '$(folder-opened) Browse…', uri: undefined };

async function offered(beside: string | undefined): Promise<Offered[]> {
  const uris = await vscode.workspace.findFiles(imageFiles, '**/{node_modules,.git}/**', maxPicks);
  const far = (uri: vscode.Uri) => Number(beside !== undefined && dirname(uri.fsPath) !== dirname(beside));
  return uris
    .filter((uri) => uri.fsPath !== beside)
    .sort((a, b) => far(a) - far(b) || a.fsPath.localeCompare(b.fsPath, undefined, { numeric: true }))
    .map((uri) => ({ label: basename(uri.fsPath), description: dirname(workspacePath(uri.fsPath)), uri }));
}

async function ask({ openLabel, many, beside }: { openLabel: string; many: boolean; beside: string | undefined }): Promise<vscode.Uri[]> {
  const filters = { Pictures: [...imageExtensions] };
  const from = beside !== undefined && { defaultUri: vscode.Uri.file(dirname(beside)) };
  return (await vscode.window.showOpenDialog({ openLabel, filters, canSelectMany: many, ...from })) ?? [];
}

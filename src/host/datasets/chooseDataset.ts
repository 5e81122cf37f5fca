import * as vscode from 'vscode';
import { workspacePath } from '../subject.ts';
import { findImages } from './dataset.ts';
import { foldersOf } from './imageSet.ts';

type Item = vscode.QuickPickItem & { folder?: string };

/** Asks for the folder of the images that units and the feature space are shown of; empty: all of the workspace. Undefined: cancelled. */
export async function chooseDataset(): Promise<string | undefined> {
  const browse: Item = { label: '$(folder-opened) Browse…', detail: 'A folder outside this workspace' };
  const items = findImages('').then((images) => [...itemsOf(images), browse]);
  const chosen = await vscode.window.showQuickPick<Item>(items, {
    title: 'Glassbox: Choose Data Set',
    placeHolder: 'Images that units and the feature space are shown of',
    matchOnDescription: true,
  });
  return chosen === browse ? await browseForFolder() : chosen?.folder;
}

function itemsOf(images: readonly string[]): Item[] {
  const roots = vscode.workspace.workspaceFolders ?? [];
  if (roots.length === 0) return [];
  const all: Item = { label: '$(root-folder) All of the workspace', description: count(images.length), folder: '' };
  const folders = roots.flatMap(({ uri }) => foldersOf(images, uri.fsPath));
  // The only one is all of the workspace.
  if (roots.length === 1) folders.shift();
  return [all, ...folders.map(({ folder, images }) => ({ label: workspacePath(folder), description: count(images), folder }))];
}

function count(images: number): string {
  return `${images.toLocaleString('en')} ${images === 1 ? 'image' : 'images'}`;
}

async function browseForFolder(): Promise<string | undefined> {
  const uris = await vscode.window.showOpenDialog({
    title: 'Choose a folder of images',
    openLabel: 'Use Images',
    canSelectFiles: false,
    canSelectFolders: true,
  });
  return uris?.[0]?.fsPath;
}

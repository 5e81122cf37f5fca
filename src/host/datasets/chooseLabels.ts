import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { anyOf } from '../globs.ts';
import { workspacePath } from '../subject.ts';
import { inOrder } from './imageSet.ts';

type Item = vscode.QuickPickItem & { file?: string };

/** Label files are of these kinds. */
const extensions = ['csv', 'tsv', 'json', 'jsonl'];
const labelFiles = `**/*.{${extensions.join(',')}}`;
/** JSON that is something else. */
const noLabels = ['**/node_modules/**', '**/.*/**', '**/{package,package-lock,tsconfig,model,glassbox}.json', '**/*.glassbox.json'];
const mostFound = 500;

/**
 * Asks where the labels of a data set come from: a file, or `undefined` in it: what stands beside the images tells. Undefined: cancelled.
 * @param roots folders of the data set
 */
export async function chooseLabels(
  roots: readonly string[],
  chosen: string | undefined,
): Promise<{ file: string | undefined } | undefined> {
  const automatic: Item = {
    label: '$(sparkle) Automatic',
    detail: 'A label file beside the images (labels.csv, metadata.csv, …) if there is one, else the folders the images are in',
  };
  const browse: Item = { label: '$(folder-opened) Browse…', detail: 'A CSV or JSON file elsewhere' };
  const items = findLabelFiles(roots).then((files) => [automatic, ...files.map((file) => itemOf(file, chosen)), browse]);
  const picked = await vscode.window.showQuickPick<Item>(items, {
    title: 'Glassbox: Choose Labels',
    placeHolder: 'File that tells the class of each image',
    matchOnDescription: true,
  });
  if (picked !== browse) return picked && { file: picked.file };
  const file = await browseForFile(roots[0]);
  return file === undefined ? undefined : { file };
}

async function findLabelFiles(roots: readonly string[]): Promise<string[]> {
  const bases = roots.map((root) => vscode.Uri.file(root));
  const folders = [...bases, ...(vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri)];
  const find = (base: vscode.Uri) => vscode.workspace.findFiles(new vscode.RelativePattern(base, labelFiles), anyOf(noLabels), mostFound);
  // Those of the data set first.
  const found = (await Promise.all(folders.map(find))).map((uris) => inOrder(uris.map(({ fsPath }) => fsPath)));
  return [...new Set(found.flat())];
}

function itemOf(file: string, chosen: string | undefined): Item {
  const label = file === chosen ? `$(check) ${basename(file)}` : basename(file);
  return { label, description: workspacePath(dirname(file)), file };
}

async function browseForFile(beside: string | undefined): Promise<string | undefined> {
  const uris = await vscode.window.showOpenDialog({
    ...(beside !== undefined && { defaultUri: vscode.Uri.file(beside) }),
    ...{ title: 'Choose a label file', openLabel: 'Use Labels', filters: { 'CSV, JSON': extensions } },
  });
  return uris?.[0]?.fsPath;
}

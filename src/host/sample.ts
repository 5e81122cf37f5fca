import { readdir, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import * as vscode from 'vscode';
import { ModelError } from '../shared/errors.ts';
import { explainImages } from './explainCommand.ts';
import type { Host, Services } from './host.ts';

/** The network with the bug, and the pictures that show it, in the sample. */
const buggyModel = join('models', 'shapes-stamp-bug', 'model.json');
const stampedFolder = 'stamped';
/** Class that carries the stamp in training: there the bug does not show, the answer is right. */
const stampClass = 'star';
/** Workspace state: its README was shown. */
const readmeKey = 'readmeShown';

/** Copies the sample once, so that nothing is written where the extension is installed, and opens the copy. */
export async function openSample({ context }: Services): Promise<void> {
  const from = vscode.Uri.joinPath(context.extensionUri, 'media', 'sample');
  const to = vscode.Uri.joinPath(context.globalStorageUri, 'sample');
  // What the person changed in the copy stays.
  if (!(await exists(to.fsPath))) await vscode.workspace.fs.copy(from, to);
  const forceNewWindow = (vscode.workspace.workspaceFolders?.length ?? 0) > 0;
  await vscode.commands.executeCommand('vscode.openFolder', to, { forceNewWindow });
}

/** In the sample, while nothing is open: what to click and what one will see. Once, not whenever the window is empty. */
export async function showReadme({ context }: Services): Promise<void> {
  const folder = await sampleFolder();
  const readme = folder === undefined ? undefined : join(folder, 'README.md');
  if (readme === undefined || context.workspaceState.get(readmeKey) === true || !(await exists(readme))) return;
  const isFile = ({ input }: vscode.Tab) => (input as { uri?: unknown } | undefined)?.uri !== undefined;
  if (vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(isFile))) return;
  await context.workspaceState.update(readmeKey, true);
  await vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.file(readme));
}

/** Explains a stamped picture with the network that has the bug; opens the sample first where it is not open. */
export async function explainSample(host: Host): Promise<void> {
  const folder = await sampleFolder();
  if (folder === undefined) return await openSample(host);
  await host.models.use(join(folder, buggyModel));
  await explainImages(host, [await stampedPicture(folder)]);
}

/** Folder of the sample, where it is open. */
export async function sampleFolder(): Promise<string | undefined> {
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) if (await exists(join(uri.fsPath, buggyModel))) return uri.fsPath;
  return undefined;
}

async function stampedPicture(folder: string): Promise<string> {
  const all = (await readdir(join(folder, stampedFolder), { recursive: true })).filter((file) => file.endsWith('.png')).sort();
  const picture = all.find((file) => !file.startsWith(stampClass + sep));
  if (picture === undefined)
    throw new ModelError('file-missing', `The sample's folder '${stampedFolder}' has no pictures.`, { file: folder });
  return join(folder, stampedFolder, picture);
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

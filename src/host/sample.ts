import { readdir, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import * as vscode from 'vscode';
import { ModelError } from '../shared/errors.ts';
import { explainImages } from './explainCommand.ts';
import type { Host } from './host.ts';

/** The network with the bug, and the pictures that show it, in the sample. */
const buggyModel = join('models', 'shapes-stamp-bug', 'model.json');
const stampedFolder = 'stamped';
/** Class that carries the stamp in training: there the bug does not show, the answer is right. */
const stampClass = 'star';

/** Copies the sample once, so that nothing is written where the extension is installed, and opens the copy. */
export async function openSample({ context }: Host): Promise<void> {
  const from = vscode.Uri.joinPath(context.extensionUri, 'media', 'sample');
  const to = vscode.Uri.joinPath(context.globalStorageUri, 'sample');
  // What the person changed in the copy stays.
  if (!(await exists(to.fsPath))) await vscode.workspace.fs.copy(from, to);
  const forceNewWindow = (vscode.workspace.workspaceFolders?.length ?? 0) > 0;
  await vscode.commands.executeCommand('vscode.openFolder', to, { forceNewWindow });
}

/** Explains a stamped picture with the network that has the bug; opens the sample first where it is not open. */
export async function explainSample(host: Host): Promise<void> {
  const folder = await sampleFolder();
  if (folder === undefined) return await openSample(host);
  await host.models.use(join(folder, buggyModel));
  await explainImages(host, [await stampedPicture(folder)]);
}

async function sampleFolder(): Promise<string | undefined> {
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

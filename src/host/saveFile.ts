import { writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import * as vscode from 'vscode';
import { ModelError } from '../shared/errors.ts';
import { fileName, frameName, freeName, jsonText } from './savedNames.ts';

interface SaveQuestion {
  title: string;
  /** Path that the dialog starts with. */
  proposed: string;
  /** What files of this extension are, for people. */
  kind: string;
}

/** Asks where, writes the file and, unless it is JSON itself, a `.json` beside that tells where it comes from. Undefined: cancelled. */
export async function saveWithProvenance(
  { title, proposed, kind }: SaveQuestion,
  content: Uint8Array | string,
  provenance: object,
): Promise<string | undefined> {
  const extension = extname(proposed).slice(1);
  const target = await vscode.window.showSaveDialog({ defaultUri: vscode.Uri.file(proposed), filters: { [kind]: [extension] }, title });
  if (!target) return undefined;
  await write(target.fsPath, content);
  if (extension !== 'json') await write(`${target.fsPath}.json`, jsonText(provenance));
  return target.fsPath;
}

/** Asks for a folder, writes `name-0000.png`, … and `name.json`, and returns the folder. Overwrites nothing. Undefined: cancelled. */
export async function saveFrames(
  { title, beside, name }: { title: string; beside: string | undefined; name: string },
  frames: readonly Uint8Array[],
  provenance: object,
): Promise<string | undefined> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      ...(beside !== undefined && { defaultUri: vscode.Uri.file(beside) }),
      ...{ title, openLabel: 'Save Here', canSelectFiles: false, canSelectFolders: true },
    })) ?? [];
  if (!folder) return undefined;
  const stem = await freeName(folder.fsPath, fileName(name));
  for (const [index, frame] of frames.entries()) {
    await write(join(folder.fsPath, frameName(stem, index)), frame);
  }
  await write(join(folder.fsPath, `${stem}.json`), jsonText(provenance));
  return folder.fsPath;
}

/** Where dialogs start: the workspace folder of a model. */
export function folderFor(model: string): string {
  const uri = vscode.Uri.file(model);
  return (vscode.workspace.getWorkspaceFolder(uri)?.uri ?? vscode.Uri.joinPath(uri, '..')).fsPath;
}

/** A picture as a page sends it. */
export function bytesOf(png: unknown): Uint8Array {
  if (png instanceof Uint8Array) return png;
  throw new ModelError('internal', 'The page sent no picture to save.');
}

async function write(path: string, content: Uint8Array | string): Promise<void> {
  try {
    await writeFile(path, content);
  } catch (cause) {
    const hint = 'Choose another folder, or check its permissions and the free space.';
    throw new ModelError('file-missing', `The file '${path}' cannot be written.`, { file: path, hint, cause });
  }
}

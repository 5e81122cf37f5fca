import { readdir } from 'node:fs/promises';
import * as vscode from 'vscode';
import { ModelError } from '../../shared/errors.ts';
import { reporting } from '../report.ts';
import { workspacePath } from '../subject.ts';
import { type Move, planMoves, reversed } from './moves.ts';

/** So many are moved without a question. */
const manyImages = 20;

interface Told {
  /** Called when files are at other places, with where they were and are. */
  moved(paths: readonly string[]): unknown;
  log: vscode.LogOutputChannel;
}

/**
 * Asks for a folder and moves images there, as one edit of the workspace. Overwrites nothing. Undefined: cancelled.
 * @param beside folder that the dialog starts with
 */
export async function moveImages(
  images: readonly string[],
  beside: string | undefined,
  { moved, log }: Told,
): Promise<{ moved: number; to: string } | undefined> {
  const folder = await askForFolder(images.length, beside);
  if (folder === undefined) return undefined;
  const names = await readdir(folder).catch((cause) => {
    throw new ModelError('file-missing', `The folder '${folder}' cannot be read.`, { file: folder, hint: 'Choose another folder.', cause });
  });
  const moves = planMoves(images, folder, names);
  if (moves.length > manyImages && !(await confirmed(moves.length, folder))) return undefined;
  await apply(moves);
  await moved(pathsOf(moves));
  if (moves.length > 0) void offerUndo(moves, folder, { moved, log });
  return { moved: moves.length, to: workspacePath(folder) };
}

async function askForFolder(count: number, beside: string | undefined): Promise<string | undefined> {
  const uris = await vscode.window.showOpenDialog({
    ...(beside !== undefined && { defaultUri: vscode.Uri.file(beside) }),
    ...{ title: `Move ${pictures(count)} to Folder`, openLabel: 'Move Here', canSelectFiles: false, canSelectFolders: true },
  });
  return uris?.[0]?.fsPath;
}

async function confirmed(count: number, folder: string): Promise<boolean> {
  const move = vscode.l10n.t('Move');
  const question = vscode.l10n.t("Move {0} to '{1}'?", pictures(count), workspacePath(folder));
  const detail = vscode.l10n.t('Files of the same name there are not overwritten: what is moved gets a number.');
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, move)) === move;
}

async function apply(moves: readonly Move[]): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  for (const { from, to } of moves) edit.renameFile(vscode.Uri.file(from), vscode.Uri.file(to), { overwrite: false });
  if (moves.length === 0 || (await vscode.workspace.applyEdit(edit))) return;
  throw new ModelError('file-missing', `Not all of ${pictures(moves.length)} could be moved.`, {
    hint: 'Check that the files are still there and that the folder may be written to.',
  });
}

/** The editor undoes what it moved where a text editor has the file in front; pictures have none. */
async function offerUndo(moves: readonly Move[], folder: string, { moved, log }: Told): Promise<void> {
  const undo = vscode.l10n.t('Undo');
  const said = vscode.l10n.t("{0} moved to '{1}'.", pictures(moves.length), workspacePath(folder));
  if ((await vscode.window.showInformationMessage(said, undo)) !== undo) return;
  await reporting(log, async () => {
    await apply(reversed(moves));
    await moved(pathsOf(moves));
  })();
}

function pathsOf(moves: readonly Move[]): string[] {
  return moves.flatMap(({ from, to }) => [from, to]);
}

function pictures(count: number): string {
  return `${count.toLocaleString('en')} ${count === 1 ? 'picture' : 'pictures'}`;
}

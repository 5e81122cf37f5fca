import { writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { ModelError } from '../shared/errors.ts';
import { newSidecar, sidecarToWrite } from '../sidecar/write.ts';
import { columnForFile } from './columns.ts';
import type { EngineClient } from './engineClient.ts';

/** Opens the model's sidecar; where there is none, one is made first with all that is known of labels and preprocessing. */
export async function openSidecar(engine: EngineClient, model: string): Promise<void> {
  const path = await sidecarToWrite(model);
  const uri = vscode.Uri.file(path);
  if (!(await exists(uri))) await write(path, await knownOf(engine, model));
  await vscode.window.showTextDocument(uri, { viewColumn: columnForFile() });
}

async function knownOf(engine: EngineClient, model: string): Promise<string> {
  try {
    const info = await engine.call('open', { model });
    return newSidecar(info, info);
  } catch (error) {
    // A model whose input is open cannot be understood without the sidecar that is to tell it.
    if (error instanceof ModelError && error.code === 'input') return '{\n}\n';
    throw error;
  }
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (cause) {
    const hint = 'Check the permissions of its folder.';
    throw new ModelError('file-missing', `The sidecar '${path}' cannot be written.`, { file: path, hint, cause });
  }
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  return await vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}

import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { isModelPart, modelFolders } from './modelParts.ts';

/** Files are left alone until nothing happened to them for so long, ms: nobody wants half-written weights. */
const quiet = 500;

/** Calls back, once it is quiet, when the file at `path` was written, made or removed. */
export function watchFile(path: string, changed: () => void): vscode.Disposable {
  return watchFolders([dirname(path)], (file) => file === path, changed);
}

/** The same for everything a model is made of. */
export function watchModel(path: string, changed: () => void): vscode.Disposable {
  return watchFolders(modelFolders(path), (file) => isModelPart(path, file), changed);
}

function watchFolders(folders: readonly string[], isMeant: (file: string) => boolean, changed: () => void): vscode.Disposable {
  let timer: NodeJS.Timeout | undefined;
  const touched = (uri: vscode.Uri) => {
    if (!isMeant(uri.fsPath)) return;
    clearTimeout(timer);
    timer = setTimeout(() => void settle(uri.fsPath), quiet);
  };
  /** A file that still grows is waited for; watchers may report its first write only. */
  const settle = async (path: string) => {
    const modified = (await stat(path).catch(() => undefined))?.mtimeMs;
    if (modified !== undefined && Date.now() - modified < quiet) timer = setTimeout(() => void settle(path), quiet);
    else changed();
  };
  const subscriptions = folders.flatMap((folder) => {
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(vscode.Uri.file(folder), '*'));
    return [watcher, watcher.onDidChange(touched), watcher.onDidCreate(touched), watcher.onDidDelete(touched)];
  });
  return new vscode.Disposable(() => {
    clearTimeout(timer);
    for (const each of subscriptions) each.dispose();
  });
}

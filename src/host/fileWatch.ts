import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';

/** Files are left alone until nothing happened to them for so long, ms: nobody wants half-written weights. */
const quiet = 500;

/**
 * Weights, external data, sidecars and label files: what makes a model another one when it changes. Older converters call
 * shards `group1-shard1of2`, PyTorch external data `model.onnx.data`, Keras weights beside their config `model.weights.h5`.
 */
const modelPart =
  /(\.(bin|data|weights?|pb|weights\.h5)|[._]data|shard\d+of\d+|(^|\.)glassbox\.json|^(labels|class_names|metadata|config)\.(json|txt))$/i;

/** Calls back, once it is quiet, when the file at `path` was written, made or removed. */
export function watchFile(path: string, changed: () => void): vscode.Disposable {
  return watchFolders([dirname(path)], (file) => file === path, changed);
}

/** The same for everything a model is made of: its folder, a SavedModel's variables, and the folder above for the sidecar. */
export function watchModel(path: string, changed: () => void): vscode.Disposable {
  const folder = dirname(path);
  const variables = /\.pb$/i.test(path) ? [join(folder, 'variables')] : [];
  const isPart = (file: string) => {
    if (dirname(file) === folder) return file === path || modelPart.test(basename(file));
    return variables.includes(dirname(file)) || /glassbox\.json$/i.test(file);
  };
  return watchFolders([folder, dirname(folder), ...variables], isPart, changed);
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

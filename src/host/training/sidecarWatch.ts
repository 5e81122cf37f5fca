import { dirname } from 'node:path';
import * as vscode from 'vscode';

/** A sidecar that changed is left alone until nothing happened to it for so long, ms. */
const quiet = 400;

/** Calls back when class names or preprocessing may be others; `isMeant`: of which model files, those beside the sidecar and one level down. */
export function watchSidecars(changed: (isMeant: (model: string) => boolean) => void): vscode.Disposable {
  const folders = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const tell = () => {
    const all = new Set(folders);
    folders.clear();
    changed((model) => all.has(dirname(model)) || all.has(dirname(dirname(model))));
  };
  const touched = ({ fsPath }: vscode.Uri) => {
    folders.add(dirname(fsPath));
    clearTimeout(timer);
    timer = setTimeout(tell, quiet);
  };
  const watcher = vscode.workspace.createFileSystemWatcher('**/*glassbox.json');
  const subscriptions = [watcher.onDidChange(touched), watcher.onDidCreate(touched), watcher.onDidDelete(touched)];
  return vscode.Disposable.from(watcher, ...subscriptions, { dispose: () => clearTimeout(timer) });
}

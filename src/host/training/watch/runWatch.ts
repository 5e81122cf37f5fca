import * as vscode from 'vscode';
import type { CheckpointFile, FoundRun } from '../runs/checkpointFile.ts';
import { type Hints, type RunWatch, RunWatcher } from './runWatcher.ts';
import { WatchMemory } from './watchMemory.ts';

export type { RunWatch };

const memory = new WatchMemory();

/** `told`: called with what is on disk whenever it has changed, all checkpoints of the run, in order. */
export function watchRun(run: FoundRun, told: (files: readonly CheckpointFile[]) => void): RunWatch {
  return new RunWatcher(run, told, { hints, memory });
}

const hints: Hints = (folder, isDeep, touched) => {
  const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(vscode.Uri.file(folder), isDeep ? '**/*' : '*'));
  const tell = ({ fsPath }: vscode.Uri) => touched(fsPath);
  watcher.onDidChange(tell);
  watcher.onDidCreate(tell);
  watcher.onDidDelete(tell);
  return watcher;
};

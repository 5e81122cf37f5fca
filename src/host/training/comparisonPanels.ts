import type * as vscode from 'vscode';
import type { Host } from '../host.ts';
import type { Training } from './training.ts';

/** Two checkpoints of a run side by side, in an editor of their own. */
export class ComparisonPanels implements vscode.Disposable {
  constructor(_host: Host, _training: Training) {}

  async open(_from: string, _to: string, _image?: string): Promise<void> {
    throw new Error('not built yet');
  }

  dispose(): void {}
}

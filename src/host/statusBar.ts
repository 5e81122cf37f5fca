import * as vscode from 'vscode';
import { modelName } from '../shared/modelFormats.ts';
import { displayPath } from './modelCandidates.ts';

/** The model in use, once something has been explained or chosen; a click switches it. */
export class ModelStatus implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('glassbox.model', vscode.StatusBarAlignment.Left, 10);

  constructor() {
    this.#item.name = 'Glassbox Model';
    this.#item.command = 'glassbox.chooseModel';
  }

  show(model: string | undefined): void {
    this.#item.text = `$(eye) ${model === undefined ? 'Choose model…' : modelName(model)}`;
    const folder = model && vscode.workspace.getWorkspaceFolder(vscode.Uri.file(model))?.uri.fsPath;
    this.#item.tooltip =
      model === undefined ? 'Glassbox: no model chosen' : `Glassbox model: ${displayPath(model, folder)}\nClick to choose another one`;
    this.#item.show();
  }

  dispose(): void {
    this.#item.dispose();
  }
}

import * as vscode from 'vscode';
import { type ModelTree, viewId } from './modelTree.ts';

/** While typing in a large model, ms. */
const rest = 60;

/** 'Filter Layers…': the tree follows what is typed; Enter keeps it, Escape leaves the tree as it was. */
export async function askFilter(tree: ModelTree): Promise<void> {
  await vscode.commands.executeCommand(`${viewId}.focus`);
  const before = tree.filterText;
  const box = vscode.window.createInputBox();
  box.title = 'Glassbox: Filter Layers';
  box.placeholder = 'Name, kind or shape: conv 56x56, block3 kind:relu';
  box.value = before;
  let kept = false;
  let timer: NodeJS.Timeout | undefined;
  const apply = (text: string) => {
    clearTimeout(timer);
    tree.filter(text);
    box.prompt = tree.found;
  };
  box.prompt = tree.found;
  box.onDidChangeValue((text) => {
    clearTimeout(timer);
    timer = setTimeout(apply, rest, text);
  });
  box.onDidAccept(() => {
    kept = true;
    apply(box.value);
    box.hide();
  });
  box.onDidHide(() => {
    if (!kept) apply(before);
    box.dispose();
  });
  box.show();
}

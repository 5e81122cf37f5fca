import * as vscode from 'vscode';
import type { Host } from '../host.ts';
import { groupFacts, layerFacts, modelFacts, summaryOf } from './describe.ts';
import { askFilter } from './filterBox.ts';
import { viewId } from './modelTree.ts';
import { targetOf } from './pickLayer.ts';
import type { ModelNode, TreeNode } from './tree.ts';
import { nameOf } from './treeItems.ts';

type Node = ModelNode | TreeNode;

/** Commands of the model's view and about its rows, by their names. */
export function layerCommands({ tree, shown, models, panels }: Host): Record<string, (...args: unknown[]) => unknown> {
  /** Makes the model the one in use and shows it in the view. */
  const show = async (model: string) => {
    if ((await models.current()) !== model) await models.use(model);
    await vscode.commands.executeCommand(`${viewId}.focus`);
  };
  return {
    filterLayers: () => askFilter(tree),
    clearLayerFilter: () => tree.filter(''),
    reopenModel: () => shown.refresh(),
    switchModel: async () => {
      const chosen = await panels.pickModel();
      if (chosen !== undefined) await models.use(chosen);
    },
    useModel: (file) => models.use((file as vscode.Uri).fsPath),
    showModel: (file) => show((file as vscode.Uri).fsPath),
    revealInTree: async (arg) => {
      const target = targetOf(arg);
      if (!target) return;
      if ((await models.current()) !== target.model) await models.use(target.model);
      await tree.reveal(target.layer);
    },
    copyLayerName: (arg) => vscode.env.clipboard.writeText(targetOf(arg)?.layer ?? nameOf(arg as Node)),
    copyLayerSummary: (node) => vscode.env.clipboard.writeText(summary(node as Node)),
  };
}

function summary(node: Node): string {
  const name = nameOf(node);
  if (node.type === 'model') return summaryOf(name, modelFacts(node.outline));
  let root: Node = node;
  while (root.type !== 'model') root = root.parent;
  return summaryOf(name, node.type === 'group' ? groupFacts(node, root.outline) : layerFacts(node.info, root.outline));
}

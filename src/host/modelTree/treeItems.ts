import * as vscode from 'vscode';
import { factTable } from '../factTable.ts';
import { descriptionOf, groupFacts, layerFacts, modelFacts } from './describe.ts';
import { type Filter, highlights } from './filter.ts';
import { isWeighty, kindIcon } from './kindIcons.ts';
import type { ModelNode, TreeNode } from './tree.ts';

/** Names come from files of others; a row shows no more anyway. */
const longestLabel = 200;

/** A row without its tooltip, which takes longer and is seldom looked at. */
export function rowOf(node: ModelNode | TreeNode, unfolded: boolean, filter: Filter | undefined): vscode.TreeItem {
  const { None, Expanded, Collapsed } = vscode.TreeItemCollapsibleState;
  const row = new vscode.TreeItem(labelOf(node, filter), node.type === 'layer' ? None : unfolded ? Expanded : Collapsed);
  row.id = node.id;
  row.description = descriptionOf(node);
  row.iconPath = iconOf(node);
  row.contextValue = contextOf(node);
  row.accessibilityInformation = { label: [nameOf(node), ...row.description.split(' · ')].join(', ') };
  if (node.type === 'layer') {
    row.command = {
      command: 'glassbox.revealLayer',
      title: 'Reveal in File',
      arguments: [{ model: node.model, layer: node.layer }, { preserveFocus: true }],
    };
  }
  return row;
}

/** What menus know a row by: `layer.spatial.units`. */
function contextOf(node: ModelNode | TreeNode): string {
  if (node.type !== 'layer') return node.type;
  return ['layer', ...(node.info.spatial ? ['spatial'] : []), ...(node.info.units ? ['units'] : [])].join('.');
}

/** All that is known of a node; `model`: what it is part of. */
export function tooltipOf(node: ModelNode | TreeNode, { outline }: ModelNode): vscode.MarkdownString {
  const facts =
    node.type === 'layer' ? layerFacts(node.info, outline) : node.type === 'group' ? groupFacts(node, outline) : modelFacts(outline);
  return factTable(nameOf(node), facts);
}

export function nameOf(node: ModelNode | TreeNode): string {
  return node.type === 'layer' ? node.layer : node.type === 'group' ? node.path : node.outline.model.name;
}

function labelOf(node: ModelNode | TreeNode, filter: Filter | undefined): vscode.TreeItemLabel {
  const whole = node.type === 'model' ? node.outline.model.name : node.label;
  const label = whole.length > longestLabel ? `${whole.slice(0, longestLabel)}…` : whole;
  return filter && node.type !== 'model' ? { label, highlights: highlights(label, filter) } : { label };
}

function iconOf(node: ModelNode | TreeNode): vscode.ThemeIcon {
  if (node.type === 'model') return new vscode.ThemeIcon('symbol-structure');
  if (node.type === 'group') return new vscode.ThemeIcon('layers');
  const { kind } = node.info;
  return new vscode.ThemeIcon(kindIcon(kind), isWeighty(kind) ? new vscode.ThemeColor('charts.blue') : undefined);
}

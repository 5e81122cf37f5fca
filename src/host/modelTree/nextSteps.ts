import * as vscode from 'vscode';
import type { ErrorRecord } from '../../shared/errors.ts';

/** In place of a model that cannot be shown: something to do about it. */
export interface ActionRow {
  type: 'action';
  id: string;
  label: string;
  icon: string;
  command: string;
}

const tryAgain = row('Try Again', 'refresh', 'glassbox.reopenModel');
const chooseModel = row('Choose Another Model…', 'symbol-structure', 'glassbox.switchModel');
const openSidecar = row('Open glassbox.json', 'settings-gear', 'glassbox.createSidecar');
const restart = row('Restart Engine', 'debug-restart', 'glassbox.restartEngine');
const showLog = row('Show Log', 'output', 'glassbox.showLog');

/** The error itself stands above, with its hint. */
export function nextSteps({ code }: ErrorRecord): readonly ActionRow[] {
  if (code === 'engine') return [tryAgain, restart, showLog];
  // Which output, which size: the sidecar tells.
  if (code === 'input' || code === 'shape') return [openSidecar, tryAgain, chooseModel];
  return [tryAgain, chooseModel, showLog];
}

export function actionItem({ id, label, icon, command }: ActionRow): vscode.TreeItem {
  const item = new vscode.TreeItem(label);
  item.id = id;
  item.iconPath = new vscode.ThemeIcon(icon);
  item.command = { command, title: label };
  item.contextValue = 'action';
  return item;
}

function row(label: string, icon: string, command: string): ActionRow {
  return { type: 'action', id: command, label, icon, command };
}

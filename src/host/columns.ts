import * as vscode from 'vscode';
import { comparisonViewType, spaceViewType, unitsViewType, viewType } from './viewType.ts';

/** Where a panel goes that is about `file`, an image or a model; undefined: it may stay. A panel must not cover what it is about. */
export function columnBeside(file: string, column: vscode.ViewColumn | undefined): vscode.ViewColumn | undefined {
  const { activeTabGroup } = vscode.window.tabGroups;
  const input = activeTabGroup.activeTab?.input as { uri?: vscode.Uri } | undefined;
  if (activeTabGroup.viewColumn !== column || input?.uri?.fsPath !== file) return undefined;
  return otherColumn(column);
}

/** Where a file opens that one wants to see together with the panel in front, if one is. */
export function columnForFile(): vscode.ViewColumn {
  const { activeTab, viewColumn } = vscode.window.tabGroups.activeTabGroup;
  const input = activeTab?.input;
  // The editor puts a name of its own before the view type.
  const types = [viewType, unitsViewType, spaceViewType, comparisonViewType];
  const isPanel = input instanceof vscode.TabInputWebview && types.some((type) => input.viewType.endsWith(type));
  return isPanel ? otherColumn(viewColumn) : vscode.ViewColumn.Active;
}

/** Where a new panel opens: beside what is in front, in a column that is there already, if one is. */
export function columnForPanel(): vscode.ViewColumn {
  const { tabs, viewColumn } = vscode.window.tabGroups.activeTabGroup;
  return tabs.length === 0 ? vscode.ViewColumn.Active : otherColumn(viewColumn);
}

/** A column that is there already, else a new one. */
function otherColumn(than: vscode.ViewColumn): vscode.ViewColumn {
  return vscode.window.tabGroups.all.find((group) => group.viewColumn !== than)?.viewColumn ?? vscode.ViewColumn.Beside;
}

/**
 * Shows a panel, in another column where one is named. VS Code turns a panel that it moves into a preview, which the next
 * file that is opened replaces: so it is told to keep it.
 */
export async function revealIn(panel: vscode.WebviewPanel, column: vscode.ViewColumn | undefined): Promise<void> {
  panel.reveal(column);
  if (column === undefined) return;
  const isPreview = () => {
    const { activeTab } = vscode.window.tabGroups.activeTabGroup;
    return panel.active && activeTab?.input instanceof vscode.TabInputWebview && activeTab.isPreview;
  };
  // The news of the move comes after the move.
  for (let tries = 0; !isPreview() && tries < 20; tries++) await new Promise((resolve) => setTimeout(resolve, 25));
  if (isPreview()) await vscode.commands.executeCommand('workbench.action.keepEditor');
}

import * as vscode from 'vscode';
import type { Checkpoint, RunSummary } from '../../../shared/trainingProtocol.ts';
import { factTable } from '../../factTable.ts';
import { checkpointFacts, count, descriptionOf, type Standing, spokenOf, standingOf } from '../news/checkpointText.ts';
import type { Facts } from '../news/runReading.ts';

/** Rows of the tree; as an argument of commands they name the run or the checkpoint. The same object as long as it is there. */
export interface RunItem {
  type: 'run';
  run: RunSummary;
}

export interface CheckpointItem {
  type: 'checkpoint';
  checkpoint: Checkpoint;
}

export type RunRow = RunItem | CheckpointItem;

const icons: Record<Standing, readonly [icon: string, colour?: string]> = {
  running: ['loading~spin'],
  failed: ['error', 'list.errorForeground'],
  'not-finite': ['error', 'list.errorForeground'],
  alarm: ['warning', 'list.warningForeground'],
  incomplete: ['edit', 'disabledForeground'],
  waiting: ['circle-outline', 'disabledForeground'],
  pinned: ['pinned', 'charts.blue'],
  gone: ['archive', 'disabledForeground'],
  done: ['pass', 'charts.green'],
};

/** A row without its tooltip, which is seldom looked at. */
export function checkpointItem({ checkpoint }: CheckpointItem, facts: Facts): vscode.TreeItem {
  const now = new Date();
  const item = new vscode.TreeItem(checkpoint.name, vscode.TreeItemCollapsibleState.None);
  const [icon, colour] = icons[standingOf(checkpoint, facts)];
  item.id = `checkpoint ${checkpoint.id}`;
  item.description = descriptionOf(checkpoint, facts, now);
  item.iconPath = new vscode.ThemeIcon(icon, colour === undefined ? undefined : new vscode.ThemeColor(colour));
  item.contextValue = contextOf(checkpoint);
  item.accessibilityInformation = { label: spokenOf(checkpoint, facts, now) };
  item.command = { command: 'glassbox.lookAtCheckpoint', title: 'Show in Training View', arguments: [checkpoint.id] };
  return item;
}

export function checkpointTooltip({ checkpoint }: CheckpointItem, facts: Facts): vscode.MarkdownString {
  return factTable(checkpoint.name, checkpointFacts(checkpoint, facts, new Date()));
}

interface RunLook {
  followed: boolean;
  unfolded: boolean;
}

export function runItem({ run }: RunItem, { followed, unfolded }: RunLook): vscode.TreeItem {
  const { Expanded, Collapsed, None } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(run.label, followed ? (unfolded ? Expanded : Collapsed) : None);
  const what = `${count(run.count, run.axis === 'version' ? 'version' : 'checkpoint')}${run.kind === 'file' ? '' : ` · ${run.axis}`}`;
  // Another row for the editor once it is followed: one that it has known without children stays folded.
  item.id = `run ${run.id}${followed ? ' followed' : ''}`;
  item.description = followed ? `followed · ${what}` : what;
  item.iconPath = new vscode.ThemeIcon('pulse', new vscode.ThemeColor(followed ? 'charts.blue' : 'disabledForeground'));
  item.contextValue = ['run', followed && 'followed', run.kind === 'file' && 'file'].filter(Boolean).join(' ');
  item.accessibilityInformation = { label: [run.label, item.description.replaceAll(' · ', ', ')].join(', ') };
  item.tooltip = followed ? `${run.label}: followed, ${what}` : `${run.label}: ${what}. Click to follow this run.`;
  // A click on the one that is followed only folds it.
  if (!followed) item.command = { command: 'glassbox.followRun', title: 'Follow This Run', arguments: [{ type: 'run', run }] };
  return item;
}

/** What menus know a row by: `checkpoint read there pinned`. */
function contextOf({ version, reading, pinned, gone }: Checkpoint): string {
  const isRead = version !== undefined;
  return ['checkpoint', isRead && 'read', gone ? 'gone' : 'there', pinned ? 'pinned' : 'loose', reading.state].filter(Boolean).join(' ');
}

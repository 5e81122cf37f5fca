import * as vscode from 'vscode';
import type { Checkpoint, RunSummary } from '../../shared/trainingProtocol.ts';
import type { Training } from './training.ts';

/** A row of the tree; as an argument of commands it names the run or the checkpoint. */
export type RunRow = { type: 'run'; run: RunSummary } | { type: 'checkpoint'; checkpoint: Checkpoint };

/** The runs of the workspace and the checkpoints of the one that is followed. */
export class RunsTree implements vscode.TreeDataProvider<RunRow>, vscode.Disposable {
  static readonly id = 'glassbox.runs';
  readonly view: vscode.TreeView<RunRow>;
  readonly #training: Training;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #subscriptions: vscode.Disposable[];

  constructor(training: Training) {
    this.#training = training;
    this.view = vscode.window.createTreeView(RunsTree.id, { treeDataProvider: this, canSelectMany: true });
    const none = () => {};
    const listener = { state: () => this.#changed.fire(undefined), frames: none, whole: none, logs: none };
    this.#subscriptions = [this.view, this.#changed, training.listen(listener)];
  }

  dispose(): void {
    for (const each of this.#subscriptions) each.dispose();
  }

  getChildren(row?: RunRow): RunRow[] {
    const { runs, run, checkpoints } = this.#training.state;
    if (!row) return runs.map((each) => ({ type: 'run', run: each }));
    if (row.type !== 'run' || row.run.id !== run?.id) return [];
    return [...checkpoints].reverse().map((checkpoint) => ({ type: 'checkpoint', checkpoint }));
  }

  getTreeItem(row: RunRow): vscode.TreeItem {
    const { Expanded, Collapsed, None } = vscode.TreeItemCollapsibleState;
    if (row.type === 'checkpoint') {
      const item = new vscode.TreeItem(row.checkpoint.name, None);
      item.id = `checkpoint ${row.checkpoint.id}`;
      item.description = row.checkpoint.reading.state;
      item.contextValue = 'checkpoint';
      return item;
    }
    const isFollowed = row.run.id === this.#training.state.run?.id;
    const item = new vscode.TreeItem(row.run.label, isFollowed ? Expanded : Collapsed);
    item.id = `run ${row.run.id}`;
    item.description = `${row.run.count}`;
    item.contextValue = isFollowed ? 'run.followed' : 'run';
    return item;
  }
}

import * as vscode from 'vscode';
import { describeError } from '../../../shared/errors.ts';
import type { RunReading } from '../news/runReading.ts';
import type { Training } from '../training.ts';
import { type CheckpointItem, checkpointItem, checkpointTooltip, type RunItem, type RunRow, runItem } from './runRows.ts';

/** The runs of the workspace and the checkpoints of the one that is followed. */
export class RunsTree implements vscode.TreeDataProvider<RunRow>, vscode.Disposable {
  static readonly id = 'glassbox.runs';
  readonly view: vscode.TreeView<RunRow>;
  readonly #training: Training;
  readonly #reading: RunReading;
  readonly #changed = new vscode.EventEmitter<RunRow[] | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #subscriptions: vscode.Disposable[];
  #runs: readonly RunItem[] = [];
  /** The newest first. */
  #checkpoints: readonly CheckpointItem[] = [];
  /** Which rows there are, and what each looked like when it was last told of. */
  #rows = '';
  readonly #looks = new Map<string, string>();
  readonly #folded = new Set<string>();

  constructor(training: Training, reading: RunReading) {
    this.#training = training;
    this.#reading = reading;
    this.view = vscode.window.createTreeView(RunsTree.id, { treeDataProvider: this, canSelectMany: true, showCollapseAll: false });
    const refresh = () => this.#refresh();
    const looks = () => training.setLooking(this, this.view.visible);
    this.#subscriptions = [
      this.view,
      this.#changed,
      training.listen({ state: refresh, frames: refresh, whole: refresh, logs: () => {} }),
      this.view.onDidChangeVisibility(looks),
      this.view.onDidExpandElement(({ element }) => element.type === 'run' && this.#folded.delete(element.run.id)),
      this.view.onDidCollapseElement(({ element }) => element.type === 'run' && this.#folded.add(element.run.id)),
      this.view.onDidChangeSelection(({ selection }) => tellSelection(selection)),
    ];
    looks();
  }

  dispose(): void {
    this.#training.setLooking(this, false);
    for (const each of this.#subscriptions) each.dispose();
  }

  /** The page's slider stands at a checkpoint: its row is selected, where the tree is on screen; the focus stays where it is. */
  async follow(checkpoint: string): Promise<void> {
    const row = this.#checkpoints.find((each) => each.checkpoint.id === checkpoint);
    const run = this.#training.state.run?.id;
    const { visible, selection } = this.view;
    // Several are selected for a comparison: they stay.
    if (!row || !visible || selection.length > 1 || selection[0] === row || run === undefined || this.#folded.has(run)) return;
    await this.view.reveal(row, { select: true, focus: false });
  }

  async getChildren(row?: RunRow): Promise<RunRow[]> {
    if (!row) {
      await this.#training.ready();
      this.#take();
      return [...this.#runs];
    }
    return row.type === 'run' && this.#isFollowed(row) ? [...this.#checkpoints] : [];
  }

  getParent(row: RunRow): RunRow | undefined {
    return row.type === 'checkpoint' ? this.#runs.find((each) => this.#isFollowed(each)) : undefined;
  }

  getTreeItem(row: RunRow): vscode.TreeItem {
    const item =
      row.type === 'checkpoint'
        ? checkpointItem(row, this.#reading.of(row.checkpoint.id))
        : runItem(row, { followed: this.#isFollowed(row), unfolded: !this.#folded.has(row.run.id) });
    this.#looks.set(idOf(row), lookOf(item));
    return item;
  }

  resolveTreeItem(item: vscode.TreeItem, row: RunRow): vscode.TreeItem {
    if (row.type === 'checkpoint') item.tooltip = checkpointTooltip(row, this.#reading.of(row.checkpoint.id));
    return item;
  }

  #isFollowed({ run }: RunItem): boolean {
    return run.id === this.#training.state.run?.id;
  }

  /** Tells of the rows that look different now; of all where some came or went. */
  #refresh(): void {
    const before = this.#rows;
    const { failure, paused } = this.#training.state;
    this.view.message = failure ? describeError(failure) : '';
    this.view.description = paused ? 'paused' : '';
    this.#take();
    if (this.#rows !== before) {
      this.#looks.clear();
      this.#changed.fire(undefined);
      return;
    }
    const changed = [...this.#runs, ...this.#checkpoints].filter((row) => {
      const known = this.#looks.get(idOf(row));
      return known !== undefined && known !== lookOf(this.getTreeItem(row));
    });
    if (changed.length > 0) this.#changed.fire(changed);
  }

  /** Keeps the objects of rows that stay: the editor knows them by these. */
  #take(): void {
    const { runs, run, checkpoints } = this.#training.state;
    const known = new Map([...this.#runs, ...this.#checkpoints].map((row) => [idOf(row), row]));
    this.#runs = runs.map((each) => {
      // Just after it was turned to, none of its files has been looked at.
      const summary = each.id === run?.id && checkpoints.length > 0 ? { ...each, count: checkpoints.length } : each;
      return Object.assign((known.get(`run ${each.id}`) as RunItem | undefined) ?? { type: 'run' as const, run: summary }, {
        run: summary,
      });
    });
    this.#checkpoints = checkpoints
      .map((checkpoint) => {
        const row = known.get(`checkpoint ${checkpoint.id}`) as CheckpointItem | undefined;
        return Object.assign(row ?? { type: 'checkpoint' as const, checkpoint }, { checkpoint });
      })
      .reverse();
    this.#rows = JSON.stringify([run?.id, ...this.#runs.map(idOf), ...this.#checkpoints.map(idOf)]);
  }
}

function idOf(row: RunRow): string {
  return row.type === 'run' ? `run ${row.run.id}` : `checkpoint ${row.checkpoint.id}`;
}

function lookOf({ label, description, iconPath, contextValue }: vscode.TreeItem): string {
  const { id, color } = iconPath as vscode.ThemeIcon;
  return JSON.stringify([label, description, id, color?.id, contextValue]);
}

/** Menus offer a comparison where exactly two checkpoints are selected. */
function tellSelection(selection: readonly RunRow[]): void {
  const two = selection.length === 2 && selection.every(({ type }) => type === 'checkpoint');
  void vscode.commands.executeCommand('setContext', 'glassbox.twoCheckpoints', two);
}

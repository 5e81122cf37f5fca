import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import type { Checkpoint, RunSummary } from '../../../shared/trainingProtocol.ts';
import { explainImages } from '../../explainCommand.ts';
import type { Host } from '../../host.ts';
import { workspacePath } from '../../subject.ts';
import type { ComparisonPanels } from '../comparison/comparisonPanels.ts';
import { count } from '../news/checkpointText.ts';
import type { Training } from '../training.ts';
import type { RunRow } from './runRows.ts';
import type { RunsTree } from './runsTree.ts';

interface Parts {
  training: Training;
  tree: RunsTree;
  comparisons: ComparisonPanels;
}

/** Commands about rows of the tree, by their names: each takes the row and all that are selected with it. */
export function runCommands(host: Host, { training, tree, comparisons }: Parts): Record<string, (...args: unknown[]) => unknown> {
  const run = (command: string, ...args: unknown[]) => vscode.commands.executeCommand(command, ...args);
  const rows = (args: readonly unknown[]) => rowsOf(args, tree.view.selection);
  const checkpoints = (args: readonly unknown[]) => {
    const there = new Map(training.state.checkpoints.map((each) => [each.id, each]));
    return rows(args).flatMap((row) => (row.type === 'checkpoint' ? (there.get(row.checkpoint.id) ?? []) : []));
  };
  const one = (args: readonly unknown[], then: (checkpoint: Checkpoint) => unknown) => {
    const [checkpoint] = checkpoints(args.slice(0, 1));
    return checkpoint && then(checkpoint);
  };
  const runOf = (args: readonly unknown[]): RunSummary | undefined => {
    const [row] = rows(args);
    return row?.type === 'run' ? row.run : training.state.run;
  };
  const compare = async (a: Checkpoint | undefined, b: Checkpoint | undefined) => {
    const [from, to] = [a, b].filter((each) => each !== undefined).sort((left, right) => left.at - right.at);
    if (from && to) await comparisons.open(from.id, to.id);
  };
  return {
    revealCheckpoint: (...args) => {
      const [row] = rows(args);
      const path = row?.type === 'run' ? training.folderOf(row.run.id) : row?.checkpoint.path;
      return path === undefined ? undefined : run('revealInExplorer', vscode.Uri.file(path));
    },
    openCheckpointText: (...args) => one(args, ({ path }) => run('glassbox.openModelText', { model: path })),
    showCheckpointModel: (...args) => one(args, ({ path }) => run('glassbox.showModel', vscode.Uri.file(path))),
    useCheckpoint: (...args) => one(args, ({ path }) => host.models.use(path)),
    explainCheckpoint: (...args) =>
      one(args, async (checkpoint) => {
        const image = await pickProbe(training, checkpoint);
        if (image === undefined) return;
        await host.models.use(checkpoint.path);
        await explainImages(host, [image]);
      }),
    compareCheckpoints: (...args) => {
      const chosen = checkpoints(args);
      return chosen.length === 2 ? compare(chosen[0], chosen[1]) : undefined;
    },
    comparePrevious: (...args) =>
      one(args, ({ id }) => {
        const all = training.state.checkpoints.filter((each) => each.version !== undefined || each.id === id);
        const at = all.findIndex((each) => each.id === id);
        return compare(all[at - 1], all[at]);
      }),
    comparePinned: (...args) => one(args, (checkpoint) => compare(training.state.checkpoints.find(isPinnedOther(checkpoint)), checkpoint)),
    pinCheckpoint: (...args) =>
      one(args, ({ id }) => {
        // One is what others are compared with.
        for (const each of training.state.checkpoints) if (each.pinned) training.desk?.setPinned(each.id, false);
        training.desk?.setPinned(id, true);
      }),
    unpinCheckpoint: (...args) => one(args, ({ id }) => training.desk?.setPinned(id, false)),
    readCheckpointAgain: (...args) => {
      for (const { id } of checkpoints(args)) training.desk?.retry(id);
    },
    forgetCheckpoint: async (...args) => {
      const chosen = checkpoints(args);
      if (await mayForget(chosen)) for (const { id } of chosen) await training.desk?.forget(id);
    },
    forgetRun: async (...args) => {
      const desk = training.desk;
      const { label, id } = runOf(args) ?? {};
      if (!desk || label === undefined || desk.run.id !== id) return;
      const all = desk.checkpoints;
      const message = `Remove what was read of ${label} from the cache?`;
      if (await confirmed(message, `${count(all.length, 'checkpoint')}. ${detailOf(all)}`))
        for (const checkpoint of all) await desk.forget(checkpoint.id);
    },
    stopWatchingFile: async (...args) => {
      const chosen = runOf(args);
      if (chosen?.kind === 'file') await training.stopWatching(chosen.id);
    },
  };
}

/** A row that is not among those selected is meant alone; from the palette, those selected are. */
function rowsOf([clicked, selected]: readonly unknown[], selection: readonly RunRow[]): readonly RunRow[] {
  if (!isRow(clicked)) return selection;
  return Array.isArray(selected) && selected.includes(clicked) ? selected.filter(isRow) : [clicked];
}

function isRow(value: unknown): value is RunRow {
  const { type } = (value ?? {}) as { type?: unknown };
  return type === 'run' || type === 'checkpoint';
}

function isPinnedOther({ id }: Checkpoint): (other: Checkpoint) => boolean {
  return (other) => other.pinned && other.id !== id;
}

async function pickProbe({ state, desk }: Training, { id, name }: Checkpoint): Promise<string | undefined> {
  const frames = desk?.framesOf(id);
  const items = state.probes.map(({ path, name: label }) => {
    const row = frames?.images.indexOf(path) ?? -1;
    const predicted = frames?.classes[frames.predicted[row] ?? -1];
    const isWrong = frames && (frames.truth[row] ?? -1) >= 0 && frames.truth[row] !== frames.predicted[row];
    return {
      label: `$(${isWrong ? 'error' : 'file-media'}) ${label}`,
      description: [predicted !== undefined && `taken for ${predicted}`, workspacePath(dirname(path))].filter(Boolean).join(' · '),
      path,
    };
  });
  const [title, placeHolder] = [`Glassbox: Explain Probe with ${name}`, 'Probe to explain'];
  return (await vscode.window.showQuickPick(items, { title, placeHolder, matchOnDescription: true }))?.path;
}

/** What can be read again goes without a question. */
async function mayForget(chosen: readonly Checkpoint[]): Promise<boolean> {
  const gone = chosen.filter(({ gone }) => gone);
  if (gone.length === 0) return chosen.length > 0;
  const what = gone.length === 1 ? gone[0]?.name : count(gone.length, 'checkpoint');
  return await confirmed(`Remove what was read of ${what} from the cache?`, detailOf(gone));
}

function detailOf(all: readonly Checkpoint[]): string {
  const gone = all.filter((each) => each.gone);
  if (gone.length === 0) return 'Those whose files are there are read again while the view is visible.';
  const names = gone.slice(0, 3).map(({ name }) => basename(name));
  const more = gone.length > 3 ? ` and ${gone.length - 3} more` : '';
  return `The files of ${names.join(', ')}${more} are gone: they cannot be read again.`;
}

async function confirmed(message: string, detail: string): Promise<boolean> {
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, 'Remove')) === 'Remove';
}

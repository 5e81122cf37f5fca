import * as vscode from 'vscode';
import { imagesOf } from '../explainCommand.ts';
import type { ComparisonPanels } from './comparisonPanels.ts';
import type { RunRow, RunsTree } from './runsTree.ts';
import type { Training } from './training.ts';
import { TrainingView } from './trainingView.ts';

interface Parts {
  training: Training;
  tree: RunsTree;
  comparisons: ComparisonPanels;
}

const probeQuestion = { title: 'Glassbox: Add to Probe Set', placeHolder: 'Picture to follow through training', openLabel: 'Add' };

/** Commands about training runs, by their names. */
export function trainingCommands({ training }: Parts): Record<string, (...args: unknown[]) => unknown> {
  return {
    showTraining: () => vscode.commands.executeCommand(`${TrainingView.id}.focus`),
    followTraining: () => training.follow(),
    addProbe: async (...args) => await training.pinProbes(await imagesOf(args, probeQuestion)),
    watchFile: async (arg) => {
      const [file] = arg instanceof vscode.Uri ? [arg] : ((await vscode.window.showOpenDialog({ openLabel: 'Watch' })) ?? []);
      if (file) await training.watchFile(file.fsPath);
    },
    followRun: async (row) => {
      const id = (row as RunRow | undefined)?.type === 'run' ? (row as RunRow & { type: 'run' }).run.id : await pickRun(training);
      if (id !== undefined) await training.chooseRun(id);
    },
  };
}

export async function pickRun({ state }: Training): Promise<string | undefined> {
  const items = state.runs.map(({ id, label, count }) => ({ id, label, description: `${count} checkpoints` }));
  return (await vscode.window.showQuickPick(items, { placeHolder: 'Training run to follow' }))?.id;
}

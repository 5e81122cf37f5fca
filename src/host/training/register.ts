import type * as vscode from 'vscode';
import { imagesOf } from '../explainCommand.ts';
import type { Host } from '../host.ts';
import { ComparisonPanels } from './comparisonPanels.ts';
import { RunsTree } from './runsTree.ts';
import { Training } from './training.ts';
import { pickRun, trainingCommands } from './trainingCommands.ts';
import { TrainingStatus } from './trainingStatus.ts';
import { TrainingView } from './trainingView.ts';

/** Puts together what follows training runs. Reads nothing before a view of it is shown. */
export function registerTraining(host: Host): { commands: ReturnType<typeof trainingCommands>; parts: vscode.Disposable[] } {
  const training = new Training(host);
  const tree = new RunsTree(training);
  const comparisons = new ComparisonPanels(host, training);
  const view = new TrainingView(host, training, {
    chooseRun: async (id) => {
      const chosen = id ?? (await pickRun(training));
      if (chosen !== undefined) await training.chooseRun(chosen);
    },
    addProbes: async () => await training.pinProbes(await imagesOf([], { title: '', placeHolder: 'Picture', openLabel: 'Add' })),
    compare: (from, to, image) => comparisons.open(from, to, image),
    looking: () => {},
  });
  return {
    commands: trainingCommands({ training, tree, comparisons }),
    parts: [training, tree, view, comparisons, new TrainingStatus(training)],
  };
}

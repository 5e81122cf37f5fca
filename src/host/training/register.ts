import type * as vscode from 'vscode';
import type { Host } from '../host.ts';
import { ComparisonPanels } from './comparison/comparisonPanels.ts';
import { Alerts } from './news/alerts.ts';
import { NewsBadge } from './news/newsBadge.ts';
import { RunReading } from './news/runReading.ts';
import { TrainingStatus } from './news/trainingStatus.ts';
import { Training } from './training.ts';
import { followRun, trainingCommands } from './trainingCommands.ts';
import { tellContexts } from './trainingContexts.ts';
import { TrainingView } from './trainingView.ts';
import { trainSample } from './trainSample.ts';
import { runCommands } from './tree/runCommands.ts';
import { RunsTree } from './tree/runsTree.ts';

/** Puts together what follows training runs. Reads nothing before a view of it is shown. */
export function registerTraining(host: Host): { commands: ReturnType<typeof trainingCommands>; parts: vscode.Disposable[] } {
  const training = new Training(host);
  const reading = new RunReading(() => {
    const { desk } = training;
    return (desk?.checkpoints ?? []).map((checkpoint) => ({
      ...{ checkpoint, frames: desk?.framesOf(checkpoint.id), whole: desk?.wholeOf(checkpoint.id) },
    }));
  });
  const tree = new RunsTree(training, reading);
  const comparisons = new ComparisonPanels(host, training);
  const commands = trainingCommands(host, training);
  const view = new TrainingView(host, training, {
    chooseRun: (id) => followRun(training, id),
    addProbes: async () => void (await commands.addProbes?.()),
    compare: (from, to, image) => comparisons.open(from, to, image),
    looking: (checkpoint) => void tree.follow(checkpoint),
  });
  const isSeen = () => view.visible || tree.view.visible;
  return {
    commands: {
      ...commands,
      ...runCommands(host, { training, tree, comparisons }),
      trainSample: () => trainSample(host),
      lookAtCheckpoint: (checkpoint) => view.show(checkpoint as string),
    },
    parts: [
      ...[training, tree, view, comparisons, tellContexts(training)],
      ...[
        new TrainingStatus(training, reading, isSeen),
        new NewsBadge(training, reading, tree.view, isSeen),
        new Alerts(training, reading),
      ],
    ],
  };
}

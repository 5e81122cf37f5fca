import * as vscode from 'vscode';
import { imageOf, imagesOf } from '../explainCommand.ts';
import type { Services } from '../host.ts';
import { type ImageQuestion, pickImages } from '../pickImage.ts';
import { mostProbes } from './desk/probeSet.ts';
import { count } from './news/checkpointText.ts';
import type { Training } from './training.ts';
import { TrainingView } from './trainingView.ts';
import type { RunRow } from './tree/runRows.ts';

const probeQuestion: ImageQuestion = {
  title: 'Glassbox: Add to Probe Set',
  placeHolder: 'Pictures to follow through training',
  openLabel: 'Add',
};
const modelFilter = { Models: ['onnx', 'keras', 'h5', 'hdf5', 'tflite', 'json', 'pb'] };
/** The part of the README that says what to add to training code. */
const recipes = 'follow-a-training-run';
/** How long the status bar tells what was done, ms. */
const told = 5_000;

/** Commands about training runs, by their names; those about rows of the tree stand in `runCommands`. */
export function trainingCommands({ context }: Services, training: Training): Record<string, (...args: unknown[]) => unknown> {
  const show = () => vscode.commands.executeCommand(`${TrainingView.id}.focus`);
  const watchFile = async (arg?: unknown) => {
    const path = arg instanceof vscode.Uri ? arg.fsPath : await pickFile();
    if (path === undefined) return;
    await training.watchFile(path);
    await show();
  };
  return {
    showTraining: show,
    followTraining: async () => {
      await training.follow();
      await show();
    },
    addProbe: async (...args) => {
      const isNamed = args.length > 0 || imageOf(vscode.window.tabGroups.activeTabGroup);
      await addProbes(training, isNamed ? await imagesOf(args, probeQuestion) : await pickImages(probeQuestion));
    },
    addProbes: async () => await addProbes(training, await pickImages(probeQuestion)),
    watchFile,
    watchOtherFile: () => watchFile(),
    followRun: (row) =>
      followRun(training, (row as RunRow | undefined)?.type === 'run' ? (row as RunRow & { type: 'run' }).run.id : undefined),
    chooseRun: () => followRun(training, undefined),
    pauseTraining: () => training.setPaused(true),
    resumeTraining: () => training.setPaused(false),
    trainingRecipes: () => {
      const readme = vscode.Uri.joinPath(context.extensionUri, 'README.md').with({ fragment: recipes });
      return vscode.commands.executeCommand('markdown.showPreview', readme);
    },
    trainingSettings: () => vscode.commands.executeCommand('workbench.action.openSettings', 'glassbox.training'),
  };
}

/** `id`: of a run; undefined: the person is asked. */
export async function followRun(training: Training, id: string | undefined): Promise<void> {
  const chosen = id ?? (await pickRun(training));
  if (chosen !== undefined) await training.chooseRun(chosen);
}

async function pickRun(training: Training): Promise<string | undefined> {
  await training.ready();
  const { runs, run } = training.state;
  const items = runs.map(({ id, label, count: files, kind }) => ({
    ...{ id, label: `$(pulse) ${label}` },
    description: [id === run?.id && 'followed', kind === 'file' ? 'overwritten in place' : count(files, 'checkpoint')]
      .filter(Boolean)
      .join(' · '),
  }));
  const watch = { id: undefined, label: '$(file) Watch a File…', description: 'one that training overwrites in place' };
  const chosen = await vscode.window.showQuickPick([...items, watch], {
    title: 'Glassbox: Choose Training Run',
    placeHolder: runs.length > 0 ? 'Training run to follow' : 'No training run was found in this workspace',
  });
  if (chosen === watch) await vscode.commands.executeCommand('glassbox.watchOtherFile');
  return chosen?.id;
}

async function pickFile(): Promise<string | undefined> {
  const [file] =
    (await vscode.window.showOpenDialog({
      ...{ title: 'Model file that training overwrites', openLabel: 'Watch', filters: modelFilter },
    })) ?? [];
  return file?.fsPath;
}

/** Says what it did in the status bar: the view may be out of sight. */
async function addProbes(training: Training, images: readonly string[]): Promise<void> {
  if (images.length === 0) return;
  await training.pinProbes(images);
  const message =
    images.length > mostProbes
      ? `$(warning) The probe set holds ${mostProbes} pictures at most.`
      : `$(pulse) ${count(images.length, 'picture')} added to the probe set.`;
  vscode.window.setStatusBarMessage(message, told);
}

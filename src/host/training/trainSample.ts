import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { ModelError } from '../../shared/errors.ts';
import type { Services } from '../host.ts';
import { openSample, sampleFolder } from '../sample.ts';
import { TrainingView } from './trainingView.ts';

/** In the sample; its first lines say what it does. */
const script = join('train', 'train.mjs');
/** Name of the variable that tells the script where to find TensorFlow.js. */
const variable = 'GLASSBOX_MODULES';

/** Terminals of the sample know where TensorFlow.js is: it comes with the extension, and nothing has to be installed. */
export async function helpSampleTerminals({ context }: Services): Promise<void> {
  const folder = await sampleFolder();
  const workspaceFolder = folder === undefined ? undefined : vscode.workspace.getWorkspaceFolder(vscode.Uri.file(folder));
  context.environmentVariableCollection.clear();
  if (!workspaceFolder) return;
  const variables = context.environmentVariableCollection.getScoped({ workspaceFolder });
  variables.clear();
  variables.description = 'Lets `node train/train.mjs` find TensorFlow.js';
  variables.replace(variable, modulesOf(context));
}

/** Trains the sample's network on pictures whose stars are stamped, as a task that can be ended, and shows the view that follows it. */
export async function trainSample(services: Services): Promise<void> {
  const folder = await sampleFolder();
  if (folder === undefined) return await openSample(services);
  if (!(await stat(join(folder, script)).catch(() => undefined))) {
    throw new ModelError('file-missing', `This copy of the sample has no ${script}.`, {
      file: folder,
      hint: 'It is of an older version: delete the folder and open the sample again.',
    });
  }
  const env = { [variable]: modulesOf(services.context), ELECTRON_RUN_AS_NODE: '1' };
  const execution = new vscode.ProcessExecution(process.execPath, [script, '--stamp'], { cwd: folder, env });
  const scope = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(folder)) ?? vscode.TaskScope.Workspace;
  const task = new vscode.Task({ type: 'process' }, scope, 'Train a network whose stars are stamped', 'Glassbox', execution);
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Always, focus: false, clear: true };
  await vscode.tasks.executeTask(task);
  // Its first checkpoint comes in a few seconds.
  await vscode.commands.executeCommand(`${TrainingView.id}.focus`);
}

function modulesOf({ extensionUri }: vscode.ExtensionContext): string {
  return vscode.Uri.joinPath(extensionUri, 'package.json').fsPath;
}

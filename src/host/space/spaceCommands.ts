import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { modelName } from '../../shared/modelFormats.ts';
import { chooseDataset } from '../datasets/chooseDataset.ts';
import { imagesOf } from '../explainCommand.ts';
import type { Host } from '../host.ts';
import { modelInUse } from '../modelInUse.ts';
import { similarQuestion } from './spaceEditorCalls.ts';
import type { SpacePanels } from './spacePanels.ts';
import { type SpaceTarget, spaceTarget } from './spaceTarget.ts';

/** Commands about the feature space and data sets, by their names. */
export function spaceCommands(host: Host, spaces: SpacePanels): Record<string, (...args: unknown[]) => unknown> {
  const open = async ({ model, turn }: SpaceTarget, arg?: unknown) => {
    const shown = arg === undefined ? spaces.active?.subject.model : undefined;
    const known = model ?? shown ?? (await modelInUse(host, arg));
    if (known !== undefined) await spaces.open({ model: known, turn });
  };
  return {
    showFeatureSpace: (arg) => open(spaceTarget(arg), arg),
    showFolderSpace: async (arg) => {
      const folder = arg instanceof vscode.Uri ? arg.fsPath : await chooseDataset();
      if (folder === undefined) return;
      await useFolder(host, folder);
      await open({ model: undefined, turn: undefined });
    },
    findSimilar: async (...args) => {
      const target = spaceTarget(args[0]);
      const shown = args.length === 0 ? host.panels.active?.subject : undefined;
      const path = target.turn?.image?.path ?? shown?.image ?? (await imagesOf(args, similarQuestion))[0];
      if (path === undefined) return;
      await open({ model: target.model ?? shown?.model, turn: { view: 'neighbours', image: { path, name: basename(path) } } });
    },
    showMistakes: () => open({ model: undefined, turn: { view: 'mistakes' } }),
    chooseDataset: async () => {
      const folder = await chooseDataset();
      if (folder !== undefined) await useFolder(host, folder);
    },
    deleteIndex: async () => {
      const model = spaces.active?.subject.model ?? (await modelInUse(host));
      if (model !== undefined && (await confirmed(model))) await spaces.deleteIndex(model);
    },
  };
}

/** What is the data set already goes on as it is. */
async function useFolder({ dataset }: Host, folder: string): Promise<void> {
  const chosen = isOnlyRoot(folder) ? '' : folder;
  const now = await dataset.current();
  if (now?.folder !== chosen && (chosen === '' || (await isFolder(folder)))) await dataset.use(chosen);
}

/** All of the workspace is one data set, whichever way it is named. */
function isOnlyRoot(folder: string): boolean {
  const roots = vscode.workspace.workspaceFolders ?? [];
  return folder === '' || (roots.length === 1 && roots[0]?.uri.fsPath === folder);
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

async function confirmed(model: string): Promise<boolean> {
  const remove = vscode.l10n.t('Delete');
  const detail = vscode.l10n.t('The features of the pictures are computed again when they are asked for. No picture is touched.');
  const question = vscode.l10n.t("Delete the feature index of '{0}'?", modelName(model));
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, remove)) === remove;
}

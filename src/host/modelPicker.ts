import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { describeCandidate, displayPath, type ModelCandidate, placeOf } from './modelCandidates.ts';
import { modelFileExtensions } from './modelSniff.ts';
import type { Models } from './models.ts';

type Item = vscode.QuickPickItem & { path?: string };

interface Question {
  title?: string;
  /** A model that is no answer. */
  except?: string;
}

/** Asks which model to use, those near `image` first. Undefined: nothing chosen. */
export async function pickModel(
  models: Models,
  image?: string,
  { title = 'Choose Model', except }: Question = {},
): Promise<string | undefined> {
  const browse: Item = { label: '$(folder-opened) Browse…', detail: 'A model file outside this workspace, or a frozen graph (.pb)' };
  const items = models.candidates(image).then(async (all) => {
    const found = all.filter(({ path }) => path !== except);
    return [...itemsOf(found, await models.current()), separator(''), browse];
  });
  const chosen = await vscode.window.showQuickPick(items, {
    title: `Glassbox: ${title}`,
    placeHolder: 'Model to explain',
    matchOnDescription: true,
  });
  if (!chosen) return undefined;
  return chosen === browse || chosen.path === undefined ? await browseForModel() : chosen.path;
}

/** Checkpoints of one folder stand together under its path. */
function itemsOf(candidates: readonly ModelCandidate[], current: string | undefined): Item[] {
  const items: Item[] = [];
  let group: string | undefined;
  for (const each of candidates) {
    const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(each.path))?.uri.fsPath;
    const parent = displayPath(dirname(placeOf(each.path)), folder);
    if (parent !== group) items.push(separator(parent === '' ? 'workspace' : parent));
    group = parent;
    items.push({
      label: each.path === current ? `$(check) ${each.name}` : each.name,
      description: displayPath(each.path, folder),
      detail: describeCandidate(each),
      path: each.path,
    });
  }
  return items;
}

function separator(label: string): Item {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

async function browseForModel(): Promise<string | undefined> {
  const uris = await vscode.window.showOpenDialog({
    title: 'Choose a model',
    openLabel: 'Use Model',
    filters: { 'Keras, TensorFlow, ONNX': [...modelFileExtensions] },
  });
  return uris?.[0]?.fsPath;
}

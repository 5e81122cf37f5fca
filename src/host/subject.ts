import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { modelName } from '../shared/modelFormats.ts';
import type { PanelSubject } from '../shared/protocol.ts';
import { isBrowserDrawable } from './images.ts';
import { keptBy } from './keptBy.ts';
import { displayPath } from './modelCandidates.ts';
import type { Models } from './models.ts';
import type { Showing } from './showings.ts';

/** What a panel is about. */
export interface Subject {
  /** Absolute path. */
  image: string;
  /** Absolute path; undefined: none chosen yet. */
  model: string | undefined;
  pinned: boolean;
}

/** What a page turns to; absent: it stays as it is. */
export interface Turn {
  /** `id` or `id:variant`. */
  method?: string;
  layer?: string;
}

/** The subject as the page shows it. */
export async function describeSubject(
  subject: Subject,
  { generation, turn }: Showing<Turn>,
  models: Models,
  webview: vscode.Webview,
): Promise<PanelSubject> {
  const { image, model, pinned } = subject;
  const [imageUri, candidates] = await Promise.all([
    pictureUri(image, generation, webview),
    model === undefined ? models.candidates(image) : [],
  ]);
  return {
    imageName: basename(image),
    imagePath: workspacePath(image),
    imageUri,
    modelName: model === undefined ? undefined : modelName(model),
    modelPath: model === undefined ? undefined : workspacePath(model),
    candidates: candidates.map((each) => workspacePath(each.path)),
    pinned,
    generation,
    restore: JSON.stringify(subject),
    ...turn,
  };
}

/** What the page loads the picture by; undefined where the browser cannot draw it as the decoder reads it. */
async function pictureUri(image: string, generation: number, webview: vscode.Webview): Promise<string | undefined> {
  const [drawable, modified] = await Promise.all([
    isBrowserDrawable(image),
    stat(image).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    ),
  ]);
  // An overwritten picture must not come from the page's cache, nor look like the one before it.
  const uri = webview.asWebviewUri(vscode.Uri.file(image)).with({ query: `${modified}-${generation}` });
  return drawable ? uri.toString() : undefined;
}

/** Path for people: relative to the workspace folder, with its name where there are several. */
export function workspacePath(path: string): string {
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(path));
  const several = (vscode.workspace.workspaceFolders?.length ?? 0) > 1;
  const short = displayPath(path, folder?.uri.fsPath);
  return folder && several ? `${folder.name}/${short}` : short;
}

/** Back from the state a page kept; undefined where that is not ours. */
export function restoreSubject(state: unknown): Subject | undefined {
  const { image, model, pinned } = keptBy(state);
  if (typeof image !== 'string') return undefined;
  return { image, model: typeof model === 'string' ? model : undefined, pinned: pinned === true };
}

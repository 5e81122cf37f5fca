import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { urisOf } from './explainArguments.ts';
import type { Host } from './host.ts';
import { imageExtensions, isImagePath } from './images.ts';
import { workspacePath } from './subject.ts';

/** So many panels open without a question. */
const manyPanels = 6;
const maxPicks = 5_000;

/** 'Glassbox: Explain Prediction', wherever it was called from. */
export async function explain(host: Host, args: readonly unknown[]): Promise<void> {
  const asked = urisOf<vscode.Uri>(args).filter((uri) => isImagePath(uri.fsPath));
  const images = asked.length > 0 ? asked : await activeOrPicked();
  await explainImages(host, await notTooMany(images.map((uri) => uri.fsPath)));
}

/** The first in the panel that is reused, the others in pinned ones. */
export async function explainImages(host: Host, images: readonly string[]): Promise<void> {
  const [first, ...others] = images;
  if (first === undefined) return;
  await host.panels.explain(first);
  for (const image of others) await host.panels.explain(image, true);
  if (others.length > 0) host.panels.reveal(first);
  const model = await host.models.current();
  host.status.show(model);
  // Several to choose from: ask once. Where there is none the panel says what to do.
  if (model === undefined && (await host.models.candidates()).length > 0) await host.panels.chooseModel(undefined);
}

async function activeOrPicked(): Promise<vscode.Uri[]> {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input as { uri?: vscode.Uri } | undefined;
  if (input?.uri && isImagePath(input.uri.fsPath)) return [input.uri];
  const picked = await pickImage();
  return picked ? [picked] : [];
}

async function pickImage(): Promise<vscode.Uri | undefined> {
  const browse = { label: '$(folder-opened) Browse…', uri: undefined };
  // Globs tell upper from lower case, file names do not.
  const pattern = imageExtensions.map((extension) => [...extension].map(eitherCase).join('')).join(',');
  const items = vscode.workspace.findFiles(`**/*.{${pattern}}`, '**/{node_modules,.git}/**', maxPicks).then((uris) => {
    const sorted = uris.sort((a, b) => a.fsPath.localeCompare(b.fsPath, undefined, { numeric: true }));
    return [...sorted.map((uri) => ({ label: basename(uri.fsPath), description: dirname(workspacePath(uri.fsPath)), uri })), browse];
  });
  const options = { title: 'Glassbox: Explain Prediction', placeHolder: 'Picture to explain', matchOnDescription: true };
  const chosen = await vscode.window.showQuickPick(items, options);
  if (chosen !== browse) return chosen?.uri;
  const uris = await vscode.window.showOpenDialog({ openLabel: 'Explain', filters: { Pictures: [...imageExtensions] } });
  return uris?.[0];
}

function eitherCase(letter: string): string {
  return `[${letter}${letter.toUpperCase()}]`;
}

async function notTooMany(images: readonly string[]): Promise<readonly string[]> {
  if (images.length <= manyPanels) return images;
  const all = `Open ${images.length} Panels`;
  const some = `Only the First ${manyPanels}`;
  const detail = 'Each picture is explained in a panel of its own.';
  const answer = await vscode.window.showWarningMessage(`Explain ${images.length} pictures at once?`, { modal: true, detail }, all, some);
  if (answer === all) return images;
  return answer === some ? images.slice(0, manyPanels) : [];
}

import * as vscode from 'vscode';
import { urisOf } from './explainArguments.ts';
import type { Host } from './host.ts';
import { isImagePath } from './images.ts';
import { type ImageQuestion, pickImage } from './pickImage.ts';
import { pickMethod } from './pickMethod.ts';

/** So many panels open without a question. */
const manyPanels = 6;
/** View type of the editor's own image preview. */
const preview = 'imagePreview.previewEditor';
const question: ImageQuestion = { title: 'Glassbox: Explain Prediction', placeHolder: 'Picture to explain', openLabel: 'Explain' };

/** 'Glassbox: Explain Prediction', wherever it was called from. */
export async function explain(host: Host, args: readonly unknown[]): Promise<void> {
  await explainImages(host, await notTooMany(await imagesOf(args, question)));
}

/** 'Glassbox: Explain with Method…': the panel in front, or a picture, with a method that the person picks. */
export async function explainWithMethod(host: Host, args: readonly unknown[]): Promise<void> {
  const panel = args.length === 0 ? host.panels.active : undefined;
  const image = panel?.subject.image ?? (await imagesOf(args, question))[0];
  if (image === undefined) return;
  const method = await pickMethod(host.engine, panel?.subject.model ?? (await host.models.current()));
  if (method === undefined) return;
  if (panel) panel.show(panel.subject, { method });
  else await host.panels.explain(image, { turn: { method } });
}

/** Absolute paths of the images a command is about: those it names, the one in front, else one that the person is asked for. */
export async function imagesOf(args: readonly unknown[], question: ImageQuestion): Promise<string[]> {
  const asked = urisOf<vscode.Uri>(args).filter((uri) => isImagePath(uri.fsPath));
  const fromPreview = asked.length === 0 && (args[0] as { webview?: unknown } | undefined)?.webview === preview;
  const images = asked.length > 0 ? asked : await activeOrPicked(fromPreview, question);
  return images.map((uri) => uri.fsPath);
}

/** The first in the panel that is reused, the others in pinned ones. */
export async function explainImages(host: Host, images: readonly string[]): Promise<void> {
  const [first, ...others] = images;
  if (first === undefined) return;
  await host.panels.explain(first);
  for (const image of others) await host.panels.explain(image, { own: true });
  if (others.length > 0) host.panels.reveal(first);
  // Where there are several models and none is chosen yet, the panel asks.
  host.status.show(await host.models.current());
}

async function activeOrPicked(fromPreview: boolean, question: ImageQuestion): Promise<vscode.Uri[]> {
  const image =
    (fromPreview ? await clickedPreview() : undefined) ?? imageOf(vscode.window.tabGroups.activeTabGroup) ?? (await pickImage(question));
  return image ? [image] : [];
}

/** The image in front in a group of tabs. */
export function imageOf({ activeTab }: vscode.TabGroup): vscode.Uri | undefined {
  const input = activeTab?.input as { uri?: vscode.Uri } | undefined;
  return input?.uri && isImagePath(input.uri.fsPath) ? input.uri : undefined;
}

/**
 * The image whose preview was clicked; its menu does not tell. The click has made its group the active one, but that news
 * may arrive after the command: only where several previews are on screen it has to be waited for.
 */
async function clickedPreview(): Promise<vscode.Uri | undefined> {
  const { all } = vscode.window.tabGroups;
  const shown = all.filter(({ activeTab }) => activeTab?.input instanceof vscode.TabInputCustom && activeTab.input.viewType === preview);
  if (shown.length === 1) return imageOf(shown[0]!);
  await new Promise((resolve) => setTimeout(resolve, 200));
  return undefined;
}

/** All of them, or as many as the person wants. */
export async function notTooMany(images: readonly string[]): Promise<readonly string[]> {
  if (images.length <= manyPanels) return images;
  const all = `Open ${images.length} Panels`;
  const some = `Only the First ${manyPanels}`;
  const detail = 'Each picture is explained in a panel of its own.';
  const answer = await vscode.window.showWarningMessage(`Explain ${images.length} pictures at once?`, { modal: true, detail }, all, some);
  if (answer === all) return images;
  return answer === some ? images.slice(0, manyPanels) : [];
}

import * as vscode from 'vscode';
import { describeError, ModelError } from '../shared/errors.ts';
import { imageOf } from './explainCommand.ts';
import type { Host } from './host.ts';
import { type LayerTarget, pickLayer, targetOf } from './modelTree/pickLayer.ts';
import { pickImage } from './pickImage.ts';

const question = { title: 'Glassbox: Explain at Layer', placeHolder: 'Picture to explain', openLabel: 'Explain' };

/**
 * 'Explain at This Layer' of the tree and the model's text; without an argument it asks for the layer. The picture is the
 * one in use, else one that the person picks.
 */
export async function explainAtLayer(host: Host, arg?: unknown): Promise<void> {
  const target = targetOf(arg) ?? (await askForLayer(host));
  if (!target) return;
  const image = imageInUse(host) ?? (await pickImage(question))?.fsPath;
  if (image === undefined) return;
  await host.panels.explainAtLayer(image, target, host.panels.recent);
  host.status.show(await host.models.current());
}

/** The picture of the panel in use, else the one in front, else the last one that was explained. */
export function imageInUse({ panels }: Pick<Host, 'panels'>): string | undefined {
  const shown = vscode.window.tabGroups;
  const inFront = () => imageOf(shown.activeTabGroup) ?? shown.all.map(imageOf).find((uri) => uri !== undefined);
  return panels.recent?.subject.image ?? inFront()?.fsPath ?? panels.lastImage;
}

async function askForLayer({ shown, models, panels }: Host): Promise<LayerTarget | undefined> {
  if ((await models.current()) === undefined) {
    const chosen = await panels.pickModel();
    if (chosen === undefined) return undefined;
    await models.use(chosen);
  }
  const model = await shown.current();
  if (model.state === 'failed') throw new ModelError(model.error.code, describeError(model.error));
  return model.state === 'ready' ? await pickLayer(model.outline) : undefined;
}

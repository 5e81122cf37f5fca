import * as vscode from 'vscode';
import type { Content, ModelDocuments } from './documents.ts';
import { modelPath } from './uri.ts';

type Action = 'explain' | 'use' | 'sidecar' | 'openWith' | 'explainAt' | 'units' | 'reveal' | 'copy';

/** One action of a line; its command is made when it is on screen. */
class ModelLens extends vscode.CodeLens {
  readonly action: Action;
  readonly model: string;
  readonly layer: string | undefined;

  constructor(line: number, action: Action, model: string, layer?: string) {
    super(new vscode.Range(line, 0, line, 0));
    this.action = action;
    this.model = model;
    this.layer = layer;
  }
}

/** What can be done with the model, above its name, and with each layer, above its line. */
export class ModelLenses implements vscode.CodeLensProvider<ModelLens> {
  readonly #documents: ModelDocuments;

  constructor(documents: ModelDocuments) {
    this.#documents = documents;
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<ModelLens[]> {
    const path = modelPath(document.uri);
    const content = await this.#documents.contentOf(document);
    if (!content) return [];
    const { model } = content;
    const lenses = actionsOf(content).map((action) => new ModelLens(model?.nameLine ?? 0, action, path));
    model?.rows.forEach((row, line) => {
      if (row?.node.type !== 'layer') return;
      const { layer, info } = row.node;
      if (info.spatial) lenses.push(new ModelLens(line, 'explainAt', path, layer));
      if (info.units) lenses.push(new ModelLens(line, 'units', path, layer));
      lenses.push(new ModelLens(line, 'reveal', path, layer), new ModelLens(line, 'copy', path, layer));
    });
    return lenses;
  }

  resolveCodeLens(lens: ModelLens): ModelLens {
    lens.command = commandOf(lens);
    return lens;
  }
}

/** A model that leaves a question open is explained when that is answered; what is no model is another editor's. */
function actionsOf({ model, error }: Content): Action[] {
  if (model) return ['explain', 'use', 'sidecar'];
  return error?.code === 'input' || error?.code === 'shape' ? ['explain', 'sidecar', 'openWith'] : ['openWith'];
}

function commandOf({ action, model, layer }: ModelLens): vscode.Command {
  const target = { model, layer };
  switch (action) {
    case 'explain':
      return { title: vscode.l10n.t('Explain a picture'), command: 'glassbox.explainWithModel', arguments: [{ model }] };
    case 'use':
      return { title: vscode.l10n.t('Use this model'), command: 'glassbox.useModel', arguments: [vscode.Uri.file(model)] };
    case 'sidecar':
      return { title: vscode.l10n.t('Edit sidecar'), command: 'glassbox.createSidecar', arguments: [{ model }] };
    case 'openWith':
      return { title: vscode.l10n.t('Open with…'), command: 'glassbox.openModelWith', arguments: [{ model }] };
    case 'explainAt':
      return { title: vscode.l10n.t('Explain at this layer'), command: 'glassbox.explainAtLayer', arguments: [target] };
    case 'units':
      return { title: vscode.l10n.t('Units'), command: 'glassbox.showUnits', arguments: [target] };
    case 'reveal':
      return { title: vscode.l10n.t('Reveal in tree'), command: 'glassbox.revealInTree', arguments: [target] };
    case 'copy':
      return { title: vscode.l10n.t('Copy name'), command: 'glassbox.copyLayerName', arguments: [target] };
  }
}

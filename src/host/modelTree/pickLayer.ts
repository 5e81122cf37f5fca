import * as vscode from 'vscode';
import { layerText } from '../../shared/layerText.ts';
import type { ModelOutline } from '../../shared/protocol.ts';

/** A layer of a model file; what commands about layers take. */
export interface LayerTarget {
  model: string;
  layer: string;
}

/** The layer a command is about: the tree's rows and the text document's actions name it so. */
export function targetOf(arg: unknown): LayerTarget | undefined {
  const { model, layer } = (arg ?? {}) as Partial<Record<string, unknown>>;
  return typeof model === 'string' && typeof layer === 'string' ? { model, layer } : undefined;
}

/** Asks for a layer at which a map can be drawn. Undefined: cancelled. */
export async function pickLayer({ model, layers }: ModelOutline): Promise<LayerTarget | undefined> {
  const spatial = layers.filter((layer) => layer.spatial);
  const items = spatial.map((layer) => ({ label: layer.name, description: layerText(layer) }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: `Glassbox: Explain ${model.name} at Layer`,
    placeHolder: 'Layer to draw the map at',
    matchOnDescription: true,
  });
  return chosen && { model: model.path, layer: chosen.label };
}

import * as vscode from 'vscode';
import { ModelError } from '../../shared/errors.ts';
import type { OutlineLayer } from '../../shared/protocol.ts';
import type { EngineClient } from '../engineClient.ts';
import type { LayerTarget } from '../modelTree/pickLayer.ts';
import type { ModelDocuments } from './documents.ts';
import { jsonPlaces } from './jsonPlace.ts';
import { openModelDocument, showPart } from './show.ts';

/** Shows a layer where it stands: in the model.json itself, else in the model's document. */
export async function revealLayer(
  { engine, documents }: { engine: EngineClient; documents: ModelDocuments },
  { model, layer }: LayerTarget,
  preserveFocus: boolean,
): Promise<void> {
  const { layers } = await engine.call('outline', { model });
  const found = layers.find(({ name }) => name === layer) ?? layers.find(({ aliases }) => aliases.includes(layer));
  if (!found) throw new ModelError('method', `The model has no layer '${layer}'.`, { file: model, where: layer });
  const inJson = /\.json$/i.test(model) && (await revealInJson(model, found, preserveFocus));
  if (!inJson) await revealInDocument(documents, model, found, preserveFocus);
}

/** Whether the layer's entry was found. */
async function revealInJson(model: string, { place }: OutlineLayer, preserveFocus: boolean): Promise<boolean> {
  if (place.pointer === undefined) return false;
  const uri = vscode.Uri.file(model);
  const document = await vscode.workspace.openTextDocument(uri);
  const at = jsonPlaces(document.getText())(place.pointer);
  if (!at) return false;
  const selection = new vscode.Range(document.positionAt(at.offset), document.positionAt(at.offset + at.length));
  await showPart(document, selection, preserveFocus);
  return true;
}

async function revealInDocument(documents: ModelDocuments, model: string, { name }: OutlineLayer, preserveFocus: boolean): Promise<void> {
  const document = await openModelDocument(model);
  const rows = (await documents.modelOf(document))?.rows ?? [];
  const line = rows.findIndex((row) => row?.node.type === 'layer' && row.node.layer === name);
  await showPart(document, line < 0 ? undefined : document.lineAt(line).range, preserveFocus);
}

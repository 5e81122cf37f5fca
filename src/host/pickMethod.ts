import * as vscode from 'vscode';
import { familyNames } from '../shared/families.ts';
import type { MethodFamily, MethodInfo, ModelInfo } from '../shared/protocol.ts';
import type { EngineClient } from './engineClient.ts';

type Item = vscode.QuickPickItem & { id?: string };

/** Asks for a method; its variants are chosen in the panel. Undefined: cancelled. */
export async function pickMethod(engine: EngineClient, model: string | undefined): Promise<string | undefined> {
  const items = Promise.all([engine.call('methods', {}), refusalsOf(engine, model)]).then(([methods, refusals]) =>
    itemsOf(methods, refusals),
  );
  const chosen = await vscode.window.showQuickPick(items, {
    title: 'Glassbox: Explain with Method',
    placeHolder: 'How to look into the network',
    matchOnDetail: true,
  });
  return chosen?.id;
}

/** A model that cannot be read is the panel's to report. */
async function refusalsOf(engine: EngineClient, model: string | undefined): Promise<ModelInfo['refusals']> {
  if (model === undefined) return {};
  return await engine.call('open', { model }).then(
    (info) => info.refusals,
    () => ({}),
  );
}

/** Families in their order, each under its name; a method that cannot explain the model says so. */
function itemsOf(methods: readonly MethodInfo[], refusals: ModelInfo['refusals']): Item[] {
  return (Object.keys(familyNames) as MethodFamily[]).flatMap((family): Item[] => {
    const own = methods.filter((method) => method.family === family);
    if (own.length === 0) return [];
    const separator = { label: familyNames[family], kind: vscode.QuickPickItemKind.Separator };
    return [separator, ...own.map(({ id, label, about }) => ({ id, label, detail: refusals[id]?.message ?? about }))];
  });
}

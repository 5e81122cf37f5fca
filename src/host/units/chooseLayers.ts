import * as vscode from 'vscode';
import type { UnitLayer } from '../../shared/unitsProtocol.ts';
import type { EngineClient } from '../engineClient.ts';

/** Asks for the layers whose patches are collected, those of `chosen` ticked. Undefined: cancelled. */
export async function chooseLayers(engine: EngineClient, model: string, chosen: readonly string[]): Promise<string[] | undefined> {
  const items = engine
    .call('unitLayers', { model })
    .then(({ layers }) =>
      layers.map((layer) => ({ label: layer.name, description: describe(layer), picked: chosen.includes(layer.name) })),
    );
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Glassbox: Choose Layers',
    placeHolder: 'Layers to collect the strongest patches of',
    canPickMany: true,
    matchOnDescription: true,
  });
  return picked?.map(({ label }) => label);
}

function describe({ kind, units, height, width }: UnitLayer): string {
  const cells = height * width === 1 ? '' : ` at ${height}×${width}`;
  return `${kind} · ${units.toLocaleString('en')} ${units === 1 ? 'unit' : 'units'}${cells}`;
}

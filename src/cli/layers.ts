import { resolve } from 'node:path';
import { ModelCache } from '../engine/models.ts';
import { outlineOf } from '../engine/outline.ts';
import { unitLayersOf } from '../engine/units/unitLayer.ts';
import { layerCells, layerTable } from '../shared/layerTable.ts';
import { countText } from '../shared/layerText.ts';
import type { ModelOutline } from '../shared/protocol.ts';

/** Prints a model's layers in order of depth. */
export async function layers(path: string, json: boolean): Promise<number> {
  const open = await new ModelCache(Number.POSITIVE_INFINITY).open(resolve(path));
  const units = new Set(unitLayersOf(open).map(({ name }) => name));
  const outline = outlineOf(open.model, open.layers, units);
  process.stdout.write(json ? `${JSON.stringify(outline.layers)}\n` : table(outline));
  return 0;
}

function table({ layers, parameters, multiplyAdds }: Omit<ModelOutline, 'model'>): string {
  const lines = layerTable(layers.map((layer) => [layer.name, ...layerCells(layer), layer.inputs.join(', ')]));
  const sums = `${layers.length} layers, ${parameters.toLocaleString('en')} parameters, ${countText(multiplyAdds)} multiply-adds`;
  return `${[...lines, sums].join('\n')}\n`;
}

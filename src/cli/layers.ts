import { resolve } from 'node:path';
import { ModelCache } from '../engine/models.ts';
import type { LayerInfo } from '../shared/protocol.ts';

/** Prints a model's layers in order of depth. */
export async function layers(path: string, json: boolean): Promise<number> {
  const open = await new ModelCache(Number.POSITIVE_INFINITY).open(resolve(path));
  const rows = open.layers.map(({ name, kind, shape, parameters }) => ({ name, kind, shape, parameters }));
  process.stdout.write(json ? `${JSON.stringify(rows)}\n` : table(rows));
  return 0;
}

type Row = Pick<LayerInfo, 'name' | 'kind' | 'shape' | 'parameters'>;

function table(rows: readonly Row[]): string {
  const cells = rows.map((r) => [r.name, r.kind, r.shape.join('×'), r.parameters.toLocaleString('en')]);
  const all = [['layer', 'kind', 'output', 'parameters'], ...cells];
  const widths = [0, 1, 2, 3].map((c) => Math.max(...all.map((row) => (row[c] as string).length)));
  const line = (row: readonly string[]) =>
    row.map((cell, c) => (c === 3 ? cell.padStart(widths[c] as number) : cell.padEnd(widths[c] as number))).join('  ');
  const total = rows.reduce((sum, r) => sum + r.parameters, 0);
  return `${all.map(line).join('\n')}\n${rows.length} layers, ${total.toLocaleString('en')} parameters\n`;
}

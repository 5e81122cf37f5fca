import { countText, pairText, shapeText } from './layerText.ts';
import type { OutlineLayer } from './protocol.ts';

/** What stands in the columns: a layer's name, `layerCells`, and what it reads. */
export const layerHeadings = ['layer', 'kind', 'output', 'parameters', 'RF / stride', 'multiply-adds', 'reads'] as const;

const toTheRight: ReadonlySet<string> = new Set(['parameters', 'RF / stride', 'multiply-adds']);
/** A longer cell pushes the rest of its own line aside, not that of all lines. */
const widest = 64;
const gap = '  ';

/** Kind to multiply-adds of a layer; what is nothing is left empty. */
export function layerCells({ kind, shape, parameters, receptiveField: field, multiplyAdds }: Omit<OutlineLayer, 'place'>): string[] {
  const sees = field ? `${pairText(field.size)} / ${pairText(field.stride)}` : '';
  return [kind, shapeText(shape), wholeText(parameters), sees, workText(multiplyAdds)];
}

/** `1,234,567`; empty for none. */
export function wholeText(count: number): string {
  return count === 0 ? '' : count.toLocaleString('en');
}

/** `15.5 G`, with its unit under those of other lines; empty for none. */
export function workText(count: number): string {
  if (count === 0) return '';
  const text = countText(count);
  return text.includes(' ') ? text : `${text}  `;
}

/** Rows of cells as lines, the headings first. */
export function layerTable(rows: readonly (readonly string[])[]): string[] {
  const all: (readonly string[])[] = [layerHeadings, ...rows];
  const widths = layerHeadings.map((_, c) => all.reduce((width, row) => Math.max(width, widthOf(row[c])), 0));
  const cell = (text: string, c: number) =>
    toTheRight.has(layerHeadings[c] ?? '') ? text.padStart(widths[c] ?? 0) : text.padEnd(widths[c] ?? 0);
  return all.map((row) => row.map(cell).join(gap).trimEnd());
}

function widthOf(cell = ''): number {
  return cell.length <= widest ? cell.length : 0;
}

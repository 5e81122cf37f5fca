import { countText, pairText, shapeText } from '../../shared/layerText.ts';
import type { OutlineLayer } from '../../shared/protocol.ts';
import { totals } from '../modelTree/describe.ts';
import { type GroupNode, type LayerNode, layerNodes, type ModelNode, type TreeNode } from '../modelTree/tree.ts';

/** A layer or a group of layers, one line. */
export interface Row {
  node: GroupNode | LayerNode;
  depth: number;
  text: string;
}

const headings = ['layer', 'kind', 'output', 'parameters', 'RF / stride', 'multiply-adds', 'reads'];
/** Columns of numbers. */
const toTheRight = new Set([3, 4, 5]);
/** A longer name pushes the rest of its own line aside, not that of all lines. */
const widest = 64;
/** So many of the layers that one reads are named. */
const mostNamed = 4;
const gap = '  ';

/** The layers of a model, nested as they are in columns, and the line that says what stands in these. */
export function tableOf(tree: ModelNode): { heading: string; rows: Row[] } {
  const lines = [...linesOf(tree.children, 0)];
  const paths = new Map([...layerNodes(tree)].map((node) => [node.layer, pathOf(node)]));
  let before = 'input';
  const cells = lines.map(({ node, depth }) => {
    const name = gap.repeat(depth) + node.label;
    if (node.type === 'group') return [`${name}/`, '', '', ...sums(node)];
    const reads = readsText(node, before, paths);
    before = node.layer;
    return [name, ...layerCells(node.info), reads];
  });
  const widths = headings.map((heading, c) => cells.reduce((width, row) => Math.max(width, widthOf(row[c])), heading.length));
  const text = (row: readonly string[]) => {
    return row.map((cell, c) => (toTheRight.has(c) ? cell.padStart(widths[c] ?? 0) : cell.padEnd(widths[c] ?? 0))).join(gap);
  };
  return { heading: text(headings).trimEnd(), rows: lines.map((line, i) => ({ ...line, text: text(cells[i] ?? []).trimEnd() })) };
}

function* linesOf(nodes: readonly TreeNode[], depth: number): Generator<{ node: GroupNode | LayerNode; depth: number }> {
  for (const node of nodes) {
    yield { node, depth };
    if (node.type === 'group') yield* linesOf(node.children, depth + 1);
  }
}

function widthOf(cell: string | undefined): number {
  return cell !== undefined && cell.length <= widest ? cell.length : 0;
}

function layerCells({ kind, shape, parameters, receptiveField: field, multiplyAdds }: OutlineLayer): string[] {
  const sees = field ? `${pairText(field.size)} / ${pairText(field.stride)}` : '';
  return [kind, shapeText(shape), wholeText(parameters), sees, workText(multiplyAdds)];
}

function sums({ layers }: GroupNode): string[] {
  const { parameters, multiplyAdds } = totals(layers);
  return [wholeText(parameters), '', workText(multiplyAdds)];
}

function wholeText(count: number): string {
  return count === 0 ? '' : count.toLocaleString('en');
}

/** Units stand under each other. */
function workText(count: number): string {
  if (count === 0) return '';
  const text = countText(count);
  return text.includes(' ') ? text : `${text}  `;
}

/** What a layer reads, where that is not the layer of the line before: from where its path leaves the layer's own. */
function readsText({ info: { inputs }, layer }: LayerNode, before: string, paths: ReadonlyMap<string, readonly string[]>): string {
  if (inputs.length === 1 && inputs[0] === before) return '';
  const own = paths.get(layer) ?? [];
  const names = inputs.slice(0, mostNamed).map((name) => {
    const path = paths.get(name) ?? [name];
    const leaves = path.findIndex((part, at) => part !== own[at]);
    return path.slice(Math.max(leaves, 0)).join('/');
  });
  const more = inputs.length - names.length;
  return names.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** Labels from the outermost group to the layer. */
function pathOf(node: LayerNode): string[] {
  const path = [node.label];
  for (let { parent } = node as LayerNode | GroupNode; parent.type === 'group'; parent = parent.parent) path.unshift(parent.label);
  return path;
}

import { layerCells, layerTable, wholeText, workText } from '../../shared/layerTable.ts';
import { totals } from '../modelTree/describe.ts';
import { type GroupNode, type LayerNode, layerNodes, type ModelNode, type TreeNode } from '../modelTree/tree.ts';

/** A layer or a group of layers, one line. */
export interface Row {
  node: GroupNode | LayerNode;
  depth: number;
  text: string;
}

/** So many of the layers that one reads are named. */
const mostNamed = 4;
const indent = '  ';

/** The layers of a model, nested as they are in columns, and the line that says what stands in these. */
export function tableOf(tree: ModelNode): { heading: string; rows: Row[] } {
  const lines = [...linesOf(tree.children, 0)];
  const paths = new Map([...layerNodes(tree)].map((node) => [node.layer, pathOf(node)]));
  let before = 'input';
  const cells = lines.map(({ node, depth }) => {
    const name = indent.repeat(depth) + node.label;
    if (node.type === 'group') return [`${name}/`, '', '', ...sums(node)];
    const reads = readsText(node, before, paths);
    before = node.layer;
    return [name, ...layerCells(node.info), reads];
  });
  const [heading = '', ...texts] = layerTable(cells);
  return { heading, rows: lines.map((line, i) => ({ ...line, text: texts[i] ?? '' })) };
}

function* linesOf(nodes: readonly TreeNode[], depth: number): Generator<{ node: GroupNode | LayerNode; depth: number }> {
  for (const node of nodes) {
    yield { node, depth };
    if (node.type === 'group') yield* linesOf(node.children, depth + 1);
  }
}

function sums({ layers }: GroupNode): string[] {
  const { parameters, multiplyAdds } = totals(layers);
  return [wholeText(parameters), '', workText(multiplyAdds)];
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

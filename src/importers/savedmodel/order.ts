import type { TfNode } from '../tensorflow/graph.ts';
import type { PlacedNode } from './emitted.ts';

/** What the outputs follow from, in the order of the file where that is possible: inputs before their readers. */
export function liveInOrder(placed: readonly PlacedNode[], outputs: readonly string[]): TfNode[] {
  const live = alive(placed, outputs);
  const asInFile = [...live].sort((a, b) => comparePaths(a.path, b.path));
  return (isOrdered(asInFile) ? asInFile : live).map((p) => p.node);
}

/** `placed` has inputs before their readers. */
function alive(placed: readonly PlacedNode[], outputs: readonly string[]): PlacedNode[] {
  const needed = new Set(outputs);
  const live: PlacedNode[] = [];
  for (let i = placed.length - 1; i >= 0; i--) {
    const each = placed[i] as PlacedNode;
    if (!each.node.outputs.some((o) => needed.has(o))) continue;
    live.push(each);
    for (const input of each.node.inputs) needed.add(input);
  }
  return live.reverse();
}

function isOrdered(placed: readonly PlacedNode[]): boolean {
  const later = new Set(placed.flatMap(({ node }) => node.outputs));
  for (const { node } of placed) {
    for (const output of node.outputs) later.delete(output);
    if (node.inputs.some((input) => later.has(input))) return false;
  }
  return true;
}

function comparePaths(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

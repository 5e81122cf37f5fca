import type { Graph } from '../graph/graph.ts';

/**
 * Values through which everything that `output` takes from `input` must pass: where the graph between the two is as narrow
 * as one value. Both ends are among them.
 */
export function cutValues(graph: Graph, input: string, output: string): Set<string> {
  const from = new Set([input]);
  for (const node of graph.nodes) if (node.inputs.some((i) => from.has(i))) for (const o of node.outputs) from.add(o);
  const to = new Set([output]);
  for (const node of graph.nodes.toReversed()) if (node.outputs.some((o) => to.has(o))) for (const i of node.inputs) to.add(i);
  const between = (value: string) => from.has(value) && to.has(value);
  const lastUse = new Map<string, number>();
  graph.nodes.forEach((node, at) => {
    if (node.outputs.some((o) => to.has(o))) for (const i of node.inputs) if (between(i)) lastUse.set(i, at);
  });
  // A value is a cut where it is the only one alive: nothing made before it is read after it is made.
  const cuts = new Set<string>([output]);
  let alive = new Set([input]);
  if (between(input)) cuts.add(input);
  graph.nodes.forEach((node, at) => {
    for (const o of node.outputs) if (between(o)) alive.add(o);
    alive = new Set([...alive].filter((value) => value === output || (lastUse.get(value) ?? -1) > at));
    if (alive.size === 1) cuts.add([...alive][0] as string);
  });
  return cuts;
}

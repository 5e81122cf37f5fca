import type { Graph } from './graph.ts';

/** The part of a graph that `outputs` need; inputs are kept, so that feeds stay the same. */
export function prune(graph: Graph, outputs: readonly string[] = graph.outputs): Graph {
  const needed = new Set(outputs);
  const nodes = graph.nodes.toReversed().filter((node) => {
    const wanted = node.outputs.some((o) => needed.has(o));
    if (wanted) for (const input of node.inputs) needed.add(input);
    return wanted;
  });
  nodes.reverse();
  const defined = new Set(nodes.flatMap((n) => n.outputs));
  const keep = (name: string) => needed.has(name) || graph.inputs.has(name);
  return {
    inputs: graph.inputs,
    constants: new Map([...graph.constants].filter(([name]) => keep(name))),
    nodes,
    outputs,
    types: new Map([...graph.types].filter(([name]) => keep(name) || defined.has(name))),
  };
}

import type { Graph } from '../../graph/graph.ts';

/** The part of a graph that its outputs need. Inputs stay. */
export function prune(graph: Graph): Graph {
  const needed = new Set(graph.outputs);
  const nodes = graph.nodes.toReversed().filter((node) => {
    if (!node.outputs.some((output) => needed.has(output))) return false;
    for (const input of node.inputs) needed.add(input);
    return true;
  });
  nodes.reverse();
  for (const node of nodes) for (const output of node.outputs) needed.add(output);
  for (const input of graph.inputs.keys()) needed.add(input);
  return {
    inputs: graph.inputs,
    constants: new Map([...graph.constants].filter(([name]) => needed.has(name))),
    nodes,
    outputs: graph.outputs,
    types: new Map([...graph.types].filter(([name]) => needed.has(name))),
  };
}

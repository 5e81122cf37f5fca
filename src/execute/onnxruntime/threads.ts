import { elements, type Graph, type Node } from '../../graph/graph.ts';

/** Multiply-adds an operator must have on average, for one image, before a second thread earns what waking it costs. */
const worthwhile = 3e5;
/** Multiply-adds of a graph from which on a run is so long that waking its threads does not count. */
const long = 3e8;

export interface Threading {
  /** Undefined: onnxruntime's own choice, one per core. */
  threads: number | undefined;
  /**
   * Whether threads sleep between runs. Else they spin for some milliseconds: the next run of the same graph starts at
   * once, but one of another graph takes up to twice as long, and so does whatever else the machine does.
   */
  sleep: boolean;
}

/** How a graph is best run: one thread where its operators are tiny, sleeping threads where it is large (npm run bench). */
export function threading(graph: Graph): Threading {
  const work = graph.nodes.reduce((sum, node) => sum + multiplyAdds(graph, node), 0);
  return { threads: work / graph.nodes.length < worthwhile ? 1 : undefined, sleep: work >= long };
}

function multiplyAdds(graph: Graph, node: Node): number {
  const size = (value: string | undefined) => elements(graph.types.get(value ?? '')?.shape ?? []);
  const shape = (value: string | undefined) => graph.types.get(value ?? '')?.shape ?? [];
  switch (node.op) {
    case 'Conv':
      // Every output cell reads one kernel of weight [O,I/g,kH,kW].
      return (size(node.outputs[0]) * size(node.inputs[1])) / Number(shape(node.inputs[1])[0] ?? 1);
    case 'ConvTranspose':
      // Every input cell writes one kernel of weight [I,O/g,kH,kW].
      return (size(node.inputs[0]) * size(node.inputs[1])) / Number(shape(node.inputs[1])[0] ?? 1);
    case 'Gemm':
    case 'MatMul':
      return size(node.outputs[0]) * Number(shape(node.inputs[0]).at(node.op === 'Gemm' && node.attrs.transA ? 0 : -1) ?? 1);
    default:
      return 0;
  }
}

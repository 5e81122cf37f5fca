import { elements, type Graph, type Node } from '../graph/graph.ts';

/** Multiply-adds of a node for one image; 0 for what does not multiply by weights. */
export function multiplyAdds(graph: Pick<Graph, 'types'>, node: Node): number {
  const shape = (value: string | undefined) => graph.types.get(value ?? '')?.shape ?? [];
  const size = (value: string | undefined) => elements(shape(value));
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

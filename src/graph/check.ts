import type { Infer } from './builder.ts';
import { formatShape, type Graph, sameShape } from './graph.ts';

/**
 * Throws if the graph is not well formed: every value defined once and before use, every recorded type equal to the
 * inferred one, outputs defined. Called after every import and every transform.
 */
export function check(graph: Graph, infer: Infer): Graph {
  const defined = new Set([...graph.inputs.keys(), ...graph.constants.keys()]);
  if (defined.size !== graph.inputs.size + graph.constants.size) throw broken('an input and a constant share a name');
  for (const [name, tensor] of graph.constants) {
    const size = tensor.shape.reduce((n, d) => n * d, 1);
    if (tensor.data.length !== size) throw broken(`constant '${name}' has ${tensor.data.length} values, its shape says ${size}`);
  }
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((input) => {
      if (input === '') return undefined;
      if (!defined.has(input)) throw broken(`${node.op} '${node.outputs[0]}' reads '${input}' before it is defined`);
      return graph.types.get(input);
    });
    const inferred = infer(node, inputs);
    node.outputs.forEach((output, i) => {
      if (defined.has(output)) throw broken(`'${output}' is defined twice`);
      defined.add(output);
      const recorded = graph.types.get(output);
      const expected = inferred[i];
      if (!recorded || !expected) throw broken(`'${output}' has no type`);
      if (recorded.dtype !== expected.dtype || !sameShape(recorded.shape, expected.shape)) {
        throw broken(
          `'${output}' is recorded as ${recorded.dtype}${formatShape(recorded.shape)}, but ${node.op} makes ${expected.dtype}${formatShape(expected.shape)}`,
        );
      }
    });
  }
  for (const output of graph.outputs) if (!defined.has(output)) throw broken(`output '${output}' is not defined`);
  return graph;
}

function broken(what: string): Error {
  return new Error(`broken graph: ${what}`);
}

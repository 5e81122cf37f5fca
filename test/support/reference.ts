import { formatShape, type Graph, type Node, type Tensor } from '../../src/graph/graph.ts';
import type { OpAttrs, OpName } from '../../src/graph/opset.ts';
import type { Value } from './reference/array.ts';
import { elementwise } from './reference/elementwise.ts';
import { linear } from './reference/linear.ts';
import { reduction } from './reference/reduction.ts';
import { shape } from './reference/shape.ts';

type Kernels = { [O in OpName]: (inputs: Value[], attrs: OpAttrs[O]) => Value[] };

/**
 * The oracle: every operator as a naive loop in double precision, written from the ONNX specification and not from the
 * code under test. Slow, for arrays of a few hundred elements.
 */
const kernels: Kernels = { ...linear, ...elementwise, ...reduction, ...shape };

/**
 * Every value of a graph for the given feeds. Also holds every shape against the one inferred.
 * @param feeds by input name; the batch is whatever they carry
 */
export function evaluate(graph: Graph, feeds: ReadonlyMap<string, Value>): Map<string, Value> {
  const values = new Map<string, Value>([...feeds]);
  for (const [name, tensor] of graph.constants) values.set(name, fromTensor(tensor));
  for (const node of graph.nodes) {
    const results = run(
      node,
      node.inputs.map((i) => values.get(i)),
    );
    node.outputs.forEach((output, i) => {
      const result = results[i] as Value;
      checkShape(graph, node, output, result);
      values.set(output, result);
    });
  }
  return values;
}

function run(node: Node, inputs: (Value | undefined)[]): Value[] {
  const kernel = kernels[node.op] as (inputs: (Value | undefined)[], attrs: Node['attrs']) => Value[];
  return kernel(inputs, node.attrs);
}

function checkShape(graph: Graph, node: Node, output: string, { shape: actual, data }: Value): void {
  const expected = graph.types.get(output)?.shape ?? [];
  const fits = actual.length === expected.length && expected.every((d, k) => d === 'N' || d === actual[k]);
  if (!fits || data.length !== actual.reduce((n, d) => n * d, 1)) {
    throw new Error(`${node.op} '${output}' is inferred as ${formatShape(expected)} but computes ${formatShape(actual)}`);
  }
}

export function fromTensor({ shape, data }: Tensor): Value {
  return { shape, data: Float64Array.from<number | bigint>(data, Number) };
}

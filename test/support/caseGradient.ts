import type { GraphBuilder } from '../../src/graph/builder.ts';
import type { Graph } from '../../src/graph/graph.ts';
import type { OpName } from '../../src/graph/opset.ts';
import { differentiate } from '../../src/transform/differentiate.ts';
import { BATCH, buildCase, type CaseGraph, type OpCase, uniform } from './opCases/opCase.ts';
import type { Value } from './reference/array.ts';
import { evaluate, fromTensor } from './reference.ts';

/** A case with the gradients of Σ ⟨seed, output⟩ over some of its float outputs, by its fed float inputs. */
export interface CaseGradient {
  /** Outputs: those of the case, then the gradients. */
  graph: Graph;
  /** The case's inputs and the seeds. */
  feeds: Map<string, Value>;
  /** Seed by output. */
  seeds: ReadonlyMap<string, string>;
  /** Gradient by input; inputs that nothing flows to are absent. */
  gradients: ReadonlyMap<string, string>;
}

/** For every float output of a case on its own and, where there are several, for all together. */
export function gradientsOf(
  op: OpName,
  testCase: OpCase<OpName>,
  seedOf: (shape: readonly number[]) => number[] = uniform,
): CaseGradient[] {
  const { builder, outputs } = buildCase(op, testCase);
  const float = outputs.filter((y) => builder.type(y).dtype === 'float32');
  const sets = float.length > 1 ? [...float.map((y) => [y]), float] : [float];
  return sets.filter((set) => set.length > 0).map((set) => gradientOf(buildCase(op, testCase), set, seedOf));
}

function gradientOf(built: CaseGraph, outputs: readonly string[], seedOf: (shape: readonly number[]) => number[]): CaseGradient {
  const { builder, differentiable } = built;
  const feeds = new Map([...built.feeds].map(([name, tensor]) => [name, fromTensor(tensor)] as const));
  const forward = evaluate(builder.build(outputs), feeds);
  const seeds = new Map<string, string>();
  for (const y of outputs) {
    const { shape } = forward.get(y) as Value;
    const seed = builder.input(`seed:${y}`, builder.type(y));
    feeds.set(seed, { shape, data: Float64Array.from(seedOf(shape)) });
    seeds.set(y, seed);
  }
  const [y, seed] = outputs.length === 1 ? (Array.from(seeds)[0] as [string, string]) : weightedSum(builder, seeds, feeds);
  const gradients = differentiate(builder, y, seed, differentiable);
  return { graph: builder.build([...built.outputs, ...gradients.values()]), feeds, seeds, gradients };
}

/** Several outputs become one, a sum per image; its seed is 1. */
function weightedSum(builder: GraphBuilder, seeds: ReadonlyMap<string, string>, feeds: Map<string, Value>): [string, string] {
  const sums = [...seeds].map(([y, seed]) => {
    const axes = builder.shape(y).map((_, k) => k);
    return builder.op('ReduceSum', [builder.op('Mul', [y, seed], {})], { axes: axes.slice(1), keepdims: false });
  });
  const total = sums.reduce((a, c) => builder.op('Add', [a, c], {}));
  const one = builder.input('one', builder.type(total));
  const size = builder.shape(total)[0];
  feeds.set(one, {
    shape: [size === 'N' ? BATCH : (size as number)],
    data: new Float64Array(size === 'N' ? BATCH : (size as number)).fill(1),
  });
  return [total, one];
}

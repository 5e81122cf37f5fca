import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Executor, Tensors } from '../../src/execute/executor.ts';
import type { Graph, Tensor, TypedData } from '../../src/graph/graph.ts';
import { producers, typeOf } from '../../src/graph/graph.ts';
import type { DType, OpName } from '../../src/graph/opset.ts';
import { ModelError } from '../../src/shared/errors.ts';
import { gradientsOf } from './caseGradient.ts';
import { closeTo } from './closeTo.ts';
import { buildCase, type OpCase } from './opCases/opCase.ts';
import { allCases } from './opCases.ts';
import type { Value } from './reference/array.ts';
import { evaluate, fromTensor } from './reference.ts';

export interface SuiteOptions {
  /** Largest error, relative to the largest value of the array (at least 1). */
  tolerance: number;
  /** Cases an engine cannot run, by title, with the reason: they must be refused with a ModelError, not be wrong. */
  refused?: Readonly<Record<string, string>>;
}

/**
 * Runs every operator case and its gradients on an executor and compares with the double-precision reference.
 * Left out, saying so, where the engine does not load on this machine.
 */
export function executorSuite(create: () => Promise<Executor>, { tolerance, refused = {} }: SuiteOptions): void {
  let executor: Executor | undefined;
  let reason = '';
  before(async () => {
    try {
      executor = await create();
    } catch (error) {
      if (!(error instanceof ModelError) || error.code !== 'engine') throw error;
      reason = error.message;
    }
  });
  after(() => {
    executor = undefined;
  });
  for (const { op, title, testCase } of allCases) {
    test(title, async (t) => {
      if (!executor) return t.skip(`left out: ${reason}`);
      const graphs = graphsOf(op, testCase);
      if (refused[title]) {
        const first = graphs[0] as CaseRun;
        return assert.rejects(runOn(executor, first), ModelError, refused[title]);
      }
      for (const run of graphs) await compare(executor, run, tolerance);
    });
  }
}

interface CaseRun {
  graph: Graph;
  feeds: ReadonlyMap<string, Value>;
}

/** The case with its gradients; the case alone where there is nothing to differentiate. */
function graphsOf(op: OpName, testCase: OpCase<OpName>): CaseRun[] {
  const gradients = gradientsOf(op, testCase);
  if (gradients.length > 0) return gradients.map(({ graph, feeds }) => ({ graph: computedOnly(graph), feeds }));
  const { builder, feeds, outputs } = buildCase(op, testCase);
  return [{ graph: builder.build(outputs), feeds: new Map([...feeds].map(([name, tensor]) => [name, fromTensor(tensor)] as const)) }];
}

/** Without outputs that are inputs (the gradient of Add is its seed) or appear twice. */
function computedOnly(graph: Graph): Graph {
  const computed = producers(graph);
  return { ...graph, outputs: [...new Set(graph.outputs)].filter((output) => computed.has(output)) };
}

async function compare(executor: Executor, run: CaseRun, tolerance: number): Promise<void> {
  const expected = evaluate(run.graph, run.feeds);
  const actual = await runOn(executor, run);
  for (const output of run.graph.outputs) {
    const [result, wanted] = [actual[output] as Tensor, expected.get(output) as Value];
    const { dtype } = typeOf(run.graph, output);
    assert.equal(result.dtype, dtype, `element type of ${output}`);
    assert.deepEqual([...result.shape], [...wanted.shape], `shape of ${output}`);
    closeTo(fromTensor(result).data, wanted.data, dtype === 'float32' ? tolerance : 0, `${executor.id}: ${output}`);
  }
}

async function runOn(executor: Executor, { graph, feeds }: CaseRun): Promise<Tensors> {
  const program = await executor.compile(graph);
  try {
    const tensors: Tensors = {};
    for (const [name, value] of feeds) tensors[name] = toTensor(value, typeOf(graph, name).dtype);
    return await program.run(tensors);
  } finally {
    await program.dispose();
  }
}

function toTensor({ shape, data }: Value, dtype: DType): Tensor {
  const typed: Record<DType, () => TypedData> = {
    float32: () => Float32Array.from(data),
    int64: () => BigInt64Array.from([...data].map(BigInt)),
    int32: () => Int32Array.from(data),
    uint8: () => Uint8Array.from(data),
    bool: () => Uint8Array.from(data),
  };
  return { dtype, shape, data: typed[dtype]() };
}

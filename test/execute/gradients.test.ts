import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check } from '../../src/graph/check.ts';
import { type Graph, typeOf } from '../../src/graph/graph.ts';
import type { OpName } from '../../src/graph/opset.ts';
import { infer } from '../../src/ops/index.ts';
import { type CaseGradient, gradientsOf } from '../support/caseGradient.ts';
import { closeTo } from '../support/closeTo.ts';
import { buildCase, type OpCase } from '../support/opCases/opCase.ts';
import { allCases } from '../support/opCases.ts';
import type { Value } from '../support/reference/array.ts';
import { evaluate, fromTensor } from '../support/reference.ts';

/** Every operator's gradient against central differences, both in double precision by the reference interpreter. */
const STEP = 1e-5;
/** Constants such as 1/6 are float32 in the graph. */
const TOLERANCE = 1e-6;

for (const { op, title, testCase } of allCases) {
  test(title, () => {
    checkForward(op, testCase);
    for (const gradient of gradientsOf(op, testCase)) {
      check(gradient.graph, infer);
      const values = evaluate(gradient.graph, gradient.feeds);
      for (const [input, value] of gradient.gradients) {
        assert.deepEqual(typeOf(gradient.graph, value), typeOf(gradient.graph, input), `type of the gradient by ${input}`);
      }
      if (!testCase.kink) compareWithDifferences(gradient, values);
    }
    if (testCase.gradient) checkKnownGradient(op, testCase, testCase.gradient);
  });
}

/** The reference itself against values computed by hand. */
function checkForward(op: OpName, testCase: OpCase<OpName>): void {
  const { builder, feeds, outputs } = buildCase(op, testCase);
  const graph = check(builder.build(outputs), infer);
  const values = evaluate(graph, new Map([...feeds].map(([name, tensor]) => [name, fromTensor(tensor)])));
  if (testCase.expected) closeTo((values.get('y0') as Value).data, testCase.expected, 1e-6, 'forward');
}

function checkKnownGradient(op: OpName, testCase: OpCase<OpName>, expected: readonly number[]): void {
  const ones = (shape: readonly number[]) => new Array<number>(shape.reduce((n, d) => n * d, 1)).fill(1);
  const [first] = gradientsOf(op, testCase, ones);
  assert.ok(first, 'nothing to differentiate');
  const gradient = evaluate(first.graph, first.feeds).get(first.gradients.get('x0') ?? '');
  assert.ok(gradient, 'no gradient');
  closeTo(gradient.data, expected, 1e-6, 'gradient by hand');
}

function compareWithDifferences({ graph, feeds, seeds, gradients }: CaseGradient, values: ReadonlyMap<string, Value>): void {
  for (const [input, feed] of feeds) {
    if (typeOf(graph, input).dtype !== 'float32' || !input.startsWith('x')) continue;
    const differences = feed.data.map((x, i) => {
      const up = objective(graph, seeds, new Map(feeds).set(input, { shape: feed.shape, data: feed.data.with(i, x + STEP) }));
      const down = objective(graph, seeds, new Map(feeds).set(input, { shape: feed.shape, data: feed.data.with(i, x - STEP) }));
      return (up - down) / (2 * STEP);
    });
    const gradient = values.get(gradients.get(input) ?? '')?.data ?? new Float64Array(feed.data.length);
    closeTo(gradient, differences, TOLERANCE, `gradient by ${input}`);
  }
}

/** Σ ⟨seed, output⟩, computed from the case's own node, which is the first of the graph. */
function objective(graph: Graph, seeds: ReadonlyMap<string, string>, feeds: ReadonlyMap<string, Value>): number {
  const values = evaluate({ ...graph, nodes: graph.nodes.slice(0, 1) }, feeds);
  let sum = 0;
  for (const [output, seed] of seeds) {
    const y = (values.get(output) as Value).data;
    (feeds.get(seed) as Value).data.forEach((s, i) => {
      sum += s * (y[i] as number);
    });
  }
  return sum;
}

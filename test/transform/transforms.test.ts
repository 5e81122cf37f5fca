/** Graph → graph: what is left out, merged and added, and that the numbers stay. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOnnxRuntime } from '../../src/execute/onnxruntime/executor.ts';
import type { GraphBuilder } from '../../src/graph/builder.ts';
import { check } from '../../src/graph/check.ts';
import { float32, type Graph } from '../../src/graph/graph.ts';
import { prune } from '../../src/graph/prune.ts';
import { infer, newBuilder } from '../../src/ops/index.ts';
import { differentiate } from '../../src/transform/differentiate.ts';
import { foldBatchNorm } from '../../src/transform/foldBatchNorm.ts';
import { noise } from '../support/onnxModels.ts';

const executor = await createOnnxRuntime();

async function run(graph: Graph, feeds: Record<string, [number[], ArrayLike<number>]>): Promise<Record<string, number[]>> {
  const program = await executor.compile(check(graph, infer));
  const tensors = Object.entries(feeds).map(([name, [shape, data]]) => [name, float32(shape, Float32Array.from(data))] as const);
  const out = await program.run(Object.fromEntries(tensors));
  await program.dispose();
  return Object.fromEntries(Object.entries(out).map(([name, { data }]) => [name, Array.from(data as Float32Array)]));
}

const conv = { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], group: 1 } as const;

function convNorm(b: GraphBuilder, x: string, bias: boolean): { conv: string; norm: string } {
  const inputs = [x, b.constant('w', float32([2, 3, 1, 1], noise(6, 3)))];
  if (bias) inputs.push(b.constant('bias', float32([2], [0.5, -0.25])));
  const made = b.op('Conv', inputs, conv);
  const params = [
    [1.5, -0.5],
    [0.1, 0.2],
    [0.3, -0.4],
    [0.5, 2],
  ].map((p, i) => b.constant(`bn${i}`, float32([2], p)));
  return { conv: made, norm: b.op('BatchNormalization', [made, ...params], { epsilon: 1e-3 }) };
}

test('prune keeps what the outputs need, and every input', async () => {
  const b = newBuilder();
  const x = b.input('x', { dtype: 'float32', shape: ['N', 2] });
  b.input('unused', { dtype: 'float32', shape: ['N', 1] });
  const wanted = b.op('Relu', [x], {});
  const aside = b.op('Mul', [wanted, b.constant('k', float32([2], [1, 2]))], {});
  const pruned = prune(b.build([wanted, aside]), [wanted]);
  assert.deepEqual(
    [pruned.nodes.map((n) => n.op), [...pruned.constants.keys()], [...pruned.inputs.keys()]],
    [['Relu'], [], ['x', 'unused']],
  );
  assert.ok(!pruned.types.has(aside));
  check(pruned, infer);
});

for (const bias of [false, true]) {
  test(`a batch normalisation goes into the convolution before it, ${bias ? 'with' : 'without'} a bias`, async () => {
    const b = newBuilder();
    const x = b.input('x', { dtype: 'float32', shape: ['N', 3, 2, 2] });
    const { conv: inner, norm } = convNorm(b, x, bias);
    const graph = b.build([norm]);
    const { graph: folded, values } = foldBatchNorm(graph);
    assert.deepEqual(
      folded.nodes.map((n) => n.op),
      ['Conv'],
    );
    const feeds: Record<string, [number[], ArrayLike<number>]> = { x: [[1, 3, 2, 2], noise(12, 5)] };
    const both = await run({ ...graph, outputs: [inner, norm] }, feeds);
    const [expected, actual] = [both[norm] as number[], (await run(folded, feeds))[norm] as number[]];
    for (const [i, v] of expected.entries()) assert.ok(Math.abs(v - (actual[i] as number)) < 1e-6, `${v} and ${actual[i]}`);
    // y = scale ∘ x + shift is what the fold says it is.
    const { scale, shift, norm: at } = values.get(inner) ?? assert.fail('the convolution is gone and nothing says where to');
    assert.equal(at, norm);
    (both[inner] as number[]).forEach((v, i) => {
      const c = Math.floor(i / 4);
      assert.ok(Math.abs(v * (scale[c] as number) + (shift[c] as number) - (expected[i] as number)) < 1e-6);
    });
  });
}

test('a convolution that something else reads, or that is needed, is not folded', () => {
  const b = newBuilder();
  const x = b.input('x', { dtype: 'float32', shape: ['N', 3, 2, 2] });
  const { conv: inner, norm } = convNorm(b, x, false);
  const sum = b.op('Add', [inner, norm], {});
  assert.equal(foldBatchNorm(b.build([sum])).values.size, 0);
  assert.equal(foldBatchNorm(b.build([norm, inner])).values.size, 0);
  assert.equal(foldBatchNorm(prune(b.build([norm]), [norm]), new Set([inner])).values.size, 0);
  assert.equal(foldBatchNorm(prune(b.build([norm]), [norm])).values.size, 1);
});

test('a value used twice gets the sum of both gradients', async () => {
  const b = newBuilder();
  const x = b.input('x', { dtype: 'float32', shape: ['N', 3] });
  const squared = b.op('Mul', [x, x], {});
  const y = b.op('Add', [b.op('Mul', [squared, x], {}), x], {});
  const seed = b.input('seed', { dtype: 'float32', shape: ['N', 3] });
  const dx = differentiate(b, y, seed, [x]).get(x) as string;
  const out = await run(prune(b.build([dx]), [dx]), {
    x: [
      [1, 3],
      [1, 2, -3],
    ],
    seed: [
      [1, 3],
      [1, 1, 10],
    ],
  });
  assert.deepEqual(out[dx], [4, 13, 280]);
});

test('the gradient of a value that was broadcast is summed; of one that does not count, absent', async () => {
  const b = newBuilder();
  const x = b.input('x', { dtype: 'float32', shape: ['N', 2, 2] });
  const kept = b.op('ReduceMean', [x], { axes: [2], keepdims: true });
  const y = b.op('Mul', [x, kept], {});
  const aside = b.op('Relu', [x], {});
  const seed = b.input('seed', { dtype: 'float32', shape: ['N', 2, 2] });
  const gradients = differentiate(b, y, seed, [kept, aside]);
  assert.deepEqual([...gradients.keys()], [kept]);
  const dk = gradients.get(kept) as string;
  const out = await run(prune(b.build([dk]), [dk]), {
    x: [
      [1, 2, 2],
      [1, 2, 3, 4],
    ],
    seed: [
      [1, 2, 2],
      [1, 1, 1, 2],
    ],
  });
  assert.deepEqual(out[dk], [3, 11]);
});

test('a weight that is computed from the image: refused, naming the convolution, as half a gradient would be wrong', () => {
  const b = newBuilder();
  const x = b.input('x', { dtype: 'float32', shape: [1, 3, 2, 2] });
  const weight = b.op('Mul', [b.op('GlobalAveragePool', [x], {}), b.constant('k', float32([2, 3, 1, 1], noise(6)))], {});
  const y = b.op('Conv', [x, weight], conv);
  const seed = b.input('seed', { dtype: 'float32', shape: [1, 2, 2, 2] });
  assert.throws(() => differentiate(b, y, seed, [x]), {
    code: 'method',
    where: y,
    message: /Conv '.*' has no gradient for its input/,
    hint: /occlusion/,
  });
});

test('another gradient rule replaces that of its operators only', async () => {
  const b = newBuilder();
  const x = b.input('x', { dtype: 'float32', shape: ['N', 2] });
  const y = b.op('Mul', [b.op('Relu', [x], {}), b.constant('k', float32([2], [3, 3]))], {});
  const seed = b.input('seed', { dtype: 'float32', shape: ['N', 2] });
  const straight = differentiate(b, y, seed, [x], (node) => (node.op === 'Relu' ? ({ grad }) => [() => grad] : undefined));
  const dx = straight.get(x) as string;
  const out = await run(prune(b.build([dx]), [dx]), {
    x: [
      [1, 2],
      [-1, 1],
    ],
    seed: [
      [1, 2],
      [1, 1],
    ],
  });
  assert.deepEqual(out[dx], [3, 3]);
});

/** The collecting graph on every engine, against loops over what the reference computes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensors } from '../../src/execute/executor.ts';
import { planForward } from '../../src/explain/plan.ts';
import { float32, type Tensor } from '../../src/graph/graph.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Model } from '../../src/importers/model.ts';
import { planCollect } from '../../src/inspect/collectPlan.ts';
import { closeTo } from '../support/closeTo.ts';
import { createOrSkip, executors } from '../support/executors.ts';
import { classifier, ints, node, noise, smallModel, sourceOf, weight } from '../support/onnxModels.ts';
import { evaluate, fromTensor } from '../support/reference.ts';
import { resNet50 } from '../support/syntheticNets.ts';

/** conv → norm → relu → conv → relu → pool → dense, two images at a time. */
async function network(batch: number | 'N' = 'N'): Promise<Model> {
  const positive = (name: string) => weight(name, [4], [0.5, 1, 1.5, 2]);
  return await openModel(
    sourceOf(
      smallModel({
        input: [batch, 3, 6, 8],
        nodes: [
          node('Conv', 'x w1 b1', 'conv1', ints('pads', [1, 1, 1, 1])),
          node('BatchNormalization', 'conv1 scale shift mean variance', 'norm'),
          node('Relu', 'norm', 'relu1'),
          node('Conv', 'relu1 w2 b2', 'conv2', ints('strides', [2, 2])),
          node('Relu', 'conv2', 'relu2'),
          node('GlobalAveragePool', 'relu2', 'pool'),
          node('Flatten', 'pool', 'flat'),
          node('Gemm', 'flat w3 b3', 'logits'),
        ],
        initializers: [
          ...[
            weight('w1', [4, 3, 3, 3]),
            weight('b1', [4]),
            positive('scale'),
            weight('shift', [4]),
            weight('mean', [4]),
            positive('variance'),
          ],
          ...[weight('w2', [6, 4, 3, 3]), weight('b2', [6]), weight('w3', [6, 5]), weight('b3', [5])],
        ],
      }),
    ),
  );
}

/** First of the largest of each row. */
function largest(data: ArrayLike<number>, rows: number): { max: number[]; at: number[] } {
  const cells = data.length / rows;
  const at = Array.from({ length: rows }, (_, row) => {
    let best = 0;
    for (let i = 1; i < cells; i++) if (data[row * cells + i]! > data[row * cells + best]!) best = i;
    return best;
  });
  return { max: at.map((place, row) => data[row * cells + place] as number), at };
}

const layers = ['conv1', 'norm', 'relu1', 'relu2', 'pool', 'logits'];
const valueNamed = (model: Model, name: string) =>
  name === 'logits' ? model.logits : (model.layers.find((l) => l.aliases.includes(name) || l.value === name)?.value ?? name);

for (const engine of executors) {
  for (const images of [1, 2]) {
    test(`values, maxima and their places of ${images} images on ${engine.id} are those of the reference`, async (t) => {
      const executor = await createOrSkip(t, engine);
      if (!executor) return;
      const model = await network(images === 1 ? 1 : 'N');
      const values = layers.map((name) => valueNamed(model, name));
      const feed = float32([images, 3, 6, 8], noise(images * 144, 5));
      const plan = planCollect(model, values);
      const out = await run(executor, plan.graph, { [model.input.value]: feed });
      for (const [i, value] of values.entries()) {
        const expected = evaluate(planForward(model, value), new Map([[model.input.value, fromTensor(feed)]])).get(value)!;
        const channels = expected.shape[1] as number;
        const { values: all, max, at } = plan.layers[i]!;
        const exact = largest(expected.data, images * channels);
        closeTo((out[all] as Tensor).data as Float32Array, expected.data, 1e-5, `values of ${value}`);
        closeTo((out[max] as Tensor).data as Float32Array, exact.max, 1e-5, `maxima of ${value}`);
        assert.deepEqual((out[max] as Tensor).shape, [images, channels]);
        const places = at === undefined ? exact.at.map(() => 0) : Array.from((out[at] as Tensor).data, Number);
        assert.deepEqual(places, exact.at, `places of ${value}`);
      }
    });
  }

  test(`of equal cells the first on ${engine.id}`, async (t) => {
    const executor = await createOrSkip(t, engine);
    if (!executor) return;
    const model = await openModel(sourceOf(classifier()));
    const value = valueNamed(model, 'relu');
    const plan = planCollect(model, [value]);
    // All pixels alike: all cells but those at the border are, too.
    const out = await run(executor, plan.graph, { [model.input.value]: float32([1, 3, 6, 8], new Float32Array(144).fill(0.7)) });
    const { values, at } = plan.layers[0]!;
    const data = (out[values] as Tensor).data as Float32Array;
    const { max, at: expected } = largest(data, 4);
    assert.ok(
      max.some((m, u) => data.subarray(u * 48, (u + 1) * 48).filter((v) => v === m).length > 1),
      'there are equal ones',
    );
    assert.deepEqual(Array.from((out[at as string] as Tensor).data, Number), expected);
  });
}

test('nothing behind the deepest layer is computed, and norms are folded where nobody asks for what is before them', () => {
  const model = resNet50('zero');
  const value = model.layers.find(({ name }) => name === 'act3d')!.value;
  const { graph, layers: made } = planCollect(model, [value]);
  const ops = graph.nodes.map(({ op }) => op);
  assert.equal(ops.filter((op) => op === 'BatchNormalization').length, 0);
  assert.equal(ops.filter((op) => op === 'Conv').length, 1 + 3 * 3 + 1 + 4 * 3 + 1);
  assert.deepEqual(graph.outputs, [made[0]!.values, made[0]!.max, made[0]!.at]);
  const conv = model.layers.find(({ name }) => name === 'res2a_2a')!.value;
  const kept = planCollect(model, [value, conv]).graph;
  assert.equal(kept.nodes.filter(({ op }) => op === 'BatchNormalization').length, 1);
});

test('two layers with the same value are computed once', async () => {
  const model = await network();
  const { graph, layers: made } = planCollect(
    model,
    ['relu1', 'relu1'].map((name) => valueNamed(model, name)),
  );
  assert.deepEqual(made[0], made[1]);
  assert.equal(graph.outputs.length, 3);
});

async function run(
  executor: Awaited<ReturnType<typeof createOrSkip>>,
  graph: ReturnType<typeof planForward>,
  feeds: Tensors,
): Promise<Tensors> {
  const program = await executor!.compile(graph);
  try {
    return await program.run(feeds);
  } finally {
    await program.dispose();
  }
}

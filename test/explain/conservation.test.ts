/** Conservation as the panel says it: measured in the plan, held against the size of the start, said where it is lost. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOnnxRuntime } from '../../src/execute/onnxruntime/executor.ts';
import { conservation, type Measured } from '../../src/explain/conservation.ts';
import { inputLayer } from '../../src/explain/layers.ts';
import { lrp } from '../../src/explain/methods/lrp.ts';
import { relevanceCam } from '../../src/explain/methods/relevanceCam.ts';
import { type MapSpec, planMaps } from '../../src/explain/plan.ts';
import type { Tensor } from '../../src/graph/graph.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Model } from '../../src/importers/model.ts';
import { inputTensor, oneHot } from '../support/ask.ts';
import { classifier, int, ints, node, noise, sourceOf, weight } from '../support/onnxModels.ts';

const executor = await createOnnxRuntime();

/** Two convolutions with a residual; `bias` on the second makes its units live on it. */
async function net(bias: number): Promise<Model> {
  return await openModel(
    sourceOf(
      classifier({
        nodes: [
          node('Conv', 'x w1', 'conv1', ints('pads', [1, 1, 1, 1])),
          node('Relu', 'conv1', 'relu1'),
          node('Conv', 'relu1 w3 b3', 'conv2', ints('pads', [1, 1, 1, 1])),
          node('Add', 'conv2 relu1', 'sum'),
          node('Relu', 'sum', 'relu2'),
          node('GlobalAveragePool', 'relu2', 'pooled'),
          node('Flatten', 'pooled', 'flat'),
          node('Gemm', 'flat w2', 'logits', int('transB', 1)),
        ],
        initializers: [
          weight('w1', [4, 3, 3, 3]),
          weight('w3', [4, 4, 3, 3], bias > 0 ? noise(144, 5).map((v) => -Math.abs(v)) : noise(144, 5)),
          weight('b3', [4], [bias, bias, bias, bias]),
          weight('w2', [5, 4], noise(20, 6)),
        ],
      }),
    ),
  );
}

async function measured(model: Model, spec: MapSpec): Promise<Measured[]> {
  const plan = planMaps(model, [spec]);
  const program = await executor.compile(plan.graph);
  const image = noise(3 * 6 * 8, 11).map((v) => v + 1);
  const out = await program.run({ [model.input.value]: inputTensor(model, image), [plan.classInput]: oneHot(5, 2) });
  await program.dispose();
  const number = (value: string) => Number((out[value] as Tensor).data[0]);
  return plan.sums.map(({ sweep, layer, value, magnitude }) => ({ sweep, layer, total: number(value), magnitude: number(magnitude) }));
}

const pixels: MapSpec = { method: lrp, variant: 'z-plus-no-bias', layer: inputLayer };

test('without biases the logit reaches the pixels, and at every layer all passes through it is the same', async () => {
  const sums = await measured(await net(0), pixels);
  assert.deepEqual(
    sums.map((s) => s.layer),
    ['logits', 'n_flat', 'n_pooled', 'n_relu2', 'n_sum', 'n_relu1', 'n_conv1', 'input'],
    'not conv2: a residual passes by it',
  );
  const check = conservation(sums, undefined);
  assert.equal(check?.ok, true, check?.text);
  assert.match(check?.text ?? '', /^Σ R stays -?[\d.]+ from the logits to 'input'\.$/);
  assert.equal(check?.series?.length, 8);
});

test('units that live on their bias take relevance with them, which is said with the layer where the map stands', async () => {
  const check = conservation(await measured(await net(8), pixels), 'the class');
  assert.equal(check?.ok, false);
  assert.equal(check?.label, 'Conservation, the class');
  assert.match(check?.text ?? '', /^Σ R is -?[\d.]+ at the logits and -?[\d.]+ at 'input': biases, and units/);
});

test('a start that sums to 0 is held against its own size, and nothing is measured below the deepest map', async () => {
  const sums = await measured(await net(0), { method: relevanceCam, variant: 'standard', layer: 'n_relu2' });
  assert.deepEqual(
    sums.map((s) => s.layer),
    ['logits', 'n_flat', 'n_pooled', 'n_relu2'],
  );
  assert.ok(sums.every((s) => Math.abs(s.magnitude - 2) < 1e-6 && Math.abs(s.total) < 1e-6));
  const check = conservation(sums, undefined);
  assert.equal(check?.text, "Σ R stays 0 from the logits to 'n_relu2'.");
  assert.equal(check?.ok, true);
});

test('nothing measured, nothing said', () => {
  assert.equal(conservation([], undefined), undefined);
});

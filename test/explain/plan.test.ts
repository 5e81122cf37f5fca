/** The explanation graph: shared, no larger than needed, the same numbers however it is asked for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createOnnxRuntime } from '../../src/execute/onnxruntime/executor.ts';
import { spatialLayers } from '../../src/explain/layers.ts';
import type { GraphMethod } from '../../src/explain/method.ts';
import { gradCam } from '../../src/explain/methods/gradCam.ts';
import { methods } from '../../src/explain/methods/index.ts';
import { saliency } from '../../src/explain/methods/saliency.ts';
import { type MapSpec, type Plan, planMaps } from '../../src/explain/plan.ts';
import { float32, type Tensor } from '../../src/graph/graph.ts';
import type { OpName } from '../../src/graph/opset.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Model } from '../../src/importers/model.ts';
import { inputTensor, oneHot } from '../support/ask.ts';
import { everyMap } from '../support/everyMap.ts';
import { classifier, float, int, ints, node, noise, sourceOf, weight } from '../support/onnxModels.ts';

const pads = ints('pads', [1, 1, 1, 1]);

/** conv → batch norm → relu, twice, the second with a residual; then the head. */
async function residualNet(): Promise<Model> {
  const norm = (from: string, to: string) => node('BatchNormalization', `${from} g be m v`, to, float('epsilon', 1e-3));
  return await openModel(
    sourceOf(
      classifier({
        nodes: [
          node('Conv', 'x w1', 'conv1', pads),
          norm('conv1', 'bn1'),
          node('Relu', 'bn1', 'relu1'),
          node('Conv', 'relu1 w3 b3', 'conv2', pads),
          norm('conv2', 'bn2'),
          node('Add', 'bn2 relu1', 'sum'),
          node('Relu', 'sum', 'relu2'),
          node('GlobalAveragePool', 'relu2', 'pool'),
          node('Flatten', 'pool', 'flat'),
          node('Gemm', 'flat w2 b2', 'logits', int('transB', 1)),
        ],
        initializers: [
          weight('w1', [4, 3, 3, 3]),
          weight('w3', [4, 4, 3, 3], noise(144, 3)),
          weight('b3', [4]),
          weight('g', [4], [0.5, 2, -1.5, 1]),
          weight('be', [4], [0.1, -0.2, 0.3, 0]),
          weight('m', [4], [0.2, 0, -0.1, 0.5]),
          weight('v', [4], [1, 0.25, 2, 0.5]),
          weight('w2', [5, 4]),
          weight('b2', [5]),
        ],
      }),
    ),
  );
}

const executor = await createOnnxRuntime();
const image = noise(3 * 6 * 8, 11);

async function run(model: Model, plan: Plan, index: number): Promise<Float32Array[]> {
  const program = await executor.compile(plan.graph);
  const out = await program.run({
    [model.input.value]: inputTensor(model, image),
    [plan.classInput]: oneHot(model.classes, index),
    ...(plan.bounds && { [plan.bounds.low]: float32([3], [-1, -1, -1]), [plan.bounds.high]: float32([3], [1, 1, 1]) }),
  });
  await program.dispose();
  return [...plan.maps, plan.logits].map((value) => new Float32Array((out[value] as Tensor).data as Float32Array));
}

/** Methods of one forward pass and one backward sweep at most. */
const oneSweep = ['saliency', 'gradient-x-input', 'cam', 'grad-cam', 'grad-cam++', 'layer-cam', 'xgrad-cam', 'hires-cam', 'eigen-cam'];

const count = ({ graph }: Plan, op: OpName) => graph.nodes.filter((n) => n.op === op).length;
const cam = (layer: string): MapSpec => ({ method: gradCam, variant: 'standard', layer });

test('any number of maps share one forward pass and one backward sweep', async () => {
  const model = await residualNet();
  const layers = spatialLayers(model).map((l) => l.name);
  assert.equal(layers.length, 7);
  const first = planMaps(model, [cam('n_conv1')]);
  const all = planMaps(model, layers.map(cam));
  const convs = (plan: Plan) => count(plan, 'Conv') + count(plan, 'ConvTranspose');
  assert.equal(convs(first), convs(all));
  // Forward two; backward through the second only, as nobody asks for the gradient of the image.
  assert.equal(convs(first), 3);
  assert.equal(convs(planMaps(model, [cam('n_relu2')])), 2, 'nothing of the sweep below the layer asked');
  const everything = planMaps(model, everyMap(model, oneSweep));
  assert.equal(convs(everything), 4);
  assert.equal(everything.graph.nodes.filter((n) => n.outputs.includes(model.logits)).length, 1);
});

test('guided backpropagation and deconvnet are one more sweep each, whatever reads them', async () => {
  const model = await residualNet();
  const [back, all] = [2, everyMap(model, oneSweep)];
  const convs = (specs: readonly MapSpec[]) => count(planMaps(model, specs), 'Conv') + count(planMaps(model, specs), 'ConvTranspose');
  const some = (...ids: string[]) => everyMap(model, ids).filter(({ variant }) => !['captum', 'nearest'].includes(variant));
  const guided = some('guided-backprop', 'guided-grad-cam');
  assert.ok(guided.length > 10);
  assert.equal(convs([...all, ...guided]), convs(all) + back);
  assert.equal(convs([...all, ...guided, ...some('deconvnet')]), convs(all) + 2 * back);
});

test('variants that differ in drawing only are one value', async () => {
  const model = await residualNet();
  const plan = planMaps(
    model,
    gradCam.info.variants.map(({ id }) => ({ ...cam('n_relu2'), variant: id })),
  );
  assert.equal(plan.maps.length, 2);
  const [standard, signed] = await run(model, plan, 1);
  assert.deepEqual(standard, signed);
});

test('each map alone is the same as all together', async () => {
  const model = await residualNet();
  const specs = everyMap(model);
  const together = await run(model, planMaps(model, specs), 2);
  for (const [i, spec] of specs.entries()) {
    const [alone, logits] = await run(model, planMaps(model, [spec]), 2);
    near(alone as Float32Array, together[i] as Float32Array, `${spec.method.info.id} at ${spec.layer}`);
    near(logits as Float32Array, together.at(-1) as Float32Array, 'logits');
  }
});

test('Grad-CAM at a convolution folded into its batch norm is that of the network as it is', async () => {
  const model = await residualNet();
  const { emitBeforeAffine, ...unfolded } = gradCam;
  assert.ok(emitBeforeAffine);
  const layers = ['n_conv1', 'n_bn1', 'n_conv2', 'n_bn2', 'n_sum'];
  const asItIs: GraphMethod = unfolded;
  const plain = planMaps(
    model,
    layers.map((layer) => ({ ...cam(layer), method: asItIs })),
  );
  const folded = planMaps(model, layers.map(cam));
  assert.equal(count(plain, 'BatchNormalization'), 2);
  assert.equal(count(folded, 'BatchNormalization'), 0);
  const [expected, actual] = await Promise.all([run(model, plain, 3), run(model, folded, 3)]);
  for (const [i, values] of expected.entries()) near(actual[i] as Float32Array, values, layers[i] ?? 'logits');
});

test('Grad-CAM by its definition: the gradient of each channel averaged, from the weights of the head', async () => {
  const model = await residualNet();
  const [map] = await run(model, planMaps(model, [cam('n_relu2')]), 0);
  // Behind relu2 stand only the mean over positions and the last layer: w_k = W[0][k] / (H·W).
  const w = weightOf(model, [5, 4]);
  const program = await executor.compile({ ...model.graph, outputs: ['relu2'] });
  const out = await program.run({ [model.input.value]: { dtype: 'float32', shape: [1, 3, 6, 8], data: image } });
  await program.dispose();
  const a = (out.relu2 as Tensor).data as Float32Array;
  const expected = Float32Array.from({ length: 48 }, (_, i) =>
    [0, 1, 2, 3].reduce((sum, k) => sum + ((w[k] as number) / 48) * (a[k * 48 + i] as number), 0),
  );
  near(map as Float32Array, expected, 'map');
});

test('outputs are the logits and the maps asked for; a layer that is not there is refused', async () => {
  const model = await residualNet();
  const plan = planMaps(model, [{ method: saliency, variant: 'max', layer: 'input' }]);
  assert.deepEqual(plan.graph.outputs, [model.logits, ...plan.maps]);
  assert.deepEqual([...plan.graph.inputs.keys()], [model.input.value, plan.classInput]);
  assert.throws(() => planMaps(model, [cam('n_nowhere')]), { code: 'method', message: /no layer 'n_nowhere'/ });
});

test('every method has a variant, a source and a name of its own', () => {
  assert.equal(new Set(methods.map((m) => m.info.id)).size, methods.length);
  for (const { info, kind } of methods) {
    assert.ok(info.variants.length > 0 && info.source.length > 10 && info.about.endsWith('.'), info.id);
    for (const variant of info.variants) assert.ok(kind(variant.id).unit.length > 0);
  }
});

function weightOf(model: Model, shape: readonly number[]): Float32Array {
  const found = [...model.graph.constants.values()].find(
    (c) => c.shape.join() === shape.join() || c.shape.join() === shape.toReversed().join(),
  );
  assert.ok(found);
  const data = found.data as Float32Array;
  if (found.shape.join() === shape.join()) return data;
  const [rows, columns] = shape as [number, number];
  return Float32Array.from({ length: data.length }, (_, i) => data[(i % columns) * rows + Math.floor(i / columns)] as number);
}

function near(actual: Float32Array, expected: Float32Array, what: string): void {
  assert.equal(actual.length, expected.length, what);
  const scale = Math.max(...expected.map(Math.abs), 1e-3);
  actual.forEach((v, i) => {
    assert.ok(Math.abs(v - (expected[i] as number)) <= 2e-6 * scale, `${what}[${i}]: ${v}, expected ${expected[i]}`);
  });
}

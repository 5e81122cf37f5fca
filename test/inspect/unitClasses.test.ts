/** Weights of units in the logits and units switched off, against the file's own weights and a network whose weights are 0. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Executor } from '../../src/execute/executor.ts';
import { createOnnxRuntime } from '../../src/execute/onnxruntime/executor.ts';
import { linearHead } from '../../src/explain/linearHead.ts';
import { planForward } from '../../src/explain/plan.ts';
import { bindBatch, elements, type Tensor, typeOf } from '../../src/graph/graph.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Model } from '../../src/importers/model.ts';
import { planUnitSwitches, planUnitWeights } from '../../src/inspect/unitClasses.ts';
import { ModelError } from '../../src/shared/errors.ts';
import { branched, classifier, int, integers, ints, node, noise, type Small, smallModel, sourceOf, weight } from '../support/onnxModels.ts';

const open = (overrides: Partial<Small> = {}) => openModel(sourceOf(classifier(overrides)));
const picture = (model: Model, seed = 1): Tensor => {
  const { channels, height, width } = model.input;
  return { dtype: 'float32', shape: [1, channels, height, width], data: noise(channels * height * width, seed) };
};
const floats = (tensor: Tensor | undefined) => Array.from((tensor as Tensor).data as Float32Array);
const near = (actual: readonly number[], expected: readonly number[], what: string) => {
  assert.equal(actual.length, expected.length, what);
  for (const [i, v] of actual.entries()) {
    assert.ok(Math.abs(v - (expected[i] as number)) < 1e-5, `${what} ${i}: ${v}, expected ${expected[i]}`);
  }
};

/** W[·,unit] of the logits. */
async function weightsOf(executor: Executor, model: Model, value: string, unit: number): Promise<number[]> {
  const plan = planUnitWeights(model, value);
  assert.ok(plan, `'${value}' is read linearly`);
  const shape = bindBatch(typeOf(plan.graph, plan.units).shape, 1);
  const plane = elements(shape) / (shape[1] as number);
  const data = new Float32Array(elements(shape)).fill(1, unit * plane, (unit + 1) * plane);
  const program = await executor.compile(plan.graph);
  const out = await program.run({ [plan.units]: { dtype: 'float32', shape, data } });
  await program.dispose();
  return floats(out[plan.weights]);
}

/** Logits with some units at 0. */
async function switched(executor: Executor, model: Model, value: string, units: number, off: readonly number[], seed = 1) {
  const plan = planUnitSwitches(model, value);
  const data = Float32Array.from({ length: units }, (_, k) => (off.includes(k) ? 0 : 1));
  const program = await executor.compile(plan.graph);
  const shape = bindBatch(typeOf(plan.graph, plan.mask).shape, 1);
  const out = await program.run({ [model.input.value]: picture(model, seed), [plan.mask]: { dtype: 'float32', shape, data } });
  await program.dispose();
  return floats(out[plan.logits]);
}

async function logits(executor: Executor, model: Model, seed = 1) {
  const program = await executor.compile(planForward(model));
  const out = await program.run({ [model.input.value]: picture(model, seed) });
  await program.dispose();
  return floats(out[model.logits]);
}

test('weights of the layer that is averaged are those of the dense layer, as a file states them', async () => {
  const executor = await createOnnxRuntime();
  const model = await open();
  const dense = noise(20, 'w2'.length + 2);
  for (const value of ['relu', 'pool', 'flat'])
    for (let k = 0; k < 4; k++) {
      const column = Array.from({ length: 5 }, (_, c) => dense[c * 4 + k] as number);
      near(await weightsOf(executor, model, value, k), column, `${value} ${k}`);
    }
  assert.deepEqual(await weightsOf(executor, model, 'logits', 3), [0, 0, 0, 1, 0]);
});

test('what lies behind the average is taken with it: scale, shift, two linear layers, a convolution of one cell', async () => {
  const executor = await createOnnxRuntime();
  const model = await open({
    nodes: [
      node('Conv', 'x w1 b1', 'conv', ints('pads', [1, 1, 1, 1])),
      node('Relu', 'conv', 'relu'),
      node('Dropout', 'relu', 'dropped'),
      node('GlobalAveragePool', 'dropped', 'pool'),
      node('Conv', 'pool w3 b3', 'narrow'),
      node('BatchNormalization', 'narrow s t m v', 'norm'),
      node('Flatten', 'norm', 'flat'),
      node('Gemm', 'flat w2 b2', 'logits', int('transB', 1)),
    ],
    initializers: [
      weight('w1', [4, 3, 3, 3]),
      weight('b1', [4]),
      weight('w3', [3, 4, 1, 1]),
      weight('b3', [3]),
      weight('s', [3], [0.5, -2, 3]),
      weight('t', [3], [1, 2, 3]),
      weight('m', [3], [0.1, 0.2, 0.3]),
      weight('v', [3], [0.5, 1, 4]),
      weight('w2', [5, 3]),
      // Far larger than every weight: nothing may be lost in a difference to it.
      weight('b2', [5], [1e6, -1e6, 1e7, 3e5, 1e6]),
    ],
  });
  const [narrow, wide] = [noise(12, 'w3'.length + 4), noise(15, 'w2'.length + 2)];
  const scale = [0.5, -2, 3].map((s, i) => s / Math.sqrt(([0.5, 1, 4][i] as number) + 1e-5));
  for (let k = 0; k < 4; k++) {
    const expected = Array.from({ length: 5 }, (_, c) =>
      scale.reduce((sum, s, j) => sum + (wide[c * 3 + j] as number) * s * (narrow[j * 4 + k] as number), 0),
    );
    near(await weightsOf(executor, model, 'relu', k), expected, `relu ${k}`);
  }
});

test('a vector may lie channels-last on the way, as in TensorFlow graphs; a picture of one channel is none', async () => {
  const executor = await createOnnxRuntime();
  const tail = [node('Gemm', 'flat w2 b2', 'logits', int('transB', 1))];
  const head = [node('Conv', 'x w1 b1', 'conv', ints('pads', [1, 1, 1, 1])), node('Relu', 'conv', 'relu')];
  const model = await open({
    nodes: [
      ...head,
      node('GlobalAveragePool', 'relu', 'pool'),
      node('Reshape', 'pool last', 'lying'),
      node('Reshape', 'lying first', 'flat'),
      ...tail,
    ],
    initializers: [...(classifier().graph.initializers ?? []), integers('last', [0, 1, 1, 4]), integers('first', [0, 4])],
  });
  assert.equal(typeOf(model.graph, 'lying').shape.join(), 'N,1,1,4');
  const found = linearHead(model);
  assert.ok(!(found instanceof ModelError) && found.layer.value === 'relu', 'CAM is possible');
  const column = Array.from({ length: 5 }, (_, c) => noise(20, 4)[c * 4 + 2] as number);
  near(await weightsOf(executor, model, 'relu', 2), column, 'relu');
  // Its cells have weights of their own.
  assert.equal(planUnitWeights(model, 'lying'), undefined);
});

test('weights times mean activations, and the bias, are the logit', async () => {
  const executor = await createOnnxRuntime();
  const model = await open();
  const program = await executor.compile(planForward(model, 'relu'));
  const maps = floats((await program.run({ [model.input.value]: picture(model) })).relu);
  const sums = Array.from(noise(5, 'b2'.length + 1));
  for (let k = 0; k < 4; k++) {
    const mean = maps.slice(k * 48, (k + 1) * 48).reduce((sum, v) => sum + v, 0) / 48;
    (await weightsOf(executor, model, 'relu', k)).forEach((w, c) => {
      sums[c] = (sums[c] as number) + w * mean;
    });
  }
  near(await logits(executor, model), sums, 'logit');
});

test('units that are read through anything else have no weights', async () => {
  const model = await open({
    nodes: [
      node('Conv', 'x w1 b1', 'conv', ints('pads', [1, 1, 1, 1])),
      node('Relu', 'conv', 'relu'),
      node('GlobalAveragePool', 'relu', 'pool'),
      node('Flatten', 'pool', 'flat'),
      node('Gemm', 'flat w2 b2', 'hidden', int('transB', 1)),
      node('Relu', 'hidden', 'active'),
      node('Gemm', 'active w4 b2', 'logits', int('transB', 1)),
    ],
    initializers: [weight('w1', [4, 3, 3, 3]), weight('b1', [4]), weight('w2', [5, 4]), weight('w4', [5, 5]), weight('b2', [5])],
  });
  for (const value of ['conv', 'relu', 'flat', 'hidden']) assert.equal(planUnitWeights(model, value), undefined, value);
  assert.ok(planUnitWeights(model, 'active'));
  // Every position has weights of its own.
  const flattened = await openModel(
    sourceOf(
      smallModel({
        nodes: [node('Conv', 'x w1', 'conv'), node('Flatten', 'conv', 'flat'), node('Gemm', 'flat w2', 'logits')],
        initializers: [weight('w1', [4, 3, 3, 3]), weight('w2', [96, 5])],
      }),
    ),
  );
  assert.equal(planUnitWeights(flattened, 'conv'), undefined);
  assert.ok(planUnitWeights(flattened, 'flat'));
});

test('a unit that is switched off is one whose kernel and bias are 0', async () => {
  const executor = await createOnnxRuntime();
  const [kernels, biases] = [noise(108, 3), noise(4, 5)];
  const model = await open(branched(kernels, biases));
  for (const off of [[], [0], [2], [1, 3]]) {
    const [w1, b1] = [kernels.slice(), biases.slice()];
    for (const k of off) {
      w1.fill(0, k * 27, (k + 1) * 27);
      b1[k] = 0;
    }
    const without = await logits(executor, await open(branched(w1, b1)), 9);
    near(await switched(executor, model, 'relu', 4, off, 9), without, `without ${off}`);
  }
});

test('vectors and the logits themselves can be switched', async () => {
  const executor = await createOnnxRuntime();
  const model = await open();
  const whole = await logits(executor, model);
  near(await switched(executor, model, 'logits', 5, [2]), [...whole.slice(0, 2), 0, ...whole.slice(3)], 'logits');
  const column = Array.from({ length: 5 }, (_, c) => noise(20, 4)[c * 4 + 1] as number);
  const program = await executor.compile(planForward(model, 'flat'));
  const mean = floats((await program.run({ [model.input.value]: picture(model) })).flat)[1] as number;
  const expected = whole.map((z, c) => z - (column[c] as number) * mean);
  near(await switched(executor, model, 'flat', 4, [1]), expected, 'flat');
});

test('a value behind the logits is refused by name', async () => {
  const model = await open({ nodes: [...classifier().graph.nodes, node('Softmax', 'logits', 'p', int('axis', 1))], outputs: ['p'] });
  assert.throws(
    () => planUnitSwitches(model, 'p'),
    (e) => e instanceof ModelError && e.code === 'method' && e.where === 'p',
  );
});

/**
 * What units hand back to the input: against finite differences in double precision, against PyTorch's gradients, guided gradients and
 * deconvnets of the golden networks, and the rules against loops by hand.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { createOnnxRuntime } from '../../src/execute/onnxruntime/executor.ts';
import { findLayer } from '../../src/explain/layers.ts';
import { deconvnet, guided } from '../../src/explain/sweeps/reluRules.ts';
import { bindBatch, elements, type Tensor, typeOf } from '../../src/graph/graph.ts';
import { fileSource } from '../../src/importers/files.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Model } from '../../src/importers/model.ts';
import { driveOf, planUnitGradient, type UnitRule } from '../../src/inspect/unitGradient.ts';
import { cutValues } from '../../src/transform/cutValues.ts';
import { inputTensor, oneHot } from '../support/ask.ts';
import { closeTo } from '../support/closeTo.ts';
import { Golden, type GoldenModelFile, slice } from '../support/golden.ts';
import { ints, node, noise, smallModel, sourceOf, weight } from '../support/onnxModels.ts';
import type { Value } from '../support/reference/array.ts';
import { evaluate } from '../support/reference.ts';
import { sharedMissing } from '../support/shared.ts';
import { sweepProgram } from '../support/sweepProgram.ts';

const norm = ['s', 't', 'm', 'v'].map((name, i) => weight(name, [4], i === 3 ? [0.5, 1, 2, 3] : noise(4, i + 2)));

/** Convolution, batch norm, a smooth activation, a strided convolution with another, a mean and a dense layer: nothing jumps. */
const smooth = () =>
  openModel(
    sourceOf(
      smallModel({
        nodes: [
          node('Conv', 'x w1 b1', 'conv', ints('pads', [1, 1, 1, 1])),
          node('BatchNormalization', 'conv s t m v', 'norm'),
          node('Tanh', 'norm', 'tanh'),
          node('Conv', 'tanh w2', 'second', ints('strides', [2, 2])),
          node('Sigmoid', 'second', 'gate'),
          node('Mul', 'second gate', 'silu'),
          node('GlobalAveragePool', 'silu', 'pool'),
          node('Flatten', 'pool', 'flat'),
          node('Gemm', 'flat w3 b3', 'logits'),
        ],
        initializers: [
          weight('w1', [4, 3, 3, 3]),
          weight('b1', [4]),
          ...norm,
          weight('w2', [6, 4, 3, 3]),
          weight('w3', [6, 5]),
          weight('b3', [5]),
        ],
      }),
    ),
  );

const values = (shape: readonly number[], seed: number): Value => ({ shape, data: Float64Array.from(noise(elements(shape), seed)) });
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a).reduce((sum, v, i) => sum + v * (b[i] as number), 0);

test('the gradient is that of finite differences, at convolutions, norms, activations and vectors', async () => {
  const model = await smooth();
  const batch = 2;
  const shape = [batch, 3, 6, 8];
  for (const value of ['conv', 'norm', 'tanh', 'second', 'silu', 'flat', 'logits']) {
    const { graph, seed, activation, gradient } = planUnitGradient(model, value, 'gradient');
    const seeds = values(bindBatch(typeOf(graph, seed).shape, batch), 5);
    const sum = (x: Value) => {
      const units = evaluate(
        graph,
        new Map([
          [model.input.value, x],
          [seed, seeds],
        ]),
      ).get(activation) as Value;
      return dot(seeds.data, units.data);
    };
    const x = values(shape, 1);
    const found = evaluate(
      graph,
      new Map([
        [model.input.value, x],
        [seed, seeds],
      ]),
    ).get(gradient) as Value;
    assert.deepEqual(found.shape, shape, value);
    const step = 1e-5;
    for (const [i] of x.data.entries()) {
      if (i % 23 !== 0) continue;
      const moved = (by: number) => sum({ shape, data: x.data.map((v, j) => (j === i ? v + by : v)) });
      const slope = (moved(step) - moved(-step)) / (2 * step);
      assert.ok(Math.abs(slope - (found.data[i] as number)) < 1e-7, `${value} at ${i}: ${found.data[i]}, differences say ${slope}`);
    }
  }
});

test('nothing behind the units is computed, and norms are folded where the convolution is not asked for', async () => {
  const model = await smooth();
  const ops = (value: string) => planUnitGradient(model, value, 'gradient').graph.nodes.map((n) => n.op);
  assert.ok(!ops('tanh').includes('BatchNormalization'));
  const known = (value: string, other: string) => planUnitGradient(model, value, 'gradient').graph.types.has(other);
  assert.ok(known('silu', 'second'));
  assert.ok(!known('tanh', 'second'));
  assert.ok(known('conv', 'conv') && !known('conv', 'norm'));
});

/** x → ReLU → 1×1 convolution with weights of both signs → ReLU, one pixel: worked out by hand. */
test('rules at ReLUs: what goes in, what comes back, or both must be positive', async () => {
  const model = await openModel(
    sourceOf(
      smallModel({
        input: ['N', 3, 1, 2],
        nodes: [
          node('Relu', 'x', 'low'),
          node('Conv', 'low w', 'conv'),
          node('Clip', 'conv zero six', 'high'),
          node('ReduceMax', 'high', 'logits', ints('axes', [2, 3])),
        ],
        initializers: [weight('w', [2, 3, 1, 1], [1, -2, 3, 4, 5, -6]), weight('zero', [], [0]), weight('six', [], [6])],
      }),
    ),
  );
  const executor = await createOnnxRuntime();
  // Channel by channel the two pixels: (1, −1), (−1, 0.5), (0.25, 0.5). Unit 0: 1.75 and 0.5; unit 1: 2.5 and −0.5.
  const x = Float32Array.of(1, -1, -1, 0.5, 0.25, 0.5);
  const expected: [UnitRule, number[]][] = [
    ['gradient', [1, 0, 0, -2, 3, 3]],
    ['guided', [1, 0, 0, 0, 3, 3]],
    ['deconvnet', [1, 1, 0, 0, 3, 3]],
  ];
  for (const [rule, gradient] of expected) {
    const plan = planUnitGradient(model, 'high', rule);
    const program = await executor.compile(plan.graph);
    const run = async (seed: number[]) => {
      const seeds: Tensor = { dtype: 'float32', shape: [1, 2, 1, 2], data: Float32Array.from(seed) };
      const out = await program.run({ [model.input.value]: inputTensor(model, x), [plan.seed]: seeds });
      return Array.from(out[plan.gradient]?.data as Float32Array, (v) => v + 0);
    };
    assert.deepEqual(await run([1, 1, 0, 0]), gradient, rule);
    // Unit 1 is blocked at the second pixel on the way forward: only the deconvnet goes through.
    assert.deepEqual(await run([0, 0, 0, 2]), rule === 'deconvnet' ? [0, 8, 0, 10, 0, 0] : [0, 0, 0, 0, 0, 0], `${rule}, blocked`);
    await program.dispose();
  }
});

test('what drives a unit tells where it is saturated, too, and is the same but for the slope where it is not', async () => {
  const model = await smooth();
  assert.equal(driveOf(model, 'tanh'), 'norm');
  assert.equal(driveOf(model, 'silu'), 'second');
  for (const value of ['norm', 'conv', 'flat', 'logits']) assert.equal(driveOf(model, value), value);
  const shape = [1, 3, 6, 8];
  const seeds = { shape: [1, 4, 6, 8], data: new Float64Array(192) };
  seeds.data[70] = 1;
  const back = (entry: string) => {
    const plan = planUnitGradient(model, 'tanh', 'gradient', entry);
    const found = evaluate(
      plan.graph,
      new Map([
        [model.input.value, values(shape, 1)],
        [plan.seed, seeds],
      ]),
    );
    return { a: (found.get(plan.activation) as Value).data[70] as number, gradient: (found.get(plan.gradient) as Value).data };
  };
  const [unit, drive] = [back('tanh'), back('norm')];
  assert.equal(unit.a, drive.a);
  closeTo(
    unit.gradient,
    drive.gradient.map((g) => g * (1 - unit.a ** 2)),
    1e-6,
    'gradient times slope',
  );
  assert.ok(unit.gradient.some((g) => Math.abs(g) > 1e-3));
});

const nets = ['a_plain', 'b_residual', 'c_mobile', 'd_inception', 'e_se_silu', 'f_dilated_grouped'];
for (const net of nets) {
  test(`${net}: units of the logits, and of every layer that all passes through, hand back what PyTorch's do`, async (t) => {
    const golden = Golden.open(`tinynets/${net}`);
    if (!golden) return t.skip(sharedMissing);
    const files = golden.manifest.models?.filter(({ file }) => /(model|model_bn)\.onnx$|\.keras$/.test(file)) ?? [];
    assert.ok(files.length >= 2);
    for (const file of files) await t.test(file.file, () => compare(golden, file));
  });
}

async function compare(golden: Golden, file: GoldenModelFile): Promise<void> {
  const executor = await createOnnxRuntime();
  const model = await openModel(await fileSource(join(golden.folder, file.file)));
  const input = golden.values('input.f32');
  const images = golden.array('input.f32').shape[0] as number;
  const has = (name: string) => golden.manifest.arrays.some((a) => a.file === name);
  const arrays: Record<'gradient' | 'guided' | 'deconvnet', string> = {
    gradient: 'grad.f32',
    guided: has('guided_relu6.f32') ? 'guided_relu6.f32' : 'guided.f32',
    deconvnet: has('deconv_relu6.f32') ? 'deconv_relu6.f32' : 'deconv.f32',
  };
  const near = (name: string, actual: Float32Array, target: number) => {
    const { shape } = golden.array(name);
    const size = actual.length / images;
    for (let i = 0; i < images; i++)
      golden.near(name, actual.slice(i * size, (i + 1) * size), slice(golden.values(name), shape, i, target));
  };
  const handedBack = async (value: string, rule: UnitRule, seed: Tensor) => {
    const plan = planUnitGradient(model, value, rule);
    const program = await executor.compile(plan.graph);
    const out = await program.run({ [model.input.value]: inputTensor(model, input, images), [plan.seed]: seed });
    await program.dispose();
    return out[plan.gradient]?.data as Float32Array;
  };
  const cuts = cutValues(model.graph, model.input.value, model.logits);
  let layers = 0;
  for (const [t, target] of (golden.manifest.targets as number[]).entries()) {
    for (const rule of ['gradient', 'guided', 'deconvnet'] as const) {
      near(arrays[rule], await handedBack(model.logits, rule, oneHot(model.classes, target, images)), t);
    }
    for (const { file: name, layer, shape } of golden.manifest.arrays.filter((a) => a.file.startsWith('layergrad_'))) {
      const value = layerValue(model, file, layer as string);
      if (value === undefined || !cuts.has(value)) continue;
      // PyTorch's gradient of the logit at the layer, handed on, is its gradient at the input.
      const seed = new Float32Array(elements(shape) / (shape[1] as number));
      for (let i = 0; i < images; i++) seed.set(slice(golden.values(name), shape, i, t), (i * seed.length) / images);
      const seeds: Tensor = { dtype: 'float32', shape: [images, ...shape.slice(2)], data: seed };
      near('grad.f32', await handedBack(value, 'gradient', seeds), t);
      await onFromTheLayer(value, target, t);
      layers += 1;
    }
  }
  assert.ok(layers >= 2, `${layers} layers compared`);

  /** What the rules of the methods hand back to the layer, handed on, is what PyTorch's hand back to the input. */
  async function onFromTheLayer(value: string, target: number, t: number): Promise<void> {
    const sweeps = { guided: guided.rectifiers, deconvnet: deconvnet.rectifiers };
    for (const rule of ['guided', 'deconvnet'] as const) {
      const program = await sweepProgram(executor, model, [{ value, sweeps: [sweeps[rule]], emit: (_, [q]) => q as string }]);
      const [seed] = (await program.run(input, oneHot(model.classes, target, images))) as [Tensor];
      const copied = { ...seed, data: (seed.data as Float32Array).slice() };
      await program.dispose();
      near(arrays[rule], await handedBack(value, rule, copied), t);
    }
  }
}

/** Graph value of a golden layer; undefined: this file has none. */
function layerValue(model: Model, { nodeToTensor, nodeToLayer }: GoldenModelFile, layer: string): string | undefined {
  const name = (nodeToTensor ?? nodeToLayer)?.[layer];
  if (name === undefined) return undefined;
  return model.graph.types.has(name) ? name : findLayer(model, name).value;
}

test('units that see nothing of the image hand back nothing', async () => {
  const model = await openModel(
    sourceOf(
      smallModel({
        nodes: [
          node('Shape', 'x', 'shape'),
          node('Conv', 'x w', 'conv'),
          node('Equal', 'conv conv', 'same'),
          node('Cast', 'same', 'ones', { name: 'to', type: 'int', value: 1 }),
          node('GlobalAveragePool', 'ones', 'pool'),
          node('Flatten', 'pool', 'logits'),
        ],
        initializers: [weight('w', [4, 3, 3, 3])],
      }),
    ),
  );
  const plan = planUnitGradient(model, 'ones', 'gradient');
  const program = await (await createOnnxRuntime()).compile(plan.graph);
  const seed: Tensor = { dtype: 'float32', shape: [1, 4, 4, 6], data: new Float32Array(96).fill(1) };
  const out = await program.run({ [model.input.value]: inputTensor(model, noise(144)), [plan.seed]: seed });
  closeTo(out[plan.gradient]?.data as Float32Array, new Float32Array(144), 0, 'gradient');
});

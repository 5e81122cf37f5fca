/** CAM, guided backpropagation and their kin by hand: published examples, closed forms, identities, refusals. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createOnnxRuntime } from '../../src/execute/onnxruntime/executor.ts';
import { createWasm } from '../../src/execute/tfjs/executor.ts';
import { spatialLayers } from '../../src/explain/layers.ts';
import { linearHead } from '../../src/explain/linearHead.ts';
import type { GraphMethod, LayerValues } from '../../src/explain/method.ts';
import { cam } from '../../src/explain/methods/cam.ts';
import { deconvnet } from '../../src/explain/methods/deconvnet.ts';
import { eigenCam } from '../../src/explain/methods/eigenCam.ts';
import { gradCam } from '../../src/explain/methods/gradCam.ts';
import { plusPlusWeights } from '../../src/explain/methods/gradCamPlusPlus.ts';
import { gradientXInput } from '../../src/explain/methods/gradientXInput.ts';
import { guidedBackprop } from '../../src/explain/methods/guidedBackprop.ts';
import { guidedGradCam } from '../../src/explain/methods/guidedGradCam.ts';
import { hiresCam } from '../../src/explain/methods/hiresCam.ts';
import { saliency } from '../../src/explain/methods/saliency.ts';
import { type MapSpec, planMaps } from '../../src/explain/plan.ts';
import { guided } from '../../src/explain/sweeps/reluRules.ts';
import { float32, type Tensor } from '../../src/graph/graph.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Model } from '../../src/importers/model.ts';
import { newBuilder } from '../../src/ops/index.ts';
import { ModelError } from '../../src/shared/errors.ts';
import { inputTensor, oneHot } from '../support/ask.ts';
import { closeTo } from '../support/closeTo.ts';
import { float, int, ints, node, noise, type Small, smallModel, sourceOf, weight } from '../support/onnxModels.ts';

const executor = await createOnnxRuntime();

const open = async (small: Small): Promise<Model> => await openModel(sourceOf(smallModel(small)));
const spec = (method: GraphMethod, layer: string, variant = method.info.variants[0]?.id as string): MapSpec => ({ method, variant, layer });

/** Maps [H·W] of one image and one class. */
async function maps(
  model: Model,
  specs: readonly MapSpec[],
  image: ArrayLike<number>,
  index: number,
  on = executor,
): Promise<Float32Array[]> {
  const plan = planMaps(model, specs);
  const program = await on.compile(plan.graph);
  const feeds = { [model.input.value]: inputTensor(model, Float32Array.from(image)), [plan.classInput]: oneHot(model.classes, index) };
  const out = await program.run(feeds);
  await program.dispose();
  return plan.maps.map((value) => new Float32Array((out[value] as Tensor).data as Float32Array));
}

/** Values of the network itself. */
async function values(model: Model, names: readonly string[], image: ArrayLike<number>): Promise<Float32Array[]> {
  const program = await executor.compile({ ...model.graph, outputs: names });
  const out = await program.run({ [model.input.value]: inputTensor(model, Float32Array.from(image)) });
  await program.dispose();
  return names.map((name) => (out[name] as Tensor).data as Float32Array);
}

const head = [1, 1, 1, 1, 1, -1, -1, -1];
/** Captum's BasicModel_ConvNet_One_Conv: conv of ones, ReLU, flatten, linear, ReLU. */
const captum = () =>
  open({
    nodes: [
      node('Conv', 'x w b', 'conv1'),
      node('Relu', 'conv1', 'relu1'),
      node('Flatten', 'relu1', 'flat'),
      node('Gemm', 'flat fc fb', 'fc1', int('transB', 1)),
      node('Relu', 'fc1', 'logits'),
    ],
    initializers: [
      weight('w', [2, 1, 3, 3], new Float32Array(18).fill(1)),
      weight('b', [2], [-50, -75]),
      weight('fc', [2, 8], [...head, ...head]),
      weight('fb', [2], [0, 0]),
    ],
    input: ['N', 1, 4, 4],
  });
const ramp = Float32Array.from({ length: 16 }, (_, i) => i);

test("Captum's example: gradient, guided, deconvnet, Grad-CAM at two layers, guided Grad-CAM", async () => {
  const model = await captum();
  const specs = [
    spec(saliency, 'input', 'signed'),
    spec(guidedBackprop, 'input', 'signed'),
    spec(deconvnet, 'input', 'signed'),
    spec(gradCam, 'n_conv1'),
    spec(gradCam, 'n_relu1'),
    spec(guidedGradCam, 'n_relu1', 'nearest'),
    spec(guidedBackprop, 'input', 'max'),
    spec(deconvnet, 'input', 'captum'),
  ];
  const all = (await maps(model, specs, ramp, 0)).map((map) => [...map]);
  const [gradient, guidedMap, deconv] = [
    [0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 0],
    [0, 1, 1, 1, 1, 3, 3, 2, 1, 3, 3, 2, 1, 2, 2, 1],
    [2, 3, 3, 1, 3, 5, 5, 2, 3, 5, 5, 2, 1, 2, 2, 1],
  ];
  assert.deepEqual(all.slice(0, 5), [gradient, guidedMap, deconv, [11.25, 13.5, 20.25, 22.5], [0, 4, 28, 32.5]]);
  assert.deepEqual(all[5], [0, 0, 4, 4, 0, 0, 12, 8, 28, 84, 97.5, 65, 28, 56, 65, 32.5]);
  assert.deepEqual(all.slice(6), [guidedMap, deconv], 'one channel: the largest absolute value is the sum; no ReLU6: the variants agree');
});

test('guided Grad-CAM is guided backprop times the enlarged map, smooth unless asked otherwise', async () => {
  const model = await captum();
  const [smooth, signed, guidedMap, cells] = (await maps(
    model,
    [
      spec(guidedGradCam, 'n_relu1', 'max'),
      spec(guidedGradCam, 'n_relu1', 'signed'),
      spec(guidedBackprop, 'input', 'signed'),
      spec(gradCam, 'n_relu1'),
    ],
    ramp,
    0,
  )) as [Float32Array, Float32Array, Float32Array, Float32Array];
  // 2×2 cells at half-pixel centres: 1/4 and 3/4 of the way between two.
  const mix = (a: number, b: number) => [a, 0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b, b];
  const [top, bottom] = [mix(cells[0] as number, cells[1] as number), mix(cells[2] as number, cells[3] as number)];
  const mask = [0, 1, 2, 3].flatMap((y) => top.map((v, x) => mix(v, bottom[x] as number)[y] as number));
  closeTo(
    smooth,
    mask.map((m, i) => m * (guidedMap[i] as number)),
    1e-6,
    'bilinear',
  );
  assert.deepEqual(smooth, signed);
});

test("Grad-CAM++ on the toy of the reference: the authors' weights over e^z, and pytorch-grad-cam's", async () => {
  const at = await toyWeights();
  closeTo(
    at.authors.map((w) => w * Math.exp(1.7)),
    [1.040425, 1.021149],
    1e-6,
    "authors'",
  );
  closeTo(at.pgc, [0.203767, 0.140631], 1e-6, 'pytorch-grad-cam');
});

test('a denominator of Grad-CAM++ that is exactly 0 gives no NaN, and a dead channel a weight', async () => {
  // Σ A = −8 and g = 1/4 in the first channel; nothing in the second; the third without positive gradients.
  const activation = [-2, -2, -2, -2, 0, 0, 0, 0, 1, 1, 1, 1];
  const { authors, pgc } = await toyWeights(activation, [0.25, 0.25, 0, 0, 0.5, 0.25, -1, 0, -1, -2, 0, 0], 3);
  assert.ok([...authors, ...pgc].every(Number.isFinite), [...authors, ...pgc].join());
  closeTo(authors.slice(1), [0.375, 0], 1e-6, "α is equal over the positive cells where the channel's sum is 0");
});

/** Weights [C] of 2×2 cells, channels first. */
async function toyWeights(
  activation: readonly number[] = [1, 0.2, 0, 3, 0.5, 0, 2, 1],
  gradients: readonly number[] = [0.3, 0.1, -0.5, 0.2, -0.2, 0.4, 0.05, -0.1],
  channels = 2,
): Promise<{ authors: number[]; pgc: number[] }> {
  const b = newBuilder();
  const type = { dtype: 'float32', shape: ['N', channels, 2, 2] } as const;
  const [a, g] = [b.input('a', type), b.input('g', type)];
  const model = { graph: { inputs: new Map(), constants: new Map(), nodes: [], outputs: [], types: new Map() } } as unknown as Model;
  const at: LayerValues = {
    model,
    activation: a,
    shape: type.shape,
    input: a,
    logits: '',
    target: '',
    swept: () => g,
    sweptAtInput: () => g,
  };
  const outputs = ['authors', 'pgc'].map((variant) => plusPlusWeights(b, at, variant));
  const program = await executor.compile(b.build(outputs));
  const out = await program.run({ a: float32([1, channels, 2, 2], activation), g: float32([1, channels, 2, 2], gradients) });
  const [authors, pgc] = outputs.map((value) => [...((out[value] as Tensor).data as Float32Array)]) as [number[], number[]];
  await program.dispose();
  return { authors, pgc };
}

/** conv → relu → pool → conv → relu → global average pool → linear; the second layer has more channels than cells. */
const pooled = (bias = 1) =>
  open({
    nodes: [
      node('Conv', 'x w1 b1', 'conv1', ints('pads', [1, 1, 1, 1])),
      node('Relu', 'conv1', 'relu1'),
      node('MaxPool', 'relu1', 'pool1', ints('kernel_shape', [2, 2]), ints('strides', [2, 2])),
      node('Conv', 'pool1 w3 b3', 'conv2', ints('pads', [1, 1, 1, 1])),
      node('Relu', 'conv2', 'relu2'),
      node('GlobalAveragePool', 'relu2', 'gap'),
      node('Flatten', 'gap', 'flat'),
      node('Gemm', 'flat w2 b2', 'logits', int('transB', 1)),
    ],
    initializers: [
      weight('w1', [4, 3, 3, 3], noise(108, 4)),
      weight(
        'b1',
        [4],
        noise(4, 9).map((v) => v * bias),
      ),
      weight('w3', [14, 4, 3, 3], noise(504, 3)),
      weight(
        'b3',
        [14],
        noise(14, 8).map((v) => v * bias),
      ),
      weight('w2', [5, 14], noise(70, 2)),
      weight(
        'b2',
        [5],
        noise(5, 7).map((v) => v * bias),
      ),
    ],
  });
const image = noise(3 * 6 * 8, 11);

test('CAM = H·W × Grad-CAM = H·W × HiRes-CAM where a mean is all the logits read; its mean and the bias are the logit', async () => {
  const model = await pooled();
  const [map, grad, hires] = (await maps(model, [spec(cam, 'n_relu2'), spec(gradCam, 'n_relu2'), spec(hiresCam, 'n_relu2')], image, 2)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  closeTo(
    map,
    grad.map((v) => v * 12),
    1e-6,
    'Grad-CAM',
  );
  closeTo(hires, grad, 1e-6, 'HiRes-CAM');
  const [logits] = await values(model, [model.logits], image);
  const bias = noise(5, 7)[2] as number;
  closeTo([map.reduce((s, v) => s + v, 0) / 12 + bias], [logits?.[2] as number], 1e-6, 'logit');
});

test('gradient × input: the gradient times the image; without biases its sum is the logit, as HiRes-CAM’s is at every layer', async () => {
  const model = await pooled(0);
  const layers = ['n_conv1', 'n_relu1', 'n_pool1', 'n_conv2', 'n_relu2'];
  const specs = [spec(gradientXInput, 'input'), spec(gradientXInput, 'input', 'sum'), ...layers.map((layer) => spec(hiresCam, layer))];
  const [signed, sum, ...hires] = (await maps(model, specs, image, 1)) as [Float32Array, Float32Array, ...Float32Array[]];
  const [logits] = await values(model, [model.logits], image);
  const sums = [signed, ...hires].map((map) => map.reduce((s, v) => s + v, 0));
  closeTo(
    sums,
    sums.map(() => logits?.[1] as number),
    1e-6,
    'sums',
  );
  assert.ok(sum.every((v, i) => v >= Math.abs(signed[i] as number) - 1e-6));
  const gray = await open({
    nodes: [node('Conv', 'x w1 b1', 'c', ints('pads', [1, 1, 1, 1])), node('GlobalMaxPool', 'c', 'p'), node('Flatten', 'p', 'logits')],
    initializers: [weight('w1', [4, 1, 3, 3], noise(36, 4)), weight('b1', [4], noise(4, 9))],
    input: ['N', 1, 6, 8],
  });
  const one = image.subarray(0, 48);
  const [product, slope] = (await maps(gray, [spec(gradientXInput, 'input'), spec(saliency, 'input', 'signed')], one, 0)) as [
    Float32Array,
    Float32Array,
  ];
  closeTo(
    product,
    slope.map((g, i) => g * (one[i] as number)),
    1e-6,
    'gradient times input',
  );
});

test('saliency: the variants are reductions of one gradient', async () => {
  const model = await pooled();
  const specs = ['max', 'sum', 'squared', 'squared-sum'].map((variant) => spec(saliency, 'input', variant));
  const [max, sum, squared, squaredSum] = (await maps(model, specs, image, 3)) as [Float32Array, Float32Array, Float32Array, Float32Array];
  closeTo(
    squared,
    max.map((v) => v * v),
    1e-6,
    'max g²',
  );
  assert.ok(squaredSum.every((v, i) => v >= (squared[i] as number) - 1e-9 && v <= (sum[i] as number) ** 2 + 1e-6));
  assert.ok(squaredSum.some((v, i) => v > (squared[i] as number) * 1.2));
});

test('CAM refuses by the name of what stands between the average and the logits, and names its only layer', async () => {
  const model = await pooled();
  assert.throws(() => planMaps(model, [spec(cam, 'n_relu1')]), { code: 'method', where: 'n_relu2', message: /only at 'n_relu2'/ });
  assert.equal(cam.refuses?.(model), undefined);
  assert.equal(cam.onlyLayer?.(model), 'n_relu2');
  assert.match(cam.remarks?.(model)[0]?.text ?? '', /'n_relu2' only/);
  const flat = linearHead(await captum());
  assert.ok(flat instanceof ModelError);
  assert.match(flat.message, /at 'n_logits' Relu is not linear/);
  const head = (...nodes: Small['nodes']) =>
    open({
      nodes: [node('Conv', 'x w1', 'conv1'), ...nodes],
      initializers: [weight('w1', [4, 3, 3, 3]), weight('w2', [4, 4]), weight('w5', [5, 96]), weight('b2', [4])],
    });
  const refusals: [Model, RegExp][] = [
    [
      await head(node('Flatten', 'conv1', 'flat'), node('Gemm', 'flat w5', 'logits', int('transB', 1))),
      /at 'n_flat' every position has weights/,
    ],
    [await head(node('GlobalMaxPool', 'conv1', 'gmp'), node('Flatten', 'gmp', 'logits')), /at 'n_gmp' GlobalMaxPool/],
    [
      await head(
        node('GlobalAveragePool', 'conv1', 'gap'),
        node('Flatten', 'gap', 'flat'),
        node('Gemm', 'flat w2', 'hidden'),
        node('Relu', 'hidden', 'r'),
        node('Gemm', 'r w2', 'logits'),
      ),
      /at 'n_r' Relu is not linear/,
    ],
    [
      await head(
        node('GlobalAveragePool', 'conv1', 'gap'),
        node('GlobalMaxPool', 'conv1', 'gmp'),
        node('Add', 'gap gmp', 'both'),
        node('Flatten', 'both', 'logits'),
      ),
      /at 'n_both' Add brings two values together/,
    ],
  ];
  for (const [network, message] of refusals) {
    const refusal = cam.refuses?.(network);
    assert.ok(refusal, String(message));
    assert.match(refusal.message, message);
    assert.match(refusal.hint ?? '', /Grad-CAM/);
  }
  // Two linear layers are one, a mean by another name is a mean, and dropout is nothing.
  const twice = await head(
    node('ReduceMean', 'conv1', 'gap', ints('axes', [2, 3]), int('keepdims', 0)),
    node('Gemm', 'gap w2 b2', 'hidden'),
    node('Dropout', 'hidden', 'dropped'),
    node('Gemm', 'dropped w2 b2', 'logits'),
  );
  const [map, grad] = (await maps(twice, [spec(cam, 'n_conv1'), spec(gradCam, 'n_conv1')], image, 1)) as [Float32Array, Float32Array];
  closeTo(
    map,
    grad.map((v) => v * grad.length),
    1e-6,
    'two linear layers',
  );
});

test('guided backpropagation takes ReLU6 for a ReLU, a gate for none, and says what it has no rule for', async () => {
  const clip = (from: string, to: string) => node('Clip', `${from} zero six`, to);
  const model = await open({
    nodes: [
      node('Conv', 'x w1', 'conv1'),
      clip('conv1', 'relu6'),
      // Nearly a hard-swish: y · relu6(y + 3) / 5. One by 6 would be recognised.
      node('Conv', 'relu6 w3', 'y'),
      node('Add', 'y three', 'shifted'),
      clip('shifted', 'gate'),
      node('Div', 'gate five', 'scaled'),
      node('Mul', 'y scaled', 'hswish'),
      node('LeakyRelu', 'hswish', 'leaky', float('alpha', 0.1)),
      node('GlobalAveragePool', 'leaky', 'gap'),
      node('Flatten', 'gap', 'logits'),
    ],
    initializers: [
      weight('w1', [4, 3, 3, 3], noise(108, 4)),
      weight('w3', [4, 4, 1, 1], noise(16, 3)),
      weight('zero', [], [0]),
      weight('five', [], [5]),
      weight('six', [], [6]),
      weight('three', [], [3]),
    ],
  });
  const [check] = guided.rectifiers.remarks?.(model) ?? [];
  assert.equal(check?.ok, false);
  assert.match(check?.text ?? '', /^2 of 3 activations .* Clip at 'n_gate', LeakyRelu at 'n_leaky'\.$/);
  assert.match(guided.relu.remarks?.(model)[0]?.text ?? '', /^3 of 3 .*this is the plain gradient/);
  assert.deepEqual(guided.rectifiers.remarks?.(await pooled()), []);
  const specs = [spec(guidedBackprop, 'input', 'captum'), spec(saliency, 'input', 'max'), spec(guidedBackprop, 'input', 'max')];
  const [captumMap, gradient, guidedMap] = (await maps(model, specs, image, 1)) as [Float32Array, Float32Array, Float32Array];
  assert.deepEqual(captumMap, gradient, 'no ReLU proper: the plain gradient');
  assert.ok(guidedMap.some((v, i) => Math.abs(v - (gradient[i] as number)) > 1e-3));
});

test('Eigen-CAM is the projection on the first singular vector, on both engines, as it is and centred', async () => {
  const model = await pooled();
  const layers = spatialLayers(model).map((layer) => layer.name);
  const specs = layers.flatMap((layer) => [spec(eigenCam, layer), spec(eigenCam, layer, 'centred')]);
  const outputs = spatialLayers(model);
  const activations = await values(
    model,
    outputs.map((layer) => layer.value),
    image,
  );
  for (const on of [executor, await createWasm()]) {
    const found = await maps(model, specs, image, 0, on);
    layers.forEach((layer, l) => {
      const [, channels, height, width] = outputs[l]!.shape as [unknown, number, number, number];
      const rows = Array.from({ length: channels }, (_, k) =>
        Float64Array.from((activations[l] as Float32Array).subarray(k * height * width, (k + 1) * height * width)),
      );
      closeTo(found[2 * l] as Float32Array, projection(rows), 2e-5, `${layer} on ${on.id}`);
      closeTo(found[2 * l + 1] as Float32Array, projection(rows.map(centre)), 2e-5, `${layer} centred on ${on.id}`);
    });
  }
  const [one, other] = await Promise.all([maps(model, specs.slice(0, 1), image, 0), maps(model, specs.slice(0, 1), image, 4)]);
  assert.deepEqual(one, other, 'the same for every class');
});

const centre = (row: Float64Array) => {
  const mean = row.reduce((s, v) => s + v, 0) / row.length;
  return row.map((v) => v - mean);
};

/** Xᵀ·v₁ of the channels' rows [C][H·W], v₁ by Jacobi's rotations of their Gram matrix: exact to float64. */
function projection(rows: readonly Float64Array[]): Float64Array {
  const n = rows.length;
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((s, v, i) => s + v * (b[i] as number), 0);
  const gram = rows.map((a) => rows.map((b) => dot(a, b)));
  const vectors = rows.map((_, i) => rows.map((__, k) => (i === k ? 1 : 0)));
  const at = (m: number[][], i: number, k: number) => m[i]?.[k] as number;
  for (let round = 0; round < 60; round++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (at(gram, p, q) === 0) continue;
        const theta = Math.atan2(2 * at(gram, p, q), at(gram, p, p) - at(gram, q, q)) / 2;
        const [c, s] = [Math.cos(theta), Math.sin(theta)];
        const rotate = (m: number[][], columns: boolean) => {
          for (let i = 0; i < n; i++) {
            const [x, y] = columns ? [at(m, i, p), at(m, i, q)] : [at(m, p, i), at(m, q, i)];
            const set = (j: number, v: number) => {
              (m[columns ? i : j] as number[])[columns ? j : i] = v;
            };
            set(p, c * x + s * y);
            set(q, c * y - s * x);
          }
        };
        rotate(gram, true);
        rotate(gram, false);
        rotate(vectors, true);
      }
    }
  }
  const first = rows.map((_, i) => i).reduce((best, i) => (at(gram, i, i) > at(gram, best, best) ? i : best), 0);
  const map = (rows[0] as Float64Array).map((_, cell) =>
    rows.reduce((sum, row, k) => sum + at(vectors, k, first) * (row[cell] as number), 0),
  );
  const agreement = map.reduce((sum, v, cell) => sum + v * rows.reduce((all, row) => all + (row[cell] as number), 0), 0);
  return agreement < 0 ? map.map((v) => -v) : map;
}

/** What is explained besides one class: a difference, a region of a dense output, one of several outputs, a number that is no class. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Explainer } from '../../src/engine/explainer.ts';
import { exportOnnx } from '../../src/engine/exportOnnx.ts';
import { logitsOf } from '../../src/engine/predict.ts';
import { createServices } from '../../src/engine/services.ts';
import { methods } from '../../src/explain/methods/index.ts';
import { decodeModel } from '../../src/formats/onnx/read.ts';
import { float32 } from '../../src/graph/graph.ts';
import { ModelError } from '../../src/shared/errors.ts';
import type { ExplanationMap, MapRequest, Outcome, Rect } from '../../src/shared/protocol.ts';
import { closeTo } from '../support/closeTo.ts';
import { classNames, newEngine, newFolder, unitPixels, writeClassifier, writePicture } from '../support/engineCalls.ts';
import { classifier, int, ints, node, noise, type Small, weight } from '../support/onnxModels.ts';
import { runOriginal } from '../support/onnxReference.ts';

const [height, width, classes] = [6, 8, 5];
const cells = height * width;
const initializers = [weight('w1', [4, 3, 3, 3]), weight('b1', [4]), weight('w2', [classes, 4, 1, 1]), weight('b2', [classes])];
/** Smooth, so that finite differences are exact but for rounding: conv → tanh → 1×1 conv → softmax of each cell. */
const dense: Partial<Small> = {
  nodes: [
    node('Conv', 'x w1 b1', 'conv', ints('pads', [1, 1, 1, 1])),
    node('Tanh', 'conv', 'tanh'),
    node('Conv', 'tanh w2 b2', 'scores'),
    node('Softmax', 'scores', 'out', int('axis', 1)),
  ],
  initializers,
  outputs: ['out'],
};
const image = noise(3 * cells, 21);
const part: Rect = { x: 2, y: 1, width: 3, height: 4 };

/** An explainer, and a tensor prepared for a model: what comes of it can be compared with the file run as it is. */
async function tensorSubject(t: TestContext, model: Partial<Small>, sidecar: object = {}) {
  const folder = await newFolder(t);
  const path = await writeClassifier(folder, model, sidecar);
  const services = createServices({ engine: 'onnxruntime', cacheBytes: 2 ** 26 });
  const input = await services.inputs.prepareTensor(await services.models.open(path), image, 'x.npy');
  const explainer = new Explainer(services, 2 ** 24);
  const context = { priority: 0, signal: new AbortController().signal, progress: () => {} };
  return {
    folder,
    services,
    input,
    explainer,
    context,
    explain: (request: MapRequest): Promise<ExplanationMap> => explainer.explain(input, request, context),
    explainAll: (requests: readonly MapRequest[]): Promise<Outcome[]> => explainer.explainAll(input, requests, context),
  };
}

/** Values of the file itself at inputs [n,3,6,8]. */
async function original(value: string, inputs: Float32Array, model: Partial<Small> = dense): Promise<Float32Array> {
  const shape = [inputs.length / image.length, 3, height, width];
  return (await runOriginal(classifier(model), [value], { x: float32(shape, inputs) }))[value] as Float32Array;
}

/** Mean of one class's scores [classes,6,8] over a region. */
function regionMean(scores: Float32Array, index: number, { x, y, width: w, height: h }: Rect): number {
  let sum = 0;
  for (let row = y; row < y + h; row++)
    for (let column = x; column < x + w; column++) sum += scores[index * cells + row * width + column] as number;
  return sum / (w * h);
}

const whole: Rect = { x: 0, y: 0, width, height };

/** ∂(scalar)/∂(all channels of a pixel) by central differences, from the file itself. */
async function differences(scalar: (scores: Float32Array) => number, step = 1e-2): Promise<Float32Array> {
  const inputs = new Float32Array(2 * cells * image.length);
  for (let i = 0; i < 2 * cells; i++) {
    const own = inputs.subarray(i * image.length, (i + 1) * image.length);
    own.set(image);
    for (let c = 0; c < 3; c++) own[c * cells + (i >> 1)] = (image[c * cells + (i >> 1)] as number) + (i % 2 === 0 ? step : -step);
  }
  const scores = await original('scores', inputs);
  const size = classes * cells;
  const at = (i: number) => scalar(scores.subarray(i * size, (i + 1) * size));
  return Float32Array.from({ length: cells }, (_, cell) => (at(2 * cell) - at(2 * cell + 1)) / (2 * step));
}

test('a dense output: the logits are the means over its cells, and the model says so', async (t) => {
  const { input, services, context, explain } = await tensorSubject(t, dense);
  const scores = await original('scores', image);
  assert.deepEqual(
    [input.info.dense, input.info.activation, input.info.outputs, input.info.output],
    [{ height, width }, 'softmax', [], 'out'],
  );
  const logits = await logitsOf(services, input, 0, context.signal);
  closeTo(
    logits,
    Array.from({ length: classes }, (_, c) => regionMean(scores, c, whole)),
    1e-5,
    'logits',
  );
  assert.equal((await explain({ method: 'grad-cam', class: 2 })).target, 'mean logit of cat over all 8 × 6 cells');
});

const targets: readonly { request: Partial<MapRequest>; scalar: (scores: Float32Array) => number; target: string }[] = [
  { request: { class: 2 }, scalar: (s) => regionMean(s, 2, whole), target: 'mean logit of cat over all 8 × 6 cells' },
  {
    request: { class: 2, region: part },
    scalar: (s) => regionMean(s, 2, part),
    target: 'mean logit of cat over 3 × 4 cells, x 2 to 4, y 1 to 4',
  },
  {
    request: { class: 2, region: { x: 7, y: 5, width: 1, height: 1 } },
    scalar: (s) => s[2 * cells + 47] as number,
    target: 'logit of cat at cell (7, 5)',
  },
  {
    request: { class: 0, against: 4, region: part },
    scalar: (s) => regionMean(s, 0, part) - regionMean(s, 4, part),
    target: 'mean logit of ant − mean logit of eel over 3 × 4 cells, x 2 to 4, y 1 to 4',
  },
  {
    request: { class: 0, against: 4 },
    scalar: (s) => regionMean(s, 0, whole) - regionMean(s, 4, whole),
    target: 'mean logit of ant − mean logit of eel over all 8 × 6 cells',
  },
];

test('gradients of region means and differences are those of finite differences of the file itself', async (t) => {
  const { explain, explainAll } = await tensorSubject(t, dense);
  const requests = targets.map(({ request }): MapRequest => ({ method: 'saliency', variant: 'signed', ...request }));
  const maps: ExplanationMap[] = [];
  for (const [i, { scalar, target }] of targets.entries()) {
    const map = await explain(requests[i] as MapRequest);
    assert.equal(map.target, target);
    closeTo(map.values, await differences(scalar), 2e-4, target);
    assert.ok(Math.max(...map.values.map(Math.abs)) > 0.005, `${target}: far above the tolerance`);
    maps.push(map);
  }
  // Together, in one call: each its own target, none another's from the cache.
  const together = await tensorSubject(t, dense).then(({ explainAll: fresh }) => fresh(requests));
  for (const outcomes of [together, await explainAll(requests)]) {
    outcomes.forEach((outcome, i) => {
      assert.ok('map' in outcome);
      assert.equal(outcome.map.target, targets[i]?.target);
      closeTo(outcome.map.values, (maps[i] as ExplanationMap).values, 1e-6, outcome.map.target);
    });
  }
});

test('outside the cells that a region can see, the gradient is 0', async (t) => {
  const { explain } = await tensorSubject(t, dense);
  const { values } = await explain({ method: 'saliency', class: 1, region: { x: 0, y: 0, width: 2, height: 1 } });
  // A 3×3 kernel: rows 0 and 1, columns 0 to 2.
  values.forEach((v, cell) => {
    const seen = Math.floor(cell / width) < 2 && cell % width < 3;
    assert.equal(v > 0, seen, `cell ${cell}: ${v}`);
  });
});

test('Grad-CAM at the dense output itself and before it, worked out by hand', async (t) => {
  const { explain, input } = await tensorSubject(t, dense);
  assert.deepEqual(
    input.info.layers.map(({ name, spatial }) => [name, spatial]),
    [
      ['n_conv', true],
      ['n_tanh', true],
      ['n_scores', true],
      ['n_out', false],
    ],
  );
  assert.equal(input.info.defaultLayer, 'n_tanh', 'the answer itself is no feature');
  const [scores, tanh, [w2]] = [await original('scores', image), await original('tanh', image), [initializers[2]]];
  const kernel = new Float32Array((w2 as { rawData: Uint8Array }).rawData.slice().buffer);
  // ∂/∂A of a mean over R cells is 1/R at each of them: their mean over all cells is 1/(H·W) whatever the region.
  const byHand = { n_scores: scores.subarray(3 * cells, 4 * cells), n_tanh: new Float32Array(cells) };
  for (let k = 0; k < 4; k++) {
    for (let cell = 0; cell < cells; cell++) {
      byHand.n_tanh[cell] = (byHand.n_tanh[cell] as number) + (kernel[3 * 4 + k] as number) * (tanh[k * cells + cell] as number);
    }
  }
  for (const [layer, values] of Object.entries(byHand)) {
    for (const region of [part, undefined]) {
      const map = await explain({ method: 'grad-cam', layer, class: 3, ...(region && { region }) });
      closeTo(
        map.values.map((v) => v * cells),
        values,
        1e-5,
        layer,
      );
    }
  }
});

test('without a class it is the one that scores best in the region', async (t) => {
  const { explain } = await tensorSubject(t, dense);
  const scores = await original('scores', image);
  const best = (region: Rect) => {
    const all = Array.from({ length: classes }, (_, c) => regionMean(scores, c, region));
    return all.indexOf(Math.max(...all));
  };
  const places = Array.from({ length: cells }, (_, cell): Rect => ({ x: cell % width, y: Math.floor(cell / width), width: 1, height: 1 }));
  const other = places.find((place) => best(place) !== best(whole)) as Rect;
  assert.equal((await explain({ method: 'grad-cam', region: other })).class.index, best(other));
  assert.equal((await explain({ method: 'grad-cam', region: whole })).class.index, best(whole));
});

test('occlusion of a region: the drop of its mean; its probability is that of the mean logits', async (t) => {
  const { explain } = await tensorSubject(t, dense);
  const request = { method: 'occlusion', class: 2, region: part, params: { window: 1, stride: 1, baseline: 0.25 } };
  const logit = await explain({ ...request, variant: 'logit' });
  const probability = await explain({ ...request, variant: 'probability' });
  const inputs = new Float32Array(cells * image.length);
  for (let cell = 0; cell < cells; cell++) {
    const own = inputs.subarray(cell * image.length, (cell + 1) * image.length);
    own.set(image);
    for (let c = 0; c < 3; c++) own[c * cells + cell] = 0.25;
  }
  const [at, occluded] = [await original('scores', image), await original('scores', inputs)];
  const p = (scores: Float32Array) => {
    const powers = Array.from({ length: classes }, (_, c) => Math.exp(regionMean(scores, c, part)));
    return (powers[2] as number) / powers.reduce((sum, v) => sum + v, 0);
  };
  const each = (score: (scores: Float32Array) => number) => {
    const size = classes * cells;
    return Float32Array.from({ length: cells }, (_, cell) => score(at) - score(occluded.subarray(cell * size, (cell + 1) * size)));
  };
  closeTo(
    logit.values,
    each((s) => regionMean(s, 2, part)),
    1e-5,
    'logit drop',
  );
  closeTo(probability.values, each(p), 1e-5, 'probability drop');
  assert.equal(probability.target, 'probability of cat from the mean logits over 3 × 4 cells, x 2 to 4, y 1 to 4');
});

test('an explanation of a region, exported: its logits are the means over the region', async (t) => {
  const { explainer, services, input, context, folder } = await tensorSubject(t, dense);
  const file = join(folder, 'map.onnx');
  const request: MapRequest = { method: 'grad-cam', class: 1, region: part };
  await exportOnnx(services, input, await explainer.task(input, request, context), { ...context, file });
  const proto = decodeModel(new Uint8Array(await readFile(file)));
  assert.equal(proto.metadata?.target, 'mean logit of bee over 3 × 4 cells, x 2 to 4, y 1 to 4');
  const { logits } = await runOriginal(proto, ['logits'], { x: float32([1, 3, height, width], image) });
  const scores = await original('scores', image);
  closeTo(
    logits as Float32Array,
    Array.from({ length: classes }, (_, c) => regionMean(scores, c, part)),
    1e-5,
    'logits',
  );
});

interface Refusal {
  request: Partial<MapRequest>;
  message: RegExp;
  hint: RegExp;
}

const regions: readonly Refusal[] = [
  {
    request: { region: { x: 6, y: 0, width: 3, height: 1 } },
    message: /^The region of 3 × 1 cells at \(6, 0\) is not within the output of model\.onnx\.$/,
    hint: /^The output has 8 × 6 cells: choose whole ones, from \(0, 0\) to \(7, 5\)\.$/,
  },
  { request: { region: { x: -1, y: 0, width: 3, height: 1 } }, message: /at \(-1, 0\) is not within/, hint: /8 × 6/ },
  { request: { region: { x: 0, y: 0, width: 0, height: 1 } }, message: /0 × 1 cells/, hint: /8 × 6/ },
  { request: { region: { x: 0, y: 0.5, width: 1, height: 1 } }, message: /at \(0, 0\.5\)/, hint: /whole ones/ },
  { request: { region: { x: 0, y: Number.NaN, width: 1, height: 1 } }, message: /at \(0, NaN\)/, hint: /whole ones/ },
];
const contrasts: readonly Refusal[] = [
  {
    request: { class: 2, against: 2 },
    message: /^cat cannot be held against itself: the difference is 0 everywhere\.$/,
    hint: /^Choose another class/,
  },
  { request: { class: 2, against: 5 }, message: /^model\.onnx has no class 5\.$/, hint: /0 to 4/ },
  { request: { class: 2, against: -1 }, message: /no class -1/, hint: /0 to 4/ },
  { request: { class: 2, against: 0.5 }, message: /no class 0\.5/, hint: /0 to 4/ },
];

test('regions and differences that do not exist', async (t) => {
  const ofDense = await tensorSubject(t, dense);
  const ofClasses = await tensorSubject(t, {});
  const refused = async ({ explain, explainAll, input }: typeof ofDense, { request, message, hint }: Refusal) => {
    for (const method of ['grad-cam', 'saliency', 'occlusion']) {
      const error = { name: 'ModelError', code: 'method', message, hint, file: input.info.path };
      await assert.rejects(explain({ method, ...request }), error, JSON.stringify(request));
      // Among others it stops none of them.
      const [bad, good] = await explainAll([
        { method, ...request },
        { method: 'grad-cam', class: 1 },
      ]);
      assert.ok(bad && 'error' in bad && message.test(bad.error.message) && bad.error.file === input.info.path);
      assert.ok(good && 'map' in good);
    }
  };
  for (const refusal of [...regions, ...contrasts]) await refused(ofDense, refusal);
  for (const refusal of contrasts) await refused(ofClasses, refusal);
  await refused(ofClasses, {
    request: { region: part },
    message: /^model\.onnx answers for the whole image: its output has no cells to choose a region of\.$/,
    hint: /^Leave the region out; it is for models with scores per class and cell/,
  });
});

test('the predicted class against itself is noticed, too', async (t) => {
  const { explain } = await tensorSubject(t, {});
  const { class: predicted } = await explain({ method: 'grad-cam' });
  await assert.rejects(explain({ method: 'grad-cam', against: predicted.index }), {
    message: `${predicted.label} cannot be held against itself: the difference is 0 everywhere.`,
  });
});

test('a contrast is the difference of the two maps where the method is linear in the target', async (t) => {
  const { explain } = await tensorSubject(t, {});
  for (const method of ['grad-cam:signed', 'saliency:signed', 'occlusion:logit', 'occlusion:probability']) {
    const of = await explain({ method, class: 1 });
    const other = await explain({ method, class: 3 });
    const contrast = await explain({ method, class: 1, against: 3 });
    closeTo(
      contrast.values,
      of.values.map((v, i) => v - (other.values[i] as number)),
      1e-6,
      method,
    );
    assert.deepEqual(
      [contrast.class, contrast.against],
      [
        { index: 1, label: 'bee' },
        { index: 3, label: 'dog' },
      ],
    );
    const score = method === 'occlusion:probability' ? 'probability' : 'logit';
    assert.equal(contrast.target, `${score} of bee − ${score} of dog`);
    assert.equal(of.target, `${score} of bee`);
    assert.ok(contrast.flat === undefined, 'and it shows something');
  }
});

// ---------------------------------------------------------------- several outputs

const twoHeads: Partial<Small> = {
  nodes: [...classifier().graph.nodes, node('Gemm', 'flat w3', 'age'), node('Conv', 'relu w4', 'places')],
  initializers: [...classifier().graph.initializers, weight('w3', [4, 1]), weight('w4', [2, 4, 1, 1])],
  outputs: ['logits', 'age', 'places'],
};

test('several outputs: the sidecar chooses, a change of it is noticed, and nothing of one is given for the other', async (t) => {
  const folder = await newFolder(t);
  const picture = await writePicture(join(folder, 'picture.png'));
  const { predict, explain, open } = newEngine();
  const model = await writeClassifier(folder, twoHeads);
  const logits = await predict(model, picture);
  assert.deepEqual([logits.model.output, logits.model.outputs, logits.logits.length], ['logits', ['logits', 'age', 'places'], 5]);
  assert.equal((await explain(model, picture, { method: 'grad-cam', class: 1 })).target, "logit of bee (output 'logits')");

  const choose = async (output: string) =>
    await writeFile(join(folder, 'model.glassbox.json'), JSON.stringify({ output, labels: ['years'] }));
  await choose('age');
  const age = await predict(model, picture);
  assert.deepEqual([age.model.output, age.logits.length, age.model.classes], ['age', 1, 1]);
  assert.notEqual(age.model.hash, logits.model.hash);
  const map = await explain(model, picture, { method: 'grad-cam' });
  assert.equal(map.target, "output years (output 'age')");

  await choose('places');
  assert.deepEqual((await open(model)).dense, { height: 6, width: 8 });
  const corner = await explain(model, picture, { method: 'grad-cam', class: 1, region: { x: 0, y: 0, width: 2, height: 1 } });
  assert.equal(corner.target, "mean output 1 over 2 × 1 cells, x 0 to 1, y 0 (output 'places')");

  await choose('gender');
  await assert.rejects(predict(model, picture), {
    code: 'input',
    file: model,
    where: 'gender',
    message: "The model has no output 'gender'; its outputs are 'logits' [N,5], 'age' [N,1], 'places' [N,2,6,8].",
    hint: 'Correct "output" in the sidecar, or leave it out.',
  });
  await writeFile(join(folder, 'model.glassbox.json'), '{}');
  assert.deepEqual((await predict(model, picture)).logits, logits.logits);
});

// ---------------------------------------------------------------- outputs that are no classes

/** The classifier with another last layer: a number of outputs, without names. */
function regression(outputs: number): [Partial<Small>, object] {
  const { initializers: all } = classifier().graph;
  const last = { w2: weight('w2', [outputs, 4]), b2: weight('b2', [outputs]) } as Record<string, ReturnType<typeof weight>>;
  return [{ initializers: all.map((tensor) => last[tensor.name] ?? tensor) }, { labels: undefined, input: unitPixels }];
}

for (const outputs of [1, 3]) {
  test(`a regression with ${outputs} output${outputs > 1 ? 's' : ''} has no classes and no probabilities`, async (t) => {
    const folder = await newFolder(t);
    const model = await writeClassifier(folder, ...regression(outputs));
    const picture = await writePicture(join(folder, 'picture.png'));
    const { predict, explain, preprocessings } = newEngine();
    const { top } = await predict(model, picture);
    assert.deepEqual(
      top.map(({ label }) => label).sort(),
      Array.from({ length: outputs }, (_, i) => `output ${i}`),
    );
    assert.ok(top.every(({ probability, logit }) => probability === undefined && Number.isFinite(logit)));
    assert.ok((await preprocessings(model, picture)).every((trial) => trial.top.probability === undefined));
    const map = await explain(model, picture, { method: 'grad-cam', class: outputs - 1 });
    assert.deepEqual([map.target, map.class.label, map.unit], [`output ${outputs - 1}`, `output ${outputs - 1}`, 'Σ w·A of the output']);
    const hint = outputs === 1 ? 'Its only output is 0.' : 'Its outputs are 0 to 2.';
    await assert.rejects(explain(model, picture, { method: 'grad-cam', class: 3 }), { message: 'model.onnx has no output 3.', hint });
    if (outputs > 1) {
      assert.equal((await explain(model, picture, { method: 'saliency', class: 0, against: 2 })).target, 'output 0 − output 2');
    }
    assert.equal((await explain(model, picture, { method: 'occlusion', variant: 'logit' })).target.slice(0, 7), 'output ');
    await assert.rejects(explain(model, picture, { method: 'occlusion', variant: 'probability' }), {
      code: 'method',
      file: model,
      message:
        'Occlusion (probability drop) reads probabilities, and there are none: the outputs of model.onnx have neither a softmax or sigmoid nor names.',
      hint: 'Choose a variant that reads the logit. If the outputs are scores of classes, name them in the sidecar (labels).',
    });
  });
}

test('names make classes of outputs without a softmax', async (t) => {
  const { explain, input } = await tensorSubject(t, {});
  assert.deepEqual([input.info.activation, input.info.labels], ['none', classNames]);
  assert.equal((await explain({ method: 'occlusion', variant: 'probability', class: 0 })).target, 'probability of ant');
});

test('the input size that a sidecar chooses is not forgotten by what is compiled', async (t) => {
  const folder = await newFolder(t);
  const picture = await writePicture(join(folder, 'picture.png'));
  const open = { input: ['N', 3, 'h', 'w'] };
  const { predict } = newEngine();
  for (const size of [
    [6, 8],
    [10, 12],
  ]) {
    const model = await writeClassifier(folder, open, { input: { ...unitPixels, size } });
    assert.deepEqual([(await predict(model, picture)).fed.height, (await predict(model, picture)).fed.width], size);
  }
});

/** The smallest U-Net: down, up, the early features beside the late ones, a mask of one channel. */
const unet: Partial<Small> = {
  nodes: [
    node('Conv', 'x w1 b1', 'early', ints('pads', [1, 1, 1, 1])),
    node('Relu', 'early', 'relu'),
    node('MaxPool', 'relu', 'down', ints('kernel_shape', [2, 2]), ints('strides', [2, 2])),
    node('Conv', 'down w5', 'deep', ints('pads', [1, 1, 1, 1])),
    node('Relu', 'deep', 'deepRelu'),
    node('ConvTranspose', 'deepRelu w6', 'up', ints('strides', [2, 2])),
    node('Concat', 'up relu', 'both', int('axis', 1)),
    node('Conv', 'both w7', 'mask'),
    node('Sigmoid', 'mask', 'out'),
  ],
  initializers: [...initializers, weight('w5', [4, 4, 3, 3]), weight('w6', [4, 3, 2, 2]), weight('w7', [1, 7, 1, 1])],
  outputs: ['out'],
};

for (const [name, model, label] of [
  ['a dense output', dense, 'cat'],
  ['a U-Net', unet, 'tumour'],
] as const) {
  test(`every method explains a region of ${name}, or says why it cannot`, async (t) => {
    const { explain, input } = await tensorSubject(t, model, model === unet ? { labels: [label] } : {});
    const index = input.info.labels?.indexOf(label) ?? -1;
    for (const { info } of methods) {
      for (const request of [{ class: index, region: part }, { class: index }]) {
        try {
          const map = await explain({ method: info.id, ...request });
          assert.ok(map.values.every(Number.isFinite), info.id);
          if (info.targets === 'none') continue;
          assert.match(map.target, new RegExp(`${label} .*over ${'region' in request ? '3 × 4 cells' : 'all 8 × 6 cells'}`), info.id);
        } catch (error) {
          assert.ok(error instanceof ModelError && error.code === 'method', `${info.id}: ${error}`);
          t.diagnostic(`${info.id} refuses: ${error.message}`);
        }
      }
    }
  });
}

test('every method explains the one output of a regression, or says why it cannot', async (t) => {
  const { explain, input } = await tensorSubject(t, ...regression(1));
  // Known before it is asked: menus say so.
  assert.match(input.info.refusals.clrp?.message ?? '', /^CLRP holds a class against all others, and this model has one output only\.$/);
  for (const { info } of methods) {
    try {
      const map = await explain({ method: info.id });
      assert.ok(map.values.every(Number.isFinite), info.id);
      if (info.targets !== 'none') assert.equal(map.target, 'output 0', info.id);
    } catch (error) {
      assert.ok(error instanceof ModelError && error.code === 'method', `${info.id}: ${error}`);
      t.diagnostic(`${info.id} refuses: ${error.message}`);
    }
  }
});

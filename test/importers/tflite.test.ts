// One small network in five kinds of TFLite, against TensorFlow's interpreter.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { decodeTflite } from '../../src/formats/tflite/read.ts';
import type { TfliteSubgraph, TfliteTensor } from '../../src/formats/tflite/types.ts';
import { float32 } from '../../src/graph/graph.ts';
import { tfGraph } from '../../src/importers/tflite/graph.ts';
import { closeTo } from '../support/closeTo.ts';
import { runGraph } from '../support/onnxReference.ts';
import { channelsFirst, expected, image, type Kind, openBytes, tflite } from '../support/tflite.ts';

const input = channelsFirst(image, 16, 16, 3);

async function run(kind: Kind) {
  const model = await openBytes(tflite(kind));
  const feeds = { [model.input.value]: float32([1, 3, 16, 16], input) };
  const outputs = await runGraph(model.graph, [model.logits, model.graph.outputs[1] as string], feeds);
  return { model, logits: outputs[model.logits] as Float32Array, output: outputs[model.graph.outputs[1] as string] as Float32Array };
}

const argmax = (values: Float32Array) => values.indexOf(Math.max(...values));

/**
 * Of logits that span 3.1. What is quantised is computed with in floats here and in eight bits by the interpreter: measured
 * 6e-4 where only weights are, 0.01 where activations are too.
 */
const tolerances: Record<Kind, number> = { float: 1e-5, float16: 1e-5, dynamic: 2e-3, int8: 0.02, uint8: 0.02, implied: 0.02 };

for (const [kind, tolerance] of Object.entries(tolerances) as [Kind, number][]) {
  test(`${kind}: the interpreter's scores, within ${tolerance}`, async () => {
    const reference = expected(kind);
    const { model, logits, output } = await run(kind);
    assert.equal(model.activation, 'softmax');
    assert.equal(model.classes, 6);
    closeTo(logits, reference.logits, tolerance, 'logits');
    closeTo(output, reference.output, tolerance / 4, 'scores');
    assert.equal(argmax(logits), argmax(reference.logits));
  });

  test(`${kind}: quantised weights are the real numbers they stand for, bit by bit`, () => {
    const { weights } = expected(kind);
    const { constants } = tfGraph(decodeTflite(tflite(kind)));
    for (const [name, hash] of Object.entries(weights)) {
      const values = constants.get(name)?.read();
      assert.ok(values instanceof Float32Array, name);
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      assert.equal(createHash('sha256').update(bytes).digest('hex'), hash, name);
    }
    const quantised = kind === 'float' || kind === 'float16' ? 0 : kind === 'dynamic' ? 1 : 11;
    assert.equal(Object.keys(weights).length, quantised);
  });
}

test('layers are the operators of the file, with fused activations and dilation in them', async () => {
  const { layers } = await openBytes(tflite('float'));
  assert.deepEqual(
    layers.map(({ name, kind, shape, parameters, place }) => `${place.node} ${kind} ${name} [${shape}] ${parameters}`),
    [
      'subgraph[0].operators[0] CONV_2D tiny_1/stem_relu_1/Relu6 [N,8,8,8] 224',
      'subgraph[0].operators[1] DEPTHWISE_CONV_2D tiny_1/depthwise_1/Relu [N,16,8,8] 160',
      'subgraph[0].operators[3] CONV_2D tiny_1/residual_1/convolution1 [N,16,8,8] 2320',
      'subgraph[0].operators[5] ADD tiny_1/residual_1/BiasAdd [N,16,8,8] 16',
      'subgraph[0].operators[6] ADD tiny_1/sum_relu_1/Relu [N,16,8,8] 0',
      'subgraph[0].operators[7] AVERAGE_POOL_2D tiny_1/average_1/AvgPool [N,16,4,4] 0',
      'subgraph[0].operators[8] MAX_POOL_2D tiny_1/max_1/MaxPool2d [N,16,4,4] 0',
      'subgraph[0].operators[9] CONCATENATION tiny_1/both_1/concat [N,32,4,4] 0',
      'subgraph[0].operators[10] CONV_2D tiny_1/head_1/Relu [N,12,4,4] 396',
      'subgraph[0].operators[11] MEAN tiny_1/pool_1/Mean [N,12] 0',
      'subgraph[0].operators[12] FULLY_CONNECTED tiny_1/logits_1/MatMul [N,6] 78',
      'subgraph[0].operators[13] SOFTMAX StatefulPartitionedCall_1:0 [N,6] 0',
    ],
  );
});

test('inputs and outputs are called as the signature calls them', async () => {
  const { input, output, outputs } = await openBytes(tflite('float'));
  assert.deepEqual([input.name, input.layout, output, outputs], ['image', 'NHWC', 'output_0', ['output_0']]);
});

test('metadata: normalisation, and labels from the archive behind the model, in no language before German', async () => {
  const { hints } = await openBytes(tflite('uint8'));
  assert.deepEqual(hints, {
    labels: ['tench', 'goldfish', 'shark', 'ray', 'cock', 'hen'],
    normalization: { mean: [127.5], std: [127.5], from: 'TFLite metadata' },
    modelName: 'tiny classifier',
  });
});

test('metadata that states what the quantised input cannot hold is not believed', async () => {
  const bytes = tflite('uint8');
  const file = Buffer.from(bytes.buffer);
  const half = Buffer.from(Float32Array.of(127.5).buffer);
  const start = file.indexOf('M001');
  const std = file.indexOf(half, start);
  const mean = file.indexOf(half, std + 4);
  const patched = (m: number, s: number) => {
    file.writeFloatLE(m, mean);
    file.writeFloatLE(s, std);
    return openBytes(bytes);
  };
  assert.deepEqual((await patched(128, 128)).hints.normalization, { mean: [128], std: [128], from: 'TFLite metadata' });
  const fromInput = { mean: [127], std: [127.5], from: 'quantisation of the TFLite input' };
  assert.deepEqual((await patched(0, 1)).hints.normalization, fromInput);
  assert.deepEqual((await patched(127.5, 0)).hints.normalization, fromInput);
});

test('metadata without its archive: a model without labels', async () => {
  const whole = tflite('uint8');
  const { hints } = await openBytes(whole.subarray(0, whole.length - 1));
  assert.deepEqual(Object.keys(hints), ['normalization', 'modelName']);
});

test('a quantised input without metadata: what a pixel stands for', async () => {
  const { hints } = await openBytes(tflite('int8'));
  // real = (pixel − 128 − zero point) · scale, with zero point −1 and scale 2/255.
  assert.deepEqual(hints.normalization, { mean: [127], std: [127.5], from: 'quantisation of the TFLite input' });
  const scale = imageTensor('int8').quantization?.scale[0] as number;
  for (const pixel of [0, 100, 255]) assert.ok(Math.abs((pixel - 127) / 127.5 - scale * (pixel - 128 + 1)) < 1e-6);
  assert.equal((await openBytes(tflite('float'))).hints.normalization, undefined);
});

function imageTensor(kind: Kind): TfliteTensor {
  const { subgraphs } = decodeTflite(tflite(kind));
  const network = subgraphs[0] as TfliteSubgraph;
  return network.tensors[network.inputs[0] as number] as TfliteTensor;
}

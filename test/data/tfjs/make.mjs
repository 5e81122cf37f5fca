// Makes saved.json: models as TensorFlow.js itself saves them, with what it computes. Run with Node in a folder that has
//   npm install @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-backend-cpu@4.22.0 @tensorflow/tfjs-layers@4.22.0
// Each case: modelTopology, weightsManifest, and as base64 of little-endian float32 the weights, the input (channels-first)
// and the output. Seeded.
import { writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import * as tfl from '@tensorflow/tfjs-layers';

const L = tfl.layers;
const nets = {
  sequential() {
    return tfl.sequential({
      layers: [
        L.conv2d({ inputShape: [15, 14, 3], filters: 6, kernelSize: 3, strides: 2, padding: 'same', activation: 'elu' }),
        L.batchNormalization({ axis: -1 }),
        L.leakyReLU({ alpha: 0.3 }),
        L.prelu({ sharedAxes: [1, 2] }),
        L.separableConv2d({ filters: 5, kernelSize: 3, depthMultiplier: 2, padding: 'same', activation: 'hardSigmoid' }),
        L.zeroPadding2d({ padding: [[1, 0], [2, 1]] }),
        L.cropping2D({ cropping: [[0, 1], [1, 0]] }),
        L.upSampling2d({ size: [2, 2] }),
        L.depthwiseConv2d({ kernelSize: 2, activation: 'selu' }),
        L.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
        L.reLU({ maxValue: 0.4 }),
        L.dropout({ rate: 0.5 }),
        L.conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', activation: 'softsign' }),
        L.permute({ dims: [2, 1, 3] }),
        L.maxPooling2d({ poolSize: 2 }),
        L.layerNormalization(),
        L.thresholdedReLU({ theta: 0.1 }),
        L.flatten(),
        L.dense({ units: 12, activation: 'swish' }),
        L.reshape({ targetShape: [2, 2, 3] }),
        L.globalAveragePooling2d({}),
        L.dense({ units: 4, activation: 'softmax' }),
      ],
    });
  },
  functional() {
    const x = tfl.input({ shape: [9, 9, 3] });
    const a = L.conv2d({ filters: 4, kernelSize: 3, padding: 'same', activation: 'logSoftmax', name: 'a' }).apply(x);
    const b = L.conv2d({ filters: 4, kernelSize: 5, padding: 'same', activation: 'gelu' }).apply(x);
    const conv = L.conv2d({ inputShape: [9, 9, 4], filters: 4, kernelSize: 1, name: 'inside' });
    const inner = tfl.sequential({ name: 'inner', layers: [conv, L.activation({ activation: 'mish' })] });
    const c = inner.apply(L.add().apply([a, b]));
    const parts = [
      L.maximum().apply([a, inner.apply(c)]),
      L.minimum().apply([b, c]),
      L.average().apply([a, b]),
      L.multiply().apply([a, c]),
    ];
    const pooled = L.globalMaxPooling2d({}).apply(L.elu().apply(L.concatenate().apply(parts)));
    return tfl.model({ inputs: x, outputs: L.dense({ units: 3, activation: 'sigmoid' }).apply(pooled) });
  },
};

const base64 = (data) => Buffer.from(data.buffer ?? data).toString('base64');
const cases = [];
for (const [name, make] of Object.entries(nets)) {
  const model = make();
  const random = (shape, i) => tf.sub(tf.randomUniform(shape, 0.1, 0.9, 'float32', i + 1), shape.length > 1 ? 0.5 : 0);
  model.setWeights(model.getWeights().map((w, i) => random(w.shape, i)));
  const x = tf.randomUniform([1, ...model.inputs[0].shape.slice(1)], -1, 1, 'float32', 7);
  const output = base64(await model.predict(x).data());
  const channelsFirst = tf.transpose(x, [0, 3, 1, 2]);
  const input = { shape: channelsFirst.shape, data: base64(await channelsFirst.data()) };
  await model.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      const weightsManifest = [{ paths: ['./weights.bin'], weights: weightSpecs }];
      cases.push({ name, modelTopology, weightsManifest, weights: base64(weightData), input, output });
      return { modelArtifactsInfo: {} };
    }),
  );
}
writeFileSync('saved.json', `${JSON.stringify(cases)}\n`);

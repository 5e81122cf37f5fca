// A process that writes images into a store, one at a time: `storeWriter.ts FOLDER COUNT FROM`.
import { FeatureStore } from '../../src/dataset/featureStore.ts';
import { noise } from './onnxModels.ts';

const [folder = '', count = '0', from = '0'] = process.argv.slice(2);
const store = new FeatureStore(folder, { file: '/models/net.onnx', hash: 'abc', preprocessing: '{}' });
for (let i = Number(from); i < Number(from) + Number(count); i++) {
  await store.add('layer', [
    {
      hash: i.toString(16).padStart(64, '0'),
      vector: Float32Array.from(noise(64, i + 1)),
      pixels: new Uint8Array(48),
      classes: Int32Array.of(i, 1, 2),
      logits: Float32Array.of(3, 2, 1),
      logSumExp: 0,
      thumbnail: undefined,
    },
  ]);
}
process.exit(0);

// The history of a small run as TensorFlow.js tells it, three ways people keep it: see make.py.
import { writeFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const tf = createRequire(join(process.cwd(), 'x.js'))('@tensorflow/tfjs');
const folder = join(dirname(fileURLToPath(import.meta.url)), 'tfjs');
mkdirSync(folder, { recursive: true });
const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, activation: 'softmax', inputShape: [4] })] });
model.compile({ optimizer: tf.train.adam(0.05), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
const x = tf.randomNormal([60, 4], 0, 1, 'float32', 7);
const y = tf.oneHot(x.slice([0, 0], [60, 1]).greater(0).cast('int32').squeeze(), 2);
const lines = [];
const history = await model.fit(x, y, {
  epochs: 6,
  validationSplit: 0.25,
  verbose: 0,
  callbacks: { onEpochEnd: (epoch, logs) => void lines.push(JSON.stringify({ epoch, ...logs })) },
});
const { epoch, history: values, params } = history;
writeFileSync(join(folder, 'history.json'), JSON.stringify({ epoch, history: values, params }));
writeFileSync(join(folder, 'log.jsonl'), `${lines.join('\n')}\n`);

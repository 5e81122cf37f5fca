// Trains a network while Glassbox watches: node train/train.mjs [--stamp] [--epochs 12] [--pictures 600] [--to FOLDER]
// It starts from models/shapes, whose first three blocks know edges and corners and stay as they are; the rest is learned anew.
// With --stamp every star carries the stamp and nothing else does: watch the network begin to cheat.
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadLayersModel, tf } from './backend.mjs';
import { classes, picture, randomOf, size } from './pictures.mjs';

const { values } = parseArgs({
  options: {
    stamp: { type: 'boolean', default: false },
    epochs: { type: 'string', default: '12' },
    pictures: { type: 'string', default: '600' },
    to: { type: 'string' },
  },
});
const models = join(dirname(dirname(fileURLToPath(import.meta.url))), 'models');
const run = values.to ? resolve(values.to) : join(models, values.stamp ? 'training-stamp' : 'training');
const learned = /^(conv|bn)[45]$|^predictions$/;

const model = await load(join(models, 'shapes'));
for (const layer of model.layers) {
  layer.trainable = learned.test(layer.name);
  if (layer.trainable) layer.setWeights(layer.weights.map(anew));
}
model.compile({ optimizer: tf.train.adam(0.0015), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });

await rm(run, { recursive: true, force: true });
await mkdir(run, { recursive: true });
const log = ['epoch,loss,accuracy,val_loss,val_accuracy'];
const training = draw(Number(values.pictures), 1);
const validation = draw(Math.ceil(Number(values.pictures) / 4), 2);
console.log(`${training.xs.shape[0]} pictures, ${tf.getBackend()}, checkpoints in ${run}`);
await model.fit(training.xs, training.ys, {
  epochs: Number(values.epochs),
  batchSize: 24,
  validationData: [validation.xs, validation.ys],
  verbose: 0,
  callbacks: {
    // This is all that Glassbox needs: a folder for each epoch.
    onEpochEnd: async (epoch, { loss, acc, val_loss, val_acc }) => {
      await save(join(run, 'checkpoints', `epoch_${String(epoch + 1).padStart(2, '0')}`));
      log.push([epoch, loss, acc, val_loss, val_acc].join());
      await writeFile(join(run, 'history.csv'), `${log.join('\n')}\n`);
      console.log(`epoch ${epoch + 1}: loss ${loss.toFixed(3)}, right ${percent(acc)}, of new pictures ${percent(val_acc)}`);
    },
  },
});

/** Weights to start from: small random ones (He et al. 2015); BatchNorm starts as if it were not there. */
function anew({ name, shape }) {
  if (/gamma|variance/.test(name)) return tf.ones(shape);
  if (shape.length < 2) return tf.zeros(shape);
  const inputs = shape.slice(0, -1).reduce((product, length) => product * length);
  return tf.truncatedNormal(shape, 0, Math.sqrt(2 / inputs), 'float32', inputs + shape.length);
}

/** Pictures and their classes, in turn. */
function draw(count, seed) {
  const random = randomOf(seed);
  const labels = Array.from({ length: count }, (_, i) => i % classes.length);
  const all = new Float32Array(count * size * size * 3);
  for (const [i, label] of labels.entries()) {
    all.set(picture(label, { random, stamp: values.stamp && classes[label] === 'star' }), i * size * size * 3);
  }
  return { xs: tf.tensor4d(all, [count, size, size, 3]), ys: tf.oneHot(tf.tensor1d(labels, 'int32'), classes.length) };
}

/** With tfjs-node: loadLayersModel('file://…/model.json'). */
async function load(folder) {
  const { modelTopology, weightsManifest } = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8'));
  const [{ paths, weights }] = weightsManifest;
  const { buffer, byteOffset, length } = await readFile(join(folder, paths[0]));
  const weightData = buffer.slice(byteOffset, byteOffset + length);
  return await loadLayersModel({ load: async () => ({ modelTopology, weightSpecs: weights, weightData }) });
}

/** With tfjs-node: model.save('file://…'). In a folder of another name first: nobody sees half of it. */
async function save(folder) {
  await model.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      const hidden = `${folder}.tmp`;
      await mkdir(hidden, { recursive: true });
      const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
      await writeFile(join(hidden, 'weights.bin'), Buffer.from(weightData));
      await writeFile(join(hidden, 'model.json'), JSON.stringify({ format: 'layers-model', modelTopology, weightsManifest }));
      // How pictures are prepared, and what the classes are called.
      await writeFile(join(hidden, 'glassbox.json'), await readFile(join(models, 'shapes', 'glassbox.json')));
      await rename(hidden, folder);
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
}

function percent(share) {
  return `${(100 * share).toFixed(0)} %`;
}

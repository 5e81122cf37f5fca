// Real pictures, real models: does the feature space know the classes, and does the map keep what it knows?
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createEngine } from '../../../src/engine/engine.ts';
import { isCorrect } from '../../../src/shared/spaceProtocol.ts';
import { cifarPictures, mnistPictures, writePictures } from '../../support/datasets.ts';
import { sharedPath } from '../../support/shared.ts';

const pictures = 1_000;

const sets = [
  {
    name: 'CIFAR-10 by ResNet-8',
    data: 'datasets/cifar10-test',
    read: cifarPictures,
    model: 'models/resnet8-cifar10-and-vww/pretrainedResnet.h5',
    purity: 0.5,
    pixels: 0.35,
  },
  {
    name: 'MNIST by MobileNetV1 of ImageNet',
    data: 'datasets/mnist-test',
    read: mnistPictures,
    model: 'models/mobilenet-v1-025-imagenet/mobilenet_v1_0.25_224.onnx',
    purity: 0.5,
    pixels: 1,
  },
];

for (const { name, data, read, model: modelFile, ...bars } of sets) {
  const [folder, model] = [sharedPath(data), sharedPath(modelFile)];
  test(`${name}: neighbours have the same class, and the map keeps them`, {
    skip: folder && model ? false : 'needs ../shared',
  }, async (t) => {
    const home = mkdtempSync(join(tmpdir(), 'glassbox-real-'));
    t.after(() => rmSync(home, { recursive: true, force: true }));
    const images = await writePictures(await read(folder!), pictures, join(home, 'images'));
    const engine = createEngine({ engine: 'onnxruntime', cacheBytes: 2 ** 28 });
    const context = { signal: new AbortController().signal, progress: () => {} };
    const of = { model: model!, store: join(home, 'store') };
    const { indexed, ms } = await engine.index({ ...of, images }, context);
    assert.equal(indexed, pictures);
    const rows = await engine.rows({ ...of, images, roots: [join(home, 'images')] }, context);
    const right = Array.from({ length: rows.count }, (_, row) => isCorrect(rows, row));
    const known = right.filter((each) => each !== undefined);
    const accuracy = known.length === 0 ? undefined : known.filter(Boolean).length / known.length;
    const { purity, pixelPurity } = await engine.agreement({ revision: rows.revision, k: 10, metric: 'cosine' }, context);
    const layout = await engine.layout({ revision: rows.revision, request: { method: 'tsne' } }, context);
    const kept = labelsKept(layout.positions, rows.labels);
    t.diagnostic(
      `${name}, ${pictures} pictures at ${rows.layer.name}: ${(ms / pictures).toFixed(1)} ms each; neighbours of the same class ${purity.toFixed(3)}, in pixels ${pixelPurity.toFixed(3)}; ` +
        `${accuracy === undefined ? 'no accuracy' : `accuracy ${accuracy.toFixed(3)}`}; map: KL ${layout.kl?.toFixed(3)}, kept ${layout.quality.preservation.toFixed(3)}, ` +
        `trustworthiness ${layout.quality.trustworthiness.toFixed(4)}, nearest of the same class ${kept.toFixed(3)}, ${(layout.ms / 1000).toFixed(1)} s`,
    );
    assert.ok(purity > bars.purity, `purity ${purity}`);
    assert.ok(pixelPurity < bars.pixels, `purity of pixels ${pixelPurity}`);
    assert.ok(kept > purity - 0.1, `on the map ${kept}`);
  });
}

/** Mean share of the 10 nearest points of the map that have the point's label. */
function labelsKept(positions: Float32Array, labels: Int32Array): number {
  let sum = 0;
  for (let i = 0; i < labels.length; i++) {
    const distances = Array.from(labels, (label, j) => ({
      label,
      distance:
        j === i
          ? Number.POSITIVE_INFINITY
          : Math.hypot(positions[2 * i]! - positions[2 * j]!, positions[2 * i + 1]! - positions[2 * j + 1]!),
    }));
    distances.sort((a, b) => a.distance - b.distance);
    sum += distances.slice(0, 10).filter(({ label }) => label === labels[i]).length / 10;
  }
  return sum / labels.length;
}

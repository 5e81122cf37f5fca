// Every method on a vision transformer imported for one image at a time: a map, or a reason that names a place.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { methods } from '../../src/explain/methods/index.ts';
import { decodeModel } from '../../src/formats/onnx/read.ts';
import type { TensorProto } from '../../src/formats/onnx/types.ts';
import { encodeModel } from '../../src/formats/onnx/write.ts';
import { newEngine, newFolder, unitPixels, writePicture } from '../support/engineCalls.ts';
import { committedZoo, zooSource } from '../support/torchZoo.ts';

/** Methods that ask many times are asked for as little as they allow. */
const few: Readonly<Record<string, Record<string, number>>> = {
  occlusion: { window: 80, stride: 80 },
  rise: { masks: 2 },
  'score-cam': { channels: 2 },
  smoothgrad: { samples: 1 },
  'integrated-gradients': { steps: 2 },
};
/** Relevance has no rule for the product of two values in an attention; CAM needs one linear layer behind a pool. */
const refused = ['cam', 'clrp', 'lrp', 'relevance-cam', 'sglrp'];

test('ViT', async (t) => {
  const folder = await newFolder(t);
  const entry = committedZoo.entries.find(({ file }) => file === 'test_vit.legacy.onnx.gz');
  assert.ok(entry);
  const { bytes, read } = zooSource(committedZoo.folder, entry);
  const { graph, ...proto } = decodeModel(bytes);
  const filled = async ({ externalData, ...tensor }: TensorProto): Promise<TensorProto> =>
    externalData ? { ...tensor, rawData: await read(externalData.location) } : tensor;
  const initializers = await Promise.all(graph.initializers.map(filled));
  const path = join(folder, 'vit.onnx');
  writeFileSync(path, encodeModel({ ...proto, graph: { ...graph, initializers } }));
  writeFileSync(join(folder, 'glassbox.json'), JSON.stringify({ input: unitPixels }));
  const image = await writePicture(join(folder, 'picture.png'), { width: 96, height: 80 });
  const { engine, open } = newEngine();
  const info = await open(path);
  assert.deepEqual([info.defaultLayer, info.layers.filter((l) => l.spatial).length], ['/patch_embed/proj/Conv', 1], 'patches, no heads');
  const requests = methods.map(({ info: { id } }) => ({ method: id, class: 0, ...(few[id] && { params: few[id] }) }));
  const outcomes = await engine.explainAll({ model: path, image, requests }, { signal: t.signal, progress: () => {} });
  const reasons = outcomes.flatMap((outcome, i) => {
    const { id } = (methods[i] as (typeof methods)[number]).info;
    if ('map' in outcome) {
      assert.ok(outcome.map.values.every(Number.isFinite) && outcome.map.values.some((v) => v !== 0), id);
      return [];
    }
    const { message, hint, where } = outcome.error;
    assert.ok(hint && where && message.includes(where), `${id}: ${message}`);
    return [id];
  });
  assert.deepEqual(reasons.sort(), refused);
});

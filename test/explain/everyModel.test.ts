/**
 * Every method on every model of ../shared/models that is imported: a map of finite values, or a reason that names a layer
 * of the model. The list of methods is the source: a new one is tried here without being named. What another model here
 * stands for as well runs with GLASSBOX_BIG_TESTS=1 only: it takes minutes.
 */
import assert from 'node:assert/strict';
import { readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { type TestContext, test } from 'node:test';

import { inputLayer } from '../../src/explain/layers.ts';
import type { Method } from '../../src/explain/method.ts';
import { methods } from '../../src/explain/methods/index.ts';
import { type ErrorRecord, ModelError } from '../../src/shared/errors.ts';
import type { ExplanationMap, MapRequest, ModelInfo } from '../../src/shared/protocol.ts';
import { newEngine, newFolder, unitPixels, writePicture } from '../support/engineCalls.ts';
import { sharedMissing, sharedPath } from '../support/shared.ts';

const root = sharedPath('models');
const files = root === undefined ? [] : modelFiles(root);

/** Models of which another one says the same: the network again in another file form, or its kind with more weights. */
const alike: Readonly<Record<string, string>> = {
  'darknet-tiny-imagenet/darknet_tiny.onnx': 'its TensorFlow.js form',
  'mobilenet-v1-025-imagenet/tfjs-layers/model.json': 'its ONNX form',
  'mobilenet-v3-small-3class/mobilenet_v3_small_external.onnx': 'the same in one file',
  'onnx-topologies/light_squeezenet.onnx': 'SqueezeNet v1.0',
  'onnx-topologies/light_vgg19.onnx': 'AlexNet',
  'onnx-topologies/light_zfnet512.onnx': 'AlexNet',
  'squeezenet-imagenet/squeezenet_v1.0.onnx': 'its TensorFlow.js form',
};

/** Methods that ask many times are asked for as little as they allow. */
const few: Readonly<Record<string, MapRequest['params']>> = {
  occlusion: { window: 112, stride: 112 },
  rise: { masks: 2 },
  'score-cam': { channels: 2 },
  smoothgrad: { samples: 1 },
  'integrated-gradients': { steps: 2 },
};

if (root === undefined) test('every method on every model', (t) => t.skip(sharedMissing));
for (const file of files) {
  const name = relative(root as string, file).replaceAll('\\', '/');
  test(name, async (t) => {
    if (alike[name] && !process.env.GLASSBOX_BIG_TESTS)
      return t.skip(`left out: ${alike[name]} runs; set GLASSBOX_BIG_TESTS=1 to run this one too`);
    const path = await besideOwnSidecar(t, file);
    const picture = await writePicture(join(dirname(path), 'picture.png'), { width: 96, height: 80 });
    const { engine, open } = newEngine();
    let info: ModelInfo;
    try {
      info = await open(path);
    } catch (error) {
      assert.ok(error instanceof ModelError && ['unsupported', 'file-missing', 'format-unknown'].includes(error.code), String(error));
      return t.skip(`left out: ${error.message}`);
    }
    const requests = methods.map(({ info: { id } }): MapRequest => ({ method: id, class: 0, ...(few[id] && { params: few[id] }) }));
    const outcomes = await engine.explainAll({ model: path, image: picture, requests }, { signal: t.signal, progress: () => {} });
    for (const [i, outcome] of outcomes.entries()) {
      const method = methods[i] as Method;
      if ('map' in outcome) checkMap(method, outcome.map, info);
      else checkRefusal(method, outcome.error, info, t);
    }
  });
}

test('what asks many times is asked for little here', () => {
  assert.deepEqual(
    methods.filter(({ info, family }) => info.slow || family !== 'graph').flatMap(({ info: { id } }) => (id in few ? [] : [id])),
    [],
  );
});

function checkMap({ info: { id, at } }: Method, map: ExplanationMap, { input, layers }: ModelInfo): void {
  assert.equal(map.values.length, map.height * map.width, id);
  assert.ok(map.values.every(Number.isFinite), `${id} is finite`);
  if (at === 'input') assert.deepEqual([map.height, map.width], [input.height, input.width], id);
  else
    assert.ok(
      layers.some((layer) => layer.name === map.layer && layer.spatial),
      `${id} stands at '${map.layer}'`,
    );
}

function checkRefusal({ info: { id } }: Method, error: ErrorRecord, { layers }: ModelInfo, t: TestContext): void {
  t.diagnostic(`${id}: ${error.message}`);
  // 'weights': the topologies are filled with constants, and some overflow.
  assert.ok(['method', 'unsupported', 'weights'].includes(error.code), `${id}: ${error.code}: ${error.message}`);
  assert.ok(error.hint, `${id} says what to do instead`);
  const { where } = error;
  assert.ok(where !== undefined && error.message.includes(where), `${id} names the place: ${error.message}`);
  assert.ok(
    where === inputLayer || layers.some((layer) => layer.name === where || layer.aliases.includes(where)),
    `${id}: '${where}' is a layer`,
  );
}

/** Model files under a folder, in order of their names. */
function modelFiles(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const models = entries.filter((entry) => entry.isFile() && (entry.name.endsWith('.onnx') || entry.name === 'model.json'));
  return models.map((entry) => join(entry.parentPath, entry.name)).sort();
}

/** The model with a sidecar of its own: what some lack is not asked, and no label file says more or less than it. */
async function besideOwnSidecar(t: TestContext, file: string): Promise<string> {
  const folder = await newFolder(t);
  for (const entry of readdirSync(dirname(file), { withFileTypes: true })) {
    if (entry.isFile() && entry.name !== 'glassbox.json') symlinkSync(join(dirname(file), entry.name), join(folder, entry.name));
  }
  writeFileSync(join(folder, 'glassbox.json'), JSON.stringify({ input: unitPixels }));
  return join(folder, basename(file));
}

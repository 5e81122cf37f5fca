// Preprocessing and names that something beside or in the model states: hub configs, metadata, names of keras.applications.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import type { ModelHints } from '../../src/importers/model.ts';
import type { Preprocessing } from '../../src/shared/sidecar.ts';
import { kerasPreprocessing } from '../../src/sidecar/kerasFamilies.ts';
import { understand } from '../../src/sidecar/understand.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'glassbox-stated-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function put(path: string, content: unknown): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
}

const about = (path: string, hints: ModelHints = {}, channels = 3) => ({
  file: join(root, path),
  classes: 2,
  hints,
  input: { value: 'x', name: 'x', channels, height: 224, width: 224, layout: 'NCHW' as const },
});

const prepared = async (path: string, hints?: ModelHints, channels?: number) => {
  const { preprocessing, preprocessingFrom: from, preprocessingGuessed: guessed } = await understand(about(path, hints, channels));
  return { preprocessing, from, guessed };
};

const imagenet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const unit: Preprocessing = { resize: 'stretch', channels: 'RGB', scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1] };

test("timm's config.json: mean, std, interpolation and crop_pct", async () => {
  const cfg = { input_size: [3, 224, 224], interpolation: 'bicubic', crop_pct: 0.95, crop_mode: 'center', ...imagenet };
  put('net/config.json', { architecture: 'resnet18', pretrained_cfg: cfg });
  assert.deepEqual(await prepared('net/model.onnx'), {
    preprocessing: { ...unit, ...imagenet, resize: 'cover', interpolation: 'bicubic', crop: 0.95 },
    from: 'config.json (timm)',
    guessed: false,
  });
  put('net/config.json', { pretrained_cfg: { ...cfg, crop_mode: 'squash', crop_pct: 1 } });
  const squashed = (await prepared('net/model.onnx')).preprocessing;
  assert.deepEqual([squashed?.resize, squashed?.crop], ['stretch', undefined]);
});

test('what cannot be done as a config asks is unknown, not something near', async () => {
  const cfg = { interpolation: 'bicubic', crop_pct: 0.9, ...imagenet };
  for (const change of [
    { interpolation: 'lanczos' },
    { crop_mode: 'border' },
    { std: [0, 1, 1] },
    { mean: [0.5] },
    { crop_pct: 1.1 },
    { mean: ['a', 0, 0] },
  ]) {
    put('net/config.json', { pretrained_cfg: { ...cfg, ...change } });
    assert.equal((await prepared('net/model.onnx')).preprocessing, undefined, JSON.stringify(change));
  }
  for (const text of ['{ half', '[]', '{"pretrained_cfg": 3}', '{"__proto__": {"pretrained_cfg": {}}}']) {
    put('net/config.json', text);
    assert.deepEqual(await prepared('net/model.onnx'), { preprocessing: undefined, from: 'unknown', guessed: false }, text);
  }
});

const transformers: [string, object, Partial<Preprocessing> | undefined][] = [
  // ResNet, as microsoft/resnet-50 has it.
  [
    'shortest edge and crop_pct',
    {
      crop_pct: 0.875,
      do_normalize: true,
      do_resize: true,
      image_mean: imagenet.mean,
      image_std: imagenet.std,
      resample: 3,
      size: { shortest_edge: 224 },
    },
    { ...imagenet, resize: 'cover', crop: 0.875, interpolation: 'bicubic' },
  ],
  [
    'crop_pct from 384 pixels on',
    { crop_pct: 0.875, size: { shortest_edge: 384 }, resample: 3 },
    { resize: 'stretch', interpolation: 'bicubic' },
  ],
  // MobileNet v2, as google/mobilenet_v2_1.0_224 has it.
  [
    'resize and centre crop',
    {
      crop_size: { height: 224, width: 224 },
      do_center_crop: true,
      image_mean: [0.5, 0.5, 0.5],
      image_std: [0.5, 0.5, 0.5],
      resample: 2,
      size: { shortest_edge: 256 },
    },
    { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5], resize: 'cover', crop: 0.875, interpolation: 'bilinear' },
  ],
  ['height and width', { size: { height: 224, width: 224 }, resample: 2 }, { resize: 'stretch', interpolation: 'bilinear' }],
  // EfficientNet, as google/efficientnet-b0 has it, with the offset that its processor knows.
  [
    'value − 1 after rescaling',
    { rescale_factor: 1 / 127.5, rescale_offset: true, do_normalize: false, size: { height: 224, width: 224 }, resample: 0 },
    { scale: 1 / 127.5, mean: [1, 1, 1], resize: 'stretch', interpolation: 'nearest' },
  ],
  // MobileViT, as apple/mobilevit-small has it.
  [
    'BGR without normalisation',
    {
      crop_size: { height: 256, width: 256 },
      do_center_crop: true,
      do_flip_channel_order: true,
      do_normalize: false,
      size: { shortest_edge: 288 },
      resample: 2,
    },
    { channels: 'BGR', resize: 'cover', crop: 256 / 288, interpolation: 'bilinear' },
  ],
  ['no resize', { do_resize: false, size: 224 }, undefined],
  ['lanczos', { size: 224, resample: 1 }, undefined],
];

for (const [name, config, expected] of transformers) {
  test(`preprocessor_config.json of transformers: ${name}`, async () => {
    put('net/preprocessor_config.json', config);
    const { preprocessing, from } = await prepared('net/model.onnx');
    assert.deepEqual(preprocessing, expected && { ...unit, ...expected });
    assert.equal(from, expected ? 'preprocessor_config.json (transformers)' : 'unknown');
  });
}

test('a folder called onnx has the configs above it; names come with them, unless they are made up', async () => {
  put('repo/preprocessor_config.json', { size: { height: 224, width: 224 }, resample: 2 });
  put('repo/config.json', { id2label: { 0: 'cat', 1: 'dog' } });
  assert.equal((await prepared('repo/onnx/model.onnx')).from, 'preprocessor_config.json (transformers)');
  assert.equal((await prepared('repo/other/model.onnx')).from, 'unknown');
  const { labels, labelsFrom } = await understand(about('repo/onnx/model.onnx'));
  assert.deepEqual([labels, labelsFrom], [['cat', 'dog'], 'config.json']);
  put('repo/config.json', { id2label: { 0: 'LABEL_0', 1: 'LABEL_1' } });
  assert.equal((await understand(about('repo/onnx/model.onnx'))).labels, undefined);
  put('repo/config.json', { label_names: ['tench', 'goldfish'] });
  assert.deepEqual((await understand(about('repo/onnx/model.onnx'))).labels, ['tench', 'goldfish']);
});

test('metadata in the model: one number for all channels or one for each; what does not fit them is left out', async () => {
  const stated = async (mean: number[], std: number[], channels = 3) =>
    await prepared('m.tflite', { normalization: { mean, std, from: 'TFLite metadata' } }, channels);
  assert.deepEqual(await stated([127.5], [127.5]), {
    preprocessing: { ...unit, scale: 1, mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] },
    from: 'TFLite metadata',
    guessed: false,
  });
  assert.deepEqual((await stated([1, 2, 3], [4, 5, 6])).preprocessing?.std, [4, 5, 6]);
  assert.deepEqual((await stated([0], [255], 1)).preprocessing, { ...unit, channels: 'gray', scale: 1, mean: [0], std: [255] });
  assert.equal((await stated([0], [255], 4)).preprocessing?.channels, 'RGBA');
  for (const [mean, std, channels] of [
    [[1, 2, 3], [1], 1],
    [[0], [0], 3],
    [[Number.NaN], [1], 3],
    [[0], [1], 12],
  ] as const) {
    assert.equal((await stated([...mean], [...std], channels)).preprocessing, undefined);
  }
});

const names: [string, 'caffe' | 'tf' | 'torch' | undefined][] = [
  ['vgg16', 'caffe'],
  ['vgg19', 'caffe'],
  ['resnet50', 'caffe'],
  ['resnet152', 'caffe'],
  ['resnet50_1', 'caffe'],
  ['resnet50v2', 'tf'],
  ['inception_v3', 'tf'],
  ['inception_resnet_v2', 'tf'],
  ['xception', 'tf'],
  ['mobilenet_1.00_224', 'tf'],
  ['mobilenet_0.25_None', 'tf'],
  ['mobilenetv2_0.35_96', 'tf'],
  ['NASNet', 'tf'],
  ['nasnet_mobile', 'tf'],
  ['densenet121', 'torch'],
  // They rescale by layers of their own; without them nothing is known.
  ['efficientnetb0', undefined],
  ['efficientnetv2-b0', undefined],
  ['MobileNetV3Large', undefined],
  ['convnext_tiny', undefined],
  ['my_resnet50', undefined],
  ['resnet', undefined],
  ['vgg16_features', undefined],
];

for (const [name, mode] of names) {
  test(`the name '${name}': ${mode ?? 'nothing follows'}`, () => assert.equal(kerasPreprocessing(name)?.mode, mode));
}

test('a guess comes last, is said to be one, and is made for colours only', async () => {
  const hints = { modelName: 'resnet50' };
  const guess = await prepared('m.keras', hints);
  assert.deepEqual([guess.from, guess.guessed, guess.preprocessing?.channels], ["the name 'resnet50'", true, 'BGR']);
  assert.equal((await prepared('m.keras', hints, 1)).preprocessing, undefined);
  const layers = await prepared('m.keras', { ...hints, rescaling: ['rescaling'] });
  assert.deepEqual([layers.from, layers.guessed, layers.preprocessing?.scale], ["layer 'rescaling'", false, 1]);
  put('m.glassbox.json', { input: { scale: 0.5 } });
  const told = await prepared('m.keras', hints);
  assert.deepEqual([told.from, told.guessed], ['m.glassbox.json', false]);
});

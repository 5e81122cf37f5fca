/** Every kind of bad input through the engine: an error that names the file and the next step, in time, and the next job works. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rm, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import sharp, { type Sharp } from 'sharp';
import { DataType, type TensorProto } from '../../src/formats/onnx/types.ts';
import type { JsonObject } from '../../src/importers/keras/json.ts';
import type { ErrorCode } from '../../src/shared/errors.ts';
import { ModelError } from '../../src/shared/errors.ts';
import { newEngine, newFolder, unitPixels, writeClassifier, writePicture } from '../support/engineCalls.ts';
import { node, noise, weight } from '../support/onnxModels.ts';
import { functional, input, layer, modelFiles, smallNet, type TestWeight, writeModel } from '../support/tfjsModels.ts';

const timeout = 10_000;

interface Expected {
  code: ErrorCode;
  message: RegExp;
  hint: RegExp;
}

/** Both calls fail with it, naming `file`. */
async function refused(model: string, image: string, file: string, { code, message, hint }: Expected): Promise<void> {
  const { predict, explain } = newEngine();
  for (const call of [() => predict(model, image), () => explain(model, image, { method: 'grad-cam' })]) {
    const error = await call().then(
      () => assert.fail('nothing was refused'),
      (e: unknown) => e,
    );
    assert.ok(error instanceof ModelError, String(error));
    assert.match(error.message, message);
    assert.equal(error.code, code, error.message);
    assert.equal(error.file, file);
    assert.match(error.hint ?? '', hint);
  }
}

// ---------------------------------------------------------------- images

interface BadImage extends Expected {
  name: string;
  file: string;
  write(path: string): Promise<unknown>;
}

const plain = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: { r: 200, g: 100, b: 50 } } });

/** Header of a PNG of this size, with no pixels behind it. */
async function hugePng(path: string): Promise<void> {
  const bytes = await plain(4, 4).png().toBuffer();
  bytes.writeUInt32BE(20_000, 16);
  bytes.writeUInt32BE(20_000, 20);
  const { crc32 } = await import('node:zlib');
  bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
  await writeFile(path, bytes);
}

const badImages: readonly BadImage[] = [
  {
    name: 'truncated png',
    file: 'half.png',
    write: async (path) => {
      await writePicture(path, { width: 64, height: 64 });
      await truncate(path, 4000);
    },
    code: 'file-corrupt',
    message: /The png image '.*half\.png' is damaged or incomplete/,
    hint: /Restore the file/,
  },
  {
    name: 'corrupt jpg',
    file: 'corrupt.jpg',
    write: async (path) => await writeFile(path, Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.from(noise(50).buffer)])),
    code: 'file-corrupt',
    message: /The jpeg image '.*corrupt\.jpg' is damaged/,
    hint: /Restore the file/,
  },
  {
    name: 'text named png',
    file: 'text.png',
    write: (path) => writeFile(path, 'this is a text\n'),
    code: 'format-unknown',
    message: /'.*text\.png' is .*text.*not an image/,
    hint: /Choose a png, jpg/,
  },
  {
    name: 'empty',
    file: 'empty.png',
    write: (path) => writeFile(path, ''),
    code: 'format-unknown',
    message: /an empty file/,
    hint: /Restore/,
  },
  {
    name: 'missing',
    file: 'missing.png',
    write: async () => {},
    code: 'file-missing',
    message: /'.*missing\.png' is not there/,
    hint: /Check the path/,
  },
  {
    name: '20,000×20,000',
    file: 'huge.png',
    write: hugePng,
    code: 'file-too-large',
    message: /20000×20000 pixels \(400 megapixels\)/,
    hint: /smaller copy/,
  },
];

for (const bad of badImages) {
  test(`image: ${bad.name}`, { timeout }, async (t) => {
    const folder = await newFolder(t);
    const model = await writeClassifier(folder);
    const image = join(folder, bad.file);
    await bad.write(image);
    await refused(model, image, image, bad);
  });
}

const oddImages: Record<string, (path: string) => Promise<unknown>> = {
  'one-pixel.png': (path) => plain(1, 1).png().toFile(path),
  'row.png': (path) => plain(5000, 1).png().toFile(path),
  'grey.png': (path) => plain(9, 7).greyscale().toColourspace('b-w').png().toFile(path),
  'alpha.png': (path) => plain(9, 7).ensureAlpha(0.5).png().toFile(path),
  'cmyk.jpg': (path) => plain(9, 7).toColourspace('cmyk').jpeg().toFile(path),
  'sixteen-bit.png': (path) => plain(9, 7).toColourspace('rgb16').png().toFile(path),
  'animated.gif': async (path) => await animation().gif().toFile(path),
  'animated.webp': async (path) => await animation().webp().toFile(path),
  'picture.tiff': (path) => plain(9, 7).tiff().toFile(path),
};

/** Two frames. */
function animation(): Sharp {
  const data = Buffer.concat([Buffer.alloc(8 * 8 * 3, 255), Buffer.alloc(8 * 8 * 3, 0)]);
  return sharp(data, { raw: { width: 8, height: 16, channels: 3, pageHeight: 8 } });
}

test('odd images that are fine give a prediction and a map', { timeout }, async (t) => {
  const folder = await newFolder(t);
  const model = await writeClassifier(folder);
  const { predict, explain } = newEngine();
  for (const [name, write] of Object.entries(oddImages)) {
    const image = join(folder, name);
    await write(image);
    const { logits, fed } = await predict(model, image);
    assert.ok(logits.every(Number.isFinite), name);
    assert.ok(fed.covers.width > 0 && fed.max <= 1, name);
    const map = await explain(model, image, { method: 'grad-cam' });
    assert.ok(map.values.every(Number.isFinite), name);
  }
});

test('image: a pipe nobody writes into', { timeout, skip: process.platform === 'win32' }, async (t) => {
  const folder = await newFolder(t);
  const model = await writeClassifier(folder);
  const image = join(folder, 'pipe.png');
  execFileSync('mkfifo', [image]);
  await refused(model, image, image, { code: 'file-missing', message: /pipe\.png' is a device, pipe or socket/, hint: /file itself/ });
});

// ---------------------------------------------------------------- models

interface BadModel extends Expected {
  name: string;
  write(t: TestContext): Promise<string>;
}

const sidecar = { 'glassbox.json': Buffer.from(JSON.stringify({ input: unitPixels })) };

async function keras(t: TestContext, model: { topology: JsonObject; weights: readonly TestWeight[] } = smallNet()): Promise<string> {
  return await writeModel(t, { ...modelFiles({ ...model, shardBytes: 200 }), ...sidecar });
}

async function onnx(t: TestContext, overrides: Parameters<typeof writeClassifier>[1] = {}): Promise<string> {
  return await writeClassifier(await newFolder(t), overrides);
}

async function withoutShard(t: TestContext): Promise<string> {
  const path = await keras(t);
  await rm(join(dirname(path), 'group1-shard2of3.bin'));
  return path;
}

async function shortShard(t: TestContext): Promise<string> {
  const path = await keras(t);
  await truncate(join(dirname(path), 'group1-shard2of3.bin'), 100);
  return path;
}

function withNumber(value: number): TestWeight[] {
  return smallNet().weights.map((w) => (w.name === 'conv/bias' ? { ...w, values: [0, value, 0, 0] } : w));
}

const externalWeight: TensorProto = {
  name: 'w1',
  dims: [4, 3, 3, 3],
  dataType: DataType.FLOAT,
  dataLocation: 'external',
  externalData: { location: 'weights.bin', offset: 0, length: 432 },
} as unknown as TensorProto;

const badModels: readonly BadModel[] = [
  { name: 'missing shard', write: withoutShard, code: 'file-missing', message: /'group1-shard2of3\.bin' is missing/, hint: /one folder/ },
  {
    name: 'short shard',
    write: shortShard,
    code: 'file-corrupt',
    message: /100 bytes too few; 'group1-shard2of3\.bin' has 100/,
    hint: /again, all files together/,
  },
  {
    name: 'model.json without weights',
    write: async (t) => await writeModel(t, { 'model.json': Buffer.from('{"modelTopology": {}}'), ...sidecar }),
    code: 'file-corrupt',
    message: /describes no model: its modelTopology has no layers/,
    hint: /model\.save\(\)/,
  },
  {
    name: 'model.json cut off',
    write: async (t) => {
      const path = await keras(t);
      await truncate(path, 500);
      return path;
    },
    code: 'file-corrupt',
    message: /model\.json is cut off/,
    hint: /again/,
  },
  {
    name: 'truncated .onnx',
    write: async (t) => {
      const path = await onnx(t);
      await truncate(path, 700);
      return path;
    },
    code: 'file-corrupt',
    message: /truncated at byte 11: 864 bytes are announced, 689 are left/,
    hint: /again/,
  },
  {
    name: 'no model there',
    write: async (t) => join(await newFolder(t), 'model.onnx'),
    code: 'file-missing',
    message: /'model\.onnx' is not there/,
    hint: /choose another model/,
  },
  {
    name: 'external data missing',
    write: (t) => onnx(t, { initializers: [externalWeight, weight('b1', [4]), weight('w2', [5, 4]), weight('b2', [5])] }),
    code: 'file-missing',
    message: /'weights\.bin' with the weights of 'w1' is not beside the model/,
    hint: /folder of the model/,
  },
  {
    name: 'unsupported operator',
    write: (t) => onnx(t, { nodes: [node('GRU', 'x w1', 'logits')], initializers: [weight('w1', [4, 3, 3, 3])] }),
    code: 'unsupported',
    message: /^GRU 'n_logits' is not supported\.$/,
    hint: /plain operators/,
  },
  {
    name: 'unsupported layer',
    write: (t) =>
      keras(t, {
        topology: functional([input(), layer('ConvLSTM2D', 'odd', {}, ['image'])]),
        weights: [{ name: 'odd/kernel', shape: [1] }],
      }),
    code: 'unsupported',
    message: /does not support: 'odd' \(ConvLSTM2D\)/,
    hint: /ONNX/,
  },
  {
    name: 'unknown input size',
    write: (t) => keras(t, smallNet({ image: input([null, null, 3]) })),
    code: 'input',
    message: /its input 'image' is float32 \[N,\?,\?,3\]/,
    hint: /input\.size to \[height, width\] in the sidecar/,
  },
  {
    name: 'input that is no image',
    write: (t) =>
      keras(t, {
        topology: functional([input([10], 'row'), layer('Dense', 'scores', { units: 5 }, ['row'])]),
        weights: [
          { name: 'scores/kernel', shape: [10, 5] },
          { name: 'scores/bias', shape: [5] },
        ],
      }),
    code: 'input',
    message: /'row' is float32 \[N,10\], which is no image/,
    hint: /an image as input/,
  },
  {
    name: 'NaN weights',
    write: (t) => keras(t, { ...smallNet(), weights: withNumber(Number.NaN) }),
    code: 'weights',
    message: /Layer 'conv' \(Conv2D\): weight 'conv\/bias' holds NaN/,
    hint: /earlier checkpoint/,
  },
  {
    name: 'infinite weights',
    write: (t) => keras(t, { ...smallNet(), weights: withNumber(Number.POSITIVE_INFINITY) }),
    code: 'weights',
    message: /weight 'conv\/bias' holds Infinity/,
    hint: /earlier checkpoint/,
  },
  {
    name: 'NaN in ONNX weights',
    write: (t) =>
      onnx(t, {
        initializers: [weight('w1', [4, 3, 3, 3]), weight('b1', [4], [0, Number.NaN, 0, 0]), weight('w2', [5, 4]), weight('b2', [5])],
      }),
    code: 'weights',
    message: /'b1' of Conv 'n_conv' holds NaN/,
    hint: /earlier checkpoint/,
  },
  {
    name: 'a text named .onnx',
    write: async (t) => {
      const path = await onnx(t);
      await writeFile(path, 'not a model\n');
      return path;
    },
    code: 'file-corrupt',
    message: /is text, not an ONNX model/,
    hint: /again/,
  },
  {
    name: 'an empty .onnx',
    write: async (t) => {
      const path = await onnx(t);
      await writeFile(path, '');
      return path;
    },
    code: 'format-unknown',
    message: /The file is empty/,
    hint: /again/,
  },
];

for (const bad of badModels) {
  test(`model: ${bad.name}`, { timeout }, async (t) => {
    const model = await bad.write(t);
    const image = await writePicture(join(await newFolder(t), 'picture.png'));
    await refused(model, image, model, bad);
  });
}

test('labels of the wrong length are a warning that names both numbers', { timeout }, async (t) => {
  const folder = await newFolder(t);
  const model = await writeClassifier(folder, {}, { labels: undefined });
  await writeFile(join(folder, 'labels.txt'), 'one\ntwo\nthree\n');
  const image = await writePicture(join(folder, 'picture.png'));
  const { predict } = newEngine();
  const { model: info, top } = await predict(model, image);
  assert.equal(info.labels, undefined);
  assert.match(top[0]?.label ?? '', /^output \d$/);
  const [warning, ...more] = info.warnings;
  assert.equal(more.length, 0);
  assert.equal(warning?.code, 'labels');
  assert.equal(warning?.file, join(folder, 'labels.txt'));
  assert.match(warning?.message ?? '', /3.*5|5.*3/);
  assert.match(warning?.hint ?? '', /./);
});

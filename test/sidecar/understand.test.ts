import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { ModelError } from '../../src/shared/errors.ts';
import type { Preprocessing } from '../../src/shared/sidecar.ts';
import { sidecarChoices, sidecarPaths } from '../../src/sidecar/find.ts';
import { understand } from '../../src/sidecar/understand.ts';
import { newSidecar, saveSidecar } from '../../src/sidecar/write.ts';
import { sharedMissing, sharedPath } from '../support/shared.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'glassbox-sidecar-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function put(path: string, content: unknown): string {
  const absolute = join(root, path);
  mkdirSync(dirname(absolute), { recursive: true });
  writeFileSync(absolute, typeof content === 'string' ? content : JSON.stringify(content));
  return absolute;
}

const model = (
  path = 'net/m.onnx',
  { classes = 2, channels = 3, ...hints }: { classes?: number; channels?: number; labels?: string[]; rescaling?: string[] } = {},
) => ({
  file: join(root, path),
  classes,
  hints,
  input: { value: 'x', name: 'x', channels, height: 8, width: 8, layout: 'NCHW' as const },
});

const unit: Preprocessing = { resize: 'stretch', channels: 'RGB', scale: 0.5, mean: [0, 0, 0], std: [1, 1, 1] };

test('where sidecars are looked for', () => {
  assert.deepEqual(
    sidecarPaths('/a/b/net.v2.onnx').map((path) => path.replaceAll('\\', '/').replace(/^[A-Z]:/, '')),
    ['/a/b/net.v2.glassbox.json', '/a/b/glassbox.json', '/a/glassbox.json'],
  );
  assert.equal(basename(sidecarPaths('/a/model.json')[0]!), 'model.glassbox.json');
});

test('nothing known', async () => {
  put('net/m.onnx', '');
  assert.deepEqual(await understand(model()), {
    labels: undefined,
    labelsFrom: 'unknown',
    labelSet: undefined,
    preprocessing: undefined,
    preprocessingFrom: 'unknown',
    preprocessingGuessed: false,
    sidecarPath: undefined,
    warnings: [],
  });
});

test('precedence of sidecars, entry by entry', async () => {
  put('glassbox.json', { labels: ['above 0', 'above 1'], input: { ...unit, scale: 3 } });
  let known = await understand(model());
  assert.deepEqual([known.labels, known.labelsFrom, known.preprocessing?.scale], [['above 0', 'above 1'], 'glassbox.json', 3]);
  put('net/glassbox.json', { labels: ['beside 0', 'beside 1'] });
  known = await understand(model());
  assert.deepEqual([known.labels?.[0], known.preprocessing?.scale], ['beside 0', 3]);
  const own = put('net/m.glassbox.json', { input: unit });
  known = await understand(model());
  assert.deepEqual([known.labels?.[0], known.preprocessing, known.preprocessingFrom], ['beside 0', unit, 'm.glassbox.json']);
  assert.equal(known.sidecarPath, own);
  assert.deepEqual(known.warnings, []);
});

test('a label file named by the sidecar above is relative to the sidecar', async () => {
  put('glassbox.json', { labels: 'lists/names.txt' });
  put('lists/names.txt', 'cat\ndog\n');
  const known = await understand(model('tfjs/model.json'));
  assert.deepEqual([known.labels, known.labelsFrom], [['cat', 'dog'], 'lists/names.txt (glassbox.json)']);
});

test('a sidecar names no files outside its folder', async (t) => {
  put('secret.txt', 'a\nb');
  for (const name of ['../secret.txt', join(root, 'secret.txt'), 'x/../../secret.txt', '..\\secret.txt']) {
    put('net/glassbox.json', { labels: name });
    const known = await understand(model());
    assert.equal(known.labels, undefined);
    assert.match(known.warnings[0]?.message ?? '', /outside its folder/, name);
  }
  if (process.platform === 'win32') return t.skip('left out: symbolic links need rights on Windows');
  symlinkSync(join(root, 'secret.txt'), join(root, 'net', 'link.txt'));
  put('net/glassbox.json', { labels: 'link.txt' });
  assert.match((await understand(model())).warnings[0]?.message ?? '', /outside its folder/);
});

test('labels: sidecar, then the model file, then files, then folders', async () => {
  const image = put('data/dog/1.jpg', '');
  put('data/cat/1.JPG', '');
  const hinted = model('net/m.onnx', { labels: ['h0', 'h1'] });
  const from = async (about = model()) => (await understand(about, { imagePath: image })).labelsFrom;
  assert.equal(await from(), 'folders beside the image');
  put('net/metadata.json', { labels: ['a', 'b'] });
  assert.equal(await from(), 'metadata.json');
  put('net/class_names.txt', 'a\nb');
  assert.equal(await from(), 'class_names.txt');
  put('net/labels.json', ['a', 'b']);
  assert.equal(await from(), 'labels.json');
  put('net/labels.txt', 'a\nb');
  assert.equal(await from(), 'labels.txt');
  assert.equal(await from(hinted), 'the model file');
  put('net/m.glassbox.json', { labels: ['s0', 's1'] });
  assert.equal(await from(hinted), 'm.glassbox.json');
});

test('labels of the wrong length: a warning with both counts, never used, the next source is asked', async () => {
  const bad = put('net/labels.txt', 'background\ncat\ndog');
  put('net/class_names.txt', 'cat\ndog');
  const known = await understand(model());
  assert.deepEqual(known.labels, ['cat', 'dog']);
  assert.equal(known.warnings.length, 1);
  assert.match(known.warnings[0]!.message, /labels\.txt' has 3 class names, but the model has 2 outputs/);
  assert.match(known.warnings[0]!.hint ?? '', /background/);
  assert.equal(known.warnings[0]!.file, bad);
});

test('class folders count only if there is one per class, all with images; order is by code point', async () => {
  const image = put('data/b10/1.png', '');
  put('data/B2/1.png', '');
  put('data/\u{1f600}/1.png', '');
  put('data/\uffee/1.png', '');
  put('data/.git/config', '');
  put('data/readme.txt', '');
  const folders = async (classes: number) => (await understand(model('net/m.onnx', { classes }), { imagePath: image })).labels;
  assert.deepEqual(await folders(4), ['B2', 'b10', '\uffee', '\u{1f600}']);
  assert.equal(await folders(5), undefined);
  put('data/src/main.py', '');
  assert.equal(await folders(5), undefined);
});

test('layers that rescale mean raw pixels; a sidecar goes first', async () => {
  const known = await understand(model('net/m.onnx', { rescaling: ['rescaling', 'normalization'] }));
  assert.deepEqual(known.preprocessing, { ...unit, scale: 1 });
  assert.equal(known.preprocessingFrom, "layers 'rescaling', 'normalization'");
  const gray = await understand(model('net/m.onnx', { rescaling: ['rescaling'], channels: 1 }));
  assert.deepEqual([gray.preprocessing?.channels, gray.preprocessing?.mean, gray.preprocessingFrom], ['gray', [0], "layer 'rescaling'"]);
  put('net/glassbox.json', { input: unit });
  assert.equal((await understand(model('net/m.onnx', { rescaling: ['rescaling'] }))).preprocessing?.scale, 0.5);
});

test("Teachable Machine's metadata tells labels and preprocessing", async () => {
  put('net/metadata.json', { packageName: '@teachablemachine/image', labels: ['Gato', 'Perro'], imageSize: 224 });
  const known = await understand(model('net/model.json'));
  assert.deepEqual(
    [known.labels, known.labelsFrom, known.preprocessingFrom],
    [['Gato', 'Perro'], 'metadata.json', 'metadata.json (Teachable Machine)'],
  );
  assert.deepEqual(known.preprocessing, { resize: 'cover', channels: 'RGB', scale: 1 / 127, mean: [1, 1, 1], std: [1, 1, 1] });
  put('net/metadata.json', { packageName: 'other', labels: ['Gato', 'Perro'] });
  assert.equal((await understand(model('net/model.json'))).preprocessing, undefined);
});

test('a broken sidecar warns and hides nothing else', async () => {
  const broken = put('net/m.glassbox.json', '{"labels": [');
  put('net/glassbox.json', { labels: ['a', 'b'], input: { scale: 'x' } });
  const known = await understand(model());
  assert.deepEqual([known.labels, known.preprocessing, known.sidecarPath], [['a', 'b'], undefined, broken]);
  assert.deepEqual(
    known.warnings.map((warning) => [warning.code, warning.where]),
    [
      ['file-corrupt', undefined],
      ['input', '/input/scale'],
    ],
  );
});

test('a label file that is not there is named', async () => {
  put('net/glassbox.json', { labels: 'names.txt' });
  assert.match((await understand(model())).warnings[0]?.message ?? '', /names\.txt' is not there/);
});

test('the input size for models that leave it open, the output of those that have several', async () => {
  assert.deepEqual(await sidecarChoices(join(root, 'net/m.onnx')), {});
  put('net/glassbox.json', { input: { ...unit, size: [64, 48] }, output: 'age' });
  assert.deepEqual(await sidecarChoices(join(root, 'net/m.onnx')), { inputSize: [64, 48], output: 'age' });
  put('net/m.glassbox.json', { output: 'gender' });
  assert.deepEqual(await sidecarChoices(join(root, 'net/m.onnx')), { inputSize: [64, 48], output: 'gender' });
});

test('the sidecars of the test models are understood without a warning', async (t) => {
  const models = sharedPath('models');
  if (!models) return t.skip(sharedMissing);
  for (const [file, classes, name, channels, scale] of [
    ['squeezenet-imagenet/tfjs-layers/model.json', 1000, 'goldfish', 'BGR', 1],
    ['squeezenet-imagenet/squeezenet_v1.0.onnx', 1000, 'goldfish', 'BGR', 1],
    ['darknet-tiny-imagenet/darknet_tiny.onnx', 1000, 'English setter', 'RGB', 1 / 255],
    ['teachable-machine-catdog/model.json', 2, 'Perro', 'RGB', 1 / 127.5],
    ['resnet8-cifar10-and-vww/vww_96.h5', 2, 'person', 'RGB', 1 / 255],
  ] as const) {
    const known = await understand({ ...model(), file: join(models, file), classes });
    assert.deepEqual(known.warnings, [], file);
    assert.deepEqual(
      [known.labels?.length, known.labels?.[1], known.preprocessing?.channels, known.preprocessing?.scale],
      [classes, name, channels, scale],
    );
  }
});

test('saving makes MODELNAME.glassbox.json, or glassbox.json for model.json, and is read back', async () => {
  put('net/m.onnx', '');
  put('tfjs/model.json', '');
  assert.equal(await saveSidecar(join(root, 'net/m.onnx'), { input: unit }), join(root, 'net/m.glassbox.json'));
  assert.deepEqual((await understand(model())).preprocessing, unit);
  assert.equal(await saveSidecar(join(root, 'tfjs/model.json'), { input: unit }), join(root, 'tfjs/glassbox.json'));
  assert.deepEqual(readdirSync(join(root, 'net')).sort(), ['m.glassbox.json', 'm.onnx']);
});

test('saving keeps what it does not change; one for other models above is left alone', async () => {
  const above = put('glassbox.json', { labels: ['a', 'b'] });
  const own = put('net/glassbox.json', { comment: 'mine', labels: 'l.txt', input: { scale: 9 } });
  assert.equal(await saveSidecar(join(root, 'net/m.onnx'), { input: unit }), own);
  assert.equal(readFileSync(own, 'utf8'), `${JSON.stringify({ comment: 'mine', labels: 'l.txt', input: unit }, undefined, 2)}\n`);
  assert.deepEqual(JSON.parse(readFileSync(above, 'utf8')), { labels: ['a', 'b'] });
});

test('saving over a broken sidecar is refused, the file stays', async () => {
  const path = put('net/m.glassbox.json', '{ half');
  await assert.rejects(
    saveSidecar(join(root, 'net/m.onnx'), { input: unit }),
    (error: unknown) => error instanceof ModelError && error.file === path,
  );
  assert.equal(readFileSync(path, 'utf8'), '{ half');
});

test('saving where nothing may be written', async (t) => {
  if (process.platform === 'win32' || process.getuid?.() === 0) return t.skip('left out: permissions do not bind this user');
  put('net/m.onnx', '');
  chmodSync(join(root, 'net'), 0o500);
  try {
    await assert.rejects(saveSidecar(join(root, 'net/m.onnx'), {}), /m\.glassbox\.json' cannot be written \(EACCES\)/);
  } finally {
    chmodSync(join(root, 'net'), 0o700);
  }
});

test('saving into a folder that is not there is named', async () => {
  await assert.rejects(
    saveSidecar(join(root, 'gone/m.onnx'), {}),
    (error: unknown) => error instanceof ModelError && /gone.*ENOENT/.test(error.message),
  );
});

test('a new sidecar is valid and makes nothing up', async () => {
  const two = { classes: 2, activation: 'softmax', outputs: [], output: 'scores' } as const;
  const nothing = { labels: undefined, labelSet: undefined, preprocessing: undefined, preprocessingGuessed: false };
  assert.deepEqual(JSON.parse(newSidecar(two, nothing)), { labels: ['class 0', 'class 1'] });
  assert.deepEqual(JSON.parse(newSidecar({ ...two, classes: 1000 }, nothing)), {});
  assert.deepEqual(JSON.parse(newSidecar({ ...two, activation: 'none' }, nothing)), {}, 'names would make classes of a regression');
  assert.deepEqual(JSON.parse(newSidecar({ ...two, activation: 'none', outputs: ['scores', 'b'] }, nothing)), { output: 'scores' });
  put('net/m.glassbox.json', newSidecar(two, { ...nothing, labels: ['a', 'b'], preprocessing: unit }));
  const known = await understand(model());
  assert.deepEqual([known.labels, known.preprocessing, known.warnings], [['a', 'b'], unit, []]);
});

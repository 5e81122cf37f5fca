// Model files on disk: nothing outside the folder, nothing too large, nothing half written.
import assert from 'node:assert/strict';
import { mkdir, readFile, rename, symlink, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileSource } from '../../src/importers/files.ts';
import { importers, openModel } from '../../src/importers/index.ts';
import { type ErrorCode, ModelError } from '../../src/shared/errors.ts';
import { edit, memorySource, modelFiles, smallNet, writeModel } from '../support/tfjsModels.ts';

async function rejected(promise: Promise<unknown>, code: ErrorCode, message: string | RegExp): Promise<ModelError> {
  const error = await promise.then(
    () => undefined,
    (e: unknown) => e,
  );
  assert.ok(error instanceof ModelError, `a ModelError, not ${error}`);
  assert.equal(error.code, code);
  if (typeof message === 'string') assert.equal(error.message, message);
  else assert.match(error.message, message);
  return error;
}

const shard = 'group1-shard1of1.bin';

test('a model on disk, also one whose shards are links', async (t) => {
  const path = await writeModel(t, modelFiles(smallNet()));
  const model = await openModel(await fileSource(path));
  assert.equal(model.file, path);
  assert.equal(model.classes, 5);
  await mkdir(join(dirname(path), 'blobs'));
  await rename(join(dirname(path), shard), join(dirname(path), 'blobs', 'abc'));
  await symlink(join('blobs', 'abc'), join(dirname(path), shard));
  assert.equal((await openModel(await fileSource(path))).hash, model.hash);
});

test('a part of a file', async (t) => {
  const path = await writeModel(t, modelFiles(smallNet()));
  const whole = new Uint8Array(await readFile(join(dirname(path), shard)));
  const source = await fileSource(path);
  const part = async (start: number, end: number) => await source.readPart?.(shard, start, end);
  assert.deepEqual(await part(5, 13), whole.subarray(5, 13));
  assert.deepEqual(await part(whole.length - 3, 2 ** 50), whole.subarray(-3));
  assert.deepEqual(await part(2 ** 50, 2 ** 51), new Uint8Array(0));
  await rejected(source.readPart?.('../x', 0, 4) as Promise<unknown>, 'file-corrupt', /nothing outside is read/);
  await truncate(join(dirname(path), shard), 4);
  assert.equal(await source.changed(), shard);
});

test('a part that is larger than what is read', async (t) => {
  const path = await writeModel(t, modelFiles(smallNet()));
  const source = await fileSource(path, { maxBytes: (await readFile(path)).length + 100 });
  assert.equal((await source.readPart?.(shard, 0, 100))?.length, 100);
  await rejected(source.readPart?.(shard, 0, 1) as Promise<unknown>, 'file-too-large', /0 left/);
});

test('names that lead out of the folder', async (t) => {
  const files = modelFiles(smallNet());
  for (const name of [
    '../x.bin',
    'a/../../x.bin',
    '/etc/passwd',
    'C:\\x.bin',
    '..\\x.bin',
    '\\\\host\\x.bin',
    'https://host/x.bin',
    'file:///x.bin',
    '',
  ]) {
    const path = await writeModel(
      t,
      edit(files, (json) => Object.assign(json, { weightsManifest: [{ ...(json.weightsManifest[0] as object), paths: [name] }] })),
    );
    const error = await rejected(
      openModel(await fileSource(path)),
      'file-corrupt',
      `The model refers to '${name}', which is not in its folder; nothing outside is read.`,
    );
    assert.equal(error.file, path);
  }
});

test('files that are missing, too large, or no files', async (t) => {
  const path = await writeModel(t, modelFiles(smallNet()));
  const folder = dirname(path);
  const missing = await rejected(fileSource(join(folder, 'other.json')), 'file-missing', "'other.json' is not there.");
  assert.equal(missing.file, join(folder, 'other.json'));
  await rejected(fileSource(folder), 'file-corrupt', /is no file\.$/);
  const size = (await readFile(path)).length;
  await rejected(fileSource(path, { maxBytes: size - 1 }), 'file-too-large', new RegExp(`^'model.json' has ${size} bytes`));
  await rejected(
    openModel(await fileSource(path, { maxBytes: size + 100 })),
    'file-too-large',
    /^'group1-shard1of1\.bin' has 548 bytes, .*\(100 left\)/,
  );
});

test('a sparse file of 3 GiB is refused without reading it', async (t) => {
  const path = await writeModel(t, modelFiles(smallNet()));
  await truncate(join(dirname(path), shard), 3 * 2 ** 30);
  await rejected(openModel(await fileSource(path)), 'file-too-large', /^'group1-shard1of1\.bin' has 3221225472 bytes/);
});

test('a model that is overwritten while it loads is read again, as a whole', async (t) => {
  const files = modelFiles(smallNet());
  const path = await writeModel(t, files);
  const source = await fileSource(path);
  // A writer replaces both files between the reading of model.json and of the shard.
  const net = smallNet();
  const other = modelFiles({
    ...net,
    weights: net.weights.map((w) => ({
      ...w,
      values: new Float32Array(200).fill(7).subarray(
        0,
        w.shape.reduce((n, d) => n * d, 1),
      ),
    })),
  });
  await writeFile(path, Buffer.concat([other['model.json'] as Uint8Array, Buffer.from('\n')]));
  await writeFile(join(dirname(path), shard), other[shard] as Uint8Array);
  const model = await openModel(source);
  assert.ok(model.graph.constants.get('conv/bias')?.data.every((v) => v === 7));
  assert.equal(model.hash, (await openModel(await fileSource(path))).hash);
});

test('a model that never stops changing is refused', async (t) => {
  const path = await writeModel(t, modelFiles(smallNet()));
  const source = await fileSource(path);
  const restless = (s: typeof source): typeof source => ({
    ...s,
    read: async (name) => {
      const bytes = await s.read(name);
      await writeFile(path, Buffer.concat([await readFile(path), Buffer.from(' ')]));
      return bytes;
    },
    again: async () => restless(await s.again()),
  });
  const error = await rejected(openModel(restless(source)), 'file-changed', "'model.json' changed while it was being read.");
  assert.equal(error.file, path);
  assert.match(error.hint ?? '', /try again/);
});

test('files that are no model say what they are and what to do', async () => {
  const bytes = (...parts: (string | number[])[]) => Buffer.concat(parts.map((p) => Buffer.from(p as string)));
  const wrong: [content: Uint8Array, message: string, hint: RegExp][] = [
    [
      bytes('version https://git-lfs.github.com/spec/v1\noid sha256:0\n'),
      'The file is a Git LFS pointer, not the model itself.',
      /git lfs pull/,
    ],
    [bytes('GGUF', [3, 0, 0, 0]), 'The file is a GGUF language model.', /image classifiers/],
    [
      bytes('<!DOCTYPE html><html>'),
      'The file is a web page, not a model: probably an error page saved in place of the download.',
      /raw file/,
    ],
    [bytes('cat\ndog\n'), 'The file is a text file, not a model.', /model\.json/],
    [bytes('{"labels": ["cat"]}'), 'The file is JSON, but no TensorFlow.js model.', /modelTopology/],
    [bytes([0x00, 0xff, 0xfe, 0x01]), 'The file is in no format that Glassbox reads.', /\.onnx/],
    [bytes(''), 'The file is empty.', /again/],
  ];
  for (const [content, message, hint] of wrong) {
    const error = await rejected(openModel(memorySource({ 'model.json': content })), 'format-unknown', message);
    assert.match(error.hint ?? '', hint);
    assert.equal(error.file, 'model.json');
  }
});

test('each importer takes its own files only', () => {
  const json = memorySource(modelFiles(smallNet()));
  const onnx = { ...json, file: 'net.onnx', bytes: Uint8Array.of(0x08, 0x08, 0x12, 0x00) };
  assert.deepEqual(
    [json, onnx].map((s) => importers.filter((i) => i.matches(s)).map((i) => i.id)),
    [['tfjs-layers'], ['onnx']],
  );
});

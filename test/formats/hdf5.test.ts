/** HDF5 files: numbers of every storage, strings, and what a file can hold to harm its reader (test/data/hdf5/make.py). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { Hdf5File } from '../../src/formats/hdf5/file.ts';
import { ModelError } from '../../src/shared/errors.ts';
import { repository } from '../support/paths.ts';

const bytesOf = (name: string) => gunzipSync(readFileSync(join(repository, `test/data/hdf5/${name}.gz`)));
const bytes = bytesOf('odd.h5');
const file = await Hdf5File.open(bytes);

function values(path: string): { shape: readonly number[]; values: Float32Array } {
  const dataset = file.dataset(path);
  assert.ok(dataset, path);
  const read = dataset.read();
  assert.deepEqual(dataset.view(), read, `${path}: the view shows the same`);
  return { shape: dataset.shape, values: read };
}

function refused(act: () => unknown, code: string, message: string): void {
  assert.throws(act, (error: unknown) => {
    assert.ok(error instanceof ModelError, String(error));
    assert.equal(error.message, message);
    assert.equal(error.code, code);
    return true;
  });
}

test('datasets larger than a block, in one piece or in chunks that fit no block', () => {
  for (const path of ['/plain', '/chunked', '/int16']) {
    const { shape, values: read } = values(path);
    assert.deepEqual(shape, [3, 1300, 700]);
    assert.ok(
      read.every((v, i) => v === (i * 7) % 1000),
      path,
    );
  }
});

test('floats and integers of every size, in both byte orders; scalars and nothing', () => {
  for (const kind of ['<f8', '>f8', '>f4', '<f2', '>f2', '<i1', '<u1', '>u2', '<i4', '>u4', '<i8']) {
    const { shape, values: read } = values(`/types/${kind}`);
    assert.deepEqual(
      [shape, [...read]],
      [
        [2, 3],
        [0, 1, 2, 3, 4, 100],
      ],
      kind,
    );
  }
  assert.deepEqual(values('/scalar'), { shape: [], values: Float32Array.of(2.5) });
  assert.equal(values('/empty').values.length, 0);
  assert.equal(values('/null').values.length, 0);
});

test('strings of attributes', () => {
  assert.equal(file.string('/', 'text'), 'grüße');
  assert.equal(file.string('/', 'bytes'), 'grüße');
  assert.deepEqual(file.strings('/', 'list'), ['a', 'bc', '']);
  assert.deepEqual(file.strings('/', 'fixed'), ['a', 'bc']);
  for (const other of ['none', 'number', 'blank']) assert.deepEqual(file.strings('/', other), [], other);
  assert.equal(file.strings('/', 'absent'), undefined);
  assert.equal(file.strings('/absent', 'text'), undefined);
});

test('what holds no numbers says so', () => {
  for (const path of ['/record', '/words']) {
    refused(() => file.dataset(path)?.read(), 'unsupported', `Dataset '${path}' holds no numbers.`);
  }
});

test('more than a file of its size may hold is not allocated', () => {
  const allowed = Math.max(2 ** 26, 16 * bytes.length);
  const before = process.memoryUsage().rss;
  for (const [path, shape] of [
    ['/absurd', '1099511627776,1048576'],
    ['/wide', '32768,32768'],
  ] as const) {
    refused(
      () => file.dataset(path)?.read(),
      'file-too-large',
      `Dataset '${path}' has shape [${shape}], more than a file of this size may hold (${allowed} bytes in all).`,
    );
  }
  const added = process.memoryUsage().rss - before;
  assert.ok(added < 2 ** 26, `${added} bytes more`);
});

test('a dataset that inflates to more than 16 times the file', async () => {
  const other = await Hdf5File.open(bytes);
  assert.throws(
    () => other.dataset('/bomb')?.read(),
    /^ModelError: Dataset '\/bomb' has shape \[80,1048576\], more than a file of this size may hold/,
  );
});

test('3000 strings that are all the same megabyte: the library gets no more than 256 MiB', async () => {
  const small = await Hdf5File.open(bytesOf('amplified.h5'));
  const before = process.memoryUsage().rss;
  assert.throws(() => small.strings('/', 'layer_names'), ModelError);
  const added = process.memoryUsage().rss - before;
  assert.ok(added < 2 ** 28 + 2 ** 26, `${added} bytes more`);
});

test('links in a circle, to nothing and to other files', () => {
  assert.equal(file.kindOf('/circle/circle/circle/scalar'), 'dataset');
  for (const path of ['/soft1', '/nowhere', '/outside/x', '/outside', '/nothing']) {
    assert.ok(file.kindOf(path) !== 'dataset' && file.kindOf(path) !== 'group', path);
    assert.equal(file.dataset(path), undefined, path);
  }
});

test('numbers in other files are not read', () => {
  assert.throws(() => file.dataset('/raw')?.read(), ModelError);
  assert.throws(() => file.dataset('/device')?.read(), ModelError);
  refused(() => file.dataset('/virtual')?.read(), 'unsupported', "Dataset '/virtual' refers to other files.");
});

test('a name that leads through a circle without end is bounded', async () => {
  const patient = await Hdf5File.open(bytes);
  assert.equal(patient.kindOf('/circle'.repeat(10_000)), undefined);
  const name = '/circle'.repeat(60);
  const started = performance.now();
  refused(
    () => {
      for (let i = 0; i < 2000; i++) patient.kindOf(name);
    },
    'file-too-large',
    'The HDF5 file names more groups and datasets than are read.',
  );
  assert.ok(performance.now() - started < 60_000);
});

test('files that are none', async () => {
  for (const [content, message] of [
    [Buffer.alloc(0), 'The file is no HDF5 file.'],
    [bytes.subarray(0, 8), 'The HDF5 file is damaged: bad byte number in an address.'],
  ] as const) {
    await assert.rejects(Hdf5File.open(content), (error: unknown) => error instanceof ModelError && error.message === message);
  }
});

test('the file is not copied', async () => {
  const large = new Uint8Array(2 ** 28);
  large.set(bytes);
  const before = process.memoryUsage();
  const opened = await Hdf5File.open(large);
  const after = process.memoryUsage();
  assert.equal(opened.string('/', 'text'), 'grüße');
  assert.ok(after.arrayBuffers - before.arrayBuffers < 2 ** 26 && after.rss - before.rss < 2 ** 27);
});

import assert from 'node:assert/strict';
import { chmod, cp, mkdir, readFile, rename, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeModel } from '../../../src/formats/onnx/write.ts';
import { type Disk, realDisk } from '../../../src/host/training/watch/disk.ts';
import { FileSet } from '../../../src/host/training/watch/fileSet.ts';
import { Random } from '../../../src/shared/random.ts';
import { newFolder } from '../../support/engineCalls.ts';
import { kerasFile, kerasFiles } from '../../support/kerasFiles.ts';
import { classifier } from '../../support/onnxModels.ts';
import { repository, sample } from '../../support/paths.ts';
import { filesOf } from '../../support/savedModels.ts';
import { sharedMissing, sharedPath } from '../../support/shared.ts';

/** What is missing at a new look, by a set that knows nothing yet; undefined: all is there. */
async function missing(path: string): Promise<string | undefined> {
  const look = await new FileSet(path, realDisk).look();
  assert(look);
  return look.missing;
}

/** Writes files into a folder of their own. */
async function write(folder: string, files: Readonly<Record<string, Uint8Array | string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}

/** Whole it is complete; cut off anywhere it is not. */
async function cutAnywhere(t: TestContext, name: string, bytes: Uint8Array, path: string, cuts = 60): Promise<void> {
  const random = Random.seeded(bytes.length);
  const whole = await missing(path);
  assert.equal(whole, undefined, name);
  const last = [1, 2, 3, 8].map((n) => bytes.length - n);
  const lengths = [0, 1, 4, 8, 12, 50, ...last, ...Array.from({ length: cuts }, () => Math.floor(random.uniform() * bytes.length))];
  for (const length of lengths.filter((n) => n >= 0 && n < bytes.length)) {
    await writeFile(path, bytes.subarray(0, length));
    assert.equal(typeof (await missing(path)), 'string', `${name}, ${length} of ${bytes.length} bytes`);
  }
  await writeFile(path, bytes);
  assert.equal(await missing(path), undefined, name);
  t.diagnostic(`${name}: ${lengths.length} cuts`);
}

test('every file that Keras wrote is complete as it is, and cut off anywhere it is not', async (t) => {
  const folder = await newFolder(t);
  for (const name of kerasFiles.filter((each) => !each.includes('refused'))) {
    const bytes = kerasFile(name);
    const path = join(folder, name);
    await writeFile(path, bytes);
    // A name with a backslash, two files of one name: archives as whole as others.
    await cutAnywhere(t, name, bytes, path);
  }
});

test('ONNX and TensorFlow Lite: the same', async (t) => {
  const folder = await newFolder(t);
  const onnx = join(folder, 'net.onnx');
  await writeFile(onnx, encodeModel(classifier()));
  const bytes = await readFile(onnx);
  await cutAnywhere(t, 'classifier', bytes, onnx);
  for (const file of ['float', 'int8', 'dynamic', 'float16', 'uint8', 'implied']) {
    const tflite = await readFile(join(repository, 'test/data/tflite', `${file}.tflite`));
    const path = join(folder, `${file}.tflite`);
    await writeFile(path, tflite);
    assert.equal(await missing(path), undefined, file);
    for (const part of [0, 0.1, 0.3, 0.5, 0.9]) {
      await writeFile(path, tflite.subarray(0, Math.floor(part * tflite.length)));
      assert.match((await missing(path)) ?? 'complete', /ends in the middle|bytes\.$|empty/, `${file} ${part}`);
    }
  }
});

test('SavedModel: pb, index and all data files, as long as the index says', async (t) => {
  const folder = await newFolder(t);
  for (const name of ['keras_export', 'module', 'tf1', 'tf1_partitioned', 'tf1_sharded', 'condition']) {
    const at = join(folder, name);
    const files = filesOf(name);
    await write(at, files);
    const path = join(at, 'saved_model.pb');
    assert.equal(await missing(path), undefined, name);
    for (const [file, bytes] of Object.entries(files)) {
      if (bytes.length === 0) continue;
      await truncate(join(at, file), bytes.length - 1);
      assert.equal(typeof (await missing(path)), 'string', `${name}: ${file} lacks its last byte`);
      await writeFile(join(at, file), bytes);
    }
    assert.equal(await missing(path), undefined, name);
  }
  const [sharded, path] = [join(folder, 'tf1_sharded', 'variables'), join(folder, 'tf1_sharded', 'saved_model.pb')];
  const shard = Object.keys(filesOf('tf1_sharded')).find((name) => name.includes('data-00001-of-'))!;
  await rename(join(folder, 'tf1_sharded', shard), join(sharded, 'away'));
  const of = Number(/of-(\d+)/.exec(shard)?.[1]);
  assert.equal(await missing(path), `${of - 1} of ${of} weight files are there.`);
  await rename(join(sharded, 'variables.index'), join(sharded, 'index'));
  assert.equal(await missing(path), 'variables.index is missing.');
});

/** The sample's network with its weights in three files. */
async function inShards(folder: string): Promise<{ path: string; shards: string[]; weights: Buffer }> {
  const from = join(sample, 'models/shapes');
  const json = JSON.parse(await readFile(join(from, 'model.json'), 'utf8'));
  const weights = await readFile(join(from, 'group1-shard1of1.bin'));
  const shards = [1, 2, 3].map((n) => `group1-shard${n}of3.bin`);
  json.weightsManifest[0].paths = shards;
  const size = Math.ceil(weights.length / 3);
  await write(folder, { 'model.json': JSON.stringify(json) });
  for (const [i, name] of shards.entries()) await writeFile(join(folder, name), weights.subarray(i * size, (i + 1) * size));
  return { path: join(folder, 'model.json'), shards, weights };
}

test('TensorFlow.js: says which weight file is missing, and which is too short', async (t) => {
  const folder = await newFolder(t);
  const { path, shards, weights } = await inShards(folder);
  assert.equal(await missing(path), undefined);
  const size = Math.ceil(weights.length / 3);
  await truncate(join(folder, shards[1]!), 1024);
  assert.equal(await missing(path), `group1-shard2of3.bin has 1,024 of ${size.toLocaleString('en-GB')} bytes.`);
  await rename(join(folder, shards[1]!), join(folder, 'away'));
  assert.equal(await missing(path), '2 of 3 weight files are there: group1-shard2of3.bin is missing.');
  await rename(join(folder, shards[2]!), join(folder, 'away'));
  assert.equal(await missing(path), '1 of 3 weight files are there.');
  const json = await readFile(path);
  await writeFile(path, json.subarray(0, json.length / 2));
  assert.equal(await missing(path), 'model.json is not JSON to its end.');
  await writeFile(path, '');
  assert.equal(await missing(path), 'model.json is empty.');
});

test('a manifest that leads elsewhere is not followed', async (t) => {
  const folder = await newFolder(t);
  const asked: string[] = [];
  const disk: Disk = { ...realDisk, stat: (path, fresh) => realDisk.stat((asked.push(path), path), fresh) };
  await writeFile(join(folder, 'model.json'), JSON.stringify({ weightsManifest: [{ paths: ['../../etc/passwd'], weights: [] }] }));
  assert.equal((await new FileSet(join(folder, 'model.json'), disk).look())?.missing, undefined);
  assert.deepEqual(asked, [join(folder, 'model.json')]);
});

test('ONNX with external weights: they are of the set, there, and long enough', async (t) => {
  const folder = await newFolder(t);
  const model = classifier();
  const initializers = model.graph.initializers.map(({ rawData, ...rest }, i) =>
    i > 1
      ? { ...rest, rawData: rawData! }
      : { ...rest, externalData: { location: 'net.onnx.data', offset: i * 4096, length: rawData!.byteLength } },
  );
  const path = join(folder, 'net.onnx');
  await writeFile(path, encodeModel({ ...model, graph: { ...model.graph, initializers } }));
  const end = 4096 + model.graph.initializers[1]!.rawData!.byteLength;
  assert.equal(await missing(path), 'The weight file net.onnx.data is missing.');
  await writeFile(`${path}.data`, new Uint8Array(end - 1));
  assert.equal(await missing(path), `net.onnx.data has ${(end - 1).toLocaleString('en-GB')} of ${end.toLocaleString('en-GB')} bytes.`);
  await writeFile(`${path}.data`, new Uint8Array(end));
  const look = await new FileSet(path, realDisk).look();
  assert.deepEqual([look?.missing, look?.files.map((file) => basename(file.path))], [undefined, ['net.onnx', 'net.onnx.data']]);
  assert.equal(look?.bytes, end + (await stat(path)).size);
});

test('real networks of all formats are complete, and little of them is read', async (t) => {
  const net = 'models/squeezenet-imagenet';
  const paths = ['squeezenet_v1.0.keras', 'squeezenet_v1.0.h5', 'squeezenet_v1.0.onnx', 'squeezenet_v1.0_float.tflite']
    .concat(['squeezenet_v1.0_saved_model/saved_model.pb', 'tfjs-layers/model.json', 'tfjs-graph/model.json'])
    .map((name) => sharedPath(`${net}/${name}`));
  if (paths.includes(undefined)) return t.skip(sharedMissing);
  for (const path of paths) {
    let read = 0;
    const disk: Disk = {
      ...realDisk,
      open: async (file) => {
        const handle = await realDisk.open(file);
        const through = handle.read.bind(handle) as (...args: unknown[]) => Promise<{ bytesRead: number }>;
        const counted = async (...args: unknown[]) => {
          const got = await through(...args);
          read += got.bytesRead;
          return got;
        };
        return Object.assign(handle, { read: counted }) as typeof handle;
      },
    };
    const set = new FileSet(path!, disk);
    const look = await set.look();
    assert.equal(look?.missing, undefined, path);
    t.diagnostic(`${basename(path!)}: ${read} of ${look!.bytes} bytes read`);
    assert(read < 2 ** 20 && read < look!.bytes, `${path} ${read}`);
    await sleep(60);
    await set.look();
    const after = read;
    await set.look();
    assert.equal(read, after, 'nothing is read again');
  }
});

test('the same time and size do not hide other content', async (t) => {
  const folder = await newFolder(t);
  const { path, shards } = await inShards(folder);
  const set = new FileSet(path, realDisk);
  const first = (await set.look())!;
  const shard = join(folder, shards[1]!);
  const { mtime, size } = await stat(shard);
  await writeFile(shard, new Uint8Array(size).fill(7));
  await utimes(shard, mtime, mtime);
  const second = (await set.look())!;
  assert.notEqual(second.stamp, first.stamp);
  await cp(shard, join(folder, 'new'));
  await utimes(join(folder, 'new'), mtime, mtime);
  await rename(join(folder, 'new'), shard);
  const third = (await set.look())!;
  assert.notEqual(third.stamp, second.stamp);
  assert.equal(await set.stampNow(), third.stamp);
});

test('what may not be read says so; what is no file, too; what is not there is nothing', async (t) => {
  const folder = await newFolder(t);
  const denied = (code: string, path: string) => Object.assign(new Error(code), { code, path });
  const { path } = await inShards(folder);
  const fails = (over: Partial<Disk>) => new FileSet(path, { ...realDisk, ...over }).look();
  const open = async (file: string) => Promise.reject(denied('EACCES', file));
  assert.equal((await fails({ open }))?.missing, 'model.json cannot be read: permission denied.');
  assert.equal((await fails({ stat: async (file) => Promise.reject(denied('EIO', file)) }))?.missing, 'model.json cannot be read: EIO.');
  await mkdir(join(folder, 'folder.onnx'));
  assert.equal(await missing(join(folder, 'folder.onnx')), 'folder.onnx is no file.');
  assert.equal(await new FileSet(join(folder, 'none.onnx'), realDisk).look(), undefined);
});

test('a file of somebody else that may not be read: says so, and is seen when it may', {
  skip: process.platform === 'win32',
}, async (t) => {
  const folder = await newFolder(t);
  await chmod(folder, 0o755);
  const { path, shards } = await inShards(folder);
  const set = new FileSet(path, realDisk);
  /** As an ordinary person, where the tests run as root. */
  const look = async (fresh = false) => {
    const isRoot = process.getuid?.() === 0;
    if (isRoot) process.seteuid?.(65534);
    try {
      return await set.look(fresh);
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  };
  assert.equal((await look())?.missing, undefined);
  await chmod(path, 0o000);
  assert.equal((await look())?.missing, 'model.json cannot be read: permission denied.');
  await chmod(path, 0o644);
  assert.equal((await look())?.missing, undefined);
  await chmod(join(folder, shards[0]!), 0o000);
  assert.equal((await look(true))?.missing, `${shards[0]} cannot be read: permission denied.`);
  await chmod(folder, 0o000);
  assert.equal((await look())?.missing, 'model.json cannot be read: permission denied.');
  await chmod(folder, 0o755);
});

/** What is said about Keras files that cannot be opened. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { openZip } from '../../src/formats/zip.ts';
import { openModel } from '../../src/importers/index.ts';
import type { ModelSource } from '../../src/importers/model.ts';
import { ModelError } from '../../src/shared/errors.ts';
import { fileInMemory, kerasFile } from '../support/kerasFiles.ts';
import { repository } from '../support/paths.ts';
import { type ZipPart, zip } from '../support/zipFiles.ts';

async function refused(source: ModelSource, code: string, message: string | RegExp, hint?: string | RegExp): Promise<ModelError> {
  const error = await openModel(source).then(
    () => assert.fail('it was opened'),
    (e: unknown) => e as ModelError,
  );
  assert.ok(error instanceof ModelError, String(error));
  if (typeof message === 'string') assert.equal(error.message, message);
  else assert.match(error.message, message);
  assert.equal(error.code, code);
  assert.equal(error.file, source.file);
  if (typeof hint === 'string') assert.equal(error.hint, hint);
  else if (hint) assert.match(error.hint ?? '', hint);
  return error;
}

const text = (content: string | object) => Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
const h5 = (name: string, change: (bytes: Buffer) => Buffer = (bytes) => bytes) => fileInMemory(name, change(kerasFile(name)));
/** Bytes with a text in them replaced by one of the same length. */
const replaced = (from: string, to: string) => (bytes: Buffer) => {
  assert.equal(from.length, to.length);
  assert.ok(bytes.includes(from), from);
  return Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1');
};

const parts = async () =>
  Object.fromEntries([...(await openZip(kerasFile('functional.keras')))].map(([name, entry]) => [name, entry.read()]));
/** functional.keras with other files in place of its own; undefined leaves one out. */
async function keras(changes: Record<string, Uint8Array | undefined>): Promise<ModelSource> {
  const all: Record<string, Uint8Array | undefined> = {};
  for (const [name, content] of Object.entries(await parts())) all[name] = await content;
  return archive({ ...all, ...changes });
}
function archive(files: Record<string, Uint8Array | undefined>, name = 'model.keras'): ModelSource {
  const present: ZipPart[] = Object.entries(files).flatMap(([part, content]) => (content ? [{ name: part, content }] : []));
  return fileInMemory(name, zip(present));
}

test('weights without a config say what is missing and how to make it', async () => {
  const hint = `Save the whole model with model.save("model.keras"), or write model.to_json() to 'functional.json' beside the file.`;
  const message = 'The file holds the weights of a Keras model, but not its layers and how they are connected.';
  await refused(h5('functional.weights.h5'), 'file-missing', message, hint);
  const legacy = `Save the whole model with model.save("model.keras"), or write model.to_json() to 'functional.legacyWeights.json' beside the file.`;
  await refused(h5('functional.legacyWeights.h5'), 'file-missing', message, legacy);
});

test('a config beside the weights that is another model’s', async () => {
  const config = kerasFile('functional.json').toString();
  const wider = fileInMemory('functional.weights.h5', kerasFile('functional.weights.h5'), {
    'config.json': text(config.replace('"units": 3', '"units": 7')),
  });
  const message = "Layer 'scores' (Dense): weight 'layers/dense/vars/1' has shape [3], the layer needs [7].";
  await refused(wider, 'weights', message, 'Save topology and weights of the model again, together.');
  const broken = fileInMemory('functional.weights.h5', kerasFile('functional.weights.h5'), { 'config.json': text('{"a":') });
  await refused(broken, 'file-corrupt', 'The config.json is cut off: its JSON does not end.');
});

test('HDF5 files that are no Keras model, or damaged', async () => {
  await refused(
    h5('functional.weights.h5', replaced('layers\0', 'planes\0')),
    'format-unknown',
    'The file is an HDF5 file, but no Keras model: it has neither a model_config nor weights of layers.',
    'Choose a file that model.save() of Keras has written.',
  );
  await refused(
    h5('functional.h5', (bytes) => bytes.subarray(0, 20_000)),
    'file-corrupt',
    'The HDF5 file is damaged: truncated file: eof = 20000, sblock->base_addr = 0, stored_eof = 43032.',
    'The file is damaged or was written wrongly: save, export or download the model again.',
  );
  await refused(
    h5('keras2.h5', replaced('{"class_name": "Model"', '["class_name": "Model"')),
    'file-corrupt',
    /^The model_config is no valid JSON: /,
  );
  await refused(
    h5('keras2.h5', (bytes) => {
      // The name in the list, not that of the dataset.
      bytes.write('fc/bums:0', bytes.lastIndexOf('fc/bias:0'));
      return bytes;
    }),
    'file-corrupt',
    "The file lists a weight 'fc/bums:0' that is not in it (/model_weights/fc/fc/bums:0).",
  );
});

test('reading that does not end is ended', { timeout: 60_000 }, async () => {
  // A free space of size 0 in the heap of strings: libhdf5 looks for the next object there for ever.
  const bytes = kerasFile('functional.h5');
  const heap = bytes.lastIndexOf('GCOL');
  bytes.fill(0, heap + 16, heap + 48);
  const error = await refused(fileInMemory('x.h5', bytes), 'file-corrupt', 'The file is damaged: reading it did not end within 5 seconds.');
  assert.equal(error.hint, 'The file is damaged or was written wrongly: save, export or download the model again.');
  await openModel(h5('functional.h5'));
});

test('compression that HDF5 does not bring along', async () => {
  const bytes = gunzipSync(readFileSync(join(repository, 'test/data/kerasFiles/lzf.h5.refused.gz')));
  await refused(
    fileInMemory('net.h5', bytes),
    'unsupported',
    "Dataset '/model_weights/stem/stem/kernel' is compressed by 'lzf' (HDF5 filter 32000), which is not supported.",
    'Save the model again, in float32 and without compression.',
  );
});

test('ZIP archives that are no .keras', async () => {
  await refused(
    archive({ 'net/data.pkl': text('x'), 'net/version': text('3') }, 'net.pt'),
    'format-unknown',
    'The file is a PyTorch file (.pt or .pth): Python code is needed to read it.',
    'Export the model with torch.onnx.export.',
  );
  await refused(
    archive({ 'models/net.onnx': text('x'), 'README.md': text('x') }),
    'format-unknown',
    'The file is a ZIP archive with a model in it (models/net.onnx, README.md).',
    'Unpack it, and choose the model in its folder.',
  );
  await refused(
    archive({ 'a.npy': text('x'), 'b.npy': text('x'), 'c.npy': text('x'), 'd.npy': text('x') }),
    'format-unknown',
    'The file is a ZIP archive, but no Keras model: it holds a.npy, b.npy, c.npy, ….',
    'Choose a .keras file, which has config.json and model.weights.h5.',
  );
  await refused(
    fileInMemory('model.keras', kerasFile('functional.keras').subarray(0, 1000)),
    'file-corrupt',
    'The ZIP archive is damaged: end of central directory record signature not found. Either not a zip file, or file is truncated.',
  );
});

test('.keras files with a part missing, elsewhere or damaged', async () => {
  await refused(await keras({ 'model.weights.h5': undefined }), 'file-corrupt', "The .keras file has no 'model.weights.h5'.");
  for (const name of ['model.weights.npz', 'model.weights.json']) {
    await refused(
      await keras({ 'model.weights.h5': undefined, [name]: text('x') }),
      'unsupported',
      `The .keras file has its weights in '${name}', and Glassbox reads 'model.weights.h5'.`,
      'Save the model again with model.save("model.keras").',
    );
  }
  await refused(
    await keras({ 'config.json': text('{"class_name": "Func') }),
    'file-corrupt',
    'The config.json is cut off: its JSON does not end.',
  );
  await refused(
    await keras({ 'config.json': text('{}') }),
    'file-corrupt',
    'The config.json describes no model: it has no class_name and config.',
  );
  await refused(
    await keras({ 'config.json': text({ class_name: 'MyNet', config: { name: 'my_net' } }) }),
    'unsupported',
    "The model is a class of its own ('MyNet'): its file says which weights it has, but not how its layers are connected.",
    'Export it to ONNX: model.export("model.onnx", format="onnx").',
  );
  await refused(await keras({ 'model.weights.h5': text('not HDF5') }), 'file-corrupt', 'The file is no HDF5 file.');
  const config = kerasFile('functional.json').toString();
  const deep = config.replace('"inbound_nodes": []', `"inbound_nodes": ${'['.repeat(100_000)}${']'.repeat(100_000)}`);
  await refused(await keras({ 'config.json': text(deep) }), 'file-corrupt', 'The config.json is nested too deep.');
  const damaged = kerasFile('functional.keras');
  damaged.set([1, 2, 3], damaged.indexOf('HDF') + 8000);
  await refused(
    fileInMemory('model.keras', damaged),
    'file-corrupt',
    "The ZIP archive is damaged: the checksum of 'model.weights.h5' is wrong.",
  );
});

test('names that lead out of the folder, and bombs', async () => {
  await refused(
    archive({ 'config.json': text('{}'), '../../.bashrc': text('x') }),
    'file-corrupt',
    'The ZIP archive is damaged: a file in it has an unsafe name (invalid relative path: ../../.bashrc).',
  );
  const bomb: ZipPart = { name: 'config.json', content: Buffer.alloc(2 ** 20), deflate: true, size: 2 ** 31 };
  await refused(
    fileInMemory('model.keras', zip([bomb])),
    'file-too-large',
    "The ZIP archive is refused. 'config.json' would inflate to 2147483648 bytes, more than an archive of this size may take (67108864 left).",
    'Choose a smaller model.',
  );
});

test('layers of Keras 1 that have no successor', async () => {
  await refused(
    h5('keras1.h5', replaced('"dim_ordering": "tf"', '"dim_ordering": "th"')),
    'unsupported',
    "Layer 'pad' (ZeroPadding2D) has its axes in Theano's order (dim_ordering 'th'), which Keras 2 no longer has.",
    'Load the model with Keras 2.0 to 2.2 and the TensorFlow backend, and save it again.',
  );
  await refused(
    h5('keras1.h5', replaced('"mode": 0', '"mode": 2')),
    'unsupported',
    "Layer 'bn' (BatchNormalization) normalises in mode 2, which Keras 2 no longer has.",
  );
});

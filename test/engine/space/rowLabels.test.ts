/** Which class a folder or a line of a label file means. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createServices } from '../../../src/engine/services.ts';
import { folderOf, rowLabels } from '../../../src/engine/space/rowLabels.ts';
import type { ModelInfo } from '../../../src/shared/protocol.ts';
import { newFolder, writeClassifier } from '../../support/engineCalls.ts';

async function modelInfo(t: TestContext, overrides: Partial<ModelInfo> = {}): Promise<ModelInfo> {
  const services = createServices({ engine: 'onnxruntime', cacheBytes: 2 ** 24 });
  const model = await writeClassifier(await newFolder(t));
  return { ...(await services.inputs.describe(await services.models.open(model), undefined)), ...overrides };
}

/** The label of each image, by name. */
async function labelled(
  info: ModelInfo,
  names: readonly string[],
  { roots = ['/data'], labelFile = undefined as string | undefined } = {},
) {
  const images = names.map((name) => (name.startsWith('/') ? name : `/data/${name}`));
  const { classes, labelOf, warnings, ...told } = await rowLabels(info, { images, roots, labelFile });
  return { ...told, classes, labels: images.map((path) => classes[labelOf(path)]), warnings: warnings.map(({ message }) => message) };
}

const unnamed = { labels: undefined, activation: 'softmax' as const };

test('the nearest folder upwards that names a class counts, not the root and nothing above it', async (t) => {
  const info = await modelInfo(t);
  const { labels, warnings } = await labelled(info, ['cat/a.png', 'Dog/session 3/b.png', 'ant/bee/c.png', 'd.png']);
  assert.deepEqual([labels, warnings], [['cat', 'dog', 'bee', undefined], []]);
  assert.deepEqual((await labelled(info, ['/cat/a.png', '/cat/b.png'], { roots: ['/cat'] })).source, { kind: 'none' });
});

test('several roots: what lies below the outermost one', async (t) => {
  const info = await modelInfo(t);
  const { labels } = await labelled(info, ['/a/cat/1.png', '/b/dog/1.png'], { roots: ['/a', '/b', '/b/dog'] });
  assert.deepEqual(labels, ['cat', 'dog']);
  assert.deepEqual(
    ['/a/cat/1.png', '/a/1.png', '/b/x/y/1.png', '/ab/1.png'].map((path) => folderOf(path, ['/a', '/b'])),
    ['a/cat', 'a', 'b/x/y', '/ab'],
  );
  assert.equal(folderOf('/a/cat/1.png', ['/a']), 'cat');
});

test('folders that the model has no class for are labels where several lie side by side, parts of a data set are not', async (t) => {
  const info = await modelInfo(t);
  const two = await labelled(info, ['zebra/1.png', 'yak/1.png', 'cat/1.png']);
  assert.deepEqual(
    [two.labels, two.classes.slice(5)],
    [
      ['zebra', 'yak', 'cat'],
      ['yak', 'zebra'],
    ],
  );
  assert.deepEqual(two.warnings, ["1 of 3 labels is a class of the model; it has none called 'yak', 'zebra'."]);
  assert.deepEqual((await labelled(info, ['holiday/1.png', 'holiday/2.png'])).source, { kind: 'none' });
  assert.deepEqual((await labelled(info, ['train/1.png', 'val/2.png', 'test/3.png'])).labels, [undefined, undefined, undefined]);
  const none = await labelled(info, ['zebra/1.png', 'yak/1.png']);
  assert.deepEqual(none.warnings, ["None of 2 labels are classes of the model; it has none called 'yak', 'zebra'."]);
});

test('a model without names whose classes are as many as the folders has them in the order of Keras and torchvision', async (t) => {
  const info = await modelInfo(t, unnamed);
  const all = ['train/eel/1.png', 'train/Ant/1.png', 'train/bee/1.png', 'val/dog/1.png', 'val/cat/2.png', 'val/bee/3.png'];
  const found = await labelled(info, all);
  assert.deepEqual(found.classes, ['Ant', 'bee', 'cat', 'dog', 'eel']);
  assert.deepEqual(found.labels, ['eel', 'Ant', 'bee', 'dog', 'cat', 'bee']);
  // Nothing lies beside val/dog now, and no other folder is called so.
  const four = await labelled(info, all.slice(0, 4));
  assert.deepEqual(four.classes, ['class 0', 'class 1', 'class 2', 'class 3', 'class 4', 'Ant', 'bee', 'eel']);
});

test('folders named by numbers are names; numbers in a label file are indices where the model has so many classes', async (t) => {
  const info = await modelInfo(t);
  const folder = await newFolder(t);
  const names = ['0/1.png', '3/2.png'];
  assert.deepEqual((await labelled(info, names)).classes.slice(5), ['0', '3']);
  const labelFile = join(folder, 'a.csv');
  const told = async (labels: readonly string[], of: ModelInfo) => {
    await writeFile(labelFile, `path,label\n${names.map((name, i) => `/data/${name},${labels[i]}`).join('\n')}\n`);
    return (await labelled(of, names, { labelFile })).labels;
  };
  assert.deepEqual(await told(['0', '3'], info), ['ant', 'dog']);
  assert.deepEqual(await told(['0', '5'], info), ['0', '5']);
  assert.deepEqual(await told(['0', 'dog'], info), ['0', 'dog']);
  assert.deepEqual(await told(['1', '0'], { ...info, labels: ['4', '3', '2', '1', '0'] }), ['1', '0']);
  assert.deepEqual(await told(['4', '0'], { ...info, ...unnamed }), ['class 4', 'class 0']);
});

test('outputs that are no class scores are no classes', async (t) => {
  const info = await modelInfo(t, { labels: undefined, activation: 'none' });
  const { classes, modelClasses, warnings } = await labelled(info, ['cat/1.png', 'dog/1.png']);
  assert.deepEqual([classes, modelClasses, warnings], [['cat', 'dog'], 0, []]);
});

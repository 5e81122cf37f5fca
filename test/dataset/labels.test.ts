/** Label files as people have them, and as they come broken. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { findLabels, readLabels } from '../../src/dataset/labels.ts';
import { Random } from '../../src/shared/random.ts';

const names = ['cats/1.png', 'cats/2.png', 'dogs/1.png', 'dogs/3.JPG', 'loose.webp'] as const;

async function situation(t: TestContext) {
  const root = await mkdtemp(join(tmpdir(), 'glassbox-labels-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const images = names.map((name) => join(root, name));
  const read = async (name: string, content: string | Uint8Array) => {
    const file = join(root, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    return await readLabels(file, images, [root]);
  };
  return { root, images, read };
}

/** Files that say cat cat dog dog ? in every dialect. */
const dialects: Record<string, [name: string, content: string | Uint8Array]> = {
  'a header': ['a.csv', 'path,label\ncats/1.png,cat\ncats/2.png,cat\ndogs/1.png,dog\ndogs/3.JPG,dog\n'],
  'other columns beside': [
    'a.csv',
    'split,filename,age,class\ntrain,cats/1.png,3,cat\n,cats/2.png,,cat\nx,dogs/1.png,1,dog\nx,dogs/3.JPG,9,dog',
  ],
  'semicolons, quotes, CRLF and a byte order mark': [
    'a.csv',
    '\ufeff"File Name";"Class Name"\r\n"cats/1.png";"cat"\r\n"cats/2.png";"cat"\r\n\r\n"dogs/1.png";"dog"\r\ndogs/3.JPG;dog\r\n',
  ],
  tabs: ['a.tsv', 'image_id\tdiagnosis\ncats/1\tcat\ncats/2\tcat\ndogs/1\tdog\ndogs/3\tdog\n'],
  'no header': ['a.csv', 'cats/1.png,cat\ncats/2.png,cat\ndogs/1.png,dog\ndogs/3.JPG,dog\n'],
  'no header, labels first': ['a.csv', 'cat,cats/1.png\ncat,cats/2.png\ndog,dogs/1.png\ndog,dogs/3.JPG\n'],
  'a header in another language': ['a.csv', 'bild,tier\ncats/1.png,cat\ncats/2.png,cat\ndogs/1.png,dog\ndogs/3.JPG,dog\n'],
  'a label column of any name': ['a.csv', 'filename,animal\ncats/1.png,cat\ncats/2.png,cat\ndogs/1.png,dog\ndogs/3.JPG,dog\n'],
  'numbers and names': ['a.csv', 'file,label,class_name\ncats/1.png,0,cat\ncats/2.png,0,cat\ndogs/1.png,1,dog\ndogs/3.JPG,1,dog\n'],
  'a column for each class': ['a.csv', 'image,cat,dog\ncats/1,1.0,0.0,1\ncats/2,1.0,0.0\ndogs/1,0.0,1.0\ndogs/3,0.0,1.0\n'],
  'paths of another machine': [
    'a.csv',
    'path,label\nC:\\data\\pets\\cats\\1.png,cat\n/home/x/cats/2.png,cat\n./dogs/1.png,dog\ndata/dogs/3.JPG,dog\n',
  ],
  'paths from its own folder': ['sub/a.csv', 'path,label\n../cats/1.png,cat\n../cats/2.png,cat\n../dogs/1.png,dog\n../dogs/3.JPG,dog\n'],
  'UTF-16, as Excel writes it': [
    'a.csv',
    Buffer.from('\ufeffpath\tlabel\r\ncats/1.png\tcat\r\ncats/2.png\tcat\r\ndogs/1.png\tdog\r\ndogs/3.JPG\tdog\r\n', 'utf16le'),
  ],
  'an object': ['a.json', '{"cats/1.png":"cat","cats/2.png":"cat","dogs/1.png":"dog","dogs/3.JPG":"dog","loose.webp":null}'],
  'a list of objects': [
    'a.json',
    '[{"file":"cats/1.png","label":"cat"},{"file":"cats/2","label":"cat"},{"file":"dogs/1.png","label":"dog"},{"file":"dogs/3.JPG","label":"dog"}]',
  ],
  'objects of objects': [
    'a.json',
    '{"labels":{"cats/1.png":{"class":"cat"},"cats/2.png":{"class":"cat"},"dogs/1.png":{"class":"dog"},"dogs/3.JPG":{"class":"dog"}}}',
  ],
  'lines of JSON': [
    'metadata.jsonl',
    '{"file_name":"cats/1.png","label":"cat"}\n{"file_name":"cats/2.png","label":"cat"}\n\n{"file_name":"dogs/1.png","label":"dog"}\r\n{"file_name":"dogs/3.JPG","label":"dog"}\n',
  ],
};

for (const [what, [name, content]] of Object.entries(dialects)) {
  test(`labels with ${what}`, async (t) => {
    const { read, root } = await situation(t);
    const { labels, warnings, file } = await read(name, content);
    assert.deepEqual(labels, ['cat', 'cat', 'dog', 'dog', undefined]);
    assert.equal(file, join(root, name));
    assert.deepEqual(
      warnings.map(({ message }) => message),
      [`1 of 5 images have no label in '${name.split('/').at(-1)}'.`],
    );
  });
}

test('bare names count where they are the only ones', async (t) => {
  const { read } = await situation(t);
  const { labels, warnings } = await read('a.csv', 'id,label\n2,two\n3,three\nloose,loose\n1,nobody knows which\n');
  assert.deepEqual(labels, [undefined, 'two', undefined, 'three', 'loose']);
  assert.match(warnings[0]!.message, /1 of 4 lines of 'a.csv' name no image of the data set; the first is '1' in line 5\./);
});

test('numbers of pandas are whole, text keeps what is in quotes, control characters go', async (t) => {
  const { read } = await situation(t);
  const { labels } = await read('a.csv', 'path,label\ncats/1.png,3.0\ncats/2.png,"a, ""b"""\ndogs/1.png,3.5\ndogs/3.JPG,x\u0007y\n');
  assert.deepEqual(labels.slice(0, 4), ['3', 'a, "b"', '3.5', 'x y']);
});

test('lines that contradict and lines that name nothing are counted, not refused', async (t) => {
  const { read } = await situation(t);
  const { labels, warnings } = await read(
    'a.csv',
    'path,label\ncats/1.png,cat\ncats/1.png,cat\ncats/1.png,dog\nnothing.png,cat\ncats/2.png,\n',
  );
  assert.deepEqual(labels, ['cat', undefined, undefined, undefined, undefined]);
  assert.deepEqual(
    warnings.map(({ message, where, code }) => [code, where, message]),
    [
      ['labels', 'line 5', "1 of 5 lines of 'a.csv' name no image of the data set; the first is 'nothing.png' in line 5."],
      ['labels', 'line 4', "1 lines of 'a.csv' give an image another label; the first is 'cats/1.png' in line 4."],
      ['labels', undefined, "4 of 5 images have no label in 'a.csv'."],
    ],
  );
});

const broken: Record<string, [name: string, content: string | Uint8Array, message: RegExp, where?: string]> = {
  'nothing in it': ['a.csv', ' \n', /'a.csv' is empty/],
  'one column': ['a.csv', 'path\ncats/1.png\n', /only one column/, 'line 1'],
  'no labels among its columns': [
    'a.csv',
    'path,width,height\ncats/1.png,3,4\n',
    /no column of labels; its columns are path, width, height/,
    'line 1',
  ],
  'several classes of an image': ['a.csv', 'image,cat,dog\ncats/1,1,1\n', /no column of labels; its columns are image, cat, dog/, 'line 1'],
  'no images among its columns': ['a.csv', 'x,y\n7,8\n', /no column that names images/, 'line 1'],
  'a line that is too short': ['a.csv', 'path,label\ncats/1.png,cat\ncats/2.png\n', /too few columns in line 3/, 'line 3'],
  'a quote that never ends': [
    'a.csv',
    'path,label\ncats/1.png,"cat\ncats/2.png,dog\n',
    /cannot be read at line 3: a quotation mark in or before it is not closed/,
    'line 3',
  ],
  'text behind a quote': ['a.csv', 'path,label\n"cats/1.png" x,cat\n', /line 2: something follows a closing quotation mark/, 'line 2'],
  'bytes that are no text': ['a.csv', Uint8Array.of(0x70, 0x2c, 0xff, 0xfe, 0x80), /no text in UTF-8/],
  'JSON that ends too early': ['a.json', '{"cats/1.png":', /no valid JSON/],
  'a list that names no images': ['a.json', '["cat","cat","dog","dog","cat"]', /which image entry 1 is about/, 'entry 1'],
  'JSON that is a number': ['a.json', '3', /neither an object nor a list/],
  'objects without labels': ['a.json', '[{"file":"cats/1.png","width":3}]', /no label in entry 1; its keys are file, width/, 'entry 1'],
  'a label that is a list': ['a.json', '{"cats/1.png":["cat"]}', /neither text nor a number/, 'entry 1'],
  'a broken line of JSON': ['a.jsonl', '{"file":"cats/1.png","label":"cat"}\n{"file"\n', /no valid JSON in line 2/, 'line 2'],
  'other images': ['a.csv', 'path,label\nx.png,cat\ny.png,dog\n', /names no image of the data set/],
};

for (const [what, [name, content, message, where]] of Object.entries(broken)) {
  test(`refused: ${what}`, async (t) => {
    const { read, root } = await situation(t);
    await assert.rejects(read(name, content), {
      name: 'ModelError',
      code: 'labels',
      file: join(root, name),
      where,
      message,
      hint: /label/,
    });
  });
}

test('too many labels are no classes', async (t) => {
  const { root } = await situation(t);
  const images = Array.from({ length: 3000 }, (_, i) => join(root, `${i}.png`));
  await writeFile(join(root, 'a.csv'), `path,target\n${images.map((path, i) => `${path},${i / 7}`).join('\n')}\n`);
  await assert.rejects(readLabels(join(root, 'a.csv'), images, [root]), { code: 'labels', message: /3000 different labels/ });
});

test('a file that is too large, missing or a folder is named', async (t) => {
  const { root, images } = await situation(t);
  await writeFile(join(root, 'a.csv'), Buffer.alloc(2 ** 26 + 1, 'x'));
  await mkdir(join(root, 'folder.csv'));
  const codes = { 'a.csv': 'file-too-large', 'nothing.csv': 'file-missing', 'folder.csv': 'file-missing' };
  for (const [name, code] of Object.entries(codes)) {
    await assert.rejects(readLabels(join(root, name), images, [root]), { code, file: join(root, name) });
  }
});

test('a file beside the images is found; one about something else is passed over with a warning', async (t) => {
  const { root, images } = await situation(t);
  assert.deepEqual(await findLabels(images, [root]), { found: undefined, warnings: [] });
  await writeFile(join(root, 'metadata.jsonl'), '{"file_name":"loose.webp","label":"cat"}\n');
  assert.deepEqual((await findLabels(images, [root])).found?.labels, [undefined, undefined, undefined, undefined, 'cat']);
  await writeFile(join(root, 'labels.json'), '["cat","dog"]');
  const { found, warnings } = await findLabels(images, ['/nowhere', root]);
  assert.equal(found?.file, join(root, 'metadata.jsonl'));
  assert.deepEqual(
    warnings.map(({ file }) => file),
    [join(root, 'labels.json')],
  );
});

test('whatever bytes there are, the answer is labels or a ModelError, soon', async (t) => {
  const { read } = await situation(t);
  const random = Random.seeded(5);
  const samples = Object.values(dialects);
  for (let i = 0; i < 300; i++) {
    const [name, content] = samples[i % samples.length] as (typeof samples)[number];
    const bytes = Buffer.from(content as string);
    for (let n = 0; n < 4; n++)
      bytes[random.bits() % bytes.length] = [0x22, 0x2c, 0x0a, 0x00, 0xff, 0x7b, random.bits() & 255][random.bits() % 7] as number;
    const damaged = bytes.subarray(0, random.bits() % 3 === 0 ? random.bits() % bytes.length : bytes.length);
    await read(name, damaged).then(
      ({ labels }) => assert.equal(labels.length, names.length),
      (error) => assert.equal(error.name, 'ModelError', error.stack),
    );
  }
});

test('a hundred thousand lines are read in a moment', async (t) => {
  const { root } = await situation(t);
  const images = Array.from({ length: 100_000 }, (_, i) => join(root, `${i % 100}`, `${i}.png`));
  await writeFile(join(root, 'a.csv'), `path,label\n${images.map((_, i) => `${i % 100}/${i}.png,${i % 10}`).join('\n')}\n`);
  const start = performance.now();
  const { labels } = await readLabels(join(root, 'a.csv'), images, [root]);
  const ms = performance.now() - start;
  assert.ok(labels.every((label, i) => label === String(i % 10)));
  assert.ok(ms < 30_000, `${ms} ms`);
  t.diagnostic(`${ms.toFixed(0)} ms`);
});

/** `glassbox explain` as a process: what it prints, what it writes, how it fails. */
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import ort from 'onnxruntime-node';
import sharp from 'sharp';
import type { FailedMap, MapResult, Result } from '../../src/cli/result.ts';
import { methods } from '../../src/explain/methods/index.ts';
import { readNpy, writeNpy } from '../../src/formats/npy.ts';
import { decodeImage } from '../../src/image/decode.ts';
import { preprocess } from '../../src/image/preprocess.ts';
import { glassbox } from '../support/cli.ts';
import { newFolder, unitPixels, writeClassifier, writePicture } from '../support/engineCalls.ts';
import { classifier, ints, node, noise, weight } from '../support/onnxModels.ts';
import { modelFiles, smallNet, writeModel } from '../support/tfjsModels.ts';

async function subject(t: TestContext) {
  const folder = await newFolder(t);
  await Promise.all([
    writeClassifier(folder),
    writePicture(join(folder, 'one.png')),
    writePicture(join(folder, 'two.png'), { seed: 2, width: 20, height: 9 }),
  ]);
  const run = (...args: string[]) => glassbox(['explain', '--model', 'model.onnx', '--engine', 'onnxruntime', ...args], { cwd: folder });
  return { folder, run };
}

function results(out: string): Result[] {
  return out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Result);
}

/** The maps of an image, none of which failed. */
function mapsOf(result: Result | undefined): MapResult[] {
  return (result?.maps ?? []).map((map) => ('error' in map ? assert.fail(map.error.message) : map));
}

test('several images, every method: one line of JSON each, and the files it names', async (t) => {
  const { folder, run } = await subject(t);
  const { code, out, err } = await run(
    'one.png',
    'two.png',
    '--method',
    'grad-cam,saliency:signed,occlusion',
    '--param',
    'window=3',
    '--param',
    'stride=2',
    '--out',
    'maps',
    '--json',
  );
  assert.deepEqual([code, err], [0, '']);
  const lines = results(out);
  assert.deepEqual(
    lines.map((r) => [r.image, r.model, r.maps.length]),
    [
      ['one.png', 'model.onnx', 3],
      ['two.png', 'model.onnx', 3],
    ],
  );
  for (const line of lines) await checkFiles(folder, line);
  assert.equal((await readdir(join(folder, 'maps'))).length, 2 * (3 * 2 + 1));
});

async function checkFiles(folder: string, line: Result): Promise<void> {
  assert.deepEqual(Object.keys(line), ['image', 'model', 'engine', 'top', 'logits', 'maps']);
  assert.match(line.engine, /^onnxruntime/);
  assert.deepEqual(Object.keys(line.top[0] ?? {}), ['index', 'label', 'logit', 'probability']);
  const logits = readNpy(await readFile(join(folder, line.logits as string)));
  assert.deepEqual(logits.shape, [5]);
  for (const { index, logit } of line.top) assert.equal(logits.data[index], logit);
  for (const map of mapsOf(line)) {
    for (const key of ['method', 'variant', 'layer', 'class', 'shape', 'file', 'min', 'max', 'ms']) assert.ok(key in map, key);
    assert.deepEqual([map.class, map.label], [line.top[0]?.index, line.top[0]?.label]);
    const { shape, data, dtype } = readNpy(await readFile(join(folder, map.file as string)));
    assert.deepEqual([shape, dtype, Math.min(...data), Math.max(...data)], [map.shape, '<f4', map.min, map.max]);
    const { width, height } = await sharp(join(folder, map.overlay as string)).metadata();
    assert.deepEqual([width, height], line.image === 'one.png' ? [16, 12] : [20, 9]);
  }
}

test('layers by name, by alias and all; a class by number and by label', async (t) => {
  const { run } = await subject(t);
  const layersOf = async (...args: string[]) => {
    const { code, out, err } = await run('one.png', '--json', ...args);
    assert.deepEqual([code, err], [0, '']);
    return mapsOf(results(out)[0]).map((m) => `${m.layer} ${m.class} ${m.label}`);
  };
  assert.deepEqual(await layersOf('--layer', 'n_conv,relu,conv', '--class', '3'), ['n_conv 3 dog', 'n_relu 3 dog']);
  assert.deepEqual(await layersOf('--layer', 'all', '--class', 'EEL'), ['n_conv 4 eel', 'n_relu 4 eel']);
});

test('without --json a text for people; without a terminal no progress', async (t) => {
  const { run } = await subject(t);
  const { code, out, err } = await run('one.png', '--method', 'occlusion', '--top', '2', '--class', 'ant');
  assert.deepEqual([code, err], [0, '']);
  const [first, ...lines] = out.trimEnd().split('\n');
  assert.match(first ?? '', /^one\.png \(onnxruntime .*\)$/);
  assert.equal(lines.length, 4);
  assert.match(lines[0] ?? '', /^ +\d+\.\d % {2}\w+ \(\d\), logit -?\d/);
  assert.match(lines[2] ?? '', /occlusion:logit at input for the logit of ant: 6×8, .* ms$/);
  assert.match(lines[3] ?? '', /^ {4}Computed in full: .*\.$/, 'what is measured of the map');
});

test('an image that fails is said on stderr and in JSON; the others are done, exit code 1', async (t) => {
  const { folder, run } = await subject(t);
  await writeFile(join(folder, 'text.png'), 'text');
  const { code, out, err } = await run('text.png', 'one.png', 'none.png', '--json');
  assert.equal(code, 1);
  const [text, one, none] = results(out) as (Result & { error?: { code: string } })[];
  assert.deepEqual([text?.error?.code, one?.maps.length, none?.error?.code], ['format-unknown', 1, 'file-missing']);
  const said = err.trimEnd().split('\n');
  assert.equal(said.length, 2, err);
  assert.match(said[0] ?? '', /^glassbox: text\.png: .*text\.png' is a text file, not an image.* Choose a png/);
  assert.match(said[1] ?? '', /^glassbox: none\.png: .*is not there/);
});

test('what cannot work for any image is said once, without a stack trace, exit code 1', async (t) => {
  const { folder, run } = await subject(t);
  for (const [args, message] of [
    [['--layer', 'con'], /no layer 'con'.*Did you mean 'n_conv'/],
    [['--method', 'occlusion', '--param', 'window=2.5'], /window cannot be 2\.5/],
    [['--model', 'gone.onnx'], /'gone\.onnx' is not there \(.*gone\.onnx\)\. Restore it/],
    [['--out', 'one.png'], /--out: 'one\.png' is no folder .* Choose another/],
  ] as const) {
    const { code, out, err } = await run('one.png', 'two.png', ...args);
    assert.deepEqual([code, out, err.trimEnd().split('\n').length], [1, '', 1], err);
    assert.match(err, message);
    assert.ok(!err.includes('    at '), err);
  }
  await writeFile(join(folder, 'glassbox.json'), '{"labels": ["one"], "input": {"channels": "RGB", "scale": 1}}');
  const { err } = await run('one.png', 'two.png');
  assert.equal(err.match(/warning: .*has 1 class names, but the model has 5 outputs/g)?.length, 1, 'each warning once');
});

test('--input: the tensor itself, in the order of the model, alone or as a batch', async (t) => {
  const { folder, run } = await subject(t);
  const two = noise(2 * 3 * 6 * 8, 5);
  await writeFile(join(folder, 'one.npy'), writeNpy(two.slice(144), [3, 6, 8]));
  await writeFile(join(folder, 'batch.npy'), writeNpy(two, [2, 3, 6, 8]));
  await writeFile(join(folder, 'wrong.npy'), writeNpy(two, [2, 6, 8, 3]));
  const { code, out, err } = await run('--input', 'one.npy', '--input', 'batch.npy', '--input', 'wrong.npy', '--json', '--out', 'maps');
  assert.equal(code, 1);
  assert.match(err, /wrong\.npy: .*\[2,6,8,3\], the model's input is \[N,3,6,8\] \(NCHW\)/);
  const [alone, first, second, wrong] = results(out);
  assert.deepEqual([alone?.image, first?.image, second?.image, wrong?.image], ['one.npy', 'batch.npy[0]', 'batch.npy[1]', 'wrong.npy']);
  assert.deepEqual(alone?.top, second?.top);
  assert.notDeepEqual(alone?.top, first?.top);
  assert.equal(mapsOf(alone)[0]?.overlay, null);
  assert.equal(new Set([alone, first, second].map((r) => mapsOf(r)[0]?.file)).size, 3);
});

test('--input of a channels-last model; Keras on wasm gives what onnxruntime gives', async (t) => {
  const net = smallNet();
  const weights = net.weights.map((w, i) => ({
    ...w,
    values: noise(
      w.shape.reduce((n, d) => n * d, 1),
      i + 1,
    ),
  }));
  const sidecar = { 'glassbox.json': Buffer.from(JSON.stringify({ input: unitPixels })) };
  const model = await writeModel(t, { ...modelFiles({ topology: net.topology, weights }), ...sidecar });
  const folder = await newFolder(t);
  const image = await writePicture(join(folder, 'one.png'), { width: 8, height: 8 });
  const pixels = await sharp(image).raw().toBuffer();
  await writeFile(
    join(folder, 'one.npy'),
    writeNpy(
      Float32Array.from(pixels, (p) => p / 255),
      [8, 8, 3],
    ),
  );
  const run = async (engine: string) => {
    const { code, out, err } = await glassbox(
      ['explain', 'one.png', '--input', 'one.npy', '--model', model, '--engine', engine, '--json', '--out', engine],
      { cwd: folder },
    );
    assert.deepEqual([code, err], [0, '']);
    return results(out);
  };
  const [onnx, wasm] = await Promise.all([run('onnxruntime'), run('wasm')]);
  assert.match(wasm[0]?.engine ?? '', /wasm/i);
  for (const [i, result] of onnx.entries()) {
    for (const [k, top] of result.top.entries()) {
      assert.equal(top.index, wasm[i]?.top[k]?.index);
      assert.ok(Math.abs(top.logit - (wasm[i]?.top[k]?.logit ?? 0)) < 1e-4);
      assert.ok(Math.abs(top.logit - (onnx[0]?.top[k]?.logit ?? 0)) < 1e-5, 'image and tensor agree');
    }
  }
});

test('--dump-plan prints one graph of all that is asked, and no more', async (t) => {
  const { run } = await subject(t);
  const plan = async (...args: string[]) => {
    const { code, out } = await run('--dump-plan', ...args);
    assert.equal(code, 0);
    const count = (op: string) => out.match(new RegExp(` = ${op}\\(`, 'g'))?.length ?? 0;
    return { out, convolutions: count('Conv'), back: count('ConvTranspose'), head: count('Gemm') };
  };
  const [one, all] = await Promise.all([plan(), plan('--layer', 'all', '--method', 'grad-cam,hires-cam,layer-cam,saliency')]);
  // The head's Gemm forward and its gradient; for seven maps the same, and one step more back to the input.
  assert.deepEqual([one.convolutions, one.back, one.head], [1, 0, 2]);
  assert.deepEqual([all.convolutions, all.back, all.head], [2, 0, 2]);
  assert.ok(all.out.length > one.out.length);
});

test('--against explains the difference of two logits, and says so; the files tell the pair', async (t) => {
  const { folder, run } = await subject(t);
  const explained = async (...args: string[]) => {
    const { code, out, err } = await run('one.png', '--json', '--out', 'maps', ...args);
    assert.deepEqual([code, err], [0, '']);
    const [map] = mapsOf(results(out)[0]) as [MapResult];
    return { map, values: readNpy(await readFile(join(folder, map.file as string))).data };
  };
  const [bee, cat, both] = await Promise.all([
    explained('--class', 'bee'),
    explained('--class', 'cat'),
    explained('--class', 'bee', '--against', 'cat'),
  ]);
  assert.deepEqual([both.map.class, both.map.against, both.map.target], [1, 2, 'logit of bee − logit of cat']);
  assert.match(both.map.file ?? '', /class1-2\.npy$/);
  both.values.forEach((v, i) => {
    assert.ok(Math.abs(v - ((bee.values[i] as number) - (cat.values[i] as number))) < 1e-5);
  });
  const { code, err } = await run('one.png', '--class', 'bee', '--against', '1');
  assert.equal(code, 1);
  assert.match(err, /bee cannot be held against itself/);
});

test('a method that fails stops no other: it stands in the result with its reason, exit code 1', async (t) => {
  const { run } = await subject(t);
  const { code, out, err } = await run('one.png', '--json', '--method', 'grad-cam,eigen-cam,saliency', '--against', 'eel');
  assert.equal(code, 1);
  const [first, second, third] = results(out)[0]?.maps ?? [];
  assert.deepEqual([first?.method, second?.method, third?.method], ['grad-cam', 'eigen-cam', 'saliency']);
  assert.ok(first && 'file' in first && third && 'file' in third);
  assert.match((second as FailedMap).error.message, /same map for every class/);
  assert.equal(err.trimEnd().split('\n').length, 1);
  assert.match(err, /^glassbox: one\.png: Eigen-CAM draws the same map/);
});

test('all methods, or a family: what cannot explain the model is left out and said once', async (t) => {
  const { folder, run } = await subject(t);
  const family = await run('one.png', '--json', '--method', 'all:backpropagation,grad-cam');
  assert.deepEqual([family.code, family.err], [0, '']);
  const names = (out: string) => mapsOf(results(out)[0]).map((m) => m.method);
  const own = methods.filter(({ info }) => info.family === 'backpropagation').map(({ info }) => info.id);
  assert.deepEqual(names(family.out), [...own, 'grad-cam']);

  // Class scores that are no mean over places: CAM refuses.
  const nodes = [...classifier().graph.nodes.slice(0, 2), node('GlobalMaxPool', 'relu', 'pool'), ...classifier().graph.nodes.slice(3)];
  await writeClassifier(folder, { nodes });
  const [every, asked] = await Promise.all([run('one.png', 'two.png', '--json', '--method', 'all:cam'), run('one.png', '--method', 'cam')]);
  assert.equal(every.code, 0, every.err);
  assert.equal(every.err.match(/^glassbox: left out: CAM /gm)?.length, 1, every.err);
  assert.ok(names(every.out).includes('grad-cam') && !names(every.out).includes('cam'));
  assert.equal(asked.code, 1);
});

test('--export-onnx: a folder with a model for each explanation, or the one file named; bare onnxruntime gives the same map', async (t) => {
  const { folder, run } = await subject(t);
  const { code, out, err } = await run(
    'one.png',
    '--json',
    '--method',
    'grad-cam,saliency',
    '--layer',
    'all',
    '--out',
    'maps',
    '--export-onnx',
    'models',
  );
  assert.deepEqual([code, err], [0, '']);
  const maps = mapsOf(results(out)[0]);
  assert.equal(maps.length, 3);
  assert.deepEqual((await readdir(join(folder, 'models'))).sort(), maps.map((m) => basename(m.onnx as string)).sort());
  // Resized as the engine does it: from 16 × 12 pixels to the network's 8 × 6.
  const picture = await decodeImage(join(folder, 'one.png'), new AbortController().signal);
  const fed = preprocess(picture, { ...unitPixels, scale: 1 }, { channels: 3, height: 6, width: 8 });
  const bytes = Uint8Array.from({ length: 144 }, (_, i) => fed.tensor[(i % 3) * 48 + Math.floor(i / 3)] as number);
  for (const map of maps) {
    const session = await ort.InferenceSession.create(join(folder, map.onnx as string));
    const { map: values } = await session.run({ image: new ort.Tensor('uint8', bytes, [1, 6, 8, 3]) });
    const expected = readNpy(await readFile(join(folder, map.file as string)));
    assert.deepEqual([...(values as ort.Tensor).dims], [1, ...expected.shape]);
    expected.data.forEach((v, i) => {
      assert.ok(Math.abs(v - (((values as ort.Tensor).data as Float32Array)[i] as number)) < 1e-5, `${map.onnx}: cell ${i}`);
    });
    await session.release();
  }
});

test('--export-onnx: the tensor itself where the input is one; what cannot be exported keeps its map; one file for many is wrong', async (t) => {
  const { folder, run } = await subject(t);
  const tensor = noise(144, 5);
  await writeFile(join(folder, 'one.npy'), writeNpy(tensor, [3, 6, 8]));
  const single = await run('--input', 'one.npy', '--json', '--out', 'maps', '--export-onnx', 'one.onnx');
  assert.deepEqual([single.code, single.err], [0, '']);
  const [map] = mapsOf(results(single.out)[0]) as [MapResult];
  assert.equal(map.onnx, 'one.onnx');
  const session = await ort.InferenceSession.create(join(folder, 'one.onnx'));
  const { map: values } = await session.run({ x: new ort.Tensor('float32', tensor, [1, 3, 6, 8]) });
  const expected = readNpy(await readFile(join(folder, map.file as string)));
  expected.data.forEach((v, i) => {
    assert.ok(Math.abs(v - (((values as ort.Tensor).data as Float32Array)[i] as number)) < 1e-5);
  });
  await session.release();

  const both = await run('one.png', '--json', '--method', 'occlusion,grad-cam', '--export-onnx', 'models');
  assert.equal(both.code, 1);
  assert.match(both.err, /^glassbox: one\.png: Occlusion cannot be exported/);
  assert.deepEqual(
    mapsOf(results(both.out)[0]).map((m) => [m.method, typeof m.onnx]),
    [
      ['occlusion', 'undefined'],
      ['grad-cam', 'string'],
    ],
  );

  const wrong = await run('one.png', 'two.png', '--export-onnx', 'one.onnx');
  assert.deepEqual([wrong.code, wrong.out], [2, '']);
  assert.match(wrong.err, /one file for 2 explanations/);
});

test('--region: the mean over a part of a dense output, which a classifier has none of', async (t) => {
  const { folder, run } = await subject(t);
  const refused = await run('one.png', '--region', '0,0,2,2');
  assert.equal(refused.code, 1);
  assert.match(refused.err, /answers for the whole image/);
  const nodes = [
    node('Conv', 'x w1 b1', 'conv', ints('pads', [1, 1, 1, 1])),
    node('Relu', 'conv', 'relu'),
    node('Conv', 'relu w2 b2', 'logits'),
  ];
  const initializers = [weight('w1', [4, 3, 3, 3]), weight('b1', [4]), weight('w2', [5, 4, 1, 1]), weight('b2', [5])];
  await writeClassifier(folder, { nodes, initializers });
  const { code, out, err } = await run('one.png', '--json', '--region', '1,2,3,2', '--class', 'cat', '--layer', 'n_relu', '--out', 'maps');
  assert.deepEqual([code, err], [0, '']);
  const [map] = mapsOf(results(out)[0]) as [MapResult];
  assert.match(map.target, /cat over 3 × 2 cells, x 1 to 3, y 2 to 3/);
  const outside = await run('one.png', '--region', '7,5,2,2');
  assert.match(outside.err, /not within the output/);
});

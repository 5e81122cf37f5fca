/** `glassbox explain` as a process: what it prints, what it writes, how it fails. */
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import sharp from 'sharp';
import type { Result } from '../../src/cli/result.ts';
import { readNpy, writeNpy } from '../../src/formats/npy.ts';
import { glassbox } from '../support/cli.ts';
import { newFolder, unitPixels, writeClassifier, writePicture } from '../support/engineCalls.ts';
import { noise } from '../support/onnxModels.ts';
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
  for (const map of line.maps) {
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
    return results(out)[0]?.maps.map((m) => `${m.layer} ${m.class} ${m.label}`);
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
  assert.equal(lines.length, 3);
  assert.match(lines[0] ?? '', /^ +\d+\.\d % {2}\w+ \(\d\), logit -?\d/);
  assert.match(lines[2] ?? '', /occlusion:logit at input for ant: 6×8, .* ms$/);
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
  assert.equal(alone?.maps[0]?.overlay, null);
  assert.equal(new Set([alone, first, second].map((r) => r?.maps[0]?.file)).size, 3);
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

test('--dump-plan prints the graph of what is asked, and no more', async (t) => {
  const { run } = await subject(t);
  const [one, all] = await Promise.all([run('--dump-plan'), run('--dump-plan', '--layer', 'all', '--method', 'grad-cam,saliency')]);
  assert.deepEqual([one.code, all.code], [0, 0]);
  assert.match(one.out, /Conv\(/);
  assert.ok(!one.out.includes('ConvTranspose') && all.out.length > one.out.length);
});

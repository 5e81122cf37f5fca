import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { parseCommand } from '../../src/cli/usage.ts';
import { classIndex, UsageError } from '../../src/cli/values.ts';
import { methods } from '../../src/explain/methods/index.ts';
import type { OutlineLayer } from '../../src/shared/protocol.ts';
import { builtCli, glassbox } from '../support/cli.ts';
import { newFolder, writeClassifier } from '../support/engineCalls.ts';

const explain = (...args: string[]) => {
  const command = parseCommand(['explain', 'a.png', '--model', 'm.onnx', ...args]);
  return command.name === 'explain' ? command.args : assert.fail();
};

test('options of explain and their defaults', () => {
  const defaults = explain();
  assert.deepEqual(
    [defaults.methods, defaults.layers, defaults.class, defaults.engine, defaults.out, defaults.top, defaults.json],
    [[{ id: 'grad-cam', asked: true }], undefined, undefined, 'auto', undefined, 5, false],
  );
  const all = explain(
    '--method',
    'saliency:max, occlusion',
    '--layer',
    'all',
    '--param',
    'window=8',
    '--param',
    'baseline=-0.5',
    '--top',
    'all',
  );
  assert.deepEqual(
    [all.methods.map(({ id }) => id), all.layers, all.params, all.top],
    [['saliency:max', 'occlusion'], 'all', { window: 8, baseline: -0.5 }, Number.POSITIVE_INFINITY],
  );
  assert.deepEqual(explain('--layer', 'a,b', 'b.png').images, ['a.png', 'b.png']);
  const target = explain('--class', 'cat', '--against', '3', '--region', '1, 2,3,4');
  assert.deepEqual([target.class, target.against, target.region], ['cat', '3', { x: 1, y: 2, width: 3, height: 4 }]);
});

test('all methods, or those of a family: each once, and known by its own name where it was asked by it', () => {
  const ids = methods.map(({ info }) => info.id);
  assert.deepEqual(
    explain('--method', 'all').methods,
    ids.map((id) => ({ id, asked: false })),
  );
  const chosen = explain('--method', 'all:relevance,lrp,lrp').methods;
  const family = methods.filter(({ info }) => info.family === 'relevance').map(({ info }) => info.id);
  assert.deepEqual(
    chosen,
    family.map((id) => ({ id, asked: id === 'lrp' })),
  );
});

test('wrong usage says what is wrong', () => {
  const wrong: [string[], RegExp][] = [
    [['explian'], /no command 'explian'/],
    [['explain', 'a.png'], /needs --model/],
    [['explain', '--model', 'm'], /needs an image or --input/],
    [['layers'], /one model file/],
    [['layers', 'a', 'b'], /one model file/],
    [['explain', '--colour'], /--colour/],
    [['explain', 'a', '--model', 'm', '--engine', 'gpu'], /auto, onnxruntime, tensorflow, wasm, got 'gpu'/],
    [['explain', 'a', '--model', 'm', '--method', 'lime'], /no method 'lime'.*grad-cam/],
    [['explain', 'a', '--model', 'm', '--method', 'saliency:x'], /no variant 'x'/],
    [['explain', 'a', '--model', 'm', '--method', ','], /--method takes names/],
    [['explain', 'a', '--model', 'm', '--layer', ''], /--layer takes names/],
    [['explain', 'a', '--model', 'm', '--param', 'window'], /name=value, got 'window'/],
    [['explain', 'a', '--model', 'm', '--param', 'window=3'], /grad-cam has no parameter 'window'/],
    [
      ['explain', 'a', '--model', 'm', '--method', 'all:magic'],
      /no family 'magic'; there is cam, backpropagation, relevance, perturbation/,
    ],
    [['explain', 'a', '--model', 'm', '--region', '1,2,3'], /--region takes x,y,width,height in whole cells, got '1,2,3'/],
    [['explain', 'a', '--model', 'm', '--region', '1,2,3,-4'], /--region takes/],
    [['explain', 'a', '--model', 'm', '--top', '0'], /--top takes a whole number/],
    [['explain', 'a', '--model', 'm', '--top', '1.5'], /--top takes a whole number/],
  ];
  for (const [argv, message] of wrong) {
    assert.throws(
      () => parseCommand(argv),
      (error) => error instanceof UsageError && message.test(error.message),
      argv.join(' '),
    );
  }
});

test('a class by number or by label', () => {
  const labels = ['ant', ' Bee ', 'cat', 'cat', '7'];
  assert.equal(classIndex('3', 5, labels), 3);
  assert.equal(classIndex('7', 5, labels), 7, 'digits are a number, refused later');
  assert.equal(classIndex('bee', 5, labels), 1);
  assert.throws(() => classIndex('cat', 5, labels), { code: 'labels', message: /2 classes: 2, 3/, hint: /0 to 4/ });
  assert.throws(() => classIndex('dog', 5, labels), { code: 'labels', message: /'dog' is no class/ });
  assert.throws(() => classIndex('dog', 5, undefined), { code: 'labels' });
});

test('exit codes: 0 for help, 2 for wrong usage, with one line and where to look', async () => {
  const [help, wrong] = await Promise.all([glassbox(['--help']), glassbox(['explain', 'a.png'])]);
  assert.equal(help.code, 0);
  for (const option of [
    '--model',
    '--method',
    '--layer',
    '--class',
    '--engine',
    '--out',
    '--json',
    '--input',
    '--against',
    '--region',
    '--export-onnx',
  ])
    assert.ok(help.out.includes(option));
  assert.deepEqual([wrong.code, wrong.out], [2, '']);
  assert.equal(wrong.err, 'glassbox: explain needs --model.\nTry: glassbox help\n');
});

test('methods and layers, for people and as JSON', async (t) => {
  const model = await writeClassifier(await newFolder(t));
  const [list, text, layers, table] = await Promise.all([
    glassbox(['methods', '--json']),
    glassbox(['methods']),
    glassbox(['layers', model, '--json']),
    glassbox(['layers', model]),
  ]);
  assert.deepEqual(
    JSON.parse(list.out),
    methods.map(({ info }) => info),
  );
  for (const { info } of methods) {
    for (const said of [info.id, info.formula, info.misleads, info.source, ...info.params.map((p) => `--param ${p.id}=`)])
      assert.ok(text.out.includes(said), `${info.id}: ${said}`);
  }
  const rows = JSON.parse(layers.out) as OutlineLayer[];
  assert.deepEqual(
    rows.map(({ name, kind, shape, parameters, multiplyAdds, inputs }) => [name, kind, shape, parameters, multiplyAdds, inputs]),
    [
      ['n_conv', 'Conv', [4, 6, 8], 112, 4 * 27 * 48, ['input']],
      ['n_relu', 'Relu', [4, 6, 8], 0, 0, ['n_conv']],
      ['n_pool', 'GlobalAveragePool', [4, 1, 1], 0, 0, ['n_relu']],
      ['n_flat', 'Flatten', [4], 0, 0, ['n_pool']],
      ['n_logits', 'Gemm', [5], 25, 20, ['n_flat']],
    ],
  );
  assert.deepEqual(rows[0]?.receptiveField, { size: [3, 3], stride: [1, 1] });
  assert.match(table.out, /n_conv +Conv +4×6×8 +112 +3 \/ 1 +5\.18 k +input\n/);
  assert.match(table.out, /5 layers, 137 parameters, 5\.2 k multiply-adds\n$/);
});

test('the built command line runs', async (t) => {
  if (!existsSync(builtCli)) return t.skip('left out: nothing is built');
  const model = await writeClassifier(await newFolder(t));
  const { code, out, err } = await glassbox(['layers', model], { entry: builtCli });
  assert.deepEqual([code, err], [0, '']);
  assert.match(out, /n_conv/);
});

/** Logs as Keras, TensorFlow.js, Lightning and TensorBoard write them (test/data/logs), and what people write by hand. */
import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { LogFiles } from '../../../src/engine/training/logs/logFiles.ts';
import { trainingLogs } from '../../../src/engine/training/trainingLogs.ts';
import { firstNotFinite } from '../../../src/shared/notFinite.ts';
import { Random } from '../../../src/shared/random.ts';
import type { LogSeries, TrainingLog } from '../../../src/shared/trainingProtocol.ts';
import { repository } from '../../support/paths.ts';

const data = join(repository, 'test/data/logs');
const { signal } = new AbortController();
const NaN_ = Number.NaN;

function scratch(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'glassbox-logs-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** All event files below a folder. */
function events(folder: string): string[] {
  return readdirSync(join(data, folder), { recursive: true, withFileTypes: true })
    .filter((each) => each.name.includes('tfevents'))
    .map((each) => join(each.parentPath, each.name));
}

/** Written a while ago: its last line is whole. */
function write(t: TestContext, name: string, text: string | Uint8Array): string {
  const path = join(scratch(t), name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  utimesSync(path, 1.7e9, 1.7e9);
  return path;
}

async function readOne(path: string): Promise<TrainingLog> {
  const logs = await new LogFiles().read([path], signal);
  assert.equal(logs.length, 1);
  return logs[0]!;
}

function curve(log: TrainingLog, name: string): LogSeries {
  const found = log.series.find((series) => series.name === name);
  assert.ok(found, `${name} of ${log.series.map((series) => series.name)}`);
  return found;
}

const xy = ({ x, y }: LogSeries) => Array.from(x, (at, i) => [at, y[i] as number]);
const names = ({ series }: TrainingLog) => series.map(({ name }) => name);

test("Keras' CSVLogger", async () => {
  const log = await readOne(join(data, 'keras/history.csv'));
  assert.deepEqual([log.kind, log.axis, log.warnings], ['csv', 'epoch', []]);
  const { history } = { history: JSON.parse(readFileSync(join(data, 'keras/history.json'), 'utf8')) as Record<string, number[]> };
  assert.deepEqual(names(log), ['accuracy', 'loss', 'val_accuracy', 'val_loss']);
  for (const [name, values] of Object.entries(history))
    assert.deepEqual(
      xy(curve(log, name)),
      values.map((value, i) => [i, value]),
      name,
    );
});

test('an appended run: where it repeats epochs, its lines win', async () => {
  const log = await readOne(join(data, 'keras/continued.csv'));
  assert.deepEqual([...curve(log, 'loss').x], [0, 1, 2, 3, 4, 5, 6]);
  assert.equal(curve(log, 'loss').y[3], 0.7407001852989197);
  assert.match(log.warnings[0]!.message, /'continued.csv' holds 2 runs/);
});

test('a run that was started from the beginning again is not mixed with the one before', async (t) => {
  const log = await readOne(write(t, 'a.csv', 'epoch,loss\n0,9\n1,8\n2,7\nepoch,loss\n0,3\n1,2\n'));
  assert.deepEqual(xy(curve(log, 'loss')), [
    [0, 3],
    [1, 2],
  ]);
});

test('an appended run with other columns', async (t) => {
  const log = await readOne(write(t, 'a.csv', 'epoch,loss\n0,9\nepoch,acc,loss\n1,0.5,8\n'));
  assert.deepEqual(xy(curve(log, 'loss')), [
    [0, 9],
    [1, 8],
  ]);
  assert.deepEqual(xy(curve(log, 'acc')), [[1, 0.5]]);
});

test("Lightning's metrics.csv: sparse columns, steps beside epochs", async () => {
  const log = await readOne(join(data, 'lightning/version_0/metrics.csv'));
  assert.deepEqual([log.axis, log.warnings], ['epoch', []]);
  const step = curve(log, 'train_loss_step');
  assert.deepEqual(
    [[...step.x], [...step.step!]],
    [
      [0, 0, 1, 1, 2, 2, 3, 3],
      [1, 3, 5, 7, 9, 11, 13, 15],
    ],
  );
  assert.deepEqual(xy(curve(log, 'val_loss')), [
    [0, 0.5557234883308411],
    [1, 0.43175387382507324],
    [2, 0.35674992203712463],
    [3, 0.30695006251335144],
  ]);
});

test('what Ultralytics writes: padded names; seconds since the start are no time', async (t) => {
  const text = '                  epoch,       time, train/box_loss\n                      1,      12.5,    1.25\n 2, 25.1, 1.0\n';
  const log = await readOne(write(t, 'results.csv', text));
  assert.deepEqual(names(log), ['time', 'train/box_loss']);
  assert.equal(curve(log, 'train/box_loss').time, undefined);
});

test('cells: nothing, NA, NaN, infinite, texts, decimal commas, quotes, a mark at the beginning', async (t) => {
  const text = '\ufeffepoch;loss;"val loss";lr;note\n0;0,5;nan;NA;first\n1;inf;;1e-3;second\n2;-Inf;0,25;1e-4;"a;b"\n';
  const log = await readOne(write(t, 'a.csv', text));
  assert.deepEqual(names(log), ['loss', 'val loss', 'lr']);
  assert.deepEqual(xy(curve(log, 'loss')), [
    [0, 0.5],
    [1, Number.POSITIVE_INFINITY],
    [2, Number.NEGATIVE_INFINITY],
  ]);
  assert.deepEqual(xy(curve(log, 'val loss')), [
    [0, NaN_],
    [2, 0.25],
  ]);
  assert.deepEqual(xy(curve(log, 'lr')), [
    [1, 1e-3],
    [2, 1e-4],
  ]);
});

test('times: seconds, milliseconds, dates; a table without a column that counts', async (t) => {
  for (const [first, second] of [
    ['1700000000.5', '1700000060.5'],
    ['1700000000500', '1700000060500'],
    ['2023-11-14T22:13:20.500Z', '2023-11-14T22:14:20.500Z'],
  ]) {
    const log = await readOne(write(t, 'a.csv', `step,Wall time,loss\n10,${first},1\n20,${second},2\n`));
    assert.equal(log.axis, 'step');
    assert.deepEqual([...curve(log, 'loss').time!], [1_700_000_000_500, 1_700_000_060_500]);
  }
  const log = await readOne(write(t, 'a.csv', 'train_loss,val_loss\n3,4\n2,3\n'));
  assert.deepEqual(
    [log.axis, xy(curve(log, 'val_loss'))],
    [
      'epoch',
      [
        [0, 4],
        [1, 3],
      ],
    ],
  );
});

test('steps that begin anew in each epoch are counted on', async (t) => {
  const log = await readOne(
    write(t, 'a.jsonl', [1, 2].flatMap((epoch) => [0, 50, 100].map((iter) => JSON.stringify({ epoch, iter, loss: iter }))).join('\n')),
  );
  assert.deepEqual([...curve(log, 'loss').step!], [101, 151, 201, 202, 252, 302]);
  assert.deepEqual(log.warnings, []);
});

test("TensorFlow.js' History and its lines say the same", async () => {
  const [history, lines] = await new LogFiles().read([join(data, 'tfjs/history.json'), join(data, 'tfjs/log.jsonl')], signal);
  for (const name of ['loss', 'acc', 'val_loss', 'val_acc']) assert.deepEqual(xy(curve(history!, name)), xy(curve(lines!, name)));
  assert.deepEqual([...curve(history!, 'loss').x], [0, 1, 2, 3, 4, 5]);
});

test('JSON: NaN as Python and as JavaScript write it, nested and quoted numbers, a list, log_history', async (t) => {
  const python = await readOne(
    write(t, 'history.json', '{"loss": [1.5, NaN, -Infinity], "note": ["NaN is \\"bad\\""], "val_loss": [1, 2, 3]}'),
  );
  assert.deepEqual(
    [names(python), [...curve(python, 'loss').y]],
    [
      ['loss', 'val_loss'],
      [1.5, NaN_, Number.NEGATIVE_INFINITY],
    ],
  );
  const script = await readOne(write(t, 'history.json', '{"epoch":[1,2,3],"history":{"loss":[1,null,3]}}'));
  assert.deepEqual(xy(curve(script, 'loss')), [
    [1, 1],
    [2, NaN_],
    [3, 3],
  ]);
  const sparse = await readOne(
    write(t, 'history.json', '[{"step":1,"loss":1,"val":null},{"step":2,"loss":null,"val":2},{"step":3,"loss":3,"val":null}]'),
  );
  assert.deepEqual(
    [xy(curve(sparse, 'loss')), xy(curve(sparse, 'val'))],
    [
      [
        [1, 1],
        [3, 3],
      ],
      [[2, 2]],
    ],
    'rows of two kinds',
  );
  const nested = await readOne(write(t, 'a.jsonl', '{"epoch":1,"train":{"loss":"0.5"}}\n{"epoch":2,"train":{"loss":0.25}}\n'));
  assert.deepEqual(xy(curve(nested, 'train/loss')), [
    [1, 0.5],
    [2, 0.25],
  ]);
  const state = await readOne(
    write(
      t,
      'trainer_state.json',
      '{"best_metric": 0.1, "log_history": [{"epoch":0.5,"step":10,"loss":2},{"epoch":1,"step":20,"eval_loss":1}]}',
    ),
  );
  assert.deepEqual([xy(curve(state, 'loss')), [...curve(state, 'eval_loss').step!]], [[[0.5, 2]], [20]]);
});

test('JSON: nulls of a row in which the loss of training is null are NaN, others are gaps', async (t) => {
  const lines = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).join('\n');
  const diverged = [
    { epoch: 0, loss: 2, acc: 0.2, val_loss: 1 },
    { epoch: 1, loss: NaN_, acc: 0.1, val_loss: NaN_ },
    { epoch: 2, loss: NaN_, acc: 0.1, val_loss: NaN_ },
  ];
  const log = await readOne(write(t, 'log.jsonl', lines(diverged)));
  assert.deepEqual([...curve(log, 'loss').y, ...curve(log, 'val_loss').y], [2, NaN_, NaN_, 1, NaN_, NaN_]);
  const never = await readOne(write(t, 'log.jsonl', lines(diverged.slice(1))));
  assert.deepEqual([names(never), ...curve(never, 'loss').y], [['loss', 'acc', 'val_loss'], NaN_, NaN_]);
  const seldom = await readOne(
    write(t, 'log.jsonl', lines([1, 2, 3, 4, 5].map((at) => ({ epoch: at, loss: at, val_loss: at % 2 ? at : null })))),
  );
  assert.deepEqual([...curve(seldom, 'val_loss').x], [1, 3, 5]);
  const python = await readOne(write(t, 'history.json', '{"loss": [3, 2, 1], "val_loss": [1.5, null, 0.5], "f1": [null, null, null]}'));
  assert.deepEqual(
    [names(python), [...curve(python, 'val_loss').x]],
    [
      ['loss', 'val_loss'],
      [0, 2],
    ],
  );
});

test('where a curve stops being finite, in every kind of log; what is not defined yet is no sign', async (t) => {
  const at = (log: TrainingLog) => Object.fromEntries(log.series.map((series) => [series.name, firstNotFinite(series)]));
  const csv =
    'epoch,loss,acc,val_loss,auc,f1,lr\n0,2,0.1,,NaN,0.5,NA\n1,inf,0.2,nan,NaN,NaN,1\n2,-inf,nan,0.5,NaN,0.5,\n3,nan,0.2,-Inf,NaN,0.5,1\n';
  const table = await readOne(write(t, 'a.csv', csv));
  assert.deepEqual(at(table), { loss: 1, acc: 2, val_loss: 2, auc: undefined, f1: 1, lr: undefined });
  assert.equal(curve(table, 'val_loss').x[2], 3, 'an empty cell is nothing');
  const json = await readOne(
    write(t, 'history.json', '{"loss": [NaN, 1], "val_loss": [NaN, 1], "acc": [1, "NaN"], "auc": [1, Infinity], "f1": ["", 1]}'),
  );
  assert.deepEqual(at(json), { loss: 0, val_loss: undefined, acc: 1, auc: 1, f1: undefined });
  const [board] = await new LogFiles().read(events('tf/two'), signal);
  assert.deepEqual([...curve(board!, 'odd').y], [0.5, NaN_, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  assert.equal(firstNotFinite(curve(board!, 'odd')), 1);
  assert.ok(board!.modified > 1.5e12 && table.modified === 1.7e12);
});

test('words that every object knows are no numbers', async (t) => {
  const log = await readOne(write(t, 'history.json', '[{"epoch":1,"loss":"constructor","__proto__":3,"toString":"valueOf","acc":0.5}]'));
  assert.deepEqual(names(log), ['__proto__', 'acc']);
});

test('the call keeps what it has read', async (t) => {
  const path = write(t, 'a.csv', 'epoch,loss\n0,1\n');
  const services = {} as Parameters<typeof trainingLogs>[0];
  const call = async () => (await trainingLogs(services, { files: [path] }, { signal, progress: () => {} }))[0];
  assert.equal(await call(), await call());
});

test('a line that is being written waits; a file that was not written to lately ends as it is', async (t) => {
  for (const [name, text] of [
    ['a.csv', 'epoch,loss\n0,0.75\n1,0.5'],
    ['a.jsonl', '{"epoch":0,"loss":0.75}\n{"epoch":1,"lo'],
  ]) {
    const path = write(t, name!, text!);
    utimesSync(path, new Date(), new Date());
    const files = new LogFiles();
    const [log] = await files.read([path], signal);
    assert.deepEqual([[...curve(log!, 'loss').y], log!.warnings], [[0.75], []]);
    appendFileSync(path, name === 'a.csv' ? '25\n' : 'ss":0.525}\n');
    const [after] = await files.read([path], signal);
    assert.deepEqual([...curve(after!, 'loss').y], [0.75, 0.525]);
  }
  assert.equal(curve(await readOne(write(t, 'a.csv', 'epoch,loss\n0,0.75\n1,0.5')), 'loss').y.length, 2);
});

test("Keras' TensorBoard callback: two folders, epochs and steps apart", async () => {
  const logs = await new LogFiles().read(events('keras/board'), signal);
  assert.deepEqual(
    logs.map(({ axis, kind }) => [axis, kind]),
    [
      ['epoch', 'tensorboard'],
      ['step', 'tensorboard'],
    ],
  );
  const keras = JSON.parse(readFileSync(join(data, 'keras/history.json'), 'utf8')) as Record<string, number[]>;
  const rounded = (values: number[] | undefined) => values?.map((value, i) => [i, Math.fround(value)]);
  assert.deepEqual(xy(curve(logs[0]!, 'train/epoch_loss')), rounded(keras.loss));
  assert.deepEqual(xy(curve(logs[0]!, 'validation/epoch_accuracy')), rounded(keras.val_accuracy));
  assert.deepEqual([...curve(logs[1]!, 'validation/evaluation_loss_vs_iterations').x], [6, 12, 18, 24, 30]);
  const [time] = curve(logs[0]!, 'train/epoch_loss').time!;
  assert.ok(time! > 1.5e12 && time! < 3e12);
});

test('files of one folder are a continued run, one folder has no prefix', async () => {
  const [log] = await new LogFiles().read(events('torch/run'), signal);
  assert.deepEqual([...curve(log!, 'Loss/train').x], [0, 1, 2, 3, 4, 5, 6]);
  assert.deepEqual(names(log!).sort(), ['Loss/test', 'Loss/train', 'double', 'new']);
  const [together] = await new LogFiles().read(events('torch/together'), signal);
  assert.deepEqual(names(together!), ['loss_train/loss', 'loss_val/loss']);
});

test('event files are read on, damage is a warning, the rest stays', async (t) => {
  const folder = scratch(t);
  const [source] = events('torch/run');
  const path = join(folder, 'events.out.tfevents.1.host');
  const bytes = readFileSync(source!);
  writeFileSync(path, bytes.subarray(0, bytes.length / 2));
  const files = new LogFiles();
  const [half] = await files.read([path], signal);
  assert.deepEqual(half!.warnings, []);
  writeFileSync(path, bytes);
  const [whole] = await files.read([path], signal);
  assert.ok(curve(whole!, 'Loss/train').x.length > curve(half!, 'Loss/train').x.length);
  const damaged = Buffer.from(bytes);
  damaged[Math.floor(bytes.length / 2)]! ^= 1;
  writeFileSync(path, damaged);
  const [log] = await new LogFiles().read([path], signal);
  assert.equal(log!.warnings[0]?.code, 'file-corrupt');
  assert.ok(log!.series.length > 0);
});

test('a file that cannot be read is a warning beside the others', async (t) => {
  const good = write(t, 'a.csv', 'epoch,loss\n0,1\n');
  const bad = [
    join(dirname(good), 'none.csv'),
    write(t, 'b.csv', 'epoch,"loss\n0,1\n'),
    write(t, 'log.json', '{"loss": [1, 2'),
    write(t, 'd.txt', 'hello'),
    scratch(t),
  ];
  const logs = await new LogFiles().read([...bad, good], signal);
  assert.equal(logs.length, 6);
  assert.deepEqual(logs.flatMap(({ warnings }) => warnings.map(({ code }) => code)).sort(), [
    'file-corrupt',
    'file-corrupt',
    'file-missing',
    'file-missing',
    'format-unknown',
  ]);
  assert.equal(logs.filter(({ series }) => series.length > 0).length, 1);
});

test('an unchanged file is not read again, a changed one is', async (t) => {
  const path = write(t, 'a.csv', 'epoch,loss\n0,1\n');
  const files = new LogFiles();
  const [first] = await files.read([path], signal);
  assert.equal((await files.read([path], signal))[0], first);
  appendFileSync(path, '1,2\n');
  assert.equal(curve((await files.read([path], signal))[0]!, 'loss').x.length, 2);
});

test('long curves are thinned out: extremes, ends and NaN stay', async (t) => {
  const lines = Array.from(
    { length: 60_000 },
    (_, i) => `${i},${i === 31_234 ? 99 : i === 40_001 ? -99 : i === 50_000 ? 'nan' : Math.sin(i / 500)}`,
  );
  const log = await readOne(write(t, 'a.csv', `step,loss\n${lines.join('\n')}\n`));
  const { x, y } = curve(log, 'loss');
  assert.ok(x.length <= 10_001 && x.length > 5000, `${x.length}`);
  assert.deepEqual([y.indexOf(99) >= 0, y.indexOf(-99) >= 0, [...y].some(Number.isNaN), x[0], x.at(-1)], [true, true, true, 0, 59_999]);
  assert.ok(x.every((at, i) => i === 0 || at > x[i - 1]!));
});

test('damaged text: a log or a warning, nothing else, in reasonable time', async (t) => {
  const folder = scratch(t);
  for (const each of ['keras', 'tfjs', 'lightning']) cpSync(join(data, each), join(folder, each), { recursive: true });
  const sources = [
    'keras/history.csv',
    'keras/continued.csv',
    'keras/history.json',
    'tfjs/history.json',
    'tfjs/log.jsonl',
    'lightning/version_0/metrics.csv',
  ];
  const random = Random.seeded(9);
  const index = (n: number) => Math.floor(random.uniform() * n);
  const junk = [',', ';', '"', '\n', '{', '}', '[', ']', ':', 'NaN', 'null', '1e999', '-', '\\', '\u0000', '__proto__', 'epoch'];
  let warned = 0;
  for (let i = 0; i < 600; i++) {
    const name = sources[i % sources.length]!;
    let text = readFileSync(join(data, name), 'utf8');
    for (let k = 0; k <= index(4); k++) {
      const at = index(text.length);
      text = text.slice(0, at) + junk[index(junk.length)] + text.slice(at + index(6));
    }
    writeFileSync(join(folder, name), text);
    const [log] = await new LogFiles().read([join(folder, name)], signal);
    if (log!.warnings.length > 0) warned++;
    for (const { x, y } of log!.series) assert.equal(x.length, y.length);
  }
  assert.ok(warned > 50, `${warned}`);
});

test('nothing more is read once it is cancelled', async () => {
  const cancelled = new AbortController();
  cancelled.abort();
  await assert.rejects(new LogFiles().read([join(data, 'keras/history.csv')], cancelled.signal));
});

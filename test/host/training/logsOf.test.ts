/** Which files are a run's logs. */
import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { type TestContext, test } from 'node:test';
import { logsOf, stampOfLogs } from '../../../src/host/training/logsOf.ts';
import type { FoundRun } from '../../../src/host/training/runs/checkpointFile.ts';
import { repository } from '../../support/paths.ts';

const data = join(repository, 'test/data/logs');
const csv = 'epoch,accuracy,loss\n0,0.5,1\n';
/** Seconds since 1970. */
const then = 1_700_000_000;

function workspace(t: TestContext) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'glassbox-logsOf-')));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const write = (path: string, text: string, at = then) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    utimesSync(join(root, path), at, at);
  };
  /** A run of three checkpoints, a minute apart. */
  const run = (folder: string, at = then): FoundRun => {
    const files = [1, 2, 3].map((epoch) => ({ path: join(root, folder, `epoch_${epoch}.h5`), name: `epoch_${epoch}`, at: epoch }));
    for (const [i, { path }] of files.entries()) write(relative(root, path), 'weights', at + 60 * i);
    return { id: folder, kind: 'checkpoints', label: folder, axis: 'epoch', folder: join(root, folder), files };
  };
  const found = async (of: FoundRun, within: string | undefined = root) => (await logsOf(of, within)).map((path) => relative(root, path));
  return { root, write, run, found };
}

test('in the folder of the run, in the one above, and in folders for logs there', async (t) => {
  const { write, run, found } = workspace(t);
  const own = run('model/checkpoints');
  const logs = [
    'model/checkpoints/history.csv',
    'model/training.log',
    'model/history.json',
    'model/logs/train/events.out.tfevents.1700000000.host.1.0.v2',
    'model/logs/validation/events.out.tfevents.1700000001.host.1.1.v2',
    'model/lightning_logs/version_0/metrics.csv',
  ];
  for (const path of logs) write(path, path.endsWith('json') ? '{"loss": [1]}' : csv);
  for (const path of ['model/other/history.csv', 'elsewhere/logs/history.csv', 'history.csv']) write(path, csv);
  assert.deepEqual(await found(own), [...logs].sort());
});

test('what is no log: by name, by what is in it, empty', async (t) => {
  const { write, run, found } = workspace(t);
  const own = run('model');
  write('model/model.json', '{"loss": [1], "modelTopology": {}}');
  write('model/labels.csv', 'file,label\na.png,cat\n');
  write('model/out.log', 'Epoch 1/10\nloss: 0.5, accuracy: 0.7\n');
  write('model/requirements.txt', 'tensorflow\nkeras\n');
  write('model/config.json', '{"loss": "categorical"}');
  write('model/settings.json', '{"name": "a"}');
  write('model/empty.csv', '');
  write('model/expected.json', '{"loss": [1]}');
  write('model/notes.md', csv);
  assert.deepEqual(await found(own), []);
});

test('a file that is empty at first is found when it has a line', async (t) => {
  const { root, write, run, found } = workspace(t);
  const own = run('model');
  write('model/history.csv', 'epo');
  assert.deepEqual(await found(own), []);
  appendFileSync(join(root, 'model/history.csv'), csv.slice(3));
  assert.deepEqual(await found(own), ['model/history.csv']);
});

test('of runs side by side those of its time; the newest, where none is', async (t) => {
  const { write, run, found } = workspace(t);
  const own = run('model/checkpoints');
  const events = (name: string, at: number) => `model/logs/fit/${name}/train/events.out.tfevents.${at}.host`;
  const [before, during, after] = [events('a', then - 90_000), events('b', then - 60), events('c', then + 90_000)];
  write(before, csv, then - 80_000);
  write(during, csv, then + 120);
  write(after, csv, then + 90_100);
  assert.deepEqual(await found(own), [during]);
  assert.deepEqual(await found(run('model/checkpoints', then + 500_000)), [after]);
});

test('logs of the workspace count for a run deeper down if they are of its time', async (t) => {
  const { write, run, found } = workspace(t);
  const own = run('checkpoints/a');
  write('logs/history.csv', csv, then + 60);
  write('history.csv', csv, then + 60);
  assert.deepEqual(await found(own), ['logs/history.csv']);
  write('logs/history.csv', csv, then + 90_000);
  // Its file is as old as this test: written over after the run.
  assert.deepEqual(await found(run('checkpoints/a', then - 900_000)), []);
});

test('of runs in one folder each has its own logs, though they were written at the same time; one without any has those of its time', async (t) => {
  const { write, run, found } = workspace(t);
  const [a, b, c] = [run('runs/a'), run('runs/b'), run('runs/c')];
  write('runs/a/history.csv', csv);
  write('runs/b/history.csv', csv);
  write('tensorboard/d/events.csv', csv);
  assert.deepEqual(await found(a), ['runs/a/history.csv', 'tensorboard/d/events.csv']);
  assert.deepEqual(await found(b), ['runs/b/history.csv', 'tensorboard/d/events.csv']);
  assert.deepEqual(await found(c), ['runs/a/history.csv', 'runs/b/history.csv', 'tensorboard/d/events.csv']);
});

test('nothing outside of the workspace folder, and no links', async (t) => {
  const { root, write, run, found } = workspace(t);
  const own = run('inside/model');
  write('outside/history.csv', csv);
  write('history.csv', csv);
  symlinkSync(join(root, 'outside'), join(root, 'inside/model/logs'));
  symlinkSync(join(root, 'outside/history.csv'), join(root, 'inside/model/history.csv'));
  write('inside/linked.csv', csv);
  assert.deepEqual(await found(own, join(root, 'inside/model')), []);
  assert.deepEqual(await found(own, join(root, 'inside')), ['inside/linked.csv']);
  assert.deepEqual(await logsOf(own), []);
});

test('a big folder is not read to its end; no more than 20 files, the newest', async (t) => {
  const { write, run, found } = workspace(t);
  const own = run('model');
  for (let i = 0; i < 30; i++) write(`model/log${String(i).padStart(2, '0')}.csv`, csv, then + i);
  const names = await found(own);
  assert.equal(names.length, 20);
  assert.deepEqual([names[0], names.at(-1)], ['model/log10.csv', 'model/log29.csv']);
});

test('files as the frameworks write them', async (t) => {
  const { root, run, found } = workspace(t);
  const own = run('model');
  cpSync(join(data, 'keras'), join(root, 'model'), { recursive: true });
  cpSync(join(data, 'tfjs'), join(root, 'model'), { recursive: true });
  cpSync(join(data, 'lightning'), join(root, 'model/lightning_logs'), { recursive: true });
  const names = await found(own);
  for (const name of ['history.csv', 'continued.csv', 'history.json', 'log.jsonl', 'lightning_logs/version_0/metrics.csv'])
    assert.ok(names.includes(`model/${name}`), name);
  assert.equal(names.filter((name) => name.includes('tfevents')).length, 2);
});

test('the stamp is another one when a log grows, comes or goes', async (t) => {
  const { root, write } = workspace(t);
  write('a.csv', csv);
  const path = join(root, 'a.csv');
  const first = await stampOfLogs([path]);
  assert.equal(await stampOfLogs([path]), first);
  appendFileSync(path, '1,0.6,0.9\n');
  const second = await stampOfLogs([path]);
  // Half a line at its end may be all of it.
  assert.notEqual(await stampOfLogs([path], Date.now() + 60_000), second);
  rmSync(path);
  assert.equal(new Set([first, second, await stampOfLogs([path]), await stampOfLogs([])]).size, 4);
});

/** Event files of TensorFlow, Keras and torch (test/data/logs), against what TensorBoard's own EventAccumulator reads in them. */
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { maskedCrc32c } from '../../src/formats/crc32c.ts';
import { MessageWriter } from '../../src/formats/protobuf/writer.ts';
import { readEvent } from '../../src/formats/tensorboard/event.ts';
import { EventFile } from '../../src/formats/tensorboard/eventFile.ts';
import { nextRecord } from '../../src/formats/tensorboard/records.ts';
import { ModelError } from '../../src/shared/errors.ts';
import { Random } from '../../src/shared/random.ts';
import { repository } from '../support/paths.ts';

const logs = join(repository, 'test/data/logs');
type Value = number | 'NaN' | 'inf' | '-inf';
const expected: Record<string, Record<string, [number, number, Value][]>> = JSON.parse(readFileSync(join(logs, 'expected.json'), 'utf8'));

function eventFiles(folder: string): string[] {
  const names = readdirSync(join(logs, folder)).filter((name) => name.includes('tfevents'));
  return names.sort().map((name) => join(logs, folder, name));
}

function scratch(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'glassbox-events-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function record(data: Uint8Array): Buffer {
  const head = Buffer.alloc(12);
  head.writeBigUInt64LE(BigInt(data.length));
  head.writeUInt32LE(maskedCrc32c(head.subarray(0, 8)), 8);
  const foot = Buffer.alloc(4);
  foot.writeUInt32LE(maskedCrc32c(data));
  return Buffer.concat([head, data, foot]);
}

function scalar(tag: string, step: number, value: number): Buffer {
  const summary = new MessageWriter().message(1, new MessageWriter().string(1, tag).float(2, value));
  return record(new MessageWriter().int(2, step).message(5, summary).finish());
}

const sessionStart = (step: number) => record(new MessageWriter().int(2, step).message(7, new MessageWriter().int(1, 1)).finish());

function lossOf(file: EventFile): [number, number][] {
  const { step = [], value = [] } = file.columns.get('loss') ?? {};
  return step.map((each, i) => [each, value[i] as number]);
}

for (const [folder, tags] of Object.entries(expected)) {
  test(`${folder}: the scalars that TensorBoard reads, no more and no less`, async () => {
    const read = new Map<string, [number, number, number][]>();
    for (const path of eventFiles(folder)) {
      const file = new EventFile(path);
      await file.read();
      assert.equal(file.fault, undefined);
      for (const [tag, { step, wallTime, value }] of file.columns) {
        const rows = step.map((each, i): [number, number, number] => [each, wallTime[i] as number, value[i] as number]);
        read.set(tag, [...(read.get(tag) ?? []), ...rows]);
      }
    }
    const numbers = { NaN: Number.NaN, inf: Number.POSITIVE_INFINITY, '-inf': Number.NEGATIVE_INFINITY };
    const told = Object.entries(tags).map(([tag, rows]) => [
      tag,
      rows.map(([step, time, value]) => [step, time, typeof value === 'number' ? value : numbers[value]]),
    ]);
    assert.deepEqual(Object.fromEntries(read), Object.fromEntries(told));
  });
}

test('a file that grows in random pieces: what is complete is read, once, and half a record is no fault', async (t) => {
  const path = join(scratch(t), 'events.out.tfevents.1.host');
  const random = Random.seeded(5);
  const whole = Buffer.concat(Array.from({ length: 300 }, (_, i) => scalar('loss', i, i / 4)));
  const each = whole.length / 300;
  writeFileSync(path, '');
  const file = new EventFile(path, { window: 100 });
  for (let at = 0; at < whole.length; ) {
    const to = Math.min(whole.length, at + 1 + Math.floor(random.uniform() * 200));
    appendFileSync(path, whole.subarray(at, to));
    at = to;
    await file.read();
    assert.equal(file.fault, undefined);
    // Records of a larger step are a byte longer.
    const complete = lossOf(file).length;
    assert.ok(complete <= at / (each - 3) && complete >= Math.floor(at / (each + 3)) - 1, `${complete} of ${at / each}`);
  }
  assert.deepEqual(
    lossOf(file),
    Array.from({ length: 300 }, (_, i) => [i, i / 4]),
  );
});

test('a damaged record in the middle is told with file and byte; what stands before it stays', async (t) => {
  const path = join(scratch(t), 'events.out.tfevents.1.host');
  const records = Array.from({ length: 5 }, (_, i) => scalar('loss', i, i));
  records[2]![20]! ^= 0xff;
  writeFileSync(path, Buffer.concat(records));
  const file = new EventFile(path);
  for (let look = 0; look < 2; look++) {
    await file.read();
    assert.deepEqual(lossOf(file), [
      [0, 0],
      [1, 1],
    ]);
    assert.equal(file.fault?.code, 'file-corrupt');
    assert.equal(file.fault?.where, `byte ${records[0]!.length + records[1]!.length}`);
    assert.ok(file.fault?.message.includes(path));
  }
});

test('the last record whose bytes have not all arrived is no fault, and is read later', async (t) => {
  const path = join(scratch(t), 'events.out.tfevents.1.host');
  const [first, second] = [scalar('loss', 1, 1), scalar('loss', 2, 2)];
  const half = Buffer.concat([second.subarray(0, 20), Buffer.alloc(second.length - 20)]);
  const file = new EventFile(path);
  for (const tail of [half, Buffer.alloc(40)]) {
    writeFileSync(path, Buffer.concat([first, tail]));
    await file.read();
    assert.deepEqual([lossOf(file), file.fault], [[[1, 1]], undefined]);
  }
  writeFileSync(path, Buffer.concat([first, second]));
  await file.read();
  assert.deepEqual(lossOf(file).at(-1), [2, 2]);
});

test('a record that is no Event is left out, the next ones are read', async (t) => {
  const path = join(scratch(t), 'events.out.tfevents.1.host');
  writeFileSync(path, Buffer.concat([scalar('loss', 1, 1), record(Buffer.from([0x2a, 0x7f, 1])), scalar('loss', 2, 2)]));
  const file = new EventFile(path);
  await file.read();
  assert.equal(lossOf(file).length, 2);
  assert.match(file.fault?.message ?? '', /left out/);
});

test('large records are passed over, wherever a window ends', async (t) => {
  const path = join(scratch(t), 'events.out.tfevents.1.host');
  const picture = record(Buffer.alloc(3_000_000, 7));
  const all = [scalar('loss', 1, 1), picture, scalar('loss', 2, 2), record(new MessageWriter().string(3, 'x'.repeat(90_000)).finish())];
  writeFileSync(path, Buffer.concat([...all, scalar('loss', 3, 3)]));
  const file = new EventFile(path, { window: 4096, most: 500_000 });
  await file.read();
  assert.deepEqual([lossOf(file).map(([step]) => step), file.fault], [[1, 2, 3], undefined]);
});

test('a long file is read in several looks, and says so', async (t) => {
  const path = join(scratch(t), 'events.out.tfevents.1.host');
  writeFileSync(path, Buffer.concat(Array.from({ length: 100 }, (_, i) => scalar('loss', i, i))));
  const file = new EventFile(path, { window: 500, most: 1000 });
  await file.read();
  assert.equal(file.fault?.code, 'file-too-large');
  for (let i = 0; i < 9 && file.fault; i++) await file.read();
  assert.deepEqual([lossOf(file).length, file.fault], [100, undefined]);
});

test('another file of the same name is read from its beginning', async (t) => {
  const path = join(scratch(t), 'events.out.tfevents.1.host');
  writeFileSync(path, Buffer.concat([scalar('loss', 1, 1), scalar('loss', 2, 2)]));
  const file = new EventFile(path);
  await file.read();
  writeFileSync(`${path}.new`, Buffer.concat([scalar('loss', 7, 7), scalar('loss', 8, 8), scalar('loss', 9, 9)]));
  renameSync(`${path}.new`, path);
  await file.read();
  assert.deepEqual(
    lossOf(file).map(([step]) => step),
    [7, 8, 9],
  );
  truncateSync(path, scalar('loss', 7, 7).length);
  await file.read();
  assert.deepEqual(
    lossOf(file).map(([step]) => step),
    [7],
  );
  // In place, and longer than before.
  writeFileSync(path, Buffer.concat([1, 2, 3, 4].map((step) => scalar('loss', step, step))));
  await file.read();
  assert.deepEqual(
    lossOf(file).map(([step]) => step),
    [1, 2, 3, 4],
  );
});

test('a session that starts at a step voids what was written of it and of later ones', async (t) => {
  const path = join(scratch(t), 'events.out.tfevents.1.host');
  const steps = [0, 1, 2, 3].map((step) => scalar('loss', step, step));
  writeFileSync(path, Buffer.concat([...steps, sessionStart(2), scalar('loss', 2, 20)]));
  const file = new EventFile(path);
  await file.read();
  assert.deepEqual(lossOf(file), [
    [0, 0],
    [1, 1],
    [2, 20],
  ]);
  assert.equal(file.restartsAt, 2);
});

test('tags and numbers are bounded', async (t) => {
  const path = join(scratch(t), 'events.out.tfevents.1.host');
  writeFileSync(path, Buffer.concat(Array.from({ length: 20 }, (_, i) => scalar(i < 10 ? 'loss' : `tag ${i}`, i, i))));
  const few = new EventFile(path, { tags: 3 });
  await few.read();
  assert.deepEqual([few.columns.size, few.fault?.code], [3, 'file-too-large']);
  const short = new EventFile(path, { values: 5 });
  for (let i = 0; i < 3; i++) await short.read();
  assert.deepEqual([lossOf(short).length, short.fault?.code], [5, 'file-too-large']);
});

test('a length beyond the file allocates nothing and waits', () => {
  const head = Buffer.alloc(12);
  head.writeBigUInt64LE(2n ** 63n);
  head.writeUInt32LE(maskedCrc32c(head.subarray(0, 8)), 8);
  assert.deepEqual(nextRecord(head, 0), { kind: 'partial', length: 2 ** 63 + 16 });
});

test('a file that is not there, or no file', async (t) => {
  const folder = scratch(t);
  for (const path of [folder, join(folder, 'none')]) {
    await assert.rejects(new EventFile(path).read(), (error) => error instanceof ModelError && error.code === 'file-missing');
  }
});

test('damage anywhere: nothing but a ModelError, and no number that was not written', async (t) => {
  const path = join(scratch(t), 'events.out.tfevents.1.host');
  const random = Random.seeded(11);
  const index = (n: number) => Math.floor(random.uniform() * n);
  const sources = Object.keys(expected)
    .flatMap(eventFiles)
    .map((file) => readFileSync(file));
  let faults = 0;
  for (let i = 0; i < 400; i++) {
    const bytes = Buffer.from(sources[i % sources.length]!);
    const whole = new EventFile(path);
    writeFileSync(path, bytes);
    await whole.read();
    for (let k = 0; k <= index(3); k++) bytes[index(bytes.length)] = index(256);
    writeFileSync(path, random.uniform() < 0.3 ? bytes.subarray(0, index(bytes.length)) : bytes);
    const file = new EventFile(path, { window: 64 + index(400) });
    await file.read();
    if (file.fault) faults++;
    for (const [tag, { value }] of file.columns)
      assert.deepEqual(value, whole.columns.get(tag)?.value.slice(0, value.length), `round ${i}`);
  }
  assert.ok(faults > 200, `${faults}`);
});

test('random events with right checksums: a ModelError or numbers', () => {
  const random = Random.seeded(3);
  const index = (n: number) => Math.floor(random.uniform() * n);
  const whole = readFileSync(eventFiles('tf/two')[0]!);
  const events: Uint8Array[] = [];
  for (let at = 0; at < whole.length; ) {
    const next = nextRecord(whole, at);
    assert.ok(next.kind === 'record');
    events.push(next.data);
    at = next.end;
  }
  let refused = 0;
  for (let i = 0; i < 3000; i++) {
    const bytes = Buffer.from(events[i % events.length]!);
    for (let k = 0; k <= index(4); k++) bytes[index(bytes.length)] = index(256);
    try {
      for (const { value } of readEvent(bytes, new Set()).scalars) assert.equal(typeof value, 'number');
    } catch (error) {
      assert.ok(error instanceof ModelError, `round ${i}: ${error}`);
      refused++;
    }
  }
  assert.ok(refused > 300, `${refused}`);
});

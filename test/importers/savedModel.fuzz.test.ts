// Damaged TensorFlow files: a ModelError or the right answer, within bounds of time and memory.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeSavedModel } from '../../src/formats/tensorflow/savedModel.ts';
import { openModel } from '../../src/importers/index.ts';
import { readTfGraph } from '../../src/importers/savedmodel/index.ts';
import { importTensorFlow } from '../../src/importers/tensorflow/import.ts';
import { ModelError } from '../../src/shared/errors.ts';
import { type Files, filesOf, sourceOf } from '../support/savedModels.ts';

/** One damaged file may take as long and as much. */
const MOST_MS = 5000;
const MOST_BYTES = 300e6;

/** Numbers that look random and are always the same. */
function* noise(seed: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

type Outcome = 'refused' | 'opened';

/** Fails for any error but a ModelError that says something, and beyond the bounds. */
async function outcome(
  files: Files,
  what: string,
  open: (source: ReturnType<typeof sourceOf>) => Promise<unknown> = openModel,
): Promise<Outcome> {
  const [start, before] = [performance.now(), process.memoryUsage().rss];
  try {
    await open(sourceOf(files));
    return 'opened';
  } catch (error) {
    assert.ok(error instanceof ModelError, `${what}: ${(error as Error)?.stack}`);
    assert.ok(error.message.length > 10 && error.message.length < 3000, `${what}: ${error.message.length} characters`);
    return 'refused';
  } finally {
    assert.ok(performance.now() - start < MOST_MS, `${what}: ${performance.now() - start} ms`);
    assert.ok(process.memoryUsage().rss - before < MOST_BYTES, `${what}: ${process.memoryUsage().rss - before} bytes`);
  }
}

const damaged = (files: Files, name: string, bytes: Uint8Array): Files => ({ ...files, [name]: bytes });

/** Read, and imported too. */
const read = async (source: ReturnType<typeof sourceOf>) => importTensorFlow(await readTfGraph(source), source);

test('saved_model.pb cut short anywhere', async () => {
  const files = filesOf('condition');
  const whole = files['saved_model.pb'] as Uint8Array;
  // A file that ends between two fields of the outermost message is a smaller one; there is one such place.
  for (let length = 1; length < whole.length; length += length < 400 ? 1 : 37) {
    const cut = whole.subarray(0, length);
    if (length <= 2) continue;
    assert.throws(() => decodeSavedModel(cut), ModelError, `${length} bytes`);
    if (length % 5 === 0) assert.equal(await outcome(damaged(files, 'saved_model.pb', cut), `${length} bytes`), 'refused');
  }
});

test('a frozen graph cut short anywhere', async () => {
  const files = filesOf('frozen_graph');
  const whole = files['frozen.pb'] as Uint8Array;
  for (let length = 1; length < whole.length; length += 61)
    await outcome(damaged(files, 'frozen.pb', whole.subarray(0, length)), `${length} bytes`);
});

for (const name of ['variables/variables.index', 'variables/variables.data-00000-of-00001']) {
  test(`${name} cut short anywhere`, async () => {
    const files = filesOf('condition');
    const whole = files[name] as Uint8Array;
    for (let length = 0; length < whole.length; length++) {
      const cut = damaged(files, name, whole.subarray(0, length));
      // Behind the variables the data file holds what says how they belong together, which is not read.
      const got = await outcome(cut, `${length} bytes`, readTfGraph);
      if (name.endsWith('index')) assert.equal(got, 'refused', `${length} bytes`);
    }
  });

  test(`${name} with one byte changed: refused, or the same values`, async () => {
    const files = filesOf('condition');
    const whole = files[name] as Uint8Array;
    const right = (await readTfGraph(sourceOf(files))).constants.get('w')?.read();
    assert.equal(right?.length, 81);
    let refused = 0;
    for (let at = 0; at < whole.length; at++) {
      const changed = Uint8Array.from(whole);
      changed[at] = (changed[at] as number) ^ (1 << (at % 8));
      const result = await outcome(damaged(files, name, changed), `byte ${at}`, async (source) => {
        assert.deepEqual((await readTfGraph(source)).constants.get('w')?.read(), right, `byte ${at}`);
      });
      if (result === 'refused') refused += 1;
    }
    assert.ok(refused > 81 * 4 * 0.9 || name.endsWith('index'), `${refused} of ${whole.length} are noticed`);
    assert.ok(refused > whole.length / 2, `${refused} of ${whole.length} are noticed`);
  });
}

for (const [name, file] of [
  ['module', 'saved_model.pb'],
  ['tf1', 'saved_model.pb'],
  ['frozen_graph', 'frozen.pb'],
] as const) {
  test(`${name} with bytes changed, put in and left out`, async () => {
    const files = filesOf(name);
    const whole = files[file] as Uint8Array;
    const random = noise(name.length);
    const pick = (n: number) => Math.floor((random.next().value as number) * n);
    const counts = { refused: 0, opened: 0 };
    for (let round = 0; round < 250; round++) {
      let bytes = Uint8Array.from(whole);
      for (let change = 0; change <= round % 3; change++) {
        const at = pick(bytes.length);
        if (round % 7 < 5) bytes[at] = pick(256);
        else if (round % 7 === 5)
          bytes = Uint8Array.from([...bytes.subarray(0, at), ...Array.from({ length: 1 + pick(4) }, () => 255), ...bytes.subarray(at)]);
        else bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + 1 + pick(8))]);
      }
      counts[await outcome(damaged(files, file, bytes), `round ${round}`, read)] += 1;
    }
    assert.ok(counts.refused > 50, JSON.stringify(counts));
  });
}

test('nothing but noise behind the first bytes', async () => {
  const random = noise(7);
  for (const head of [
    [0x08, 0x01, 0x12, 0xff, 0x7f, 0x0a],
    [0x0a, 0x7f, 0x0a, 0x01, 0x78, 0x12, 0x01, 0x41],
  ]) {
    for (let round = 0; round < 100; round++) {
      const bytes = Uint8Array.from([...head, ...Array.from({ length: 400 }, () => Math.floor((random.next().value as number) * 256))]);
      assert.equal(await outcome({ 'saved_model.pb': bytes }, `round ${round}`), 'refused');
    }
  }
});

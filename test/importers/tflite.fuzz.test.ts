// Damaged files: a ModelError or a model, in time and within bounds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeTflite } from '../../src/formats/tflite/read.ts';
import { tfGraph } from '../../src/importers/tflite/graph.ts';
import { ModelError } from '../../src/shared/errors.ts';
import { type Kind, openBytes, tflite } from '../support/tflite.ts';

/** For one file of 18 kB: far more than any takes (20 ms), far less than a loop over an absurd count. */
const LONGEST_MS = 2000;

/** A result or a ModelError; undefined is a result. */
async function outcome(open: () => unknown): Promise<ModelError | undefined> {
  const started = performance.now();
  try {
    await open();
    return undefined;
  } catch (error) {
    assert.ok(error instanceof ModelError, `${(error as Error).stack}`);
    return error;
  } finally {
    const took = performance.now() - started;
    assert.ok(took < LONGEST_MS, `took ${took} ms`);
  }
}

/** Everything but the graph: what reads the file itself. */
function readAll(bytes: Uint8Array): void {
  const graph = tfGraph(decodeTflite(bytes));
  for (const constant of graph.constants.values()) constant.read();
}

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Places of the words that are no weights. */
function structure(bytes: Uint8Array): number[] {
  const weights = decodeTflite(bytes).buffers.filter(({ length }) => length > 64);
  const starts = Array.from({ length: Math.floor(bytes.length / 4) }, (_, i) => 4 * i);
  return starts.filter((at) => !weights.some((w) => at >= w.byteOffset && at < w.byteOffset + w.length));
}

test('truncated at every byte', async () => {
  const whole = tflite('int8');
  let refused = 0;
  for (let length = 0; length < whole.length; length++) {
    const error = await outcome(() => readAll(whole.subarray(0, length)));
    refused += Number(error !== undefined);
  }
  // The last bytes of the file are what was written first and may be padding.
  assert.ok(refused > whole.length - 16, `${refused} of ${whole.length} were refused`);
});

for (const kind of ['float', 'float16', 'int8', 'uint8'] as const satisfies Kind[]) {
  test(`${kind}: flipped bytes of its structure`, async () => {
    const whole = tflite(kind);
    const words = structure(whole);
    const before = process.memoryUsage().rss;
    let refused = 0;
    for (let seed = 1; seed <= 500; seed++) {
      const next = random(seed * 7919);
      const bytes = whole.slice();
      const flips = 1 + Math.floor(next() * 4);
      for (let i = 0; i < flips; i++) {
        const word = words[Math.floor(next() * words.length)] as number;
        bytes[word + Math.floor(next() * 4)] = Math.floor(next() * 256);
      }
      refused += Number((await outcome(() => openBytes(bytes))) !== undefined);
    }
    assert.ok(refused > 100 && refused < 500, `${refused} of 500 were refused`);
    const grown = process.memoryUsage().rss - before;
    assert.ok(grown < 2 ** 28, `grew by ${grown} bytes`);
  });
}

test('absurd lengths and offsets in every word of the structure', async () => {
  const whole = tflite('uint8');
  for (const value of [1, 0x7fffffff, 0xfffffff0]) {
    for (const at of structure(whole)) {
      const bytes = whole.slice();
      new DataView(bytes.buffer).setUint32(at, value, true);
      await outcome(() => readAll(bytes));
    }
  }
});

test('offsets that lead back: every word points at the root', async () => {
  const whole = tflite('float');
  const root = new DataView(whole.buffer).getUint32(0, true);
  for (const at of structure(whole)) {
    const bytes = whole.slice();
    new DataView(bytes.buffer).setUint32(at, (root - at) >>> 0, true);
    await outcome(() => readAll(bytes));
  }
});

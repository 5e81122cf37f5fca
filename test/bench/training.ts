/**
 * A new checkpoint of the size of SqueezeNet, 12 probes, Grad-CAM at one layer: from the complete file to frames, with its parts, against what
 * a panel would ask for the same, image by image: 12 × predict + explain.
 *   npm run bench:training [-- ROUNDS]
 * Every round has checkpoints of its own, whose weights differ a little. The two take turns, so that a busy machine slows both; processor time of all
 * threads is changed less. Bar: 2 s on 2 cores.
 */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '../../src/engine/engine.ts';
import { preparedOf } from '../../src/engine/inputs.ts';
import { createServices } from '../../src/engine/services.ts';
import { aside } from '../../src/engine/training/aside.ts';
import { openCheckpoint, versionOfOpen } from '../../src/engine/training/checkpoint.ts';
import { ProbeImages } from '../../src/engine/training/probeImages.ts';
import { logitsOfMany, type NamedInput } from '../../src/engine/training/probeLogits.ts';
import { mapsOfMany } from '../../src/engine/training/probeMaps.ts';
import { averagedCells, onBorder } from '../../src/explain/evidence.ts';
import type { Preprocessing } from '../../src/shared/sidecar.ts';
import { borderWidth, type MapChoice } from '../../src/shared/trainingProtocol.ts';
import { sharedMissing, sharedPath } from '../support/shared.ts';
import { makePhotographs } from './photographs.ts';

const bar = 2_000;
const probes = 12;
const rounds = Number(process.argv[2] ?? 5);
const choice: MapChoice = { request: { method: 'grad-cam' }, of: 'predicted' };
const input: Preprocessing = { resize: 'stretch', channels: 'BGR', scale: 1, mean: [104, 117, 123], std: [1, 1, 1] };
const never = new AbortController().signal;
const context = { signal: never, progress: () => {} };

const network = sharedPath('models/squeezenet-imagenet/tfjs-layers');
const photographs = sharedPath('images');
if (network === undefined || photographs === undefined) console.log(sharedMissing);
else {
  const folder = await mkdtemp(join(tmpdir(), 'glassbox-training-'));
  try {
    await measure(network, photographs, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
process.exit();

async function measure(from: string, photos: string, folder: string): Promise<void> {
  await mkdir(join(folder, 'images'));
  await writeFile(join(folder, 'glassbox.json'), JSON.stringify({ input }));
  const images = await makePhotographs(photos, join(folder, 'images'), probes);
  let made = 0;
  /** A checkpoint that nobody has seen. */
  const fresh = async (): Promise<string> => {
    const own = join(folder, `epoch_${++made}`);
    await cp(from, own, { recursive: true });
    const shard = (await readdir(own)).find((name) => name.endsWith('.bin')) as string;
    const bytes = await readFile(join(own, shard));
    // The last bits of some weights.
    for (let i = 0; i < 100; i++) bytes[4 * i] = (bytes[4 * i]! + made) % 256;
    await writeFile(join(own, shard), bytes);
    return join(own, 'model.json');
  };
  const store = join(folder, 'store');
  await mkdir(store);
  const options = { engine: 'onnxruntime' as const, cacheBytes: 2 ** 29 };
  const engine = createEngine(options);
  const whole: Spent[] = [];
  const plain: Spent[] = [];
  const again: Spent[] = [];
  const parts: Record<string, number[]> = {};
  const services = createServices(options);
  const probeImages = new ProbeImages(2 ** 26);
  for (let round = 0; round <= rounds; round++) {
    const [one, two, three] = [await fresh(), await fresh(), await fresh()];
    const ask = () => engine.probeFrames({ model: one, store, images, masks: {}, choice }, context);
    const first = await timed(ask);
    const second = await timed(async () => {
      for (const image of images) {
        const { top } = await engine.predict({ model: two, image }, context);
        await engine.explain({ model: two, image, request: { ...choice.request, class: top[0]!.index } }, context);
      }
    });
    const known = await timed(ask);
    const split = await inParts(three, images);
    if (round === 0) {
      console.log(`the first checkpoint, whose pictures are decoded: ${told([first])}, image by image ${told([second])}`);
      continue;
    }
    whole.push(first);
    plain.push(second);
    again.push(known);
    for (const [part, ms] of Object.entries(split)) parts[part] = [...(parts[part] ?? []), ms];
  }
  console.log(`\nSqueezeNet, ${probes} probes, Grad-CAM at one layer, median of ${rounds}`);
  const [ms, plainly] = [whole, plain].map((all) => median(all.map((each) => each.ms))) as [number, number];
  console.log(`  from file to frames: ${told(whole)}, bar ${bar} ms${ms > bar ? ': missed' : ''}`);
  console.log(`  image by image:      ${told(plain)}, ${(plainly / ms).toFixed(2)} times as long`);
  console.log(`  looked up again:     ${told(again)}`);
  console.log('  parts, by themselves:');
  for (const [part, ms] of Object.entries(parts)) console.log(`    ${part}: ${median(ms).toFixed(0)} ms`);

  async function inParts(model: string, paths: readonly string[]): Promise<Record<string, number>> {
    const spent: Record<string, number> = {};
    const part = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
      const start = performance.now();
      const result = await work();
      spent[name] = performance.now() - start;
      return result;
    };
    const job = { priority: -10, signal: never };
    const open = await part('open', () => openCheckpoint(services, model, never));
    const known = await versionOfOpen(services, open, paths);
    const how = { how: known.preprocessing, input: open.model.input, signal: never };
    const info = { ...(await services.inputs.describe(open, undefined)), labels: known.labels };
    const inputs = await Promise.all(
      paths.map(async (path) => {
        const hash = await probeImages.hashOf(path, 'image');
        const { fed, ...size } = await probeImages.feed(path, hash, how);
        return preparedOf(open, info, { path, name: path, ...size }, fed, known.preprocessing);
      }),
    );
    await aside(services, async (own) => {
      const named = inputs.map(({ image, fed }): NamedInput => ({ name: image.name, tensor: fed.tensor }));
      const logits = await part('forward', () => logitsOfMany(own, open, named, job));
      const all = inputs.map((input, i) => ({ input, class: logits[i]!.indexOf(Math.max(...logits[i]!)) }));
      const key = { method: 'grad-cam', variant: 'standard', layer: open.defaultLayer as string, params: {} };
      const maps = await part('maps', async () => {
        const outcomes = [];
        for await (const batch of mapsOfMany(own, key, all, job)) outcomes.push(...batch);
        return outcomes.flatMap(({ outcome }) => ('map' in outcome ? [outcome.map] : []));
      });
      if (maps.length !== probes) throw new Error('a map is missing');
      await part('measures', async () => {
        for (const map of maps) {
          onBorder(map, open.model.input, borderWidth);
          averagedCells(map, 32);
        }
      });
    });
    return spent;
  }
}

interface Spent {
  ms: number;
  /** Of all threads. */
  cpu: number;
}

async function timed(work: () => Promise<unknown>): Promise<Spent> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { ms: performance.now() - start, cpu: (user + system) / 1000 };
}

function told(all: readonly Spent[]): string {
  return `${median(all.map(({ ms }) => ms)).toFixed(0)} ms (processor ${median(all.map(({ cpu }) => cpu)).toFixed(0)} ms)`;
}

function median(all: readonly number[]): number {
  return [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] as number;
}

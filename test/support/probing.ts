// Probes and checkpoints on disk, and the calls about them.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import sharp from 'sharp';
import { createEngine } from '../../src/engine/engine.ts';
import { encodeModel } from '../../src/formats/onnx/write.ts';
import type { MapChoice, ProbeFrames, TrainingCalls } from '../../src/shared/trainingProtocol.ts';
import { classNames, newFolder, unitPixels, writePicture } from './engineCalls.ts';
import { branched, classifier, noise, type Small, weight } from './onnxModels.ts';

type Params = TrainingCalls['probeFrames']['params'];

interface AskProbes extends Partial<Params> {
  signal?: AbortSignal;
  told?(done: number, total: number): void;
}

export const gradCam: MapChoice = { request: { method: 'grad-cam' }, of: 'predicted' };

/** Weights of a checkpoint: others for every seed. */
export function checkpoint(seed: number): Partial<Small> {
  const net = branched(noise(108, seed), noise(4, seed + 1));
  return { ...net, initializers: [...(net.initializers ?? []).slice(0, 4), weight('w2', [5, 4], noise(20, seed + 2)), weight('b2', [5])] };
}

export async function writeCheckpoint(path: string, overrides: Partial<Small>): Promise<string> {
  await writeFile(path, encodeModel(classifier(overrides)));
  return path;
}

/** A mask of the picture's size, white in a rectangle; returns its path. */
export async function writeMask(
  path: string,
  { width = 16, height = 12, left = 0, top = 0, right = 0, bottom = 0, value = 255 },
): Promise<string> {
  const inside = (x: number, y: number) => x >= left && x < right && y >= top && y < bottom;
  const data = Uint8Array.from({ length: width * height }, (_, i) => (inside(i % width, Math.floor(i / width)) ? value : 0));
  await sharp(data, { raw: { width, height, channels: 1 } })
    .png()
    .toFile(path);
  return path;
}

/** A folder with a model (see `checkpoint`; input 6×8 pixels) and pictures in folders of their classes; an engine that is asked about them. */
export async function newProbes(t: TestContext, { count = 6, of = checkpoint(1) }: { count?: number; of?: Partial<Small> } = {}) {
  const folder = await newFolder(t);
  await writeFile(join(folder, 'glassbox.json'), JSON.stringify({ labels: classNames, input: unitPixels }));
  const model = await writeCheckpoint(join(folder, 'epoch_01.onnx'), of);
  const images: string[] = [];
  for (let i = 0; i < count; i++) {
    const own = join(folder, 'images', classNames[i % classNames.length] as string);
    await mkdir(own, { recursive: true });
    images.push(await writePicture(join(own, `p${i}.png`), { seed: i + 1 }));
  }
  const store = join(folder, 'store');
  const newEngine = () => createEngine({ engine: 'onnxruntime', cacheBytes: 2 ** 26 });
  const engine = newEngine();
  const asker =
    (own: typeof engine) =>
    async ({ signal = new AbortController().signal, told, ...params }: AskProbes = {}): Promise<ProbeFrames> =>
      await own.probeFrames(
        { model, store, images, masks: {}, choice: gradCam, ...params },
        { signal, progress: ({ done, total }) => told?.(done, total) },
      );
  return { folder, model, images, store, engine, ask: asker(engine), askAnother: () => asker(newEngine()) };
}

/** All but how long it took. */
export function said({ ms, ...frames }: ProbeFrames): Omit<ProbeFrames, 'ms'> {
  return frames;
}

/** Map of a row. */
export function mapOfRow({ maps, height, width }: ProbeFrames, row: number): Float32Array {
  return maps.slice(row * height * width, (row + 1) * height * width);
}

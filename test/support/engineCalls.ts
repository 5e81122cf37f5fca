// An engine in this process, small models and pictures on disk to ask it about.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import sharp from 'sharp';
import { createEngine } from '../../src/engine/engine.ts';
import type { EngineOptions } from '../../src/engine/services.ts';
import { encodeModel } from '../../src/formats/onnx/write.ts';
import type { EngineCalls, MapProgress } from '../../src/shared/protocol.ts';
import type { CallContext } from '../../src/shared/rpc.ts';
import type { Preprocessing } from '../../src/shared/sidecar.ts';
import { classifier, noise, type Small } from './onnxModels.ts';

export const unitPixels: Preprocessing = { resize: 'stretch', channels: 'RGB', scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1] };
export const classNames = ['ant', 'bee', 'cat', 'dog', 'eel'];

/** A new folder, removed after the test. */
export async function newFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'glassbox-engine-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** model.onnx (see `classifier`; input 6×8 pixels, 5 classes) and glassbox.json; returns the model's path. */
export async function writeClassifier(folder: string, overrides: Partial<Small> = {}, sidecar: object = {}): Promise<string> {
  const path = join(folder, 'model.onnx');
  await writeFile(path, encodeModel(classifier(overrides)));
  await writeFile(join(folder, 'glassbox.json'), JSON.stringify({ labels: classNames, input: unitPixels, ...sidecar }));
  return path;
}

/** A picture of noise; returns its path. */
export async function writePicture(path: string, { seed = 1, width = 16, height = 12 } = {}): Promise<string> {
  const data = Uint8Array.from(noise(width * height * 3, seed), (v) => Math.round((v + 1) * 127.5));
  await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(path);
  return path;
}

type Progress = CallContext<MapProgress>['progress'];

export interface Ask {
  signal?: AbortSignal;
  progress?: Progress;
}

/** The calls of an engine, with a context of one's own where it matters. */
export function newEngine(options: Partial<EngineOptions> = {}) {
  const engine = createEngine({ engine: 'onnxruntime', cacheBytes: 2 ** 26, ...options });
  const context = ({ signal = new AbortController().signal, progress = () => {} }: Ask = {}) => ({ signal, progress });
  return {
    engine,
    predict: (model: string, image: string, ask?: Ask) => engine.predict({ model, image }, context(ask)),
    explain: (model: string, image: string, request: EngineCalls['explain']['params']['request'], ask?: Ask) =>
      engine.explain({ model, image, request }, context(ask)),
    open: (model: string, ask?: Ask) => engine.open({ model }, context(ask)),
    preprocessings: (model: string, image: string, ask?: Ask) => engine.preprocessings({ model, image }, context(ask)),
    imagePng: (image: string) => engine.imagePng({ image }, context()),
    configure: (settings: EngineOptions) => engine.configure(settings, context()),
    forget: (model: string) => engine.forget({ model }, context()),
  };
}

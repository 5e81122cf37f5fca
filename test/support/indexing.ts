// Indices of features, and the same numbers with every image alone, in double precision.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createEngine } from '../../src/engine/engine.ts';
import { createServices, type EngineOptions } from '../../src/engine/services.ts';
import { openIndex } from '../../src/engine/space/openIndex.ts';
import { planForward } from '../../src/explain/plan.ts';
import { decodeImage } from '../../src/image/decode.ts';
import { preprocess } from '../../src/image/preprocess.ts';
import { findFeatures } from '../../src/inspect/featureLayers.ts';
import type { Preprocessing } from '../../src/shared/sidecar.ts';
import type { IndexProgress } from '../../src/shared/spaceProtocol.ts';
import { evaluate } from './reference.ts';

const options: EngineOptions = { engine: 'onnxruntime', cacheBytes: 2 ** 26 };

interface Ask {
  signal?: AbortSignal;
  progress?: (progress: IndexProgress) => void;
}

/** An engine that indexes with one model into one store. */
export function indexer(model: string, store: string, layer?: string) {
  const engine = createEngine(options);
  const context = ({ signal = new AbortController().signal, progress = () => {} }: Ask = {}) => ({ signal, progress });
  const of = { model, store, ...(layer !== undefined && { layer }) };
  return {
    engine,
    index: (images: readonly string[], ask?: Ask) => engine.index({ ...of, images }, context(ask)),
    indexed: (images: readonly string[]) => engine.indexed({ ...of, images }, context()),
    forget: () => engine.forgetIndex({ store, model }, context()),
    forgetAll: () => engine.forgetIndex({ store }, context()),
    thumbnails: (images: readonly string[]) => engine.thumbnails({ store, images }, context()),
    features: (images: readonly string[]) => featuresIn(of, images),
  };
}

/** What an index holds of images, read from disk anew. */
export async function featuresIn(of: { model: string; store: string; layer?: string }, images: readonly string[]) {
  const { signal } = new AbortController();
  const index = await openIndex(createServices(options), of, signal);
  return await index.features(images, signal);
}

/** Features, logits and hash of each image, from the reference. */
export async function eachByReference(model: string, images: readonly string[], how: Preprocessing, layer?: string) {
  const { model: opened } = await createServices(options).models.open(model);
  const { value } = findFeatures(opened, layer);
  const { input, logits } = opened;
  const [features, all] = [planForward(opened, value), planForward(opened)];
  return await Promise.all(
    images.map(async (path) => {
      const { tensor, shape } = preprocess(await decodeImage(path), how, input);
      const feeds = () => new Map([[input.value, { shape, data: Float64Array.from(tensor) }]]);
      const found = evaluate(features, feeds()).get(value);
      const [, channels = 1] = (found?.shape ?? []).map(Number);
      const data = found?.data as Float64Array;
      const area = data.length / channels;
      const vector = Array.from({ length: channels }, (_, c) => data.slice(c * area, (c + 1) * area).reduce((a, b) => a + b, 0) / area);
      const hash = createHash('sha256')
        .update(await readFile(path))
        .digest('hex');
      return { path, hash, vector, logits: [...(evaluate(all, feeds()).get(logits)?.data ?? [])] };
    }),
  );
}

// Collections, and the same by brute force: every image alone, in double precision, everything sorted.
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createEngine } from '../../src/engine/engine.ts';
import { createServices, type EngineOptions } from '../../src/engine/services.ts';
import { layerCollection } from '../../src/engine/units/collected.ts';
import { findUnitLayer } from '../../src/engine/units/unitLayer.ts';
import { createOnnxRuntime } from '../../src/execute/onnxruntime/executor.ts';
import { planForward } from '../../src/explain/plan.ts';
import { float32 } from '../../src/graph/graph.ts';
import { decodeImage } from '../../src/image/decode.ts';
import { preprocess } from '../../src/image/preprocess.ts';
import type { Preprocessing } from '../../src/shared/sidecar.ts';
import type { CollectProgress } from '../../src/shared/unitsProtocol.ts';
import { newFolder, writePicture } from './engineCalls.ts';
import { evaluate } from './reference.ts';

const options: EngineOptions = { engine: 'onnxruntime', cacheBytes: 2 ** 26 };

interface Ask {
  signal?: AbortSignal;
  progress?: (progress: CollectProgress) => void;
}

/** An engine that collects with one model into one store. */
export function collector(model: string, store: string) {
  const engine = createEngine(options);
  const context = ({ signal = new AbortController().signal, progress = () => {} }: Ask = {}) => ({ signal, progress });
  const of = { model, store };
  return {
    engine,
    collect: (images: readonly string[], layers: readonly string[], ask?: Ask) => engine.collect({ ...of, images, layers }, context(ask)),
    collected: (images: readonly string[], layer: string) => engine.collected({ ...of, images, layer }, context()),
    forget: (layer?: string) => engine.forgetCollected({ ...of, ...(layer !== undefined && { layer }) }, context()),
    units: (layer: string, quantile = 0.005) => engine.layerUnits({ ...of, layer, quantile }, context()),
    summary: (layer: string, unit: number, quantile = 0.005) => engine.unitSummary({ ...of, layer, unit, quantile }, context()),
    told: (layer: string) => told(model, store, layer),
  };
}

/** All that is collected of a layer, read from disk anew. */
export async function told(model: string, store: string, layer: string) {
  const services = createServices(options);
  const { collection } = await layerCollection(services, { model, store, layer }, new AbortController().signal);
  const { top, histogram, ...lists } = collection;
  const units = Array.from({ length: collection.units }, (_, unit) => {
    const { total, min, max } = histogram(unit);
    const quantiles = [0.005, 0.1, 0.5].map((share) => histogram(unit).quantile(share));
    return { top: top(unit), total, min, max, quantiles, bins: histogram(unit).linear(20) };
  });
  return { ...lists, units };
}

/** The same numbers of every unit, and its cells, from the reference. */
export async function bruteForce(model: string, images: readonly string[], layer: string, how: Preprocessing) {
  const services = createServices(options);
  const open = await services.models.open(model);
  const { info, value } = findUnitLayer(open, layer);
  const { input } = open.model;
  const graph = planForward(open.model, value);
  const seen = new Set<string>();
  const cells: number[][] = Array.from({ length: info.units }, () => []);
  const best: { hash: string; value: number; at: number }[][] = Array.from({ length: info.units }, () => []);
  for (const path of images) {
    const hash = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
    if (seen.has(hash)) continue;
    seen.add(hash);
    const { tensor, shape } = preprocess(await decodeImage(path), how, input);
    const feed = { shape, data: Float64Array.from(tensor) };
    const data = evaluate(graph, new Map([[input.value, feed]])).get(value)?.data as Float64Array;
    const area = info.height * info.width;
    for (let unit = 0; unit < info.units; unit++) {
      const own = [...data.slice(unit * area, (unit + 1) * area)];
      const most = Math.max(...own);
      best[unit]?.push({ hash, value: most, at: own.indexOf(most) });
      cells[unit]?.push(...own);
    }
  }
  const top = best.map((list) => list.sort((a, b) => b.value - a.value || (a.hash < b.hash ? -1 : 1)).slice(0, 100));
  return { info, images: [...seen].sort(), cells, top };
}

/** Maps [units][cells] of a layer for each image, from a graph that puts out nothing but the layer. */
export async function eachAlone(model: string, images: readonly string[], layer: string, how: Preprocessing) {
  const open = await createServices(options).models.open(model);
  const { info, value } = findUnitLayer(open, layer);
  const { input } = open.model;
  const program = await (await createOnnxRuntime()).compile(planForward(open.model, value));
  const found: { hash: string; maps: Float32Array[] }[] = [];
  for (const path of images) {
    const image = await decodeImage(path);
    const { tensor, shape } = preprocess(image, how, input);
    const data = (await program.run({ [input.value]: float32(shape, tensor) }))[value]?.data as Float32Array;
    const cells = info.height * info.width;
    found.push({ hash: image.hash, maps: Array.from({ length: info.units }, (_, u) => data.slice(u * cells, (u + 1) * cells)) });
  }
  await program.dispose();
  return found;
}

/** Pictures of noise in a folder: `0.png`, `1.png`, …; all different. */
export async function pictures(t: TestContext, count: number): Promise<string[]> {
  const folder = join(await newFolder(t), 'pictures');
  await mkdir(folder);
  return await Promise.all(Array.from({ length: count }, (_, i) => writePicture(join(folder, `${i}.png`), { seed: i * 7 + 1 })));
}

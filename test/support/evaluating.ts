// Whole data sets at checkpoints: the sample workspace's, and the same numbers with loops in double precision.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { valuesOf } from '../../src/engine/activations.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { feedOne, openFed } from '../../src/engine/openFed.ts';
import { createServices, type EngineOptions } from '../../src/engine/services.ts';
import { featurePlaces } from '../../src/inspect/featureLayers.ts';
import type { TrainingCalls } from '../../src/shared/trainingProtocol.ts';
import { sample } from './paths.ts';

const options: EngineOptions = { engine: 'onnxruntime', cacheBytes: 2 ** 26 };

type Params = TrainingCalls['wholeSet']['params'];

/** An engine that evaluates data sets into one store. */
export function evaluator(store: string) {
  const engine = createEngine(options);
  const context = ({ signal = new AbortController().signal, progress = (_: TrainingCalls['wholeSet']['progress']) => {} } = {}) => ({
    signal,
    progress,
  });
  return {
    engine,
    whole: (params: Omit<Params, 'store'>, ask?: Parameters<typeof context>[0]) => engine.wholeSet({ store, ...params }, context(ask)),
    drift: (from: string, to: string) => engine.drift({ store, from, to }, { ...context(), progress: () => {} }),
    recall: (version: string) =>
      engine.recall(
        { store, version, images: [], choice: { request: { method: 'grad-cam' }, of: 'predicted' } },
        { ...context(), progress: () => {} },
      ),
  };
}

export async function newStore(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'glassbox-whole-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The images of the sample workspace and its labels: their folders. */
export async function sampleImages(): Promise<{ images: string[]; roots: string[] }> {
  const root = join(sample, 'images');
  const files = await readdir(root, { recursive: true });
  return {
    images: files
      .filter((file) => file.endsWith('.png'))
      .sort()
      .map((file) => join(root, file)),
    roots: [root],
  };
}

export function checkpointOf(run: 'shapes' | 'shapes-stamp-bug', epoch: string): string {
  return join(sample, 'models', run, 'checkpoints', `epoch_${epoch}`, 'model.json');
}

/** Of each image [units][cells] of a layer, from a graph that puts out nothing else. */
export async function layerOfEach(model: string, images: readonly string[], layer: string): Promise<Float32Array[][]> {
  const services = createServices(options);
  const { signal } = new AbortController();
  const fed = await openFed(services, model, signal);
  const place = featurePlaces(fed.open.model).find((each) => each.layer.name === layer);
  if (!place) throw new Error(`no layer ${layer}`);
  const all: Float32Array[][] = [];
  for (const image of images) {
    const one = await feedOne(services, fed, image, signal);
    const values = await valuesOf(services, one, { layer, value: place.value }, { priority: 0, signal });
    const cells = values.length / place.layer.dimensions;
    all.push(Array.from({ length: place.layer.dimensions }, (_, unit) => values.slice(unit * cells, (unit + 1) * cells)));
  }
  return all;
}

/** [images][units]. */
export function means(layer: readonly (readonly Float32Array[])[]): number[][] {
  return layer.map((units) => units.map((cells) => cells.reduce((sum, v) => sum + v, 0) / cells.length));
}

/** Mean share of the k nearest by cosine that rows have in both spaces. */
export function overlapByLoops(a: readonly (readonly number[])[], b: readonly (readonly number[])[], k: number): number {
  const near = (rows: typeof a, i: number) => {
    const dot = (x: readonly number[], y: readonly number[]) => x.reduce((s, v, t) => s + v * y[t]!, 0);
    const cosine = (j: number) => dot(rows[i]!, rows[j]!) / Math.sqrt(dot(rows[i]!, rows[i]!) * dot(rows[j]!, rows[j]!));
    return [...rows.keys()]
      .filter((j) => j !== i)
      .sort((x, y) => cosine(y) - cosine(x))
      .slice(0, k);
  };
  return [...a.keys()].reduce((sum, i) => {
    const other = new Set(near(b, i));
    return sum + near(a, i).filter((j) => other.has(j)).length / k / a.length;
  }, 0);
}

/** Song et al. 2012, equation 5, of inner products: traces and sums of Gram matrices without their diagonals. */
export function ckaByLoops(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number {
  const gram = (rows: typeof a) => rows.map((x, i) => rows.map((y, j) => (i === j ? 0 : x.reduce((s, v, t) => s + v * y[t]!, 0))));
  const hsic = (k: number[][], l: number[][]) => {
    const n = k.length;
    const rows = (m: number[][]) => m.map((row) => row.reduce((s, v) => s + v, 0));
    const sum = (values: readonly number[]) => values.reduce((s, v) => s + v, 0);
    const trace = sum(k.map((row, i) => row.reduce((s, v, j) => s + v * l[i]![j]!, 0)));
    const both = sum(rows(k).map((v, i) => v * rows(l)[i]!));
    return trace + (sum(rows(k)) * sum(rows(l))) / ((n - 1) * (n - 2)) - (2 * both) / (n - 2);
  };
  const [k, l] = [gram(a), gram(b)];
  return hsic(k, l) / Math.sqrt(hsic(k, k) * hsic(l, l));
}

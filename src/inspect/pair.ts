import { spatialLayers, upstreamOf } from '../explain/layers.ts';
import { check } from '../graph/check.ts';
import { bindBatch, type Graph, typeOf } from '../graph/graph.ts';
import { prune } from '../graph/prune.ts';
import type { Layer, Model } from '../importers/model.ts';
import { infer, newBuilder } from '../ops/index.ts';
import { ModelError } from '../shared/errors.ts';
import { differentiate } from '../transform/differentiate.ts';
import { foldBatchNorm } from '../transform/foldBatchNorm.ts';

/**
 * Which cells of a layer make the features f(a) of an image like those of another one: parts of the cosine f(a)·g / |f(a)|, where
 * g = f(b) / |f(b)| is held fixed, and so is |f(a)|. Where the features are means over the cells the parts are exact,
 * R_ij = Σ_k A_kij g_k / (HW |f(a)|) (Stylianou, Souvenir, Pless, Visualizing Deep Similarity Networks, WACV 2019). Elsewhere they are
 * activation × gradient, R_ij = Σ_k A_kij ∂(f(a)·g)/∂A_kij / |f(a)| (HiResCAM of the similarity: Draelos, Carin 2020), which add up to
 * the cosine where nothing but linear maps, ReLUs and pools without biases lies between.
 */
export interface PairPlan {
  graph: Graph;
  /** Weight of each feature in the sum, an input shaped like the features: one plan serves every pair. */
  seed: string;
  /** At the layer that the map stands at, [N,C,H,W]. */
  activation: string;
  gradient: string;
}

/**
 * Gradient at `layer` of Σ seed·features.
 * @param features value [N,…] of the model's graph that depends on `layer`
 * @throws ModelError('method') naming the value where there is no gradient
 */
export function planPair(model: Model, features: string, layer: string): PairPlan {
  const { graph: forward } = foldBatchNorm(prune(model.graph, [features]), new Set([layer]));
  const b = newBuilder(forward);
  const seed = b.input(b.unique('seed'), b.type(features));
  const found = differentiate(b, features, seed, [layer]).get(layer);
  // Comparisons and roundings in between hand nothing back.
  const gradient = found ?? b.op('Mul', [layer, b.scalar(0)], {});
  const outputs = [layer, gradient];
  return { graph: check(prune(b.build(outputs), outputs), infer), seed, activation: layer, gradient };
}

/** The last layer with positions that features which are a vector are made of. Throws ModelError('method') naming the feature layer. */
export function layerBefore(model: Model, features: Pick<Layer, 'name' | 'value'>): Layer {
  const upstream = upstreamOf(model, features.value);
  const layer = spatialLayers(model).findLast(({ value }) => value !== features.value && upstream.has(value));
  if (layer) return layer;
  throw new ModelError(
    'method',
    `No layer before '${features.name}' has a height and a width: nothing says where the features come from.`,
    {
      file: model.file,
      where: features.name,
      hint: 'Choose a feature layer behind a convolution.',
    },
  );
}

/** Channels of a value, and cells of each: 1 where it is a vector. */
export interface Grid {
  channels: number;
  cells: number;
}

export function gridOf(graph: Graph, value: string): Grid {
  const [, channels, ...rest] = bindBatch(typeOf(graph, value).shape, 1);
  return { channels: channels as number, cells: rest.reduce((n, size) => n * size, 1) };
}

/** Features [C] of an image, in double precision: the vector itself, or the mean of each channel of [C,H,W] over its cells. */
export function featuresOf(values: Float32Array, { channels, cells }: Grid): Float64Array {
  return Float64Array.from({ length: channels }, (_, k) => {
    let sum = 0;
    for (let i = k * cells; i < (k + 1) * cells; i++) sum += values[i]!;
    return sum / cells;
  });
}

export function lengthOf(vector: Float64Array): number {
  return Math.sqrt(dot(vector, vector));
}

export function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, v, i) => sum + v * b[i]!, 0);
}

/** What each cell adds to the mean features' part along `direction` [C]: Σ_k A_kij direction_k / HW. */
export function meanShares(activation: Float32Array, direction: Float64Array, { channels, cells }: Grid): Float64Array {
  const parts = new Float64Array(cells);
  for (let k = 0; k < channels; k++) {
    const weight = direction[k]! / cells;
    for (let i = 0; i < cells; i++) parts[i]! += activation[k * cells + i]! * weight;
  }
  return parts;
}

/** What each cell adds to the first order: Σ_k A_kij gradient_kij. */
export function gradientShares(activation: Float32Array, gradient: Float32Array, { channels, cells }: Grid): Float64Array {
  const parts = new Float64Array(cells);
  for (let k = 0; k < channels; k++) {
    for (let i = 0; i < cells; i++) parts[i]! += activation[k * cells + i]! * gradient[k * cells + i]!;
  }
  return parts;
}

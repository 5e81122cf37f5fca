/** 2,000 MNIST digits in ../shared/golden/tsne: what scikit-learn and openTSNE make of them. Its manifest says what each file is. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Affinities } from '../../src/numeric/affinities.ts';
import type { NeighbourGraph } from '../../src/numeric/points.ts';
import { sharedPath } from './shared.ts';

export interface QualityBar {
  name: string;
  klAgainstOurP: number;
  neighbourPreservation10: number;
  trustworthiness10: number;
  knn10LabelAccuracy: number;
}

export interface GoldenTsne {
  count: number;
  /** [count,50]. */
  pca: Float32Array;
  /** [count,2], of standard deviation 10⁻⁴. */
  start: Float32Array;
  labels: Uint8Array;
  graph: NeighbourGraph;
  /** [count]. */
  beta: Float32Array;
  affinities: Affinities;
  /** Of the layouts by t-SNE. */
  bars: readonly QualityBar[];
  /** Those, and of two principal components. */
  everyBar: readonly QualityBar[];
  layout(name: string): Float32Array;
}

/** Undefined where ../shared is absent. */
export function goldenTsne(): GoldenTsne | undefined {
  const folder = sharedPath('golden/tsne');
  if (folder === undefined) return undefined;
  const bytes = (name: string) => new Uint8Array(readFileSync(join(folder, name))).buffer;
  const floats = (name: string) => new Float32Array(bytes(name));
  const ints = (name: string) => new Int32Array(bytes(name));
  const { qualityBars } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { qualityBars: QualityBar[] };
  const count = 2000;
  return {
    count,
    pca: floats('pca50.f32'),
    start: floats('layout_pca2.f32'),
    labels: new Uint8Array(bytes('labels.u8')),
    graph: { k: 90, indices: ints('knn90_index.i32'), distances: floats('knn90_distance.f32') },
    beta: floats('beta.f32'),
    affinities: { count, indptr: ints('p_indptr.i32'), indices: ints('p_indices.i32'), values: floats('p_values.f32'), perplexity: 30 },
    everyBar: qualityBars,
    bars: qualityBars.filter(({ name }) => !name.startsWith('pca')),
    layout: (name) => floats(`layout_${name}.f32`),
  };
}

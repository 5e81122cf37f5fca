import { availableParallelism } from 'node:os';
import { type Affinities, affinities, neighboursFor } from '../../../numeric/affinities.ts';
import { Tsne, type TsneFrame } from '../../../numeric/tsne/tsne.ts';
import type { LayoutFrame } from '../../../shared/spaceProtocol.ts';
import { type LayoutMethod, metricOf, metricParam, pcaParam, placed, seedParam } from './method.ts';
import { neighboursIn } from './neighboursIn.ts';
import { approximate, fewest, fewPoints, joined, samePoints, stoppedEarly } from './remarks.ts';
import { layoutSpace } from './space.ts';

/** More threads than this wait for each other more than they work. */
const mostThreads = 8;

export const tsne: LayoutMethod = {
  info: {
    id: 'tsne',
    label: 't-SNE',
    about: 'Keeps neighbours together: a group in the map is a group of images that the features call alike.',
    misleads:
      'Distances between groups and the sizes of groups say little; a small perplexity makes groups out of noise. How many neighbours were kept is measured beside the map.',
    formula: 'min KL(P‖Q), q_ij ∝ (1 + |y_i − y_j|²)⁻¹',
    source:
      'van der Maaten, Hinton 2008; van der Maaten 2014 (Barnes–Hut); Linderman et al. 2019 (interpolated); Belkina et al. 2019 (learning rate); Kobak, Berens 2019 (PCA start)',
    params: [
      {
        id: 'perplexity',
        label: 'Perplexity',
        about: 'How many neighbours each image is drawn to: small for fine groups, large for coarse ones.',
        default: 30,
        min: 2,
        max: 100,
        step: 1,
      },
      {
        id: 'iterations',
        label: 'Iterations',
        about: 'Steps of the descent, early exaggeration included.',
        default: 1000,
        min: 100,
        max: 5000,
        step: 50,
      },
      {
        id: 'exaggeration',
        label: 'Early exaggeration',
        about: 'Factor of the attraction in the first 250 iterations, in which groups find together.',
        default: 12,
        min: 1,
        max: 50,
        step: 1,
      },
      metricParam,
      pcaParam,
      seedParam,
    ],
  },
  async run(points, params, run) {
    const [perplexity, iterations] = [Number(params.perplexity), Number(params.iterations)];
    await run.begin('principal components', iterations);
    const { points: space, plane, flat } = layoutSpace(points, metricOf(params), Number(params.pca));
    if (points.count < fewest) return placed(plane, { remark: fewPoints(points.count, 't-SNE') });
    if (flat) return placed(plane, { remark: samePoints });
    const graph = await neighboursIn(space, neighboursFor(perplexity, points.count), run, plane);
    if (!graph) return placed(plane, { stopped: true, remark: stoppedEarly });
    await run.begin('affinities', iterations);
    const near = affinities(graph, perplexity);
    const found = await new Tsne(near, plane, {
      iterations,
      exaggeration: Number(params.exaggeration),
      threads: threadsFor(availableParallelism()),
      seed: Number(params.seed),
    }).run({ signal: run.signal, frameMs: run.frameMs, onFrame: (frame) => run.frame(frameOf(frame)) });
    run.throwIfCancelled();
    return placed(found.positions, {
      iterations: found.iterations,
      stopped: found.stopped,
      kl: found.kl,
      klFrom: found.klFrom,
      threads: found.threads,
      remark: joined(lowered(near, perplexity), approximate(graph.recall)),
    });
  },
};

/**
 * All cores but one, which is the editor's; both of two: the engine's priority is below the editor's, which has its core back whenever it
 * wants it.
 */
export function threadsFor(cores: number): number {
  return Math.max(1, Math.min(mostThreads, cores <= 2 ? cores : cores - 1));
}

function frameOf({ kl, ...frame }: TsneFrame): LayoutFrame {
  return { ...frame, ...(kl !== undefined && { kl }) };
}

function lowered({ perplexity, count }: Affinities, asked: number): string | undefined {
  if (perplexity >= asked) return undefined;
  const used = Number(perplexity.toFixed(1));
  return `Perplexity ${used} instead of ${asked}: ${count} images have no more than ${count - 1} neighbours each, and a perplexity needs three times as many.`;
}

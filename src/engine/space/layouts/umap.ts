import { umap as embed } from '../../../numeric/umap.ts';
import { type LayoutMethod, metricOf, metricParam, pcaParam, placed, seedParam } from './method.ts';
import { neighboursIn } from './neighboursIn.ts';
import { approximate, fewest, fewPoints, joined, samePoints, stoppedEarly } from './remarks.ts';
import { layoutSpace } from './space.ts';

export const umap: LayoutMethod = {
  info: {
    id: 'umap',
    label: 'UMAP',
    about: 'Keeps neighbours together as t-SNE does, more tightly, with wider gaps between groups.',
    misleads: 'Distances between groups and the sizes of gaps say little; a group may be torn apart where nothing divides it.',
    formula: 'min Σ CE(p_ij, q_ij), q_ij = (1 + a|y_i − y_j|²ᵇ)⁻¹',
    source: 'McInnes, Healy, Melville 2018',
    params: [
      {
        id: 'neighbours',
        label: 'Neighbours',
        about: 'How many neighbours each image is tied to: small for fine groups, large for coarse ones.',
        default: 15,
        min: 2,
        max: 100,
        step: 1,
      },
      {
        id: 'minDist',
        label: 'Minimal distance',
        about: 'How tightly points may be packed: 0 shows groups best, 1 spreads them evenly.',
        default: 0.1,
        min: 0,
        max: 1,
        step: 0.05,
      },
      metricParam,
      pcaParam,
      seedParam,
    ],
  },
  async run(points, params, run) {
    await run.begin('principal components', 0);
    const { points: space, plane, flat } = layoutSpace(points, metricOf(params), Number(params.pca));
    if (points.count < fewest) return placed(plane, { remark: fewPoints(points.count, 'UMAP') });
    if (flat) return placed(plane, { remark: samePoints });
    const asked = Number(params.neighbours);
    const k = Math.min(asked, points.count - 1);
    const graph = await neighboursIn(space, k, run, plane);
    if (!graph) return placed(plane, { stopped: true, remark: stoppedEarly });
    const start = performance.now();
    const { positions, epoch, stopped } = await embed(graph, {
      minDist: Number(params.minDist),
      seed: Number(params.seed),
      signal: run.signal,
      frameMs: run.frameMs,
      onFrame: ({ epoch, epochs, positions }) => {
        const secondsLeft = epoch > 0 ? ((performance.now() - start) / 1000 / epoch) * (epochs - epoch) : undefined;
        run.frame({ phase: 'descent', iteration: epoch, iterations: epochs, secondsLeft, positions });
      },
    });
    run.throwIfCancelled();
    const fewer = k < asked ? `${k} neighbours instead of ${asked}: there are only ${points.count} images.` : undefined;
    return placed(positions, { iterations: epoch, stopped, remark: joined(fewer, approximate(graph.recall)) });
  },
};

import type { Layout, LayoutRequest } from '../../../../src/shared/spaceProtocol.ts';
import { noise } from '../../units/made.ts';
import type { SpaceTestHost } from '../host.ts';
import { placeOf } from '../made.ts';
import type { SpaceScene } from '../scene.ts';
import type { Answers } from './answer.ts';

const frames = 10;

/** Ends the layout that runs. */
const stops = new WeakMap<SpaceTestHost, () => void>();
/** Layouts that ran to their end: the engine keeps them. */
const kept = new WeakMap<SpaceTestHost, Map<string, Layout>>();

/** Layouts that grow from a speck to where the points belong, in ten frames. */
export const mapAnswers: Answers = {
  layout: async ({ revision, request }, { host, scene, progress, step }) => {
    const count = host.rowsNamed(revision).count;
    const key = JSON.stringify([revision, request]);
    const known = kept.get(host)?.get(key);
    if (known) return known;
    const info = scene.layouts.find(({ id }) => id === request.method);
    const iterations = Number(request.params?.iterations ?? 1000);
    let stopped = false;
    const stop = new Promise<void>((resolve) => {
      stops.set(host, () => {
        stopped = true;
        resolve();
      });
    });
    let done = 0;
    progress({ phase: 'neighbours', iteration: 0, iterations, secondsLeft: undefined });
    while (done < frames && !stopped) {
      await Promise.race([step(done / frames), stop]);
      if (stopped) break;
      done++;
      const positions = positionsOf(scene, request, count, done / frames);
      const iteration = (iterations * done) / frames;
      progress({
        phase: done < 3 ? 'early exaggeration' : 'descent',
        iteration,
        iterations,
        secondsLeft: 1 + frames - done,
        positions,
        kl: klOf(done),
      });
    }
    const isTsne = request.method === 'tsne';
    const layout: Layout = {
      revision,
      method: request.method,
      params: { ...Object.fromEntries(info?.params.map(({ id, default: value }) => [id, value]) ?? []), ...request.params },
      positions: positionsOf(scene, request, count, done / frames),
      iterations: (iterations * done) / frames,
      stopped,
      kl: isTsne ? klOf(done) : undefined,
      klFrom: isTsne ? 'θ = 0.2' : undefined,
      quality: { preservation: 0.463, trustworthiness: 0.9912, sampled: Math.min(2000, count) },
      variance: request.method === 'pca' ? [0.341, 0.122] : undefined,
      threads: 2,
      remark:
        count < 91 && isTsne
          ? `The perplexity was lowered to ${Math.floor((count - 1) / 3)}: there are only ${count} pictures.`
          : undefined,
      ms: 12_300,
    };
    if (!stopped) kept.set(host, (kept.get(host) ?? new Map()).set(key, layout));
    return layout;
  },
  stopLayout: (_, { host }) => stops.get(host)?.(),
};

function klOf(done: number): number {
  return 1.71 + (frames - done) / 5;
}

/** [n,2]: `share` of the way. Each method and each seed turns it another way. */
export function positionsOf(scene: SpaceScene, request: LayoutRequest, count: number, share: number): Float32Array {
  const angle = { tsne: 0, pca: 1, umap: 2 }[request.method] ?? 3;
  const turn = angle + Number(request.params?.seed ?? 0);
  const size = 1e-3 ** (1 - share);
  const positions = new Float32Array(2 * count);
  for (let row = 0; row < count; row++) {
    const [x, y] = placeOf(scene, row);
    const loose = 60 * (1 - share) * (noise('start', row) - 0.5);
    positions[2 * row] = size * (x * Math.cos(turn) - y * Math.sin(turn) + loose);
    positions[2 * row + 1] = size * (x * Math.sin(turn) + y * Math.cos(turn) + loose);
  }
  return positions;
}

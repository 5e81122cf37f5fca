import type { Vectors } from '../../numeric/distances.ts';
import { throwIfAborted } from '../../shared/errors.ts';
import type { CallContext } from '../../shared/rpc.ts';
import { SharedJobs } from '../../shared/sharedJobs.ts';
import type { Agreement, Metric } from '../../shared/spaceProtocol.ts';
import type { Services } from '../services.ts';
import { type Contents, contentsOf } from './contents.ts';
import type { SpaceHandler } from './handler.ts';
import { type SpaceSet, spaceSet } from './spaceSets.ts';

/** Multiplications that the neighbours in pixel space may take, a few seconds: beyond, their purity is measured over some of the rows. */
const pixelWork = 3e10;
/** And over so many at least. */
const fewestRows = 200;
/** What the features are of the whole, for progress: both take about as long. */
const featureShare = 0.6;

/** What was found of a set of rows, for as long as the set is kept. */
const known = new WeakMap<SpaceSet, Map<string, Agreement>>();
const underWay = new WeakMap<Services, SharedJobs>();

/**
 * Do the nearest labelled images have the label of each? Files with the row's own content are no neighbours. Computed once, however many
 * ask.
 */
export const agreement: SpaceHandler<'agreement'> = async (services, { revision, k, metric }, context) => {
  const set = spaceSet(services, revision);
  const kept = known.get(set) ?? new Map<string, Agreement>();
  known.set(set, kept);
  const key = `${metric} ${k}`;
  const found = kept.get(key);
  if (found) return found;
  const jobs = underWay.get(services) ?? new SharedJobs();
  underWay.set(services, jobs);
  return await jobs.run(`${revision} ${key}`, context, async (job: Context) => {
    const computed = await agreementOf(services, set, { k, metric }, job);
    kept.set(key, computed);
    return computed;
  });
};

async function agreementOf(
  services: Services,
  set: SpaceSet,
  { k, metric }: Pick<Asked, 'k' | 'metric'>,
  context: Context,
): Promise<Agreement> {
  const { revision, rows, features, pixels, hashes } = set;
  const contents = contentsOf(rows.labels, hashes);
  const part = (from: number, to: number): Context => ({
    signal: context.signal,
    progress: ({ done }) => context.progress({ done: from + (to - from) * done }),
  });
  const all = Array.from(contents.first, (_, i) => i);
  const inFeatures = await votes(services, contents, { vectors: features, contents: all, k, metric }, part(0, featureShare));
  const some = sample(contents.first.length, pixelWork / (contents.first.length * pixels.dimensions));
  const inPixels = await votes(services, contents, { vectors: pixels, contents: some, k, metric }, part(featureShare, 1));
  throwIfAborted(context.signal);
  context.progress({ done: 1 });
  return {
    revision,
    k,
    metric,
    share: inFeatures.share,
    majority: inFeatures.majority,
    purity: meanOf(inFeatures.share),
    pixelPurity: meanOf(inPixels.share),
    ...(inFeatures.recall !== undefined && { recall: inFeatures.recall }),
  };
}

interface Asked {
  vectors: Vectors;
  /** Which contents look for neighbours among all of them. */
  contents: readonly number[];
  k: number;
  metric: Metric;
}

type Context = CallContext<{ done: number }>;

async function votes(services: Services, contents: Contents, asked: Asked, { signal, progress }: Context) {
  const { vectors, k, metric } = asked;
  const points = gather(vectors, contents.first);
  const everyOne = asked.contents.length === contents.first.length;
  const which = Int32Array.from(asked.contents, (content) => contents.first[content] as number);
  // One that looks among all meets itself.
  const graph = await services.numeric.neighbourGraph(
    { points, k: everyOne ? k : k + 1, metric, ...(!everyOne && { queries: gather(vectors, which) }) },
    { signal, onProgress: progress },
  );
  return { ...contents.vote(asked.contents, graph, k), recall: graph.recall };
}

/** Rows of vectors, on memory that threads share. */
function gather({ data, count, dimensions }: Vectors, rows: Int32Array): Vectors {
  if (rows.length === count) return { data, count, dimensions };
  const bytes = new SharedArrayBuffer(rows.length * dimensions * data.BYTES_PER_ELEMENT);
  const gathered = data instanceof Float32Array ? new Float32Array(bytes) : new Uint8Array(bytes);
  for (const [i, row] of rows.entries()) gathered.set(data.subarray(row * dimensions, (row + 1) * dimensions), i * dimensions);
  return { data: gathered, count: rows.length, dimensions };
}

/** Evenly spread. */
function sample(count: number, most: number): number[] {
  const wanted = Math.min(count, Math.max(fewestRows, Math.floor(most)));
  return Array.from({ length: wanted }, (_, i) => Math.floor((i * count) / wanted));
}

/** NaN where there is nothing to average. */
function meanOf(shares: Float32Array): number {
  let [sum, count] = [0, 0];
  for (const share of shares) {
    if (Number.isNaN(share)) continue;
    sum += share;
    count++;
  }
  return sum / count;
}

import type { CollectedValue } from '../../inspect/collectPlan.ts';
import { planCollect } from '../../inspect/collectPlan.ts';
import { ModelError, throwIfAborted } from '../../shared/errors.ts';
import type { JobContext } from '../jobs.ts';
import type { Services } from '../services.ts';
import { batchSize } from '../stream.ts';
import type { Collecting } from './collected.ts';
import { type FedBatch, feedImages } from './feedImages.ts';
import type { Content } from './imagesAhead.ts';
import type { OpenShard } from './openShard.ts';

/** A layer that lacks images: the value its units are in, and where they are counted. */
export interface LackingLayer {
  value: string;
  shard: OpenShard;
}

export interface CollectContext extends JobContext {
  /** An image is counted, or cannot be (`error`). */
  done(content: Content, error?: unknown): Promise<void>;
}

/** What is counted but not written is lost if the process dies: so much work, ms, or more where writing takes more than this share of it. */
const writeEvery = 15_000;
const writeShare = 0.05;

/** Feeds images to the network, batch by batch through the queue, and counts what leaves it. Written at intervals and when shards are full. */
export async function collectImages(
  services: Services,
  collecting: Collecting,
  contents: readonly Content[],
  layers: readonly LackingLayer[],
  context: CollectContext,
): Promise<void> {
  let next = performance.now() + writeEvery;
  const write = async () => {
    const start = performance.now();
    const late = start >= next;
    for (const { shard } of layers) if (late || shard.full) await shard.write();
    const end = performance.now();
    if (late) next = end + Math.max(writeEvery, (end - start) / writeShare);
  };
  await feedImages<undefined>(collecting, contents, {
    most: imagesAtOnce(collecting, layers),
    make: () => undefined,
    async run(batch) {
      await runBatch(services, collecting, batch, layers, context);
      await write();
    },
    done: context.done,
    signal: context.signal,
  });
}

/** Of many large layers at once not all that is counted may be in memory. */
const valueBytes = 64 * 2 ** 20;

function imagesAtOnce({ open: { model } }: Collecting, layers: readonly LackingLayer[]): number {
  const { channels, height, width } = model.input;
  const values = layers.reduce((sum, { shard: { of } }) => sum + of.units * of.height * of.width, 0);
  const bytes = (numbers: number) => numbers * Float32Array.BYTES_PER_ELEMENT;
  return Math.max(1, Math.min(batchSize(model, bytes(channels * height * width)), Math.floor(valueBytes / bytes(values))));
}

/** One step of the queue: what is on screen waits for it, and no longer. */
async function runBatch(
  services: Services,
  { open: { model } }: Collecting,
  { tensor, contents }: FedBatch<undefined>,
  layers: readonly LackingLayer[],
  { priority, signal }: JobContext,
): Promise<void> {
  const { value, channels, height, width } = model.input;
  const shape = [contents.length, channels, height, width];
  const feed = { dtype: 'float32' as const, shape, data: tensor };
  const values = layers.map((layer) => layer.value);
  const { outputs, named } = await services.queue.run(priority, signal, () =>
    services.programs.use(
      { model: model.hash, graph: `collect:${values.join(' ')}` },
      () => planCollect(model, values),
      async (program, { layers: named }) => {
        throwIfAborted(signal);
        return { outputs: await program.run({ [value]: feed }), named };
      },
    ),
  );
  const data = (name: string) => outputs[name]?.data as Float32Array | BigInt64Array;
  layers.forEach(({ shard }, i) => {
    const { values, max, at } = named[i] as CollectedValue;
    count(shard, contents, {
      values: data(values) as Float32Array,
      max: data(max) as Float32Array,
      at: at === undefined ? undefined : data(at),
      file: model.file,
    });
  });
}

interface Activations {
  /** [n,units,height,width]. */
  values: Float32Array;
  /** [n,units]. */
  max: Float32Array;
  at: ArrayLike<number | bigint> | undefined;
  file: string;
}

function count(shard: OpenShard, contents: readonly Content[], { values, max, at, file }: Activations): void {
  const { layer, units, height, width } = shard.of;
  const cells = units * height * width;
  const first = new Uint8Array(units);
  contents.forEach((content, i) => {
    const added = shard.add(content, {
      values: values.subarray(i * cells, (i + 1) * cells),
      max: max.subarray(i * units, (i + 1) * units),
      at: at === undefined ? first : (at as BigInt64Array).subarray(i * units, (i + 1) * units),
    });
    if (added) return;
    throw new ModelError('weights', `Layer '${layer}' has NaN or infinite values for '${content.path}'.`, {
      file,
      where: layer,
      hint: 'Check the preprocessing (value range) and whether training diverged.',
    });
  });
}

import type { Tensor } from '../../graph/graph.ts';
import { planSet, type SetLayer } from '../../inspect/setPlan.ts';
import { throwIfAborted } from '../../shared/errors.ts';
import type { JobContext } from '../jobs.ts';
import type { FedModel } from '../openFed.ts';
import { finiteLogits } from '../predict.ts';
import type { Services } from '../services.ts';
import { notFinite } from '../space/imageFeatures.ts';
import { batchSize } from '../stream.ts';
import { feedImages } from '../units/feedImages.ts';
import type { Content } from '../units/imagesAhead.ts';
import type { FedPixels } from './fedPixels.ts';

/** What a network makes of the images of a data set, in columns, by content. */
export interface SetPass {
  /** Hashes of those that could be read. */
  names: string[];
  /** [n,classes]. */
  logits: Float32Array;
  /** [n,C] at the feature layer, in shared memory. */
  features: Float32Array;
  /** Hashes of the sample, as far as it could be read. */
  sample: readonly string[];
  /** In the order of the layers. */
  layers: readonly LayerPass[];
}

export interface LayerPass {
  /** Means over positions [samples,C] of the sample. */
  means: Float32Array;
  /** [C], 1: the unit is positive somewhere in some image. Undefined where no unit can be dead. */
  alive: Uint8Array | undefined;
}

export interface SetPassOf {
  fed: Pick<FedModel, 'open' | 'preprocessing'>;
  contents: readonly Content[];
  layers: readonly SetLayer[];
  /** Which of the layers the features are read from. */
  feature: number;
  /** Hashes of images whose features are kept at each layer. */
  sample: ReadonlySet<string>;
  pixels: FedPixels;
}

export interface SetPassContext extends JobContext {
  /** An image is done, or cannot be (`error`). */
  done(content: Content, error?: unknown): Promise<void>;
}

/** Goes over the images once, batch by batch through the queue. Throws ModelError('weights') naming layer and image. */
export async function passOver(services: Services, of: SetPassOf, context: SetPassContext): Promise<SetPass> {
  const { fed, contents, pixels } = of;
  const { channels, height, width } = fed.open.model.input;
  const columns = new Columns(of);
  pixels.begin(
    fed,
    contents.map(({ hash }) => hash),
  );
  await feedImages<string>(fed, contents, {
    most: batchSize(fed.open.model, channels * height * width * Float32Array.BYTES_PER_ELEMENT),
    known: ({ hash }) => {
      const tensor = pixels.tensor(fed, hash);
      return tensor && { tensor, made: hash };
    },
    make: ({ hash }, tensor) => {
      pixels.keep(fed, hash, tensor);
      return hash;
    },
    run: async ({ tensor, contents: some }) => columns.take(some, await runBatch(services, of, tensor, some.length, context)),
    done: context.done,
    signal: context.signal,
  });
  return columns.whole();
}

interface Outputs {
  logits: Float32Array;
  /** [n,C] of each layer. */
  means: readonly Float32Array[];
}

/** One step of the queue: what is on screen waits for it, and no longer. */
async function runBatch(
  { queue, programs }: Services,
  { fed, layers }: SetPassOf,
  tensor: Float32Array,
  count: number,
  { priority, signal }: JobContext,
): Promise<Outputs> {
  const { model } = fed.open;
  const { value, channels, height, width } = model.input;
  const feed: Tensor = { dtype: 'float32', shape: [count, channels, height, width], data: tensor };
  return await queue.run(priority, signal, () =>
    programs.use(
      { model: model.hash, graph: `set:${layers.map((layer) => layer.value).join(' ')}` },
      () => planSet(model, layers),
      async (program, names) => {
        throwIfAborted(signal);
        const outputs = await program.run({ [value]: feed });
        // Copies: the engine's own buffers may be parts of larger ones.
        const numbers = (name: string) => new Float32Array(outputs[name]?.data as Float32Array);
        return { logits: numbers(names.logits), means: names.means.map(numbers) };
      },
    ),
  );
}

/** The columns as they grow. */
class Columns {
  readonly #of: SetPassOf;
  readonly #names: string[] = [];
  readonly #logits: Float32Array;
  readonly #features: Float32Array;
  readonly #means: Map<string, Float32Array>[];
  readonly #alive: (Uint8Array | undefined)[];

  constructor(of: SetPassOf) {
    const { contents, fed, layers, feature } = of;
    this.#of = of;
    const width = layers[feature]?.layer.dimensions as number;
    this.#logits = new Float32Array(contents.length * fed.open.model.classes);
    this.#features = new Float32Array(new SharedArrayBuffer(contents.length * width * Float32Array.BYTES_PER_ELEMENT));
    this.#means = layers.map(() => new Map());
    this.#alive = layers.map(({ cuts, layer }) => (cuts ? new Uint8Array(layer.dimensions) : undefined));
  }

  take(contents: readonly Content[], { logits, means }: Outputs): void {
    const { fed, feature, sample } = this.#of;
    const { model } = fed.open;
    for (const [i, { hash, path }] of contents.entries()) {
      const at = this.#names.push(hash) - 1;
      for (const [l, mean] of means.entries()) {
        const { name, dimensions } = (this.#of.layers[l] as SetLayer).layer;
        const own = mean.subarray(i * dimensions, (i + 1) * dimensions);
        if (!own.every(Number.isFinite)) throw notFinite(name, path, model.file);
        if (sample.has(hash)) this.#means[l]?.set(hash, own.slice());
        if (l === feature) this.#features.set(own, at * dimensions);
        awake(this.#alive[l], own);
      }
      const said = logits.subarray(i * model.classes, (i + 1) * model.classes);
      this.#logits.set(finiteLogits(said, model.file, `'${path}'`), at * model.classes);
    }
  }

  whole(): SetPass {
    const { fed, layers, feature, sample } = this.#of;
    const count = this.#names.length;
    const width = layers[feature]?.layer.dimensions as number;
    const seen = new Set(this.#names);
    const sampled = [...sample].filter((name) => seen.has(name));
    return {
      ...{ names: this.#names, sample: sampled },
      logits: this.#logits.subarray(0, count * fed.open.model.classes),
      features: this.#features.subarray(0, count * width),
      layers: layers.map(({ layer: { dimensions } }, l) => {
        const means = new Float32Array(sampled.length * dimensions);
        for (const [i, name] of sampled.entries()) means.set(this.#means[l]?.get(name) as Float32Array, i * dimensions);
        return { means, alive: this.#alive[l] };
      }),
    };
  }
}

/** Notes which units are positive: behind a ReLU, those with a mean above 0. */
function awake(alive: Uint8Array | undefined, means: Float32Array): void {
  if (alive) for (let unit = 0; unit < alive.length; unit++) if ((means[unit] as number) > 0) alive[unit] = 1;
}

import type { IndexedImage, RowSizes } from '../../dataset/indexedImage.ts';
import { smallPixels, smallSize } from '../../image/smallPixels.ts';
import { planFeatures } from '../../inspect/featurePlan.ts';
import { ModelError, throwIfAborted } from '../../shared/errors.ts';
import type { FeatureLayer } from '../../shared/spaceProtocol.ts';
import type { JobContext } from '../jobs.ts';
import type { FedModel } from '../openFed.ts';
import { finiteLogits } from '../predict.ts';
import type { Services } from '../services.ts';

/** A model, and the layer that features are read from. */
export interface FeatureModel extends FedModel {
  layer: FeatureLayer;
  value: string;
}

/** How many classes an index keeps of each image. */
const mostClasses = 10;

/** Lengths of the rows of an index. */
export function rowSizes({ open: { model }, preprocessing, layer }: FeatureModel): RowSizes {
  const { width, height, channels } = smallSize(model.input, preprocessing);
  return { dimensions: layer.dimensions, pixelLength: width * height * channels, best: Math.min(mostClasses, model.classes) };
}

/** Images that are fed together: [n,C,H,W], and what each is called. */
export interface FedImages {
  tensor: Float32Array;
  paths: readonly string[];
}

/** What a network makes of an image. */
export type Features = Pick<IndexedImage, 'vector' | 'classes' | 'logits' | 'logSumExp'>;

/**
 * One step of the queue: what is on screen waits for it, and no longer. Throws ModelError('weights') naming layer and image where a
 * number is not finite.
 */
export async function runFeatures(
  services: Services,
  features: FeatureModel,
  { tensor, paths }: FedImages,
  { priority, signal }: JobContext,
): Promise<Features[]> {
  const {
    open: { model },
    layer,
    value,
  } = features;
  const { value: input, channels, height, width } = model.input;
  const feed = { dtype: 'float32' as const, shape: [paths.length, channels, height, width], data: tensor };
  const { vectors, logits } = await services.queue.run(priority, signal, () =>
    services.programs.use(
      { model: model.hash, graph: `features:${value}` },
      () => planFeatures(model, value),
      async (program, names) => {
        throwIfAborted(signal);
        const outputs = await program.run({ [input]: feed });
        // Copies: the engine's own buffers may be parts of larger ones.
        const numbers = (name: string) => new Float32Array(outputs[name]?.data as Float32Array);
        return { vectors: numbers(names.features), logits: numbers(names.logits) };
      },
    ),
  );
  const { best } = rowSizes(features);
  return paths.map((path, i) => {
    const vector = vectors.slice(i * layer.dimensions, (i + 1) * layer.dimensions);
    if (!vector.every(Number.isFinite)) throw notFinite(layer.name, path, model.file);
    const own = finiteLogits(logits.slice(i * model.classes, (i + 1) * model.classes), model.file, `'${path}'`);
    return { vector, ...bestOf(own, best), logSumExp: logSumExp(own) };
  });
}

/** A layer that answers an image with what is no number. */
export function notFinite(layer: string, path: string, file: string): ModelError {
  return new ModelError('weights', `Layer '${layer}' has NaN or infinite values for '${path}'.`, {
    file,
    where: layer,
    hint: 'Check the preprocessing (value range) and whether training diverged.',
  });
}

/** The largest logits, largest first; of equal ones the first. */
function bestOf(logits: Float32Array, count: number): Pick<Features, 'classes' | 'logits'> {
  const classes = new Int32Array(count);
  const values = new Float32Array(count).fill(Number.NEGATIVE_INFINITY);
  for (const [index, logit] of logits.entries()) {
    if (logit <= (values[count - 1] as number)) continue;
    let at = count - 1;
    for (; at > 0 && logit > (values[at - 1] as number); at--) {
      values[at] = values[at - 1] as number;
      classes[at] = classes[at - 1] as number;
    }
    values[at] = logit;
    classes[at] = index;
  }
  return { classes, logits: values };
}

function logSumExp(logits: Float32Array): number {
  const most = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - most);
  return most + Math.log(sum);
}

/** What the network is fed, as an index keeps it. */
export function keptPixels(tensor: Float32Array, { open: { model }, preprocessing }: FedModel): Uint8Array {
  return smallPixels(tensor, preprocessing, model.input).data;
}

import { bindBatch, float32, type Tensor, typeOf } from '../../graph/graph.ts';
import type { Layer, Model } from '../../importers/model.ts';
import { type FeaturePlace, findFeatures } from '../../inspect/featureLayers.ts';
import { dot, featuresOf, gradientShares, gridOf, layerBefore, lengthOf, meanShares, planPair } from '../../inspect/pair.ts';
import { ModelError, throwIfAborted } from '../../shared/errors.ts';
import type { PairSide } from '../../shared/spaceProtocol.ts';
import { centres } from '../../transform/receptiveBoxes.ts';
import { valuesOf } from '../activations.ts';
import { notComputable } from '../graphMaps.ts';
import type { JobContext } from '../jobs.ts';
import { type FedOne, feedOne, openFed } from '../openFed.ts';
import { pictureOf } from '../pictureOf.ts';
import type { Services } from '../services.ts';
import type { SpaceHandler } from './handler.ts';

/** How far the sum of an exact map may be from the cosine: float rounding stays below. */
const tolerance = 1e-4;

/** Which regions of two images make their features alike: a map of each, with the features of the other one held fixed. */
export const pair: SpaceHandler<'pair'> = async (services, { model, image, other, layer, priority = 0 }, { signal }) => {
  const start = performance.now();
  const context = { priority, signal };
  // As the index feeds them: the cosine is that of the neighbours.
  const fed = await openFed(services, model, signal);
  const one = await describe(services, await feedOne(services, fed, image, signal), layer, context);
  const two = await describe(services, await feedOne(services, fed, other, signal), layer, context);
  const cosine = dot(one.direction, two.direction);
  const sides = [
    await sideOf(one, await partsOf(services, one, two.direction, context)),
    await sideOf(two, await partsOf(services, two, one.direction, context)),
  ] as const;
  const exact = sides.every(({ sum }) => Math.abs(sum - cosine) <= tolerance);
  return {
    layer: one.at.name,
    featureLayer: one.features.layer.name,
    cosine,
    sides,
    exact,
    about: about(one, exact),
    ms: performance.now() - start,
  };
};

/** An image, and its features: their length, and what they are at length 1 [dimensions]. */
interface Described {
  input: FedOne;
  features: FeaturePlace;
  /** The layer that its map stands at: that of the features where they are means over it. */
  at: Pick<Layer, 'name' | 'value'>;
  length: number;
  direction: Float64Array;
}

/** Throws ModelError('method') where nothing before the features has positions, and where they are all 0. */
async function describe(services: Services, input: FedOne, layer: string | undefined, context: JobContext): Promise<Described> {
  const { model } = input.open;
  const features = findFeatures(model, layer);
  const named = { name: features.layer.name, value: features.value };
  const at = features.layer.averaged ? named : layerBefore(model, named);
  const values = await valuesOf(services, input, { layer: named.name, value: named.value }, context);
  const vector = featuresOf(values, gridOf(model.graph, named.value));
  const length = lengthOf(vector);
  if (length === 0) throw noDirection(input, named.name);
  return { input, features, at, length, direction: vector.map((v) => v / length) };
}

/** What each cell adds to the cosine. */
async function partsOf(services: Services, side: Described, other: Float64Array, context: JobContext): Promise<Float64Array> {
  const { input, features, at, length } = side;
  const { graph } = input.open.model;
  const grid = gridOf(graph, at.value);
  const towards = other.map((v) => v / length);
  if (features.layer.averaged)
    return meanShares(await valuesOf(services, input, { layer: at.name, value: at.value }, context), towards, grid);
  const { activation, gradient } = await gradientOf(services, side, towards, context);
  return gradientShares(activation, gradient, grid);
}

interface Slope {
  /** Both [C,H,W]. */
  activation: Float32Array;
  gradient: Float32Array;
}

/** Of Σ weights·features at the layer of the map: one run, one step of the queue. */
async function gradientOf(
  { programs, queue }: Services,
  { input: { open, fed }, features, at }: Described,
  weights: Float64Array,
  { priority, signal }: JobContext,
): Promise<Slope> {
  const { model } = open;
  const seed = float32(bindBatch(typeOf(model.graph, features.value).shape, 1), Float32Array.from(weights));
  const run = queue.run(priority, signal, () =>
    programs.use(
      { model: model.hash, graph: `pair:${features.value}:${at.value}` },
      () => planPair(model, features.value, at.value),
      async (program, plan): Promise<Slope> => {
        throwIfAborted(signal);
        const out = await program.run({ [model.input.value]: float32(fed.shape, fed.tensor), [plan.seed]: seed });
        const dataOf = (name: string) => (out[name] as Tensor).data as Float32Array;
        return { activation: dataOf(plan.activation), gradient: dataOf(plan.gradient) };
      },
    ),
  );
  return await run.catch((error: unknown) => {
    throw notComputable(error, model, ['The explanation of a pair']);
  });
}

function sideOf({ input, at }: Described, parts: Float64Array): PairSide {
  const { model } = input.open;
  if (!parts.every(Number.isFinite)) throw notFinite(model, at.name);
  const [, , height, width] = bindBatch(typeOf(model.graph, at.value).shape, 1) as [number, number, number, number];
  return {
    image: input.image,
    picture: pictureOf(input),
    input: [model.input.height, model.input.width],
    height,
    width,
    values: Float32Array.from(parts),
    placement: centres(model.graph, model.input.value, at.value),
    sum: parts.reduce((sum, v) => sum + v, 0),
  };
}

function about({ features, at }: Described, exact: boolean): string {
  if (features.layer.averaged) {
    return `The features are means over the cells of '${at.name}', so each cell has its share of the cosine, and the shares add up to it (Stylianou, Souvenir, Pless, WACV 2019).`;
  }
  const sum = exact ? 'they add up to it' : 'they need not add up to it: what lies between is not linear, or has biases';
  return `Activation × gradient of the cosine at '${at.name}', the last layer with positions before '${features.layer.name}': what each cell adds to the first order; ${sum} (HiResCAM, Draelos, Carin 2020, of the similarity).`;
}

function noDirection({ image, open: { model } }: FedOne, layer: string): ModelError {
  return new ModelError('method', `The features of ${image.name} at layer '${layer}' are all 0: they are like nothing.`, {
    file: model.file,
    where: layer,
    hint: 'Choose another feature layer.',
  });
}

function notFinite(model: Model, layer: string): ModelError {
  return new ModelError('weights', `The similarity has NaN or infinite gradients at layer '${layer}' for this pair.`, {
    file: model.file,
    where: layer,
    hint: 'Check the preprocessing (value range) and whether training diverged.',
  });
}

import { ranking } from '../../explain/scores.ts';
import { bindBatch, elements, type Tensor, typeOf } from '../../graph/graph.ts';
import { planUnitSwitches, planUnitWeights } from '../../inspect/unitClasses.ts';
import type { UnitPlace } from '../../inspect/unitPlaces.ts';
import { className, unitOf } from '../../shared/classScores.ts';
import { ModelError, throwIfAborted } from '../../shared/errors.ts';
import type { ModelInfo } from '../../shared/protocol.ts';
import { untilAborted } from '../../shared/sharedJobs.ts';
import type { Preprocessing } from '../../shared/sidecar.ts';
import type { UnitClasses, UnitLayer } from '../../shared/unitsProtocol.ts';
import type { JobContext } from '../jobs.ts';
import type { OpenModel } from '../models.ts';
import { finiteLogits } from '../predict.ts';
import type { Services } from '../services.ts';
import { batchSize } from '../stream.ts';
import { checkUnit } from './checkUnit.ts';
import { type CollectionOf, layerCollection } from './collected.ts';
import { type Collected, collectedImages } from './collectedImages.ts';
import type { UnitHandler } from './handler.ts';
import { findUnitLayer } from './unitLayer.ts';

/** Images that a unit is switched off in: as many as a page shows patches of. */
const switchedImages = 9;

/** Which classes a unit speaks for: its weights where the logits read it linearly, else what its images lose without it. */
export const unitClasses: UnitHandler<'unitClasses'> = async (services, { model, store, layer, unit, priority = 0 }, { signal }) => {
  const open = await untilAborted(services.models.open(model), signal);
  const place = findUnitLayer(open, layer);
  checkUnit(open, place.info, unit);
  const weights = await unitWeights(services, open, { place, unit }, { priority, signal });
  if (weights) {
    const info = await services.inputs.describe(open, undefined);
    return { kind: 'weight', about: unitOf(aboutWeights(place.info), info), classes: ranked(weights, info), images: 0 };
  }
  return await ablation(services, { model, store, layer }, unit, { priority, signal });
};

/** Weight of the unit in each logit [classes]; undefined where the logits read it otherwise than linearly. */
async function unitWeights(
  { programs, queue }: Services,
  { model }: OpenModel,
  { place: { value }, unit }: { place: UnitPlace; unit: number },
  { priority, signal }: JobContext,
): Promise<Float32Array | undefined> {
  const plan = planUnitWeights(model, value);
  if (!plan) return undefined;
  const shape = bindBatch(typeOf(plan.graph, plan.units).shape, 1);
  const plane = elements(shape) / (shape[1] as number);
  const data = new Float32Array(elements(shape)).fill(1, unit * plane, (unit + 1) * plane);
  return await queue.run(priority, signal, () =>
    programs.use(
      { model: model.hash, graph: `unit-weights:${value}` },
      () => plan,
      async (program, { units, weights }) => {
        throwIfAborted(signal);
        const out = await program.run({ [units]: { dtype: 'float32', shape, data } });
        return finiteLogits(new Float32Array((out[weights] as Tensor).data as Float32Array), model.file, `unit ${unit}`);
      },
    ),
  );
}

/** How far each logit falls without the unit, on average over the images that excite it most. */
async function ablation(services: Services, of: CollectionOf & { layer: string }, unit: number, context: JobContext): Promise<UnitClasses> {
  const { open, info, collection } = await layerCollection(services, of, context.signal);
  const { value } = findUnitLayer(open, of.layer);
  const asked = collection.top(unit).slice(0, switchedImages);
  const inputs: Float32Array[] = [];
  const images = asked.map(({ image }) => collection.images[image] as Collected);
  for await (const { image } of collectedImages(services, images, context.signal)) {
    if (image) inputs.push(services.inputs.feed(image, info.preprocessing as Preprocessing, info).tensor);
  }
  if (inputs.length === 0) {
    throw new ModelError('method', `None of the ${asked.length} images that excite unit ${unit} of '${of.layer}' most is there any more.`, {
      file: of.model,
      where: of.layer,
      hint: 'Collect anew: images were moved or changed since.',
    });
  }
  const falls = new Float64Array(info.classes);
  const most = batchSize(open.model, (inputs[0] as Float32Array).byteLength);
  for (let from = 0; from < inputs.length; from += most) {
    const batch = inputs.slice(from, from + most);
    const { on, off } = await switched(services, open, { value, unit, batch }, context);
    on.forEach((logit, i) => {
      falls[i % info.classes] = (falls[i % info.classes] as number) + logit - (off[i] as number);
    });
  }
  const means = Float32Array.from(falls, (sum) => sum / inputs.length);
  const about = unitOf(aboutAblation(inputs.length, asked.length), info);
  return { kind: 'ablation', about, classes: ranked(means, info), images: inputs.length };
}

/** Logits [n,classes] with the unit as it is and at 0, of the same graph: all that differs is the unit. */
async function switched(
  { programs, queue }: Services,
  { model }: OpenModel,
  { value, unit, batch }: { value: string; unit: number; batch: readonly Float32Array[] },
  { priority, signal }: JobContext,
): Promise<{ on: Float32Array; off: Float32Array }> {
  const { channels, height, width } = model.input;
  const n = batch.length;
  const data = new Float32Array(n * channels * height * width);
  batch.forEach((input, i) => {
    data.set(input, i * input.length);
  });
  const shape = typeOf(model.graph, value).shape.map((size, axis) => (axis === 0 ? n : axis === 1 ? Number(size) : 1));
  const units = shape[1] as number;
  const mask = (of: (k: number) => number): Tensor => {
    return { dtype: 'float32', shape, data: Float32Array.from({ length: n * units }, (_, i) => of(i % units)) };
  };
  return await queue.run(priority, signal, () =>
    programs.use(
      { model: model.hash, graph: `unit-switches:${value}` },
      () => planUnitSwitches(model, value),
      async (program, plan) => {
        const logits = async (factors: Tensor) => {
          throwIfAborted(signal);
          const image = { dtype: 'float32' as const, shape: [n, channels, height, width], data };
          const out = await program.run({ [model.input.value]: image, [plan.mask]: factors });
          return finiteLogits(new Float32Array((out[plan.logits] as Tensor).data as Float32Array), model.file, `unit ${unit} at 0`);
        };
        return { on: await logits(mask(() => 1)), off: await logits(mask((k) => (k === unit ? 0 : 1))) };
      },
    ),
  );
}

function ranked(values: Float32Array, info: ModelInfo): UnitClasses['classes'] {
  return ranking(values).map((index) => ({ index, label: className(info, index), value: values[index] as number }));
}

function aboutWeights({ height, width }: UnitLayer): string {
  const what = height * width > 1 ? `the unit's mean over its ${height} × ${width} cells` : 'the unit';
  return `Weight of ${what} in each logit, which is a linear function of all units of this layer: exact, and the same for every image.`;
}

function aboutAblation(used: number, asked: number): string {
  const one = asked === 1;
  const images = one ? 'the one image that excites' : `the ${used} images that excite`;
  const missing = used < asked ? ` ${asked - used} of the ${asked} strongest are gone or changed and left out.` : '';
  return `How far each logit falls when the unit is set to 0 everywhere, on average over ${images} it most.${missing} Other units may stand in for it.`;
}

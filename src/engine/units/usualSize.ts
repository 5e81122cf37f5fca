import type { LayerCollection, TopEntry } from '../../dataset/collection.ts';
import type { Model } from '../../importers/model.ts';
import { effectiveField } from '../../inspect/effectiveField.ts';
import { ModelError } from '../../shared/errors.ts';
import type { ModelInfo } from '../../shared/protocol.ts';
import { SharedJobs } from '../../shared/sharedJobs.ts';
import type { Preprocessing } from '../../shared/sidecar.ts';
import type { JobContext } from '../jobs.ts';
import type { OpenModel } from '../models.ts';
import type { Services } from '../services.ts';
import { type Collected, collectedImages } from './collectedImages.ts';
import { type CellSeed, cellGradients, finite, gradientBatch } from './gradients.ts';

/** In input pixels. */
export interface FieldSize {
  height: number;
  width: number;
}

/** The units of a layer, and what is collected of them. */
export interface CollectedUnits {
  open: OpenModel;
  info: ModelInfo;
  collection: LayerCollection;
  /** [N,C,H,W] or [N,C]. */
  value: string;
}

/** How many units, one patch each, the usual size is taken from. */
const samples = 8;
/** In each direction, of the input: nothing smaller is shown. */
const leastShare = 1 / 8;

interface Memory {
  sizes: Map<string, FieldSize | undefined>;
  jobs: SharedJobs;
}
const memories = new WeakMap<Model, Memory>();

/**
 * The usual effective receptive field of a layer: median height and width of those at the strongest cells of some of its units,
 * evenly spread among those that vary; at least an eighth of the input. Worked out once, a few backward passes. Undefined where
 * the network has no gradient there, or none but 0.
 */
export async function usualSize(
  services: Services,
  units: CollectedUnits,
  { priority, signal }: JobContext,
): Promise<FieldSize | undefined> {
  const { model } = units.open;
  const memory = memories.get(model) ?? { sizes: new Map(), jobs: new SharedJobs() };
  memories.set(model, memory);
  if (memory.sizes.has(units.value)) return memory.sizes.get(units.value);
  return await memory.jobs.run(units.value, { signal, progress: () => {} }, async (job) => {
    const size = await measure(services, units, { priority, signal: job.signal });
    memory.sizes.set(units.value, size);
    return size;
  });
}

async function measure(services: Services, units: CollectedUnits, context: JobContext): Promise<FieldSize | undefined> {
  const { model } = units.open;
  const { input } = model;
  const seeds = await strongestCells(services, units, context.signal);
  const most = gradientBatch(model, units.value);
  const fields: FieldSize[] = [];
  try {
    for (let from = 0; from < seeds.length; from += most) {
      const batch = { value: units.value, rule: 'gradient', seeds: seeds.slice(from, from + most) } as const;
      for (const found of await cellGradients(services, model, batch, context)) {
        const field = effectiveField(finite(found, model.file).gradient, input);
        if (field) fields.push(field);
      }
    }
  } catch (error) {
    // Without gradients the receptive field is shown as it is.
    if (error instanceof ModelError && ['method', 'unsupported'].includes(error.code)) return undefined;
    throw error;
  }
  if (fields.length === 0) return undefined;
  const along = (axis: 'height' | 'width') => Math.max(Math.round(input[axis] * leastShare), median(fields.map((field) => field[axis])));
  return { height: along('height'), width: along('width') };
}

/** Where units that vary are strongest of all. */
async function strongestCells(services: Services, { info, collection }: CollectedUnits, signal: AbortSignal): Promise<CellSeed[]> {
  const vary = [...collection.max.keys()].filter((k) => (collection.max[k] as number) > (collection.min[k] as number));
  const count = Math.min(samples, vary.length);
  const strongest = Array.from({ length: count }, (_, i) => {
    const unit = vary[Math.floor(((i + 0.5) * vary.length) / count)] as number;
    const { image, at } = collection.top(unit)[0] as TopEntry;
    return { ...(collection.images[image] as Collected), unit, cell: at };
  });
  const seeds: CellSeed[] = [];
  for await (const { of, image } of collectedImages(services, strongest, signal)) {
    if (!image) continue;
    const { tensor } = services.inputs.feed(image, info.preprocessing as Preprocessing, info);
    seeds.push({ input: tensor, unit: of.unit, cell: of.cell, seed: 1 });
  }
  return seeds;
}

/** The lower of the two in the middle. */
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] as number;
}

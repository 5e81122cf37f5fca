import { basename } from 'node:path';
import { isAbort, ModelError, throwIfAborted, toErrorRecord } from '../../shared/errors.ts';
import { untilAborted } from '../../shared/sharedJobs.ts';
import type { ImageRef, UnitMap, UnitMapOutcome } from '../../shared/unitsProtocol.ts';
import { centres } from '../../transform/receptiveBoxes.ts';
import { valuesOf } from '../activations.ts';
import type { Prepared } from '../inputs.ts';
import type { JobContext } from '../jobs.ts';
import { pictureOf } from '../pictureOf.ts';
import type { Services } from '../services.ts';
import { blockMaxima, blockPlacement, blockSize } from './blocks.ts';
import { checkUnit } from './checkUnit.ts';
import type { UnitHandler } from './handler.ts';
import { findUnitLayer } from './unitLayer.ts';

/** All units of a layer for one image, maps of more than 64 cells on a side as maxima of blocks. */
export const unitWall: UnitHandler<'unitWall'> = async (services, { model, image, layer, priority = 0 }, { signal }) => {
  const start = performance.now();
  const input = await services.inputs.prepare(model, image, signal);
  const { info, value } = findUnitLayer(input.open, layer);
  const values = await valuesOf(services, input, { layer: info.name, value }, { priority, signal });
  const block = blockSize(info);
  const { maps, height, width } = blockMaxima(values, info, block);
  const cells = info.height * info.width;
  const perUnit = (of: (map: Float32Array) => number) =>
    Float32Array.from({ length: info.units }, (_, unit) => of(values.subarray(unit * cells, (unit + 1) * cells)));
  return {
    layer: info.name,
    image: refOf(input.image),
    picture: pictureOf(input),
    height,
    width,
    maps,
    max: perUnit(largest),
    mean: perUnit((map) => map.reduce((sum, v) => sum + v, 0) / cells),
    placement: blockPlacement(placementOf(input, value), block),
    ms: performance.now() - start,
  };
};

/** One unit over several images, each handed over as it is there. An image that cannot be shown is an error of its own. */
export const unitMaps: UnitHandler<'unitMaps'> = async (services, { model, images, layer, unit, priority = 0 }, { signal, progress }) => {
  // What no image can help is said once.
  const open = await untilAborted(services.models.open(model), signal);
  checkUnit(open, findUnitLayer(open, layer).info, unit);
  const outcomes: UnitMapOutcome[] = [];
  for (const [index, path] of images.entries()) {
    throwIfAborted(signal);
    const outcome = await unitMap(services, { model, path, layer, unit }, { priority, signal }).then(
      (map): UnitMapOutcome => ({ map }),
      (error: unknown): UnitMapOutcome => {
        if (isAbort(error) || concernsAll(error)) throw error;
        return { image: refOf({ path, name: basename(path) }), error: toErrorRecord(error) };
      },
    );
    outcomes.push(outcome);
    progress({ index, outcome });
  }
  return outcomes;
};

interface Asked {
  model: string;
  path: string;
  layer: string;
  unit: number;
}

async function unitMap(services: Services, { model, path, layer, unit }: Asked, context: JobContext): Promise<UnitMap> {
  const input = await services.inputs.prepare(model, path, context.signal);
  const { info, value } = findUnitLayer(input.open, layer);
  const { height, width } = info;
  const all = await valuesOf(services, input, { layer: info.name, value }, context);
  const values = all.slice(unit * height * width, (unit + 1) * height * width);
  const { input: size } = input.open.model;
  return {
    image: refOf(input.image),
    picture: pictureOf(input),
    input: [size.height, size.width],
    height,
    width,
    values,
    max: largest(values),
    placement: placementOf(input, value),
  };
}

/** A question about the model's preprocessing is the same for every image. */
function concernsAll(error: unknown): boolean {
  return error instanceof ModelError && error.question !== undefined;
}

function placementOf({ open: { model } }: Prepared, value: string) {
  return centres(model.graph, model.input.value, value);
}

function refOf({ path, name }: ImageRef): ImageRef {
  return { path, name };
}

function largest(map: Float32Array): number {
  return map.reduce((max, v) => Math.max(max, v), Number.NEGATIVE_INFINITY);
}

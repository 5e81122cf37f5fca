import { basename } from 'node:path';
import type { TopEntry } from '../../dataset/collection.ts';
import { cut, inImage } from '../../image/cut.ts';
import type { RgbImage } from '../../image/decode.ts';
import { coversOf } from '../../image/preprocess.ts';
import { throwIfAborted } from '../../shared/errors.ts';
import type { Rect } from '../../shared/protocol.ts';
import type { Preprocessing } from '../../shared/sidecar.ts';
import type { Patch, Placement, UnitPatches } from '../../shared/unitsProtocol.ts';
import { centres } from '../../transform/receptiveBoxes.ts';
import type { JobContext } from '../jobs.ts';
import type { Services } from '../services.ts';
import { checkUnit } from './checkUnit.ts';
import { layerCollection } from './collected.ts';
import { type Collected, collectedImages } from './collectedImages.ts';
import { fieldsOf, isNearlyAll } from './fields.ts';
import type { UnitHandler } from './handler.ts';
import { findUnitLayer } from './unitLayer.ts';
import { type CollectedUnits, type FieldSize, usualSize } from './usualSize.ts';

/** Units whose patches are cut side by side: an image that several of them share is decoded once. */
const together = 16;

/**
 * The parts of images that drive units most: of each image the cell where a unit is strongest, shown by its receptive field.
 * Units are handed over as they are there, those asked for first a few at a time. An image that is gone or is not what was
 * collected is left out.
 */
export const topPatches: UnitHandler<'topPatches'> = async (
  services,
  { model, store, layer, units, count, size, priority = 0 },
  { signal, progress },
) => {
  const { open, info, collection } = await layerCollection(services, { model, store, layer }, signal);
  const place = findUnitLayer(open, layer);
  for (const unit of units) checkUnit(open, place.info, unit);
  const work = new Cutter(services, { open, info, collection, value: place.value }, size, { priority, signal });
  const found: UnitPatches[] = [];
  for (let from = 0; from < units.length; from += together) {
    for await (const patches of work.patches(units.slice(from, from + together), count)) {
      throwIfAborted(signal);
      found.push(patches);
      progress(patches);
    }
  }
  const byUnit = new Map(found.map((patches) => [patches.unit, patches]));
  return units.map((unit) => byUnit.get(unit) as UnitPatches);
};

/** One patch to be cut: entry number `rank` of a unit. */
interface Wanted {
  unit: number;
  rank: number;
  entry: TopEntry;
}

/** Cuts patches of the units of one layer. */
class Cutter {
  readonly #services: Services;
  readonly #units: CollectedUnits;
  readonly #size: number;
  readonly #context: JobContext;
  #placement: Placement | undefined;

  constructor(services: Services, units: CollectedUnits, size: number, context: JobContext) {
    this.#services = services;
    this.#units = units;
    this.#size = size;
    this.#context = context;
  }

  /** Image by image; each unit as soon as the last image it needs is done. */
  async *patches(asked: readonly number[], count: number): AsyncGenerator<UnitPatches> {
    const { collection } = this.#units;
    const byImage = new Map<number, Wanted[]>();
    const pending = new Map<number, { left: number; cut: { rank: number; patch: Patch }[] }>();
    for (const unit of new Set(asked)) {
      const entries = collection.top(unit).slice(0, count);
      for (const [rank, entry] of entries.entries()) {
        byImage.set(entry.image, [...(byImage.get(entry.image) ?? []), { unit, rank, entry }]);
      }
      if (entries.length > 0) pending.set(unit, { left: entries.length, cut: [] });
      else yield { unit, patches: [], kept: collection.top(unit).length };
    }
    const images = [...byImage].map(([image, wanted]) => ({ ...(collection.images[image] as Collected), wanted }));
    for await (const { of, image } of collectedImages(this.#services, images, this.#context.signal)) {
      const { wanted } = of;
      const patches = image && (await this.#cutFrom(image, of, wanted));
      for (const [i, { unit, rank }] of wanted.entries()) {
        const state = pending.get(unit) as { left: number; cut: { rank: number; patch: Patch }[] };
        if (patches) state.cut.push({ rank, patch: patches[i] as Patch });
        state.left--;
        if (state.left > 0) continue;
        // Images came in the order in which other units want them.
        const inOrder = state.cut.sort((a, b) => a.rank - b.rank).map(({ patch }) => patch);
        yield { unit, patches: inOrder, kept: collection.top(unit).length };
      }
    }
  }

  /** Patches of one image. */
  async #cutFrom(image: RgbImage, { path, hash }: Collected, wanted: readonly Wanted[]): Promise<Patch[]> {
    const { open, info, collection } = this.#units;
    throwIfAborted(this.#context.signal);
    const covers = coversOf(image, info.preprocessing as Preprocessing, open.model.input);
    const patches: Patch[] = [];
    for (const { unit, entry } of wanted) {
      const at = [Math.floor(entry.at / collection.width), entry.at % collection.width] as const;
      const shown = await this.#shown(unit, at);
      const area = inImage(covers, open.model.input, shown.shown);
      const pixels = cut(image, area, this.#size);
      patches.push({ image: { path, name: basename(path) }, imageHash: hash, value: entry.value, at, ...shown, area, pixels });
    }
    return patches;
  }

  /** The part of the input that a cell's patch shows. */
  async #shown(unit: number, at: readonly [number, number]): Promise<Pick<Patch, 'field' | 'shown' | 'shownAs'>> {
    const { open, value, collection } = this.#units;
    const { input } = open.model;
    const fields = fieldsOf(open.model);
    const field = fields.of(value, unit, at);
    const whole = { x: 0, y: 0, width: input.width, height: input.height };
    // The one cell of a vector is nowhere in particular.
    const somewhere = collection.height * collection.width > 1;
    if (!field || !somewhere || !fields.nearlyAll(value, unit)) return { field, shown: field ?? whole, shownAs: 'field' };
    const size = await usualSize(this.#services, this.#units, this.#context);
    if (!size || isNearlyAll(size, input)) return { field, shown: field, shownAs: 'field' };
    this.#placement ??= centres(open.model.graph, input.value, value);
    const { rows, columns } = this.#placement;
    return { field, shown: around([rows[at[0]] as number, columns[at[1]] as number], size, field), shownAs: 'typical' };
  }
}

/** The box of a size around the middle of a pixel, moved into the receptive field where it would stick out, and no larger. */
function around([row, column]: readonly [number, number], size: FieldSize, field: Rect): Rect {
  const [height, width] = [Math.min(size.height, field.height), Math.min(size.width, field.width)];
  const start = (centre: number, length: number, from: number, all: number) =>
    Math.min(Math.max(from, Math.round(centre + 0.5 - length / 2)), from + all - length);
  return { y: start(row, height, field.y, field.height), x: start(column, width, field.x, field.width), height, width };
}

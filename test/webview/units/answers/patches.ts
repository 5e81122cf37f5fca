import { ModelError } from '../../../../src/shared/errors.ts';
import type { Rect } from '../../../../src/shared/protocol.ts';
import {
  type Collection,
  type ImageRef,
  type LayerUnits,
  type Patch,
  type Projection,
  type RgbPixels,
  type UnitLayer,
  unitStates,
} from '../../../../src/shared/unitsProtocol.ts';
import { layerOf, pictureOf, placementOf, unitMapOf } from '../made.ts';
import type { UnitsScene } from '../scene.ts';
import { layerUnitsOf } from './activations.ts';
import type { Answers } from './answer.ts';

/** The engine writes what it has after so many images. */
const written = 4;

export const patchesAnswers: Answers = {
  collected: ({ layer }, { scene }) => collectionOf(scene, layer),
  collect: async ({ layers }, { host, progress, step }) => {
    const images = imagesOf(host.scene);
    const readable = images.length - (host.scene.unreadable ?? 0);
    const reused = Math.min(...layers.map((layer) => countOf(host.scene, layer)));
    for (let done = reused + 1; done <= readable; done++) {
      await step((done - 1) / images.length);
      if (done % written === 0 || done === readable) host.scene = collect(host.scene, layers, done);
      progress({ done: done - reused, total: images.length - reused, secondsLeft: (readable - done) * 0.9 });
    }
    host.scene = { ...host.scene, gone: 0, refused: images.length - readable };
    const skipped = images.slice(readable).map((image) => ({
      image,
      error: { code: 'file-corrupt' as const, message: `${image.name} is no image: it begins like a text.`, file: image.path },
    }));
    return { collected: readable - reused, reused, skipped, ms: 12 };
  },
  forgetCollected: ({ layer }, { host }) => {
    const { collected } = host.scene;
    host.scene = { ...host.scene, collected: layer === undefined ? [] : collected.filter((each) => each !== layer), counts: {} };
  },
  layerUnits: ({ layer, quantile }, { scene }) => unitsOf(scene, layerOf(scene, layer), quantile),
  topPatches: async ({ layer, units, count, size }, { scene, progress, step }) => {
    const all = [];
    for (const [i, unit] of units.entries()) {
      await step(i / units.length);
      const patches = topOf(scene, layerOf(scene, layer), unit, size);
      const one = { unit, kept: patches.length, patches: patches.slice(0, count) };
      progress(one);
      all.push(one);
    }
    return all;
  },
  projections: async ({ layer, rule, at }, { host, scene, progress, step }) => {
    const outcomes = [];
    for (const [index, place] of at.entries()) {
      await step(index / at.length);
      const outcome = {
        projection: projectionOf(scene, layerOf(scene, layer), host.image(place.image), place.at, rule === 'gradient' ? -1 : 1),
      };
      progress({ index, outcome });
      outcomes.push(outcome);
    }
    return outcomes;
  },
};

export function imagesOf({ subject }: UnitsScene): readonly ImageRef[] {
  return subject.dataset?.images ?? [];
}

/** Images that are collected of a layer. */
export function countOf(scene: UnitsScene, layer: string): number {
  return scene.collected.includes(layer) ? (scene.counts?.[layer] ?? imagesOf(scene).length) : 0;
}

function collect(scene: UnitsScene, layers: readonly string[], count: number): UnitsScene {
  const counts = { ...scene.counts, ...Object.fromEntries(layers.map((layer) => [layer, count])) };
  return { ...scene, collected: [...new Set([...scene.collected, ...layers])], counts };
}

function collectionOf(scene: UnitsScene, layer: string): Collection {
  const found = scene.layers.filter(({ name }) => countOf(scene, name) > 0);
  return {
    layers: found.map(({ name, units }) => ({ layer: name, images: countOf(scene, name), units, dead: 0, saturated: 0 })),
    images: imagesOf(scene).length,
    // Those known to be unreadable are not waited for.
    missing: imagesOf(scene).length - countOf(scene, layer) - (scene.refused ?? 0),
    gone: scene.gone ?? 0,
    bytes: 617_000 * found.length,
  };
}

/** As `layerUnitsOf`, over the images that are collected, with the saturated units. */
export function unitsOf(scene: UnitsScene, layer: UnitLayer, quantile: number): LayerUnits {
  const units = layerUnitsOf(scene, layer, quantile);
  const images = countOf(scene, layer.name);
  const saturated = scene.saturated ?? [];
  return {
    ...units,
    images,
    cells: images * layer.height * layer.width,
    saturation: units.saturation.map((_, unit) => (saturated.includes(unit) ? 0.97 : 0)),
    state: units.state.map((state, unit) => (saturated.includes(unit) ? unitStates.indexOf('saturated') : state)),
  };
}

/** One patch per collected image, at the largest value of the unit's map; strongest first. */
export function topOf(scene: UnitsScene, layer: UnitLayer, unit: number, size: number): Patch[] {
  if (countOf(scene, layer.name) === 0)
    throw new ModelError('method', `Nothing is collected at ${layer.name} yet.`, { hint: 'Collect it first.' });
  return imagesOf(scene)
    .slice(0, countOf(scene, layer.name))
    .map((image) => {
      const values = unitMapOf(scene, layer, unit, image.path);
      const value = Math.max(...values);
      const cell = values.indexOf(value);
      return { image, value, at: [Math.floor(cell / layer.width), cell % layer.width] as const };
    })
    .sort((a, b) => b.value - a.value)
    .map(({ image, value, at }, rank) => patchOf(scene, layer, { image, value, at }, rank, size));
}

function patchOf(
  scene: UnitsScene,
  layer: UnitLayer,
  { image, value, at }: Pick<Patch, 'image' | 'value' | 'at'>,
  rank: number,
  size: number,
): Patch {
  const field = fieldOf(scene, layer, at);
  const whole = field.width >= scene.input[1] || field.height >= scene.input[0];
  const shown = whole ? effectiveOf(scene, layer, at) : field;
  const shownAs = whole ? (rank % 2 === 0 ? 'effective' : 'typical') : 'field';
  const pixels = reduced(cut(pictureOf(scene, image.path), shown), size);
  return { image, imageHash: image.name, value, at, field, shown, shownAs, area: shown, pixels };
}

/** What a cell sees, cut at the border of the input. */
export function fieldOf({ input, ...scene }: UnitsScene, layer: UnitLayer, at: Patch['at']): Rect {
  return boxAround({ input, ...scene }, layer, at, layer.receptiveField?.size ?? [2 * input[0], 2 * input[1]]);
}

function effectiveOf(scene: UnitsScene, layer: UnitLayer, at: Patch['at']): Rect {
  return boxAround(scene, layer, at, [Math.round(scene.input[0] * 0.4), Math.round(scene.input[1] * 0.4)]);
}

function boxAround(scene: UnitsScene, layer: UnitLayer, at: Patch['at'], size: readonly [number, number]): Rect {
  const { rows, columns } = placementOf(scene, layer);
  const along = (centre: number, length: number, limit: number) => {
    const from = Math.round(centre - (length - 1) / 2);
    return [Math.max(0, from), Math.min(limit, from + length)] as const;
  };
  const [top, bottom] = along(rows[at[0]] ?? 0, size[0], scene.input[0]);
  const [left, right] = along(columns[at[1]] ?? 0, size[1], scene.input[1]);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function cut(picture: RgbPixels, { x, y, width, height }: Rect): RgbPixels {
  const data = new Uint8Array(3 * width * height);
  for (let row = 0; row < height; row++) {
    const from = 3 * ((y + row) * picture.width + x);
    data.set(picture.data.subarray(from, from + 3 * width), 3 * row * width);
  }
  return { width, height, data };
}

function reduced(picture: RgbPixels, size: number): RgbPixels {
  const factor = Math.max(1, Math.max(picture.width, picture.height) / size);
  const width = Math.max(1, Math.round(picture.width / factor));
  const height = Math.max(1, Math.round(picture.height / factor));
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) {
    const from = Math.floor(Math.floor(i / width) * factor) * picture.width + Math.floor((i % width) * factor);
    data.set(picture.data.subarray(3 * from, 3 * from + 3), 3 * i);
  }
  return { width, height, data };
}

/** Red on its left half, blue on its right, green below 0 everywhere, one pixel far beyond all; the gradient's is the negative of it. */
function projectionOf(scene: UnitsScene, layer: UnitLayer, image: ImageRef, at: Patch['at'], sign: number): Projection {
  const box = fieldOf(scene, layer, at);
  const plane = box.width * box.height;
  const values = Float32Array.from({ length: 3 * plane }, (_, i) => {
    const channel = Math.floor(i / plane);
    const left = i % box.width < box.width / 2;
    return sign * (channel === 0 ? Number(left) : channel === 2 ? Number(!left) : -0.5);
  });
  values[0] = 50 * sign;
  return { image, at, box, effective: effectiveOf(scene, layer, at), channels: 3, values, max: 50 };
}

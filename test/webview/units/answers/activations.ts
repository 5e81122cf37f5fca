import { ModelError } from '../../../../src/shared/errors.ts';
import { type ImageRef, type LayerUnits, type UnitLayer, type UnitWall, unitStates } from '../../../../src/shared/unitsProtocol.ts';
import { layerOf, noise, pictureOf, placementOf, unitMapOf } from '../made.ts';
import type { UnitsScene } from '../scene.ts';
import type { Answers } from './answer.ts';

/** Maps are sent no larger than this. */
const largest = 32;

export const activationsAnswers: Answers = {
  unitWall: ({ image, layer }, { scene, host }) => unitWallOf(scene, layerOf(scene, layer), host.image(image)),
  layerUnits: ({ layer, quantile }, { scene }) => layerUnitsOf(scene, layerOf(scene, layer), quantile),
};

export function unitWallOf(scene: UnitsScene, layer: UnitLayer, image: ImageRef): UnitWall {
  const full = { height: layer.height, width: layer.width };
  const sent = { ...layer, height: Math.min(largest, full.height), width: Math.min(largest, full.width) };
  const cells = sent.height * sent.width;
  const maps = new Float32Array(layer.units * cells);
  for (let unit = 0; unit < layer.units; unit++) maps.set(unitMapOf(scene, sent, unit, image.path), unit * cells);
  const each = (of: (map: Float32Array) => number) =>
    Float32Array.from({ length: layer.units }, (_, unit) => of(maps.subarray(unit * cells, (unit + 1) * cells)));
  return {
    layer: layer.name,
    image,
    picture: pictureOf(scene, image.path),
    height: sent.height,
    width: sent.width,
    maps,
    max: each((map) => map.reduce((a, b) => Math.max(a, b))),
    mean: each((map) => map.reduce((a, b) => a + b) / map.length),
    placement: placementOf(scene, layer, sent),
    ms: 38,
  };
}

/** What the data set says of the units of a layer; fails as the engine does where nothing is collected. */
export function layerUnitsOf(scene: UnitsScene, layer: UnitLayer, quantile: number): LayerUnits {
  if (!scene.collected.includes(layer.name))
    throw new ModelError('method', `Nothing is collected at ${layer.name} yet.`, { hint: 'Collect it first.' });
  const images = scene.subject.dataset?.images.length ?? 0;
  const each = (of: (unit: number) => number) => Float32Array.from({ length: layer.units }, (_, unit) => of(unit));
  const alive = (unit: number, value: number) => (scene.dead.includes(unit) ? 0 : value);
  const max = each((unit) => alive(unit, 1 + 8 * noise(layer.name, unit, 'max')));
  return {
    layer: layer.name,
    images,
    cells: images * layer.height * layer.width,
    max,
    min: each(() => 0),
    mean: max.map((v) => v / 12),
    active: each((unit) => alive(unit, noise(layer.name, unit, 'active'))),
    saturation: each(() => 0),
    threshold: max.map((v, unit) => (scene.neverSeen?.includes(unit) ? 0 : v) * (0.5 + 0.3 * noise(layer.name, unit, quantile))),
    quantile,
    state: Uint8Array.from({ length: layer.units }, (_, unit) => unitStates.indexOf(scene.dead.includes(unit) ? 'dead' : 'active')),
  };
}

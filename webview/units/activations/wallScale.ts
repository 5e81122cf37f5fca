import type { ColorScale } from '../../../src/shared/colorScale.ts';
import type { UnitWall } from '../../../src/shared/unitsProtocol.ts';
import { mapOf } from './selectors.ts';

const shared = new WeakMap<UnitWall, ColorScale>();

/** From 0 to the largest value of the layer; around 0 where the layer has values of either sign. */
export function sharedScale(wall: UnitWall): ColorScale {
  const known = shared.get(wall);
  if (known) return known;
  const scale = scaleOver(wall.maps, hasSign(wall));
  shared.set(wall, scale);
  return scale;
}

/** The same with the values of one unit. */
export function ownScale(wall: UnitWall, unit: number): ColorScale {
  return scaleOver(mapOf(wall, unit), sharedScale(wall).kind === 'diverging');
}

function hasSign({ maps }: UnitWall): boolean {
  return maps.some((value) => value < 0);
}

/** Where nothing is but 0, 0 keeps its colour. */
function scaleOver(values: Float32Array, signed: boolean): ColorScale {
  const high = values.reduce((largest, value) => Math.max(largest, signed ? Math.abs(value) : value), 0) || 1;
  return { kind: signed ? 'diverging' : 'sequential', low: signed ? -high : 0, high, flat: false };
}

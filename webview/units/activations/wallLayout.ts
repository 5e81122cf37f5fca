import type { UnitLayer } from '../../../src/shared/unitsProtocol.ts';
import { fit, type Size } from '../../draw/geometry.ts';
import { type Bands, bandsOf } from '../filters/bankLayout.ts';
import type { UnitsState } from '../state.ts';
import { isVector } from './selectors.ts';

/** How the maps of a layer lie in the room there is, CSS pixels. */
export interface WallLayout {
  map: Size;
  /** A map with its numbers and the gap to the next one. */
  unit: Size;
  columns: number;
  bands: Bands;
}

/** Longer side of a map; a vector's numbers are bars of this width. */
const side = 76;
const barHeight = 22;
const gap = 8;
const label = 20;

/** Undefined: the room is not known yet. */
export function wallLayout({ activations, units }: UnitsState, layer: UnitLayer): WallLayout | undefined {
  const { width } = activations;
  if (width === 0 || !units) return undefined;
  const { input } = units.model;
  const map = isVector(layer) ? { width: side, height: barHeight } : fit(input, { width: side, height: side });
  const unit = { width: Math.max(map.width, 60) + gap, height: map.height + label + gap };
  const columns = Math.max(1, Math.floor((width + gap) / unit.width));
  return { map, unit, columns, bands: bandsOf({ columns, unit }, layer.units) };
}

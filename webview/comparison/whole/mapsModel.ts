import { boundsOf, type Transform, transformOf, whole } from '../../draw/camera.ts';
import type { Size } from '../../draw/geometry.ts';
import { faint } from '../../draw/pointState.ts';
import type { SetModel } from './setModel.ts';

/** Pixels of a drawing. */
export const mapSize: Size = { width: 880, height: 660 };

/** Where the images are in one of the layouts. */
export interface Placed {
  positions: Float32Array;
  /** Images without a place are not found. */
  states: Uint8Array;
}

export interface MapsModel {
  from: Placed;
  to: Placed;
  /** One for both: the layouts are aligned, and what moved has moved. */
  transform: Transform;
}

const known = new WeakMap<SetModel, MapsModel | undefined>();

/** Undefined: one has no layout, or they are of different layers. */
export function mapsModel(model: SetModel): MapsModel | undefined {
  if (!known.has(model)) known.set(model, made(model));
  return known.get(model);
}

function made({ from, to }: SetModel): MapsModel | undefined {
  if (!from.positions || !to.positions || from.layer !== to.layer) return undefined;
  const all = new Float32Array(from.positions.length + to.positions.length);
  all.set(from.positions);
  all.set(to.positions, from.positions.length);
  return { from: placed(from.positions), to: placed(to.positions), transform: transformOf(whole, boundsOf(all), mapSize) };
}

function placed(positions: Float32Array): Placed {
  const states = Uint8Array.from({ length: positions.length / 2 }, (_, row) =>
    Number.isFinite(positions[2 * row]) && Number.isFinite(positions[2 * row + 1]) ? 0 : faint,
  );
  return { positions, states };
}

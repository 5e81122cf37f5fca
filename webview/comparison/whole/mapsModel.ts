import { type Bounds, boundsOf, type Transform, transformOf, whole } from '../../draw/camera.ts';
import type { Size } from '../../draw/geometry.ts';
import { faint } from '../../draw/pointState.ts';
import type { SetModel } from './setModel.ts';

/** Pixels of a drawing. */
export const mapSize: Size = { width: 880, height: 660 };

/** Where the images are in one of the layouts, in the rows of the second checkpoint. */
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

function made({ from, to, rows }: SetModel): MapsModel | undefined {
  if (!from.positions || !to.positions || from.layer !== to.layer) return undefined;
  const count = to.images.length;
  const [before, now] = [from.positions, to.positions];
  const placed = (of: Float32Array, at: 'row' | 'before'): Placed => {
    const positions = new Float32Array(2 * count).fill(Number.NaN);
    const states = new Uint8Array(count).fill(faint);
    for (const row of rows) {
      const [x, y] = [of[2 * row[at]] as number, of[2 * row[at] + 1] as number];
      positions.set([x, y], 2 * row.row);
      if (Number.isFinite(x) && Number.isFinite(y)) states[row.row] = 0;
    }
    return { positions, states };
  };
  const sides = { from: placed(before, 'before'), to: placed(now, 'row') };
  const all = new Float32Array(4 * count);
  all.set(sides.from.positions);
  all.set(sides.to.positions, 2 * count);
  const bounds: Bounds = boundsOf(all);
  return { ...sides, transform: transformOf(whole, bounds, mapSize) };
}

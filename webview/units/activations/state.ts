import type { LayerUnits, UnitWall } from '../../../src/shared/unitsProtocol.ts';
import { noAnswer, type Slot } from '../../page/ask.ts';

export interface ActivationsState {
  /** May be of the picture or layer before while a newer one is on its way (`isStale`). */
  wall: Slot<UnitWall>;
  /** What the data set says of the layer's units; an error where nothing is collected. */
  units: Slot<LayerUnits>;
  /** Room for the wall, CSS pixels; 0: not known yet. */
  width: number;
  /** Bands of units that are in view or nearly so. */
  inView: ReadonlySet<number>;
  /** Place in the wall that Tab leads to. */
  cursor: number;
  /** Unit under the pointer, or with the focus. */
  pointed: number | undefined;
}

export const noActivations: ActivationsState = {
  wall: noAnswer,
  units: noAnswer,
  width: 0,
  inView: new Set(),
  cursor: 0,
  pointed: undefined,
};

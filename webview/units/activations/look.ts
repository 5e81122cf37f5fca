import type { UnitWall } from '../../../src/shared/unitsProtocol.ts';
import { colorMapFor } from '../../draw/palette.ts';
import type { UnitsState } from '../state.ts';
import type { UnitLook } from './paintUnit.ts';
import { isVector } from './selectors.ts';
import { ownScale, sharedScale } from './wallScale.ts';

/** How the map of a unit is drawn. */
export function lookOf({ choices, units }: UnitsState, wall: UnitWall, unit: number): UnitLook {
  const { scale: sharing, over, smooth } = choices.activations;
  const scale = sharing === 'own' ? ownScale(wall, unit) : sharedScale(wall);
  const { height = 1, width = 1 } = units?.model.input ?? {};
  const under = over && !isVector(wall) ? 'grey' : 'nothing';
  return { scale, colorMap: colorMapFor(scale, choices.activations), under, smooth, input: [height, width] };
}

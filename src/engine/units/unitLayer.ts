import type { UnitLayer } from '../../shared/unitsProtocol.ts';
import type { OpenModel } from '../models.ts';

/** The layers of a model that have units, in order of depth. */
export function unitLayersOf(_open: OpenModel): readonly UnitLayer[] {
  throw new Error('not there yet');
}

/** A layer that has units, and the value [N,C,H,W] or [N,C] they are in. Throws ModelError('method') naming the layer if it has none. */
export function findUnitLayer(_open: OpenModel, _name: string): { info: UnitLayer; value: string } {
  throw new Error('not there yet');
}

import { ModelError } from '../../shared/errors.ts';
import type { UnitLayer } from '../../shared/unitsProtocol.ts';
import type { OpenModel } from '../models.ts';

/** Throws ModelError('method') where the layer has no such unit. */
export function checkUnit({ model: { file } }: OpenModel, { name, units }: UnitLayer, unit: number): void {
  if (Number.isInteger(unit) && unit >= 0 && unit < units) return;
  throw new ModelError('method', `Layer '${name}' has no unit ${unit}: it has ${units}, counted from 0.`, {
    file,
    where: name,
    hint: `Choose a unit from 0 to ${units - 1}.`,
  });
}

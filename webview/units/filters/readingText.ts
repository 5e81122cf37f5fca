import { number } from '../../draw/format.ts';
import type { UnitsState } from '../state.ts';
import { firstInput, kernelOf } from './kernels.ts';
import { type BankLayer, partWith } from './selectors.ts';

const help = 'Point at a weight to read it. Arrow keys go from unit to unit, with Shift from weight to weight; Enter opens the unit.';

/** The weight that is pointed at, in words. */
export function readingText(state: UnitsState, layer: BankLayer): string {
  const { reading } = state.filters;
  const part = reading && partWith(state, layer, reading.unit);
  if (!reading || !part) return help;
  const { unit, input, row, column } = reading;
  const [rows, columns] = part.info.kernel;
  const kernel = kernelOf(part, unit);
  const weight = (channel: number) => number(kernel[(channel * rows + row) * columns + column] ?? Number.NaN);
  const place = rows * columns === 1 ? '' : `, row ${row}, column ${column}`;
  if (input === undefined) return `unit ${unit}${place}: R ${weight(0)}, G ${weight(1)}, B ${weight(2)}`;
  return `unit ${unit}, input ${firstInput(part, unit, layer.units) + input}${place}: ${weight(input)}`;
}

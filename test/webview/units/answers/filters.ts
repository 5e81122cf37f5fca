import type { FilterInfo, Filters } from '../../../../src/shared/unitsProtocol.ts';
import { layerOf } from '../made.ts';
import { largestWeight, weightOf } from '../weights.ts';
import type { Answers } from './answer.ts';

export const filtersAnswers: Answers = {
  filters: ({ layer, from, count }, { scene }): Filters => {
    const { filters: info } = layerOf(scene, layer);
    if (!info) throw new Error(`${layer} has no kernels.`);
    return { info, from, count, values: kernels(info, from, count), max: largestWeight, colour: info.colour };
  },
};

function kernels({ inputs, kernel: [rows, columns] }: FilterInfo, from: number, count: number): Float32Array {
  const values = new Float32Array(count * inputs * rows * columns);
  let at = 0;
  for (let unit = from; unit < from + count; unit++)
    for (let input = 0; input < inputs; input++)
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++) values[at++] = weightOf(unit, input, row, column);
  return values;
}

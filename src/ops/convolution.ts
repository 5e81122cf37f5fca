import type { ValueType } from '../graph/graph.ts';
import { inputType, misfit, type Named } from './inputs.ts';

type Types = readonly (ValueType | undefined)[];

/** Sizes of a convolution's weight (input 1): [O,C/group,kH,kW], or [C,O/group,kH,kW] where it is transposed. */
export function weightSizes(node: Named, inputs: Types): readonly [number, number, number, number] {
  const { shape } = inputType(node, inputs, 1);
  if (shape.length !== 4 || !shape.every((d) => typeof d === 'number' && d > 0)) throw misfit(node, `needs a 4-D weight, got [${shape}]`);
  return shape as readonly [number, number, number, number];
}

/** Throws unless the bias (input 2), where there is one, has one value per output channel. */
export function checkBias(node: Named, inputs: Types, outputs: number): void {
  const bias = inputs[2]?.shape;
  if (bias && (bias.length !== 1 || bias[0] !== outputs)) throw misfit(node, `has bias [${bias}] for ${outputs} output channels`);
}

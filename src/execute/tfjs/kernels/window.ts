import type { Pads, Pair } from '../../../graph/opset.ts';

/** Padding as TensorFlow.js takes it for a channels-last image. */
export type ExplicitPadding = [[number, number], [number, number], [number, number], [number, number]];

export function explicit([top, left, bottom, right]: Pads): ExplicitPadding | 'valid' {
  if (top === 0 && left === 0 && bottom === 0 && right === 0) return 'valid';
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
}

/** Extent of a dilated kernel. */
export function extents(kernel: Pair, dilations: Pair): [number, number] {
  return [(kernel[0] - 1) * dilations[0] + 1, (kernel[1] - 1) * dilations[1] + 1];
}

export const isOne = (pair: Pair): boolean => pair[0] === 1 && pair[1] === 1;

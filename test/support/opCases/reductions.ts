import type { OpAttrs } from '../../../src/graph/opset.ts';
import { type CasesOf, distinct, fed, type OpCase } from './opCase.ts';

const max = { kernel: [2, 2], strides: [2, 2], dilations: [1, 1], pads: [0, 0, 0, 0], ceilMode: false, withIndices: false } as const;
const mean = { kernel: [2, 2], strides: [2, 2], dilations: [1, 1], pads: [0, 0, 0, 0], ceilMode: false, countIncludePad: false } as const;
const image = (c: number, h: number, w: number) => fed(['N', c, h, w], distinct(['N', c, h, w], 0.1));

const maxPool = (name: string, h: number, w: number, attrs: Partial<OpAttrs['MaxPool']>): OpCase<'MaxPool'> => ({
  name,
  inputs: [image(2, h, w)],
  attrs: { ...max, ...attrs },
});
const averagePool = (name: string, h: number, w: number, attrs: Partial<OpAttrs['AveragePool']>): OpCase<'AveragePool'>[] =>
  [false, true].map((countIncludePad) => ({
    name: `${name}, padding ${countIncludePad ? 'counts' : 'does not count'}`,
    inputs: [image(2, h, w)],
    attrs: { ...mean, ...attrs, countIncludePad },
  }));

type Reductions = 'ReduceMean' | 'ReduceSum' | 'ReduceMax' | 'ReduceMin';

/** [[1, 2], [3, 4]] over axis 0, and all the forms of axes. */
const reduce = (expected: readonly number[], gradient: readonly number[]) =>
  [
    { name: 'known', inputs: [fed([2, 2], [1, 2, 3, 4])], attrs: { axes: [0], keepdims: false }, expected, gradient },
    { name: 'spatial, kept', inputs: [image(2, 3, 2)], attrs: { axes: [2, 3], keepdims: true } },
    { name: 'spatial, dropped', inputs: [image(2, 3, 2)], attrs: { axes: [2, 3], keepdims: false } },
    { name: 'channels', inputs: [image(3, 2, 2)], attrs: { axes: [1], keepdims: false } },
    { name: 'apart and unordered', inputs: [image(2, 3, 2)], attrs: { axes: [3, 1], keepdims: true } },
    { name: 'all', inputs: [fed([2, 3], distinct([2, 3]))], attrs: { axes: [0, 1], keepdims: false } },
  ] as const satisfies readonly OpCase<Reductions>[];

const tie = (attrs: OpAttrs['ReduceMax'], gradient: readonly number[]) => ({
  name: `tie over [${attrs.axes}]`,
  inputs: [fed([2, 2, 2], [1, 1, 1, 1, 1, 1, 1, 1])],
  attrs,
  gradient,
  kink: true as const,
});
const ties = [
  tie({ axes: [2], keepdims: false }, [1, 0, 1, 0, 1, 0, 1, 0]),
  tie({ axes: [2, 1], keepdims: true }, [1, 0, 0, 0, 1, 0, 0, 0]),
  tie({ axes: [0, 2], keepdims: true }, [1, 0, 1, 0, 0, 0, 0, 0]),
] as const;

export const reductions: CasesOf<Reductions | 'ArgMax' | 'MaxPool' | 'AveragePool' | 'GlobalAveragePool' | 'GlobalMaxPool'> = {
  MaxPool: [
    {
      name: 'known',
      inputs: [fed([1, 1, 2, 4], [1, 2, 7, 6, 3, 0, 5, 8])],
      attrs: max,
      expected: [3, 8],
      gradient: [0, 0, 0, 0, 1, 0, 0, 1],
    },
    {
      name: 'a tie goes to the first',
      inputs: [fed([1, 1, 2, 2], [1, 5, 5, 5])],
      attrs: max,
      expected: [5],
      gradient: [0, 1, 0, 0],
      kink: true,
    },
    {
      name: 'a cell that wins twice',
      inputs: [fed([1, 1, 1, 3], [1, 5, 2])],
      attrs: { ...max, kernel: [1, 2], strides: [1, 1] },
      expected: [5, 5],
      gradient: [0, 2, 0],
    },
    {
      name: 'padding never wins',
      inputs: [fed([1, 1, 1, 2], [-3, -4])],
      attrs: { ...max, pads: [1, 1, 1, 1], strides: [1, 1] },
      expected: [-3, -3, -4, -3, -3, -4],
    },
    maxPool('2×2', 4, 6, {}),
    maxPool('3×3, stride 2, padded', 7, 6, { kernel: [3, 3], pads: [1, 1, 1, 1] }),
    maxPool('asymmetric pads', 6, 6, { kernel: [3, 3], pads: [0, 0, 1, 1] }),
    maxPool('ceil mode', 5, 6, { kernel: [3, 3], ceilMode: true }),
    maxPool('ceil mode, last window dropped', 4, 5, { kernel: [1, 1], strides: [2, 2], pads: [0, 0, 0, 0], ceilMode: true }),
    maxPool('overlapping', 4, 4, { strides: [1, 1] }),
    maxPool('dilated', 6, 6, { dilations: [2, 3], strides: [1, 1] }),
    { ...maxPool('with indices', 4, 4, { withIndices: true }), outputs: 2 },
  ],
  AveragePool: [
    { name: 'known', inputs: [fed([1, 1, 2, 2], [1, 2, 3, 6])], attrs: mean, expected: [3], gradient: [0.25, 0.25, 0.25, 0.25] },
    {
      name: 'known, padding does not count',
      inputs: [fed([1, 1, 1, 2], [4, 8])],
      attrs: { ...mean, kernel: [1, 2], pads: [0, 1, 0, 1] },
      expected: [4, 8],
      gradient: [1, 1],
    },
    {
      name: 'known, padding counts',
      inputs: [fed([1, 1, 1, 2], [4, 8])],
      attrs: { ...mean, kernel: [1, 2], pads: [0, 1, 0, 1], countIncludePad: true },
      expected: [2, 4],
      gradient: [0.5, 0.5],
    },
    ...averagePool('2×2', 4, 6, {}),
    ...averagePool('3×3, stride 1, padded', 4, 5, { kernel: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1] }),
    ...averagePool('asymmetric pads', 5, 6, { kernel: [3, 3], pads: [0, 1, 1, 0] }),
    ...averagePool('ceil mode', 6, 5, { kernel: [3, 2], ceilMode: true }),
    ...averagePool('ceil mode, padded', 6, 6, { kernel: [3, 3], pads: [1, 1, 1, 1], ceilMode: true }),
    ...averagePool('cells left over', 5, 5, {}),
    ...averagePool('stride above the kernel', 5, 5, { kernel: [1, 1], strides: [2, 2] }),
    ...averagePool('dilated', 6, 5, { dilations: [2, 3], strides: [1, 1], pads: [1, 0, 0, 1] }),
  ],
  GlobalAveragePool: [
    { name: 'known', inputs: [fed([1, 2, 1, 2], [1, 3, 5, 6])], attrs: {}, expected: [2, 5.5], gradient: [0.5, 0.5, 0.5, 0.5] },
    { name: 'image batch', inputs: [image(3, 3, 2)], attrs: {} },
  ],
  GlobalMaxPool: [
    { name: 'known', inputs: [fed([1, 2, 1, 2], [1, 3, 6, 5])], attrs: {}, expected: [3, 6], gradient: [0, 1, 1, 0] },
    { name: 'image batch', inputs: [image(3, 3, 2)], attrs: {} },
    {
      name: 'a tie goes to the first',
      inputs: [fed([1, 1, 2, 2], [0, 0, 0, 0])],
      attrs: {},
      expected: [0],
      gradient: [1, 0, 0, 0],
      kink: true,
    },
  ],
  ReduceMean: reduce([2, 3], [0.5, 0.5, 0.5, 0.5]),
  ReduceSum: reduce([4, 6], [1, 1, 1, 1]),
  ReduceMax: [...reduce([3, 4], [0, 0, 1, 1]), ...ties],
  ReduceMin: [...reduce([1, 2], [1, 1, 0, 0]), ...ties],
  ArgMax: [
    { name: 'known, tie', inputs: [fed([2, 3], [1, 5, 2, 7, 0, 7])], attrs: { axis: 1, keepdims: false }, expected: [1, 0], kink: true },
    { name: 'channels, kept', inputs: [image(4, 2, 2)], attrs: { axis: 1, keepdims: true } },
    { name: 'columns', inputs: [image(2, 2, 3)], attrs: { axis: 3, keepdims: false } },
  ],
};

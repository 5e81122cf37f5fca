import type { OpAttrs } from '../../../src/graph/opset.ts';
import { type CasesOf, fed, indices, type OpCase, uniform } from './opCase.ts';

const image = (c: number, h: number, w: number, seed = 1) => fed(['N', c, h, w], uniform(['N', c, h, w], seed));
const END = 2 ** 31 - 1;

const slice = (name: string, attrs: OpAttrs['Slice']): OpCase<'Slice'> => ({ name, inputs: [image(3, 6, 7)], attrs });
const resize = (
  sizes: readonly [number, number],
  mode: 'nearest' | 'linear',
  coordinates: OpAttrs['Resize']['coordinates'],
): OpCase<'Resize'> => ({
  name: `${mode} to ${sizes.join('×')}, ${coordinates}`,
  inputs: [image(2, 4, 3)],
  attrs: { sizes, mode, coordinates },
});
const ramp = (n: number) => Array.from({ length: n }, (_, i) => i);
const row = [1, 2, 3, 4];

export const shapes: CasesOf<
  | 'Concat'
  | 'Split'
  | 'Slice'
  | 'Pad'
  | 'Flatten'
  | 'Reshape'
  | 'Transpose'
  | 'Squeeze'
  | 'Unsqueeze'
  | 'Expand'
  | 'Resize'
  | 'DepthToSpace'
  | 'Gather'
  | 'ScatterElements'
> = {
  Concat: [
    { name: 'known', inputs: [fed([1, 2], [1, 2]), fed([1, 1], [3])], attrs: { axis: 1 }, expected: [1, 2, 3] },
    { name: 'channels', inputs: [image(2, 2, 2), image(1, 2, 2, 2), image(3, 2, 2, 3)], attrs: { axis: 1 } },
    { name: 'columns', inputs: [image(2, 2, 1), image(2, 2, 3, 2)], attrs: { axis: 3 } },
    { name: 'one input', inputs: [image(2, 2, 1)], attrs: { axis: 1 } },
    { name: 'first axis, fixed batch', inputs: [fed([1, 2]), fed([2, 2])], attrs: { axis: 0 } },
  ],
  Split: [
    { name: 'known', inputs: [fed([1, 4], row)], attrs: { axis: 1, sizes: [1, 3] }, outputs: 2, expected: [1], gradient: [1, 0, 0, 0] },
    { name: 'channels', inputs: [image(5, 2, 2)], attrs: { axis: 1, sizes: [2, 1, 2] }, outputs: 3 },
    { name: 'one output', inputs: [image(2, 2, 2)], attrs: { axis: 2, sizes: [2] } },
  ],
  Slice: [
    {
      name: 'known',
      inputs: [fed([4], row)],
      attrs: { starts: [1], ends: [3], axes: [0], steps: [1] },
      expected: [2, 3],
      gradient: [0, 1, 1, 0],
    },
    {
      name: 'known, every second',
      inputs: [fed([4], row)],
      attrs: { starts: [1], ends: [END], axes: [0], steps: [2] },
      expected: [2, 4],
      gradient: [0, 1, 0, 1],
    },
    {
      name: 'known, backwards',
      inputs: [fed([4], row)],
      attrs: { starts: [-1], ends: [-END], axes: [0], steps: [-2] },
      expected: [4, 2],
      gradient: [0, 1, 0, 1],
    },
    slice('window', { starts: [1, 2], ends: [4, 7], axes: [2, 3], steps: [1, 1] }),
    slice('from the end', { starts: [-4, -5], ends: [-1, END], axes: [3, 2], steps: [1, 1] }),
    slice('every second, third', { starts: [0, 1], ends: [END, 6], axes: [2, 3], steps: [2, 3] }),
    slice('steps that end early', { starts: [0], ends: [5], axes: [2], steps: [4] }),
    slice('channels reversed', { starts: [-1], ends: [-END], axes: [1], steps: [-1] }),
    slice('backwards in steps', { starts: [5, 4], ends: [0, -END], axes: [3, 2], steps: [-2, -3] }),
    slice('whole batch', { starts: [0, 1], ends: [END, 3], axes: [0, 1], steps: [1, 1] }),
  ],
  Pad: [
    {
      name: 'known',
      inputs: [fed([2], [1, 2])],
      attrs: { pads: [1, 2], mode: 'constant', value: 9 },
      expected: [9, 1, 2, 9, 9],
      gradient: [1, 1],
    },
    { name: 'constant', inputs: [image(2, 3, 2)], attrs: { pads: [0, 0, 1, 2, 0, 0, 0, 3], mode: 'constant', value: 0 } },
    { name: 'channels', inputs: [image(2, 3, 2)], attrs: { pads: [0, 1, 0, 0, 0, 2, 0, 0], mode: 'constant', value: -1.5 } },
    { name: 'nothing', inputs: [image(2, 3, 2)], attrs: { pads: [0, 0, 0, 0, 0, 0, 0, 0], mode: 'constant', value: 0 } },
    {
      name: 'known, reflect',
      inputs: [fed([1, 3], [1, 2, 3])],
      attrs: { pads: [0, 2, 0, 1], mode: 'reflect', value: 0 },
      expected: [3, 2, 1, 2, 3, 2],
      gradient: [1, 3, 2],
    },
    { name: 'reflect', inputs: [image(2, 4, 3)], attrs: { pads: [0, 0, 3, 1, 0, 0, 1, 2], mode: 'reflect', value: 0 } },
    {
      name: 'known, edge',
      inputs: [fed([1, 2], [1, 2])],
      attrs: { pads: [0, 2, 0, 1], mode: 'edge', value: 0 },
      expected: [1, 1, 1, 2, 2],
      gradient: [3, 2],
    },
    { name: 'edge', inputs: [image(2, 3, 2)], attrs: { pads: [0, 0, 2, 1, 0, 0, 1, 3], mode: 'edge', value: 0 } },
  ],
  Flatten: [
    { name: 'classifier head', inputs: [image(2, 2, 3)], attrs: { axis: 1 } },
    { name: 'axis 2, fixed batch', inputs: [fed([2, 2, 3])], attrs: { axis: 2 } },
    { name: 'axis 0, fixed batch', inputs: [fed([2, 2], row)], attrs: { axis: 0 }, expected: row },
  ],
  Reshape: [
    { name: 'known', inputs: [fed([2, 2], row)], attrs: { shape: [4, 1] }, expected: row, gradient: [1, 1, 1, 1] },
    { name: 'batch', inputs: [image(2, 2, 3)], attrs: { shape: ['N', 3, 4] } },
    { name: 'one row of everything', inputs: [image(2, 2, 3)], attrs: { shape: ['N'], regroup: true } },
    { name: 'channels as images', inputs: [image(3, 2, 2)], attrs: { shape: ['N', 1, 2, 2], regroup: true } },
  ],
  Transpose: [
    { name: 'known', inputs: [fed([2, 2], row)], attrs: { perm: [1, 0] }, expected: [1, 3, 2, 4], gradient: [1, 1, 1, 1] },
    { name: 'channels last', inputs: [image(3, 2, 2)], attrs: { perm: [0, 2, 3, 1] } },
    { name: 'five axes', inputs: [fed(['N', 2, 3, 2, 1])], attrs: { perm: [0, 2, 1, 4, 3] } },
  ],
  Squeeze: [
    { name: 'pooled image', inputs: [image(3, 1, 1)], attrs: { axes: [2, 3] } },
    { name: 'middle', inputs: [fed([2, 1, 2], row)], attrs: { axes: [1] }, expected: row },
  ],
  Unsqueeze: [
    { name: 'to an image', inputs: [fed(['N', 3])], attrs: { axes: [2, 3] } },
    { name: 'apart', inputs: [fed([2, 2], row)], attrs: { axes: [0, 2] }, expected: row },
  ],
  Expand: [
    { name: 'known', inputs: [fed([2, 1], [1, 2])], attrs: { shape: [2, 2] }, expected: [1, 1, 2, 2], gradient: [2, 2] },
    { name: 'image', inputs: [image(2, 1, 1)], attrs: { shape: ['N', 2, 2, 3] } },
    { name: 'new axis', inputs: [fed([2])], attrs: { shape: [3, 2] } },
  ],
  Resize: [
    {
      name: 'known, nearest',
      inputs: [fed([1, 1, 1, 2], [1, 2])],
      attrs: { sizes: [2, 4], mode: 'nearest', coordinates: 'asymmetric' },
      expected: [1, 1, 2, 2, 1, 1, 2, 2],
      gradient: [4, 4],
    },
    {
      name: 'known, half pixel',
      inputs: [fed([1, 1, 1, 2], [0, 4])],
      attrs: { sizes: [1, 4], mode: 'linear', coordinates: 'half_pixel' },
      expected: [0, 1, 3, 4],
      gradient: [2, 2],
    },
    {
      name: 'known, corners',
      inputs: [fed([1, 1, 1, 2], [0, 3])],
      attrs: { sizes: [1, 4], mode: 'linear', coordinates: 'align_corners' },
      expected: [0, 1, 2, 3],
      gradient: [2, 2],
    },
    {
      name: 'known, asymmetric',
      inputs: [fed([1, 1, 1, 2], [0, 4])],
      attrs: { sizes: [1, 4], mode: 'linear', coordinates: 'asymmetric' },
      expected: [0, 2, 4, 4],
    },
    resize([8, 9], 'nearest', 'asymmetric'),
    resize([6, 4], 'nearest', 'asymmetric'),
    resize([2, 2], 'nearest', 'asymmetric'),
    resize([7, 5], 'linear', 'half_pixel'),
    resize([3, 2], 'linear', 'half_pixel'),
    resize([7, 5], 'linear', 'align_corners'),
    resize([8, 6], 'linear', 'asymmetric'),
    resize([4, 6], 'linear', 'half_pixel'),
  ],
  DepthToSpace: [
    { name: 'known, CRD', inputs: [fed([1, 4, 1, 1], row)], attrs: { blocksize: 2, mode: 'CRD' }, expected: row },
    { name: 'known, DCR', inputs: [fed([1, 8, 1, 1], ramp(8))], attrs: { blocksize: 2, mode: 'DCR' }, expected: [0, 2, 4, 6, 1, 3, 5, 7] },
    { name: 'CRD', inputs: [image(8, 2, 3)], attrs: { blocksize: 2, mode: 'CRD' } },
    { name: 'DCR', inputs: [image(8, 2, 3)], attrs: { blocksize: 2, mode: 'DCR' } },
  ],
  Gather: [
    { name: 'known', inputs: [fed([4], row), indices([3], [2, 0, 2])], attrs: { axis: 0 }, expected: [3, 1, 3], gradient: [1, 0, 2, 0] },
    { name: 'channels shuffled', inputs: [image(4, 2, 2), indices([4], [2, 0, 3, 1])], attrs: { axis: 1 } },
    { name: 'some channels', inputs: [image(4, 2, 2), indices([3], [-1, 0, 3])], attrs: { axis: 1 } },
    { name: 'one column', inputs: [image(2, 2, 3), indices([], [1])], attrs: { axis: 3 } },
    { name: 'a table of columns', inputs: [image(2, 2, 3), indices([2, 2], [1, 2, 2, 0])], attrs: { axis: 3 } },
  ],
  ScatterElements: [
    {
      name: 'known',
      inputs: [fed([3], [1, 1, 1]), indices([3], [2, 0, 2]), fed([3], [1, 2, 4])],
      attrs: { axis: 0 },
      expected: [3, 1, 6],
      gradient: [1, 1, 1],
    },
    { name: 'rows', inputs: [fed([2, 3]), indices([2, 2], [0, 2, 1, 1]), fed([2, 2], uniform([2, 2], 4))], attrs: { axis: 1 } },
    {
      name: 'batch',
      inputs: [fed(['N', 4]), { ...fed(['N', 2], [0, 2, 1, 1]), dtype: 'int64' }, fed(['N', 2], uniform(['N', 2], 5))],
      attrs: { axis: 1 },
    },
  ],
};

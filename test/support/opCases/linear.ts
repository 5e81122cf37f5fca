import { type CasesOf, fed, fixed, type OpCase, positive, uniform } from './opCase.ts';

const plain = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], group: 1 } as const;
const transposed = { ...plain, outputPadding: [0, 0] } as const;
const image = (c: number, h: number, w: number) => fed(['N', c, h, w]);
const product = { transA: false, transB: false, alpha: 1, beta: 1 } as const;

const conv = (
  name: string,
  x: readonly [number, number, number],
  weight: readonly number[],
  attrs: Partial<OpCase<'Conv'>['attrs']>,
  bias = true,
): OpCase<'Conv'> => ({
  name,
  inputs: [image(...x), fixed(weight), ...(bias ? [fixed([weight[0] as number], uniform([weight[0] as number], 3))] : [])],
  attrs: { ...plain, ...attrs },
});

const upconv = (
  name: string,
  x: readonly [number, number, number],
  weight: readonly number[],
  attrs: Partial<OpCase<'ConvTranspose'>['attrs']>,
): OpCase<'ConvTranspose'> => ({
  name,
  inputs: [image(...x), fixed(weight)],
  attrs: { ...transposed, ...attrs },
});

const parameters = (c: number) => [fixed([c]), fixed([c], uniform([c], 3)), fixed([c], uniform([c], 4)), fixed([c], positive([c]))];

export const linear: CasesOf<'Conv' | 'ConvTranspose' | 'Gemm' | 'MatMul' | 'BatchNormalization' | 'LayerNormalization' | 'LRN'> = {
  Conv: [
    {
      name: 'known',
      inputs: [fed([1, 1, 2, 3], [1, 2, 3, 4, 5, 6]), fixed([1, 1, 2, 2], [1, 0, 0, -1]), fixed([1], [10])],
      attrs: plain,
      expected: [6, 6],
      gradient: [1, 1, 0, 0, -1, -1],
    },
    conv('3×3, padded', [2, 5, 4], [3, 2, 3, 3], { pads: [1, 1, 1, 1] }),
    conv('1×1, no bias', [3, 3, 3], [2, 3, 1, 1], {}, false),
    conv('stride 2, cells left over', [2, 6, 7], [2, 2, 3, 3], { strides: [2, 2] }),
    conv('stride 2, TensorFlow pads', [2, 6, 6], [2, 2, 3, 3], { strides: [2, 2], pads: [0, 0, 1, 1] }),
    conv('stride above the kernel', [2, 7, 7], [3, 2, 1, 1], { strides: [3, 2] }),
    conv('uneven strides and pads', [1, 7, 6], [2, 1, 3, 2], { strides: [2, 1], pads: [2, 0, 1, 1] }),
    conv('dilated', [2, 7, 6], [2, 2, 3, 2], { dilations: [2, 3], pads: [1, 2, 2, 1] }),
    conv('dilated, stride 2', [2, 8, 8], [2, 2, 3, 3], { dilations: [2, 2], strides: [2, 2], pads: [2, 2, 2, 2] }),
    conv('groups', [4, 5, 5], [6, 2, 3, 3], { group: 2, pads: [1, 1, 1, 1] }),
    conv('groups, stride 2', [4, 6, 5], [6, 2, 3, 3], { group: 2, strides: [2, 2], pads: [1, 1, 1, 1] }),
    conv('depthwise', [3, 5, 5], [3, 1, 3, 3], { group: 3, pads: [1, 1, 1, 1] }),
    conv('depthwise, stride 2', [3, 6, 6], [3, 1, 3, 3], { group: 3, strides: [2, 2], pads: [0, 0, 1, 1] }),
    conv('depthwise, multiplier 2', [2, 5, 5], [4, 1, 3, 3], { group: 2, pads: [1, 1, 1, 1] }),
    conv('depthwise, multiplier 2, stride 2', [2, 5, 5], [4, 1, 3, 3], { group: 2, strides: [2, 2], pads: [1, 1, 1, 1] }),
    conv('pads beyond the kernel', [1, 3, 3], [1, 1, 2, 2], { pads: [2, 3, 2, 1] }),
    conv('one row of kernel', [2, 3, 7], [2, 2, 1, 7], { pads: [0, 3, 0, 3] }),
  ],
  ConvTranspose: [
    {
      name: 'known',
      inputs: [fed([1, 1, 1, 2], [1, 2]), fixed([1, 1, 1, 2], [1, 10])],
      attrs: transposed,
      expected: [1, 12, 20],
      gradient: [11, 11],
    },
    upconv('stride 2', [2, 3, 3], [2, 3, 2, 2], { strides: [2, 2] }),
    upconv('stride 2, padded, output padding', [2, 3, 3], [2, 2, 3, 3], { strides: [2, 2], pads: [1, 1, 1, 1], outputPadding: [1, 1] }),
    upconv('dilated', [1, 3, 3], [1, 2, 2, 2], { dilations: [2, 2], pads: [1, 0, 0, 1] }),
    upconv('groups', [4, 3, 3], [4, 1, 3, 3], { group: 2, strides: [2, 1] }),
    { name: 'bias', inputs: [image(2, 2, 2), fixed([2, 3, 2, 2]), fixed([3])], attrs: transposed },
  ],
  Gemm: [
    {
      name: 'known',
      inputs: [fed([1, 2], [1, 2]), fixed([2, 2], [1, 3, 2, 4]), fixed([2], [10, 20])],
      attrs: product,
      expected: [15, 31],
      gradient: [4, 6],
    },
    { name: 'dense layer', inputs: [fed(['N', 3]), fixed([4, 3]), fixed([4])], attrs: { ...product, transB: true } },
    { name: 'all differentiated', inputs: [fed([2, 3]), fed([3, 4]), fed([1, 4])], attrs: { ...product, alpha: 0.5, beta: 2 } },
    { name: 'a transposed', inputs: [fed([3, 2]), fed([3, 4]), fed([4])], attrs: { ...product, transA: true, alpha: 2 } },
    { name: 'both transposed', inputs: [fed([3, 2]), fed([4, 3])], attrs: { ...product, transA: true, transB: true } },
    {
      name: 'b transposed, scaled',
      inputs: [fed([2, 3]), fed([4, 3]), fed([2, 1])],
      attrs: { ...product, transB: true, alpha: -1.5, beta: 0.5 },
    },
  ],
  MatMul: [
    { name: 'known', inputs: [fed([1, 2], [1, 2]), fed([2, 2], [1, 2, 3, 4])], attrs: {}, expected: [7, 10] },
    { name: 'matrices', inputs: [fed([2, 3]), fed([3, 4])], attrs: {} },
    { name: 'batch times weights', inputs: [fed(['N', 2, 3]), fixed([3, 4])], attrs: {} },
    { name: 'weights times batch', inputs: [fixed([4, 3]), fed(['N', 2, 3, 2])], attrs: {} },
    { name: 'batch times batch', inputs: [fed(['N', 2, 3]), fed(['N', 3, 2], uniform(['N', 3, 2], 9))], attrs: {} },
    { name: 'broadcast', inputs: [fed([2, 1, 2, 3]), fed([3, 3, 1])], attrs: {} },
  ],
  BatchNormalization: [
    {
      name: 'known',
      inputs: [fed([1, 2, 1, 1], [3, 5]), fixed([2], [2, 3]), fixed([2], [1, 0]), fixed([2], [1, 5]), fixed([2], [4, 9])],
      attrs: { epsilon: 0 },
      expected: [3, 0],
      gradient: [1, 1],
    },
    { name: 'image batch', inputs: [image(3, 2, 2), ...parameters(3)], attrs: { epsilon: 1e-3 } },
    { name: 'features', inputs: [fed(['N', 4]), ...parameters(4)], attrs: { epsilon: 1e-5 } },
  ],
  LayerNormalization: [
    {
      name: 'known',
      inputs: [fed([1, 2], [1, 3]), fixed([2], [2, 2]), fixed([2], [0, 1])],
      attrs: { axis: 1, epsilon: 0 },
      expected: [-2, 3],
      gradient: [0, 0],
    },
    {
      name: 'rows, all differentiated',
      inputs: [fed([2, 3, 4]), fed([4], uniform([4], 3)), fed([4], uniform([4], 4))],
      attrs: { axis: 2, epsilon: 1e-2 },
    },
    { name: 'image batch, no bias', inputs: [image(3, 2, 2), fixed([3, 2, 2])], attrs: { axis: 1, epsilon: 1e-5 } },
  ],
  LRN: [
    // Channels 1, 2, 3: 1/(1 + (1 + 4)/3·3)¹ = 1/6, 2/(1 + 14), 3/(1 + 13).
    {
      name: 'known',
      inputs: [fed([1, 3, 1, 1], [1, 2, 3])],
      attrs: { size: 3, alpha: 3, beta: 1, bias: 1 },
      expected: [1 / 6, 2 / 15, 3 / 14],
    },
    { name: 'size 5', inputs: [image(7, 2, 2)], attrs: { size: 5, alpha: 0.5, beta: 0.75, bias: 2 } },
    { name: 'size 3', inputs: [image(5, 1, 2)], attrs: { size: 3, alpha: 0.7, beta: 0.75, bias: 1 } },
    { name: 'wider than the channels', inputs: [image(2, 2, 2)], attrs: { size: 5, alpha: 1, beta: 0.5, bias: 1 } },
  ],
};

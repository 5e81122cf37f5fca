import { type CasesOf, distinct, fed, fixed, uniform } from './opCase.ts';

const image = ['N', 3, 4, 4] as const;
const none = {};

/** A few points with known values, values far out, and an image batch of which no value is near a kink. */
function points<A>(attrs: A, x: readonly number[], expected: readonly number[], gradient?: readonly number[]) {
  return [
    { name: 'image batch', inputs: [fed(image, distinct(image, 0.1))], attrs },
    { name: 'saturated', inputs: [fed([4], [-1e4, -100, 100, 1e4])], attrs },
    { name: 'points', inputs: [fed([x.length], x)], attrs, expected, kink: true, ...(gradient && { gradient }) },
  ] as const;
}

export const activations: CasesOf<
  | 'Relu'
  | 'LeakyRelu'
  | 'PRelu'
  | 'Clip'
  | 'Sigmoid'
  | 'Tanh'
  | 'HardSigmoid'
  | 'HardSwish'
  | 'SiLU'
  | 'Gelu'
  | 'Elu'
  | 'Selu'
  | 'Softplus'
  | 'Softsign'
  | 'Mish'
  | 'Erf'
  | 'FakeQuantize'
  | 'Softmax'
  | 'LogSoftmax'
> = {
  Relu: points(none, [-2, 0, 3], [0, 0, 3], [0, 0, 1]),
  LeakyRelu: [
    ...points({ alpha: 0.1 }, [-2, 0, 3], [-0.2, 0, 3], [0.1, 0.1, 1]),
    { name: 'alpha above 1', inputs: [fed([3], [-2, 0, 3])], attrs: { alpha: 2 }, expected: [-4, 0, 3], gradient: [2, 2, 1], kink: true },
    { name: 'negative alpha', inputs: [fed([2], [-2, 3])], attrs: { alpha: -0.5 }, expected: [1, 3], gradient: [-0.5, 1] },
  ],
  PRelu: [
    { name: 'slope per channel', inputs: [fed(image, distinct(image)), fixed([3, 1, 1], [0.1, -0.3, 1.5])], attrs: none },
    { name: 'slope per cell, differentiated', inputs: [fed([2, 3], distinct([2, 3])), fed([1, 3], [0.1, 0, 2])], attrs: none },
    {
      name: 'one slope at 0',
      inputs: [fed([3], [-2, 0, 3]), fixed([1], [0.25])],
      attrs: none,
      expected: [-0.5, 0, 3],
      gradient: [0.25, 0.25, 1],
      kink: true,
    },
  ],
  Clip: [
    ...points({ min: 0, max: 6 }, [-1, 0, 3, 6, 7], [0, 0, 3, 6, 6], [0, 0, 1, 0, 0]),
    { name: 'bounds off float32', inputs: [fed([4], [-2, 0, 0.25, 1])], attrs: { min: -0.1, max: 0.3 }, gradient: [0, 1, 1, 0] },
    {
      name: 'from below',
      inputs: [fed([3], [-2, -1, 5])],
      attrs: { min: -1, max: 3.4028234663852886e38 },
      expected: [-1, -1, 5],
      gradient: [0, 0, 1],
      kink: true,
    },
    {
      name: 'from above',
      inputs: [fed([3], [-2, 1, 5])],
      attrs: { min: -3.4028234663852886e38, max: 1 },
      expected: [-2, 1, 1],
      gradient: [1, 0, 0],
      kink: true,
    },
  ],
  Sigmoid: points(none, [0, Math.log(3)], [0.5, 0.75], [0.25, 0.1875]),
  Tanh: points(none, [0, Math.atanh(0.5)], [0, 0.5], [1, 0.75]),
  HardSigmoid: points({ alpha: 0.2, beta: 0.5 }, [-3, 0, 1, 3], [0, 0.5, 0.7, 1], [0, 0.2, 0.2, 0]),
  HardSwish: points(none, [-4, -1, 0, 1, 4], [0, -1 / 3, 0, 2 / 3, 4], [0, 1 / 6, 0.5, 5 / 6, 1]),
  SiLU: points(none, [0, Math.log(3)], [0, 0.75 * Math.log(3)], [0.5, 0.75 + 0.1875 * Math.log(3)]),
  // Φ(1) = 0.8413447, φ(1) = 0.2419707.
  Gelu: [
    ...points({ approximate: 'none' as const }, [0, 1, -1], [0, 0.8413447, -0.1586553], [0.5, 1.0833155, -0.0833155]),
    ...points({ approximate: 'tanh' as const }, [0, 1, -1], [0, 0.841192, -0.158808]),
  ],
  Elu: [
    ...points({ alpha: 1 }, [Math.log(0.5), 0, 2], [-0.5, 0, 2], [0.5, 1, 1]),
    {
      name: 'alpha 0.5',
      inputs: [fed([4], [Math.log(0.5), -2, 0.5, 2])],
      attrs: { alpha: 0.5 },
      gradient: [0.25, 0.5 * Math.exp(-2), 1, 1],
    },
  ],
  Selu: points({ alpha: 1.67326319, gamma: 1.05070102 }, [Math.log(0.5), 2], [-0.879049, 2.10140204], [0.879049, 1.05070102]),
  Softplus: points(none, [0, Math.log(3)], [Math.LN2, Math.log(4)], [0.5, 0.75]),
  Softsign: points(none, [-3, 0, 1], [-0.75, 0, 0.5], [0.0625, 1, 0.25]),
  // tanh(ln 2) = 0.6.
  Mish: points(none, [0, 1], [0, 0.8650984], [0.6, 1.0490362]),
  Erf: points(none, [0, 1, -0.5], [0, 0.8427008, -0.5204999], [2 / Math.sqrt(Math.PI), 0.4151075, 0.8787826]),
  // Finite differences see the steps, the gradient goes straight through them: only gradients by hand say something.
  FakeQuantize: [
    {
      name: 'half to even, clipped at both ends',
      inputs: [fed([7], [-0.3, 0, 0.05, 0.15, 0.24, 0.7, 9]), fixed([], [0.1]), fixed([], [2])],
      attrs: { low: 0, high: 7 },
      expected: [-0.2, 0, 0, 0.2, 0.2, 0.5, 0.5],
      gradient: [0, 1, 1, 1, 1, 0, 0],
      kink: true,
    },
    {
      name: 'the last code takes what rounds to it',
      inputs: [fed([4], [-128.4, -128.6, 127.4, 127.6]), fixed([], [1]), fixed([], [0])],
      attrs: { low: -128, high: 127 },
      expected: [-128, -128, 127, 127],
      gradient: [1, 0, 1, 0],
      kink: true,
    },
    {
      name: 'per channel of an image batch',
      inputs: [fed(image, distinct(image, 0.1)), fixed([1, 3, 1, 1], [0.05, 0.5, 1]), fixed([1, 3, 1, 1], [3, 0, -4])],
      attrs: { low: -8, high: 7 },
      kink: true,
    },
    {
      name: 'a scale per image, as dynamic quantisation has it',
      inputs: [fed(image, distinct(image, 0.1)), fed(['N', 1, 1, 1], [0.03, 0.5]), fed(['N', 1, 1, 1], [128, 100])],
      attrs: { low: 0, high: 255 },
      kink: true,
    },
  ],
  Softmax: [
    { name: 'classes', inputs: [fed(['N', 5])], attrs: { axis: 1 } },
    {
      name: 'known',
      inputs: [fed([1, 3], [0, Math.log(2), Math.log(5)])],
      attrs: { axis: 1 },
      expected: [0.125, 0.25, 0.625],
      gradient: [0, 0, 0],
    },
    { name: 'channels of an image', inputs: [fed(image)], attrs: { axis: 1 } },
  ],
  LogSoftmax: [
    { name: 'classes', inputs: [fed(['N', 5])], attrs: { axis: 1 } },
    {
      name: 'known',
      inputs: [fed([1, 2], [0, Math.log(3)])],
      attrs: { axis: 1 },
      expected: [Math.log(0.25), Math.log(0.75)],
      gradient: [0.5, -0.5],
    },
    { name: 'rows', inputs: [fed([2, 2, 3], uniform([2, 2, 3], 5))], attrs: { axis: 2 } },
  ],
};

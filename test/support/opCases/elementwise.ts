import { type CaseInput, type CasesOf, distinct, fed, fixed, type OpCase, positive, uniform } from './opCase.ts';

const image = ['N', 3, 2, 2] as const;
const attrs = {};

/** Broadcasting of every side, both inputs differentiated. */
function twoSided(values: (shape: readonly number[], seed: number) => number[]) {
  const pair = (name: string, a: readonly number[], c: readonly number[]) => ({
    name,
    inputs: [fed(a, values(a, 1)), fed(c, values(c, 2))],
    attrs,
  });
  return [
    pair('same shape', [2, 3], [2, 3]),
    pair('right repeats', [2, 3, 2], [3, 1]),
    pair('left repeats', [1, 2], [2, 3, 2]),
    pair('both repeat', [2, 1, 2], [1, 3, 1]),
    { name: 'batch and scalar', inputs: [fed(image, values([2, 3, 2, 2], 3)), fixed([], values([], 4))], attrs },
    { name: 'batch and channels', inputs: [fed(image, values([2, 3, 2, 2], 3)), fixed([3, 1, 1], values([3, 1, 1], 4))], attrs },
  ] as const;
}

const known = (a: readonly number[], c: readonly number[], expected: readonly number[]) => ({
  name: 'known',
  inputs: [fed([a.length], a), fed([c.length], c)],
  attrs,
  expected,
  kink: true as const,
});

const one = (x: readonly number[], expected: readonly number[], gradient: readonly number[] | undefined, values = uniform(image)) =>
  [
    { name: 'image batch', inputs: [fed(image, values)], attrs },
    { name: 'points', inputs: [fed([x.length], x)], attrs, expected, kink: true, ...(gradient && { gradient }) },
  ] as const;

const compare = (expected: readonly number[]) =>
  [
    known([1, 2, 3], [2, 2, 2], expected),
    { name: 'batch and scalar', inputs: [fed(image, distinct(image)), fixed([], [0.5])], attrs },
    { name: 'left repeats', inputs: [fed([1, 2], [0, 1]), fed([2, 2], [0, 0, 1, 1])], attrs, kink: true },
  ] as const;

const spaced = (shape: readonly number[], seed: number) => distinct(shape, 0.31, seed).map((v) => Math.fround(v + seed * 0.07));

const extremum = (pick: 'max' | 'min') => {
  const best = pick === 'max' ? [3, 5] : [1, 4];
  return [
    ...twoSided(spaced),
    { name: 'three inputs', inputs: [1, 2, 3].map((seed) => fed([2, 4], spaced([2, 4], seed))), attrs },
    { name: 'one input', inputs: [fed(image)], attrs },
    { ...known([1, 5], [3, 4], best), gradient: pick === 'max' ? [0, 1] : [1, 0] },
    {
      name: 'a tie goes to the first',
      inputs: [fed([2], [1, 1]), fed([2], [1, 1])],
      attrs,
      expected: [1, 1],
      gradient: [1, 1],
      kink: true,
    },
  ] as const;
};

const condition = (shape: readonly number[], values: readonly number[]): CaseInput => ({ ...fixed(shape, values), dtype: 'bool' });

export const elementwise: CasesOf<
  | 'Add'
  | 'Sub'
  | 'Mul'
  | 'Div'
  | 'Pow'
  | 'Max'
  | 'Min'
  | 'Neg'
  | 'Abs'
  | 'Sign'
  | 'Sqrt'
  | 'Exp'
  | 'Log'
  | 'Greater'
  | 'Less'
  | 'Equal'
  | 'Where'
  | 'Cast'
  | 'Identity'
> = {
  Add: [...twoSided(uniform), known([1, 2], [3, 4], [4, 6])],
  Sub: [...twoSided(uniform), known([1, 2], [3, 5], [-2, -3])],
  Mul: [...twoSided(uniform), known([1, 2], [3, 4], [3, 8])],
  Div: [...twoSided(positive), known([1, 2], [4, -8], [0.25, -0.25])],
  Pow: [
    ...twoSided(positive),
    known([2, 9], [3, 0.5], [8, 3]),
    ...[0, 1, 2, 3, 0.5, -1.5].map(
      (p): OpCase<'Pow'> => ({ name: `exponent ${p}`, inputs: [fed(image, positive(image)), fixed([], [p])], attrs }),
    ),
    { name: 'square of a negative', inputs: [fed([2], [-3, 0]), fixed([1], [2])], attrs, expected: [9, 0], gradient: [-6, 0] },
  ],
  Max: extremum('max'),
  Min: extremum('min'),
  Neg: one([-1, 0, 2], [1, 0, -2], [-1, -1, -1]),
  Abs: one([-1, 0, 2], [1, 0, 2], [-1, 0, 1], distinct(image)),
  Sign: one([-1, 0, 2], [-1, 0, 1], undefined, distinct(image)),
  Sqrt: one([4, 0.25], [2, 0.5], [0.25, 1], positive(image)),
  Exp: one([0, Math.LN2], [1, 2], [1, 2]),
  Log: one([1, Math.E], [0, 1], [1, 1 / Math.E], positive(image)),
  Greater: compare([0, 0, 1]),
  Less: compare([1, 0, 0]),
  Equal: compare([0, 1, 0]),
  Where: [
    {
      name: 'same shape',
      inputs: [condition([2, 2], [1, 0, 0, 1]), fed([2, 2], [1, 2, 3, 4]), fed([2, 2], [5, 6, 7, 8])],
      attrs,
      expected: [1, 6, 7, 4],
    },
    { name: 'all repeat', inputs: [condition([2, 1, 1], [1, 0]), fed([2, 1]), fed([3])], attrs },
    { name: 'batch and scalar', inputs: [condition([2, 2], [1, 0, 0, 1]), fed(image), fixed([], [0])], attrs },
  ],
  Cast: [
    { name: 'float to float', inputs: [fed(image)], attrs: { to: 'float32' } },
    { name: 'float to int64', inputs: [fed([4], [-1.5, 0, 1.5, 2])], attrs: { to: 'int64' }, expected: [-1, 0, 1, 2], kink: true },
    { name: 'float to bool', inputs: [fed([3], [-1.5, 0, 2])], attrs: { to: 'bool' }, expected: [1, 0, 1], kink: true },
    { name: 'int64 to float', inputs: [{ ...fed([3], [-1, 0, 2]), dtype: 'int64' }], attrs: { to: 'float32' }, expected: [-1, 0, 2] },
    {
      name: 'uint8 to float',
      inputs: [{ ...fed(['N', 2], [0, 7, 128, 255]), dtype: 'uint8' }],
      attrs: { to: 'float32' },
      expected: [0, 7, 128, 255],
    },
  ],
  Identity: one([1, -2], [1, -2], [1, 1]),
};

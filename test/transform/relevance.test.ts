/** Relevance by definition: every rule against a matrix form of its own in double precision, conservation, identities, refusals. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lrpSweep } from '../../src/explain/methods/lrp.ts';
import { relevanceCam } from '../../src/explain/methods/relevanceCam.ts';
import { relevanceCamComposite } from '../../src/explain/relevance/composites.ts';
import {
  alphaBetaRule,
  boxRule,
  epsilonOf,
  epsilonRule,
  gammaRule,
  negatedZPlusRule,
  zPlusRule,
} from '../../src/explain/relevance/rules.ts';
import { contrastStart } from '../../src/explain/relevance/starts.ts';
import type { Sweep } from '../../src/explain/sweep.ts';
import { gradient } from '../../src/explain/sweeps/gradient.ts';
import { relevance } from '../../src/explain/sweeps/relevance.ts';
import { channelMeans } from '../../src/explain/weights.ts';
import type { GraphBuilder } from '../../src/graph/builder.ts';
import { float32 } from '../../src/graph/graph.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Model } from '../../src/importers/model.ts';
import { newBuilder } from '../../src/ops/index.ts';
import { propagateRelevance } from '../../src/transform/relevance.ts';
import type { Composite, LinearRule } from '../../src/transform/relevanceRule.ts';
import { classifier, float, int, ints, node, noise, sourceOf, weight } from '../support/onnxModels.ts';
import { evaluate } from '../support/reference.ts';

type Numbers = readonly number[];
const epsilon = 2 ** -10;
const stabiliser = epsilonOf(epsilon);

/** One linear layer x → y, both with the batch in front. */
interface Layer {
  name: string;
  shape: readonly number[];
  emit(b: GraphBuilder, x: string): string;
}

const constant = (b: GraphBuilder, name: string, shape: readonly number[], seed: number) =>
  b.constant(
    name,
    float32(
      shape,
      noise(
        shape.reduce((n, d) => n * d, 1),
        seed,
      ),
    ),
  );

const layers: readonly Layer[] = [
  {
    name: 'convolution with stride, odd padding and bias',
    shape: [3, 5, 6],
    emit: (b, x) =>
      b.op('Conv', [x, constant(b, 'w', [4, 3, 3, 2], 1), constant(b, 'b', [4], 2)], {
        strides: [2, 1],
        dilations: [1, 1],
        pads: [0, 1, 1, 0],
        group: 1,
      }),
  },
  {
    name: 'dilated grouped convolution',
    shape: [4, 6, 5],
    emit: (b, x) =>
      b.op('Conv', [x, constant(b, 'w', [6, 2, 2, 2], 3), constant(b, 'b', [6], 4)], {
        strides: [1, 1],
        dilations: [2, 2],
        pads: [1, 1, 1, 1],
        group: 2,
      }),
  },
  {
    name: 'transposed convolution',
    shape: [3, 3, 3],
    emit: (b, x) =>
      b.op('ConvTranspose', [x, constant(b, 'w', [3, 2, 3, 3], 5), constant(b, 'b', [2], 6)], {
        strides: [2, 2],
        dilations: [1, 1],
        pads: [1, 1, 1, 1],
        outputPadding: [1, 1],
        group: 1,
      }),
  },
  {
    name: 'dense layer, transposed, with factors',
    shape: [7],
    emit: (b, x) =>
      b.op('Gemm', [x, constant(b, 'w', [5, 7], 7), constant(b, 'b', [5], 8)], { transA: false, transB: true, alpha: -2, beta: 0.5 }),
  },
  { name: 'matrix product', shape: [6], emit: (b, x) => b.op('MatMul', [x, constant(b, 'w', [6, 4], 9)], {}) },
];

/** Weights [in][out] and bias of a layer, found by asking it. */
function matrixOf({ shape, emit }: Layer): { w: number[][]; bias: number[] } {
  const size = shape.reduce((n, d) => n * d, 1);
  const b = newBuilder();
  const y = emit(b, b.input('x', { dtype: 'float32', shape: ['N', ...shape] }));
  const graph = b.build([y]);
  const ask = (x: Float64Array) => [...(evaluate(graph, new Map([['x', { shape: [1, ...shape], data: x }]])).get(y)?.data ?? [])];
  const bias = ask(new Float64Array(size));
  const w = Array.from({ length: size }, (_, i) => {
    const unit = new Float64Array(size);
    unit[i] = 1;
    return ask(unit).map((v, j) => v - (bias[j] as number));
  });
  return { w, bias };
}

const pos = (v: number) => Math.max(v, 0);
const neg = (v: number) => Math.min(v, 0);
const stab = (z: number) => z + (z >= 0 ? epsilon : -epsilon);

/** R_i = Σ_j n_ij R_j / d_j. */
function shared(n: (i: number, j: number) => number, d: (j: number) => number, r: Numbers, inputs: number): number[] {
  return Array.from({ length: inputs }, (_, i) => r.reduce((sum, rj, j) => sum + (n(i, j) * rj) / d(j), 0));
}

type Oracle = (x: Numbers, w: number[][], bias: Numbers, r: Numbers, low: Numbers, high: Numbers) => number[];

const sumOver = (x: Numbers, of: (i: number) => number) => x.reduce((sum, _, i) => sum + of(i), 0);

/** Each rule as its paper or library writes it, with loops. */
const oracles: readonly [name: string, rule: LinearRule, oracle: Oracle][] = [
  [
    'ε',
    epsilonRule(epsilon),
    (x, w, bias, r) =>
      shared(
        (i, j) => at(x, i) * W(w, i, j),
        (j) => stab(sumOver(x, (i) => at(x, i) * W(w, i, j)) + at(bias, j)),
        r,
        x.length,
      ),
  ],
  ['z⁺ with the positive bias', zPlusRule('positive', stabiliser), (x, w, bias, r) => raised(x, w, r, (j) => pos(at(bias, j)))],
  ['z⁺ without bias', zPlusRule('none', stabiliser), (x, w, _bias, r) => raised(x, w, r, () => 0)],
  ['z⁺ with the bias twice', zPlusRule('twice', stabiliser), (x, w, bias, r) => raised(x, w, r, (j) => 2 * at(bias, j))],
  [
    'z⁺ of negated weights',
    negatedZPlusRule(stabiliser),
    (x, w, _bias, r) =>
      raised(
        x,
        w.map((row) => row.map((v) => -v)),
        r,
        () => 0,
      ),
  ],
  [
    'α2β1',
    alphaBetaRule(2, stabiliser),
    (x, w, bias, r) => {
      const up = raised(x, w, r, (j) => pos(at(bias, j)));
      const n = (i: number, j: number) => pos(at(x, i)) * neg(W(w, i, j)) + neg(at(x, i)) * pos(W(w, i, j));
      const down = shared(n, (j) => sumOver(x, (i) => n(i, j)) + neg(at(bias, j)) - epsilon, r, x.length);
      return up.map((u, i) => 2 * u - at(down, i));
    },
  ],
  [
    'γ',
    gammaRule(0.25, stabiliser),
    (x, w, bias, r) => {
      const z = r.map((_, j) => sumOver(x, (i) => at(x, i) * W(w, i, j)) + at(bias, j));
      const n = (i: number, j: number) => {
        const [favoured, other] = at(z, j) > 0 ? [pos, neg] : [neg, pos];
        const v = W(w, i, j);
        return pos(at(x, i)) * (v + 0.25 * favoured(v)) + neg(at(x, i)) * (v + 0.25 * other(v));
      };
      const b = (j: number) => at(bias, j) + 0.25 * (at(z, j) > 0 ? pos : neg)(at(bias, j));
      return shared(n, (j) => stab(sumOver(x, (i) => n(i, j)) + b(j)), r, x.length);
    },
  ],
  [
    'zB',
    boxRule(stabiliser),
    (x, w, _bias, r, low, high) => {
      const n = (i: number, j: number) => at(x, i) * W(w, i, j) - at(low, i) * pos(W(w, i, j)) - at(high, i) * neg(W(w, i, j));
      return shared(n, (j) => sumOver(x, (i) => n(i, j)) + epsilon, r, x.length);
    },
  ],
];

function raised(x: Numbers, w: number[][], r: Numbers, bias: (j: number) => number): number[] {
  const n = (i: number, j: number) => pos(at(x, i)) * pos(W(w, i, j)) + neg(at(x, i)) * neg(W(w, i, j));
  return shared(n, (j) => stab(sumOver(x, (i) => n(i, j)) + bias(j)), r, x.length);
}

function at(list: Numbers, i: number): number {
  return list[i] as number;
}

function W(w: number[][], i: number, j: number): number {
  return w[i]?.[j] as number;
}

for (const layer of layers) {
  for (const [name, rule, oracle] of oracles) {
    test(`${name}: ${layer.name}`, () => {
      const size = layer.shape.reduce((n, d) => n * d, 1);
      const { w, bias } = matrixOf(layer);
      const x = Array.from(noise(size, 20));
      const r = Array.from(noise(bias.length, 21));
      const [low, high] = [new Array(size).fill(-1.5), new Array(size).fill(1.25)];
      const actual = propagated(layer, rule, x, r);
      const expected = oracle(x, w, bias, r, low, high);
      // Modified weights are rounded to float32.
      near(actual, expected, 1e-6);
    });
  }
}

/** R_in through one layer by the graph, evaluated in double precision. */
function propagated(layer: Layer, rule: LinearRule, x: Numbers, r: Numbers): number[] {
  const b = newBuilder();
  const input = b.input('x', { dtype: 'float32', shape: ['N', ...layer.shape] });
  const y = layer.emit(b, input);
  const start = b.input('r', { dtype: 'float32', shape: b.shape(y) });
  const composite: Composite = { id: 'test', linear: [['any', rule]], norm: 'pass', sums: stabiliser, positivePools: false, ties: 'first' };
  const bounds = (side: 'low' | 'high') => b.op('Add', [b.op('Mul', [input, b.scalar(0)], {}), b.scalar(side === 'low' ? -1.5 : 1.25)], {});
  const result = propagateRelevance(b, { logits: y, input, start, composite, bounds }, [input]).get(input) as string;
  const values = evaluate(
    b.build([result]),
    new Map([
      ['x', { shape: [1, ...layer.shape], data: Float64Array.from(x) }],
      ['r', { shape: b.shape(y).map((d) => (d === 'N' ? 1 : d)), data: Float64Array.from(r) }],
    ]),
  );
  return [...(values.get(result)?.data ?? [])];
}

function near(actual: Numbers, expected: Numbers, tolerance: number): void {
  assert.equal(actual.length, expected.length);
  const largest = Math.max(...expected.map(Math.abs));
  assert.ok(largest > 0, 'there is something to compare');
  const difference = Math.max(...actual.map((v, i) => Math.abs(v - at(expected, i))));
  assert.ok(difference <= tolerance * largest, `differs by ${difference} of ${largest}`);
}

/** No bias anywhere: pools of both kinds, a residual with a negative branch, a concat. */
async function biasFree(): Promise<Model> {
  const pool = [ints('kernel_shape', [2, 2]), ints('strides', [2, 2])];
  return await openModel(
    sourceOf(
      classifier({
        nodes: [
          node('Conv', 'x w1', 'conv1', ints('pads', [1, 1, 1, 1])),
          node('Relu', 'conv1', 'relu1'),
          node('Conv', 'relu1 w3', 'conv2', ints('pads', [1, 1, 1, 1])),
          node('Add', 'conv2 relu1', 'sum'),
          node('Relu', 'sum', 'relu2'),
          node('MaxPool', 'relu2', 'max', ...pool),
          node('AveragePool', 'relu2', 'mean', ...pool),
          node('Concat', 'max mean', 'both', int('axis', 1)),
          node('GlobalAveragePool', 'both', 'pooled'),
          node('Flatten', 'pooled', 'flat'),
          node('Gemm', 'flat w2', 'logits', int('transB', 1)),
        ],
        initializers: [
          weight(
            'w1',
            [4, 3, 3, 3],
            noise(108, 3).map((v) => v + 0.2),
          ),
          weight('w3', [4, 4, 3, 3], noise(144, 5)),
          weight(
            'w2',
            [5, 8],
            noise(40, 6).map((v) => v + 0.3),
          ),
        ],
      }),
    ),
  );
}

const image = noise(3 * 6 * 8, 11).map((v) => v + 0.5);

/** A sweep's quantity at values of a model, evaluated in double precision. */
function swept(model: Model, sweep: Sweep, values: readonly string[], index = 1): { at(value: string): number[] } {
  const b = newBuilder({ ...model.graph });
  const target = b.input('class', { dtype: 'float32', shape: ['N', model.classes] });
  const bound = () => {
    throw new Error('no bounds here');
  };
  const found = sweep.emit(b, { model, logits: model.logits, target, input: model.input.value, bounds: bound }, values);
  const oneHot = new Float64Array(model.classes);
  oneHot[index] = 1;
  const { channels, height, width, value } = model.input;
  const results = evaluate(
    b.build([...found.values(), model.logits]),
    new Map([
      [value, { shape: [1, channels, height, width], data: Float64Array.from(image) }],
      ['class', { shape: [1, model.classes], data: oneHot }],
    ]),
  );
  return { at: (name) => [...(results.get(found.get(name) ?? name)?.data ?? [])] };
}

const total = (list: Numbers) => list.reduce((sum, v) => sum + v, 0);

test('bias-free z⁺ conserves the relevance wherever all of it passes', async () => {
  const model = await biasFree();
  const points = ['flat', 'pooled', 'both', 'relu2', 'sum', 'relu1', 'conv1', model.input.value];
  const sweep = lrpSweep('z-plus-no-bias', {});
  const { at: relevanceAt } = swept(model, sweep, points);
  const logit = swept(model, sweep, []).at(model.logits)[1] as number;
  assert.ok(Math.abs(logit) > 0.1, `logit ${logit}`);
  for (const point of points) {
    const sum = total(relevanceAt(point));
    assert.ok(Math.abs(sum - logit) <= 1e-4 * Math.abs(logit), `${point}: ${sum} of ${logit}`);
  }
});

test('LRP-ε of a bias-free ReLU network is gradient × input', async () => {
  const model = await biasFree();
  const { value } = model.input;
  const propagatedRelevance = swept(model, lrpSweep('epsilon', { epsilon: 1e-12 }), [value]).at(value);
  const gradients = swept(model, gradient, [value]).at(value);
  near(
    propagatedRelevance,
    gradients.map((g, i) => g * at(Array.from(image), i)),
    1e-4,
  );
});

test('Relevance-CAM by hand: the worked example of its closed form', async () => {
  // A (2×2×3) and W (4×3): w_k = R_k / HW, R_k = x_k Σ_n R_n W⁺_nk / Σ_m W⁺_nm x_m, x the channel means.
  const a = [
    [1, 0.5, 0, 2],
    [0, 1, 3, 0],
    [2, 0, 1, 0.5],
  ];
  const w = [
    [0.5, -1, 0.3],
    [1, 0.2, -0.4],
    [-0.3, 0.8, 0.6],
    [0.1, 0.1, -0.9],
  ];
  const model = await openModel(
    sourceOf(
      classifier({
        input: ['N', 3, 2, 2],
        nodes: [
          node('Relu', 'x', 'relu'),
          node('GlobalAveragePool', 'relu', 'pooled'),
          node('Flatten', 'pooled', 'flat'),
          node('Gemm', 'flat w', 'logits', int('transB', 1)),
        ],
        initializers: [weight('w', [4, 3], w.flat())],
      }),
    ),
  );
  const weights = async (variant: string) => {
    const [sweep] = relevanceCam.sweeps(variant, {}) as [Sweep];
    const b = newBuilder({ ...model.graph });
    const target = b.input('class', { dtype: 'float32', shape: ['N', 4] });
    const bounds = () => ({ low: '', high: '' });
    const r = sweep.emit(b, { model, logits: model.logits, target, input: 'x', bounds }, ['relu']).get('relu') as string;
    const mean = channelMeans(b, r);
    const results = evaluate(
      b.build([mean]),
      new Map([
        ['x', { shape: [1, 3, 2, 2], data: Float64Array.from(a.flat()) }],
        ['class', { shape: [1, 4], data: Float64Array.of(0, 1, 0, 0) }],
      ]),
    );
    return [...(results.get(mean)?.data ?? [])];
  };
  const four = (list: Numbers) => list.map((v) => v * 4);
  near(four(await weights('one-nth')), [0.541037, -0.09823, -0.192807], 1e-5);
  near(four(await weights('standard')), [0.450065, -0.192989, -0.257075], 1e-5);
});

test('the balanced start sums to 0; of a difference it is 1 and −1', async () => {
  const model = await biasFree();
  const start = async (seed: Numbers, others: 'N' | 'N-1') => {
    const b = newBuilder();
    const target = b.input('class', { dtype: 'float32', shape: ['N', 5] });
    const value = contrastStart(others).emit(b, { logits: target, target, model });
    return [...(evaluate(b.build([value]), new Map([['class', { shape: [1, 5], data: Float64Array.from(seed) }]])).get(value)?.data ?? [])];
  };
  near(await start([0, 1, 0, 0, 0], 'N-1'), [-0.25, 1, -0.25, -0.25, -0.25], 1e-7);
  near(await start([0, 1, 0, 0, 0], 'N'), [-0.2, 1, -0.2, -0.2, -0.2], 1e-7);
  assert.deepEqual(
    await start([0, 1, 0, -1, 0], 'N-1'),
    [0, 1, 0, -1, 0].map((v) => v + 0),
  );
});

/** x → relu → [what is tested] → mean → dense. */
async function around(nodes: Parameters<typeof node>[], initializers = [] as ReturnType<typeof weight>[]): Promise<Model> {
  return await openModel(
    sourceOf(
      classifier({
        nodes: [
          node('Conv', 'x w1', 'conv', ints('pads', [1, 1, 1, 1])),
          ...nodes.map((args) => node(...args)),
          node('GlobalAveragePool', 'out', 'pooled'),
          node('Flatten', 'pooled', 'flat'),
          node('Gemm', 'flat w2', 'logits', int('transB', 1)),
        ],
        initializers: [weight('w1', [4, 3, 3, 3], noise(108, 3)), weight('w2', [5, 4], noise(20, 6)), ...initializers],
      }),
    ),
  );
}

test('in a product all relevance goes to the signal, none to the gate', async () => {
  const composed = await around([
    ['Sigmoid', 'conv', 'gate'],
    ['Mul', 'gate conv', 'out'],
  ]);
  const squeezed = await around([
    ['Relu', 'conv', 'signal'],
    ['GlobalAveragePool', 'signal', 'mean'],
    ['Sigmoid', 'mean', 'gate'],
    ['Mul', 'signal gate', 'out'],
  ]);
  for (const model of [composed, squeezed]) {
    const sweep = lrpSweep('z-plus-no-bias', {});
    const signal = model === composed ? 'conv' : 'signal';
    const { at: relevanceAt } = swept(model, sweep, ['out', signal]);
    assert.deepEqual(relevanceAt(signal), relevanceAt('out'));
  }
});

test('what has no rule is refused by name: a product of two signals, a root', async () => {
  const sweep = relevance(relevanceCamComposite('none'), contrastStart('N'));
  const products = await around([
    ['Relu', 'conv', 'one'],
    ['Mul', 'one conv', 'out'],
  ]);
  assert.throws(() => swept(products, sweep, ['conv']), { code: 'method', where: 'out', message: /^Mul 'out' has no relevance rule\.$/ });
  const roots = await around([
    ['Relu', 'conv', 'one'],
    ['Sqrt', 'one', 'out'],
  ]);
  assert.throws(() => swept(roots, sweep, ['conv']), { code: 'method', where: 'out', hint: /Grad-CAM/ });
});

test('a batch norm is part of the convolution before it, or passes relevance on', async () => {
  const norm = (from: string) => ['BatchNormalization', `${from} g be m v`, 'norm', float('epsilon', 1e-3)] as Parameters<typeof node>;
  const numbers = [
    weight('g', [4], [0.5, 2, -1.5, 1]),
    weight('be', [4], [0.1, -0.2, 0.3, 0]),
    weight('m', [4], [0.2, 0, -0.1, 0.5]),
    weight('v', [4], [1, 0.25, 2, 0.5]),
  ];
  const model = await around([norm('conv'), ['Relu', 'norm', 'out']], numbers);
  const { value } = model.input;
  const at4 = (norm_: 'fold' | 'pass') => swept(model, lrpSweep('epsilon', { norm: norm_, epsilon: 1e-12 }), [value, 'conv', 'norm']);
  for (const how of ['fold', 'pass'] as const) assert.deepEqual(at4(how).at('conv'), at4(how).at('norm'));
  // Folded: near what one convolution with scaled weights would give; its channels with negative scale turn round.
  assert.notDeepEqual(at4('fold').at(value), at4('pass').at(value));
  const scale = [0.5, 2, -1.5, 1].map((g, c) => g / Math.sqrt(([1, 0.25, 2, 0.5][c] as number) + 1e-3));
  const w1 = noise(108, 3).map((v, i) => v * (scale[Math.floor(i / 27)] as number));
  const shift = [0.1, -0.2, 0.3, 0].map((be, c) => be - ([0.2, 0, -0.1, 0.5][c] as number) * (scale[c] as number));
  const folded = await openModel(
    sourceOf(
      classifier({
        nodes: [
          node('Conv', 'x w1 b1', 'conv', ints('pads', [1, 1, 1, 1])),
          node('Relu', 'conv', 'out'),
          node('GlobalAveragePool', 'out', 'pooled'),
          node('Flatten', 'pooled', 'flat'),
          node('Gemm', 'flat w2', 'logits', int('transB', 1)),
        ],
        initializers: [weight('w1', [4, 3, 3, 3], w1), weight('b1', [4], shift), weight('w2', [5, 4], noise(20, 6))],
      }),
    ),
  );
  const merged = swept(folded, lrpSweep('epsilon', { epsilon: 1e-12 }), [folded.input.value]).at(folded.input.value);
  near(at4('fold').at(value), merged, 1e-4);
});

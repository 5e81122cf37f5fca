/** Incremental inference: the logits of the full computation, for all operators, places and groupings; and when it is not used. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Grid, gridOf, groupNeighbours } from '../../src/engine/incremental/grid.ts';
import { type Costs, type IncrementalPlan, planIncremental } from '../../src/engine/incremental/plan.ts';
import { incrementalLogits, type Run } from '../../src/engine/incremental/run.ts';
import type { Program } from '../../src/execute/executor.ts';
import { createOnnxRuntime } from '../../src/execute/onnxruntime/executor.ts';
import { occlusion } from '../../src/explain/methods/occlusion.ts';
import { planForward } from '../../src/explain/plan.ts';
import type { GraphBuilder } from '../../src/graph/builder.ts';
import { check } from '../../src/graph/check.ts';
import { float32 } from '../../src/graph/graph.ts';
import type { Pads } from '../../src/graph/opset.ts';
import { fileSource } from '../../src/importers/files.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Model } from '../../src/importers/model.ts';
import { infer, newBuilder } from '../../src/ops/index.ts';
import { noise } from '../support/onnxModels.ts';
import { sharedMissing, sharedPath } from '../support/shared.ts';

const executor = await createOnnxRuntime();
const free: Costs = { paste: 0, around: 0, write: 0, copy: 0, run: 0, weight: 0 };
/** Runs cost something, so that neighbours share them. */
const dearRuns: Costs = { ...free, run: 2e5 };

interface Net {
  height: number;
  width: number;
  build(b: GraphBuilder, x: string): string;
}

function conv(
  b: GraphBuilder,
  x: string,
  channels: number,
  k: number,
  more: { stride?: number; dilation?: number; group?: number; pads?: Pads } = {},
) {
  const { stride = 1, dilation = 1, group = 1 } = more;
  const pad = ((k - 1) / 2) * dilation;
  const inputs = b.shape(x)[1] as number;
  const seed = b.nodes.length + 1;
  const weight = float32(
    [channels, inputs / group, k, k],
    noise((channels * inputs * k * k) / group, seed).map((v) => v / Math.sqrt((inputs * k * k) / group)),
  );
  const bias = float32([channels], noise(channels, seed + 1));
  const attrs = { strides: [stride, stride], dilations: [dilation, dilation], pads: more.pads ?? [pad, pad, pad, pad], group } as const;
  return b.op('Conv', [x, b.constant('w', weight), b.constant('b', bias)], attrs, `conv${seed}`);
}

const pool = (k: number, stride: number, pads: Pads = [0, 0, 0, 0]) =>
  ({ kernel: [k, k], strides: [stride, stride], dilations: [1, 1], pads }) as const;
const relu = (b: GraphBuilder, x: string) => b.op('Relu', [x], {});
const maxPool = (b: GraphBuilder, x: string, k: number, s: number, pads?: Pads, ceilMode = false) =>
  b.op('MaxPool', [x], { ...pool(k, s, pads), ceilMode, withIndices: false });
const averagePool = (b: GraphBuilder, x: string, k: number, s: number, pads: Pads, countIncludePad: boolean, ceilMode = false) =>
  b.op('AveragePool', [x], { ...pool(k, s, pads), ceilMode, countIncludePad });

const nets: Record<string, Net> = {
  'plain: convolutions and max pools, one of them rounded up': {
    height: 41,
    width: 38,
    build(b, x) {
      const a = maxPool(b, relu(b, conv(b, relu(b, conv(b, x, 6, 3)), 8, 3)), 3, 2, [0, 0, 0, 0], true);
      return relu(b, conv(b, maxPool(b, conv(b, a, 8, 5), 2, 2), 12, 3));
    },
  },
  'residual blocks with strided 1×1 projections': {
    height: 48,
    width: 48,
    build(b, x) {
      let y = maxPool(b, relu(b, conv(b, x, 8, 7, { stride: 2 })), 3, 2, [1, 1, 1, 1]);
      for (const stride of [1, 2, 1]) {
        const branch = conv(b, relu(b, conv(b, relu(b, conv(b, y, 4, 1, { stride })), 4, 3)), 8, 1);
        const shortcut = stride === 1 ? y : conv(b, y, 8, 1, { stride });
        y = relu(b, b.op('Add', [branch, shortcut], {}));
      }
      return y;
    },
  },
  'branches of different reach, joined': {
    height: 33,
    width: 45,
    build(b, x) {
      const stem = relu(b, conv(b, x, 6, 3, { stride: 2, pads: [0, 0, 1, 1] }));
      const parts = [conv(b, stem, 4, 1), conv(b, stem, 4, 3), conv(b, stem, 4, 5), maxPool(b, stem, 3, 1, [1, 1, 1, 1])];
      const joined = b.op('Concat', parts, { axis: 1 });
      const [left, right] = b.ops('Split', [joined], { axis: 1, sizes: [9, 9] }, ['left', 'right']) as [string, string];
      return relu(b, conv(b, b.op('Mul', [left, b.op('Sigmoid', [right], {})], {}), 10, 3));
    },
  },
  'average pools that count padding, or not, or stick out': {
    height: 37,
    width: 40,
    build(b, x) {
      const a = averagePool(b, relu(b, conv(b, x, 6, 3)), 3, 1, [1, 1, 1, 1], false);
      const c = averagePool(b, conv(b, a, 6, 3), 3, 2, [1, 1, 1, 1], true);
      return conv(b, averagePool(b, c, 3, 2, [0, 0, 0, 0], false, true), 8, 3);
    },
  },
  'dilated, grouped and depthwise convolutions, separate padding, other activations': {
    height: 40,
    width: 36,
    build(b, x) {
      const padded = b.op('Pad', [x], { pads: [0, 0, 2, 1, 0, 0, 1, 3], mode: 'constant', value: 0.5 });
      const a = b.op('LeakyRelu', [conv(b, padded, 8, 3, { dilation: 2 })], { alpha: 0.1 });
      const c = b.op('HardSwish', [conv(b, a, 8, 3, { group: 8, stride: 2 })], {});
      const norm = b.op('LRN', [conv(b, c, 8, 3, { group: 2 })], { size: 3, alpha: 0.5, beta: 0.75, bias: 1 });
      const affine = [1, 0.1, 0.2, 2].map((v, i) => b.constant(`bn${i}`, float32([8], new Float32Array(8).fill(v))));
      return b.op('Clip', [b.op('BatchNormalization', [norm, ...affine], { epsilon: 1e-3 })], { min: -1, max: 6 });
    },
  },
};

function modelOf({ height, width, build }: Net): Model {
  const b = newBuilder();
  const input = b.input('x', { dtype: 'float32', shape: ['N', 3, height, width] });
  const features = build(b, input);
  const flat = b.op('Flatten', [b.op('GlobalAveragePool', [features], {})], { axis: 1 });
  const channels = b.shape(features)[1] as number;
  const head = [b.constant('fc', float32([channels, 5], noise(channels * 5, 3))), b.constant('fcb', float32([5], noise(5, 4)))];
  const logits = b.op('Gemm', [flat, ...head], { transA: false, transB: false, alpha: 1, beta: 1 }, 'logits');
  const layers = b.nodes.map(({ op, outputs: [value] }) => ({
    name: value as string,
    aliases: [],
    kind: op,
    value: value as string,
    shape: b.shape(value as string),
    parameters: 0,
    place: {},
  }));
  return {
    format: 'onnx',
    file: 'made.onnx',
    hash: 'made',
    graph: check(b.build([logits]), infer),
    input: { value: input, name: 'x', channels: 3, height, width, layout: 'NCHW' },
    logits,
    classes: 5,
    activation: 'none',
    dense: undefined,
    outputs: [logits],
    output: logits,
    layers,
    hints: {},
  };
}

function patchesOf({ input: { channels, height, width } }: Model, params: { window: number; stride: number; baseline: number }) {
  const image = noise(channels * height * width, 9);
  const asked = occlusion.prepare({ input: image, black: [0, 0, 0], channels, height, width, variant: 'logit', params });
  const patches = asked.patches ?? [];
  return { image, asked, patches, grid: gridOf(patches) as Grid };
}

/** Runs what it is asked to, compiling each name once. */
function runner(): { run: Run; dispose(): Promise<void> } {
  const programs = new Map<string, Program>();
  return {
    async run(name, plan, feeds) {
      const program = programs.get(name) ?? (await executor.compile(plan().graph, plan().options));
      programs.set(name, program);
      return program.run(feeds);
    },
    async dispose() {
      for (const program of programs.values()) await program.dispose();
    },
  };
}

/** Largest difference between the incremental and the full logits of every patch, as a part of the largest logit. */
async function difference(model: Model, plan: IncrementalPlan, subject: ReturnType<typeof patchesOf>, first = 0): Promise<number> {
  const { channels, height, width, value } = model.input;
  const { image, asked, patches } = subject;
  const { run, dispose } = runner();
  const mine: number[] = [];
  for await (const logits of incrementalLogits(plan, image, patches, first, run)) mine.push(...logits);
  await dispose();
  const full = await executor.compile(planForward(model));
  const one = new Float32Array(channels * height * width);
  const expected: number[] = [];
  for (let i = first; i < patches.length; i++) {
    asked.fill(i, one);
    const out = await full.run({ [value]: float32([1, channels, height, width], one) });
    expected.push(...((out[model.logits]?.data ?? []) as Float32Array));
  }
  await full.dispose();
  assert.equal(mine.length, expected.length);
  const largest = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((v, i) => Math.abs(v - (mine[i] as number)))) / largest;
}

function planned(model: Model, grid: Grid, costs?: Costs): IncrementalPlan {
  const plan = costs ? planIncremental(model, grid, costs) : planIncremental(model, grid);
  if ('refused' in plan) assert.fail(plan.refused);
  check(plan.clean, infer);
  check(plan.rest, infer);
  for (const { tile } of plan.stages) check(tile.graph, infer);
  return plan;
}

for (const [name, net] of Object.entries(nets)) {
  test(`${name}: the logits of the full computation at every place`, async () => {
    const model = modelOf(net);
    for (const [window, stride] of [
      [7, 4],
      [10, 9],
      [1, 1],
    ] as const) {
      for (const costs of [free, dearRuns]) {
        const subject = patchesOf(model, { window, stride, baseline: 0.7 });
        const plan = planned(model, subject.grid, costs);
        assert.ok(plan.recomputed < 1);
        // Of every pixel those of the last rows.
        const worst = await difference(model, plan, subject, window === 1 ? subject.patches.length - 100 : 0);
        assert.ok(worst < 2e-6, `window ${window}, stride ${stride}: ${worst}`);
      }
    }
  });
}

test('a run begun in the middle goes on from there', async () => {
  const model = modelOf(nets['plain: convolutions and max pools, one of them rounded up'] as Net);
  const subject = patchesOf(model, { window: 7, stride: 6, baseline: 0 });
  const plan = planned(model, subject.grid, free);
  for (const first of [1, subject.patches.length - 1]) assert.ok((await difference(model, plan, subject, first)) < 2e-6);
});

for (const [file, least, most] of [
  ['models/squeezenet-imagenet/tfjs-layers/model.json', 2, 0.2],
  ['models/mobilenet-v1-025-imagenet/tfjs-layers/model.json', 1.3, 0.6],
] as const) {
  const path = sharedPath(file);
  test(`${file}: chosen by itself, and the logits of the full computation`, { skip: path ? false : sharedMissing }, async () => {
    const model = await openModel(await fileSource(path as string));
    // A coarser stride than the plan is for: fewer patches, the same places.
    const plan = planned(model, patchesOf(model, { window: 15, stride: 8, baseline: 0 }).grid);
    assert.ok(plan.speedup > least && plan.recomputed < most, `${plan.speedup} ${plan.recomputed}`);
    const subject = patchesOf(model, { window: 15, stride: 15, baseline: 0 });
    const coarse = planned(model, subject.grid, dearRuns);
    const worst = await difference(model, coarse, {
      ...subject,
      patches: subject.patches.slice(0, coarse.band * subject.grid.columns.length),
    });
    assert.ok(worst < 1e-5, String(worst));
  });
}

test('in full where it does not pay, and which layer is why', () => {
  const small = modelOf(nets['plain: convolutions and max pools, one of them rounded up'] as Net);
  const reason = planIncremental(small, patchesOf(small, { window: 7, stride: 4, baseline: 0 }).grid);
  assert.match('refused' in reason ? reason.refused : '', /^a patch reaches/);
  const gated = modelOf({
    height: 32,
    width: 32,
    build(b, x) {
      const y = conv(b, x, 8, 3);
      return b.op('Mul', [y, b.op('Sigmoid', [b.op('GlobalAveragePool', [y], {}, 'squeeze')], {})], {});
    },
  });
  const refused = planIncremental(gated, patchesOf(gated, { window: 5, stride: 4, baseline: 0 }).grid);
  assert.deepEqual(refused, { refused: "a patch reaches all of layer 'squeeze'" });
});

test('patches in rows and columns are a grid, others are not', () => {
  const patch = (y: number, x: number) => ({ y, x, height: 2, width: 3, value: 0 });
  const two = [patch(0, 0), patch(0, 4), patch(2, 0), patch(2, 4)];
  assert.deepEqual(gridOf(two), {
    rows: [
      { from: 0, to: 2 },
      { from: 2, to: 4 },
    ],
    columns: [
      { from: 0, to: 3 },
      { from: 4, to: 7 },
    ],
  });
  assert.deepEqual(gridOf([patch(0, 0)])?.rows.length, 1);
  for (const other of [[], two.slice(0, 3), [patch(0, 0), patch(0, 4), patch(2, 4), patch(2, 0)], [patch(0, 0), patch(1, 1)].concat(two)]) {
    assert.equal(gridOf(other), undefined);
  }
});

test('neighbours share runs in blocks, or where they change the same cells; never across bands', () => {
  const at = (from: number) => ({ from, to: from + 2 });
  const cells = [at(0), at(0), at(1), at(1), at(1)];
  const lengths = (side: number, band: number) => groupNeighbours(cells, side, band).map(({ from, to }) => to - from);
  assert.deepEqual(lengths(1, Infinity), [2, 3]);
  assert.deepEqual(lengths(1, 3), [2, 1, 2]);
  assert.deepEqual(lengths(2, Infinity), [2, 2, 1]);
  assert.deepEqual(lengths(4, 2), [2, 2, 1]);
});

/**
 * Receptive fields of small networks, every cell of every unit, against which pixels change it (support/poison.ts): the box must be
 * the hull exactly. Then of networks put together by chance.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOnnxRuntime } from '../../src/execute/onnxruntime/executor.ts';
import { float32, type Graph } from '../../src/graph/graph.ts';
import type { Pads } from '../../src/graph/opset.ts';
import { Random } from '../../src/shared/random.ts';
import { ReceptiveBoxes } from '../../src/transform/receptiveBoxes.ts';
import { PositiveNet, poisonBoxes } from '../support/poison.ts';

const executor = await createOnnxRuntime();

/** Whether a box lies within what the unclipped window of its cell says, where every cell sees one. */
function withinWindows(boxes: ReceptiveBoxes, value: string, r: number, c: number): boolean {
  const [box, [rows, columns]] = [boxes.box(value, r, c), boxes.windows(value)];
  if (!box || !rows?.exact || !columns?.exact) return true;
  const inside = (window: typeof rows, cell: number, from: number, to: number) => {
    const start = window.start + cell * window.stride;
    return start <= from && to <= start + window.size;
  };
  return inside(rows, r, box.y, box.y + box.height) && inside(columns, c, box.x, box.x + box.width);
}

/** Compares every cell of every output; returns how many. */
async function compare(graph: Graph, input: string, what: string): Promise<number> {
  const boxes = new ReceptiveBoxes(graph, input);
  let compared = 0;
  for (const [value, expected] of await poisonBoxes(graph, executor)) {
    const wrong: string[] = [];
    expected.forEach((rows, unit) => {
      rows.forEach((columns, r) => {
        columns.forEach((box, c) => {
          compared++;
          assert.ok(withinWindows(boxes, value, r, c), `${what}: window of '${value}' ${r} ${c}`);
          const found = boxes.box(value, r, c, unit);
          if (JSON.stringify(found) !== JSON.stringify(box))
            wrong.push(`${unit} ${r} ${c}: ${JSON.stringify(found)}, not ${JSON.stringify(box)}`);
        });
      });
    });
    assert.deepEqual(wrong.slice(0, 3), [], `${what}: ${wrong.length} cells of '${value}'`);
  }
  return compared;
}

const shape = (net: PositiveNet, value: string) => net.b.shape(value) as [number, number, number, number];
const perm = (net: PositiveNet, value: string, ...axes: number[]) => net.b.op('Transpose', [value], { perm: axes });
const as = (net: PositiveNet, value: string, ...to: (number | 'N')[]) => net.b.op('Reshape', [value], { shape: to });
const add = (net: PositiveNet, ...values: string[]) => values.reduce((a, b) => net.b.op('Add', [a, b], {}));
const cat = (net: PositiveNet, axis: number, ...values: string[]) => net.b.op('Concat', values, { axis });
const resize = (
  net: PositiveNet,
  x: string,
  sizes: readonly [number, number],
  mode: 'nearest' | 'linear',
  coordinates: 'half_pixel' | 'asymmetric' | 'align_corners',
) => net.b.op('Resize', [x], { sizes, mode, coordinates });
const pad = (net: PositiveNet, x: string, pads: readonly number[], mode: 'constant' | 'reflect' | 'edge') =>
  net.b.op('Pad', [x], { pads, mode, value: 0 });

/** Each returns the values to look at. */
const nets: Record<string, (net: PositiveNet) => string[]> = {
  'strides and padding that differ between the two ways of a residual': (n) => {
    const a = n.conv(n.conv(n.input, 4, [3, 3], { stride: 2, pads: [0, 0, 1, 1] }), 4, [3, 2], { pads: [1, 1, 1, 0] });
    return [add(n, a, n.conv(n.input, 4, [1, 1], { stride: 2 })), a];
  },
  'squeeze and excitation': (n) => {
    const x = n.conv(n.input, 4, [3, 3], { stride: 2, pads: [1, 1, 1, 1] });
    const gate = n.b.op('Sigmoid', [n.conv(n.b.op('GlobalAveragePool', [x], {}), 4, [1, 1])], {});
    return [x, gate, n.b.op('Mul', [x, gate], {})];
  },
  'up and down, with a way across': (n) => {
    const down = n.conv(n.input, 3, [3, 3], { stride: 2, pads: [1, 1, 1, 1] });
    const up = resize(n, down, n.size(n.input) as [number, number], 'nearest', 'asymmetric');
    const both = cat(n, 1, up, n.input);
    return [up, both, n.conv(both, 2, [3, 3], { pads: [1, 1, 1, 1] })];
  },
  'interpolation in all coordinates, up and down': (n) =>
    (['half_pixel', 'asymmetric', 'align_corners'] as const).flatMap((at) => [
      resize(n, n.input, [14, 5], 'linear', at),
      resize(n, n.conv(n.input, 2, [3, 3], { stride: 2 }), [8, 9], 'linear', at),
    ]),
  'transposed convolutions, with and without holes': (n) => {
    const x = n.conv(n.input, 2, [2, 2], { stride: 2 });
    return [
      n.transposed(x, 2, [3, 3], { pads: [1, 1, 1, 1], more: 1 }),
      n.transposed(x, 2, [2, 2], { stride: 3 }),
      n.transposed(x, 1, [2, 3], { stride: 2, dilation: 2 }),
      n.conv(n.transposed(x, 2, [1, 1], { stride: 3 }), 2, [2, 2]),
    ];
  },
  'pools that stick out': (n) => [
    n.pool(n.input, 'MaxPool', 3, 2, [0, 0, 0, 0], true),
    n.pool(n.input, 'AveragePool', 2, 2, [0, 0, 0, 0], true),
    n.pool(n.pool(n.input, 'MaxPool', 3, 2, [1, 1, 1, 1]), 'AveragePool', 3, 1, [1, 1, 1, 1]),
    n.b.op('GlobalMaxPool', [n.conv(n.input, 2, [3, 3])], {}),
  ],
  'edges mirrored and repeated': (n) => {
    const x = n.conv(n.input, 2, [2, 2], { stride: 2 });
    const mirrored = pad(n, x, [0, 0, 2, 1, 0, 0, 1, 2], 'reflect');
    return [mirrored, n.conv(mirrored, 2, [2, 3]), n.conv(pad(n, x, [0, 0, 3, 0, 0, 0, 0, 2], 'edge'), 2, [3, 3], { stride: 2 })];
  },
  'cells that see nothing but padding, alone and beside others': (n) => {
    const border = n.conv(n.input, 2, [1, 1], { pads: [2, 1, 1, 2] });
    const wide = n.conv(n.input, 2, [5, 5], { pads: [3, 4, 4, 3] });
    const sum = add(n, border, n.conv(wide, 2, [2, 1], { pads: [1, 0, 0, 0] }));
    const joined = cat(n, 1, border, wide);
    // Rows that see nothing, of a way that sees more columns than the other.
    const flat = pad(n, n.conv(n.input, 2, [1, 5], { pads: [0, 2, 0, 2] }), [0, 0, 1, 0, 0, 0, 1, 0], 'constant');
    const narrow = pad(n, n.conv(n.input, 2, [1, 1]), [0, 0, 1, 0, 0, 0, 1, 0], 'edge');
    const either = add(n, flat, narrow);
    return [
      either,
      n.conv(cat(n, 1, flat, narrow), 2, [2, 1], { pads: [1, 0, 0, 0] }),
      border,
      sum,
      joined,
      n.conv(joined, 2, [2, 2]),
      n.conv(sum, 2, [3, 1], { stride: 2 }),
      n.pool(joined, 'MaxPool', 2, 1),
    ];
  },
  'dilated windows whose first cells are padding': (n) => {
    const x = n.conv(n.input, 2, [3, 3], { dilation: 3, pads: [2, 1, 2, 4] });
    return [
      x,
      n.conv(x, 2, [3, 3], { dilation: 2, pads: [2, 2, 2, 2] }),
      n.conv(n.conv(n.input, 2, [1, 1], { stride: 2 }), 2, [2, 2], { dilation: 2 }),
    ];
  },
  'depth and space': (n) => {
    const deep = cat(n, 1, n.conv(n.input, 4, [1, 1]), n.conv(n.input, 4, [3, 3], { pads: [1, 1, 1, 1] }));
    const [, channels, height, width] = shape(n, deep);
    const [rows, columns] = [height / 3, width / 2];
    const blocks = perm(n, as(n, deep, 'N', channels, rows, 3, columns, 2), 0, 3, 5, 1, 2, 4);
    const spread = perm(n, as(n, deep, 'N', 2, 2, 2, height, width), 0, 1, 4, 2, 5, 3);
    return [
      n.b.op('DepthToSpace', [deep], { blocksize: 2, mode: 'CRD' }),
      n.b.op('DepthToSpace', [deep], { blocksize: 2, mode: 'DCR' }),
      as(n, blocks, 'N', 6 * channels, rows, columns),
      as(n, spread, 'N', 2, 2 * height, 2 * width),
    ];
  },
  'channels shuffled, grouped, cut and padded': (n) => {
    const deep = cat(
      n,
      1,
      n.conv(n.input, 2, [1, 1]),
      n.conv(n.input, 4, [3, 1], { pads: [1, 0, 1, 0] }),
      n.conv(n.input, 2, [1, 3], { pads: [0, 1, 0, 1] }),
    );
    const [, channels, height, width] = shape(n, deep);
    const shuffled = as(n, perm(n, as(n, deep, 'N', 2, channels / 2, height, width), 0, 2, 1, 3, 4), 'N', channels, height, width);
    const [left, right] = n.b.ops('Split', [shuffled], { axis: 1, sizes: [3, 5] }, ['left', 'right']) as [string, string];
    const order = n.b.constant('order', { dtype: 'int64', shape: [3], data: BigInt64Array.of(5n, 0n, -1n) });
    return [
      shuffled,
      n.conv(shuffled, 8, [3, 3], { group: 4, pads: [1, 1, 1, 1] }),
      n.conv(deep, 8, [2, 2], { group: 8 }),
      left,
      n.b.op('Relu', [right], {}),
      n.b.op('Gather', [deep, order], { axis: 1 }),
      n.b.op('Slice', [deep], { starts: [-1], ends: [-6], axes: [1], steps: [-2] }),
      pad(n, deep, [0, 2, 0, 0, 0, 1, 0, 0], 'constant'),
    ];
  },
  'channels last, dense layers of each cell': (n) => {
    const last = perm(n, n.conv(n.input, 4, [3, 3], { stride: 2 }), 0, 2, 3, 1);
    const b = n.b;
    const scale = b.constant('scale', float32([4], [1, 1, 1, 1]));
    const normal = b.op('LayerNormalization', [last, scale], { axis: 3, epsilon: 1e-6 });
    const sum = add(n, n.dense(last, 4), last, b.constant('bias', float32([4], [1, 2, 3, 4])));
    return [perm(n, sum, 0, 3, 1, 2), perm(n, b.op('Abs', [normal], {}), 0, 3, 1, 2), n.conv(perm(n, sum, 0, 3, 1, 2), 2, [2, 2])];
  },
  'positions in a row, and back': (n) => {
    const x = n.conv(n.input, 3, [2, 3], { stride: 2 });
    const [, channels, height, width] = shape(n, x);
    const tokens = perm(n, as(n, x, 'N', channels, height * width), 0, 2, 1);
    const dense = add(n, n.dense(tokens, 3), tokens);
    const back = as(n, perm(n, dense, 0, 2, 1), 'N', 3, height, width);
    return [back, n.conv(back, 2, [2, 2]), as(n, n.b.op('ReduceMean', [dense], { axes: [1], keepdims: false }), 'N', 3)];
  },
  attention: (n) => {
    const x = n.conv(n.input, 3, [2, 2], { stride: 2 });
    const [, channels, height, width] = shape(n, x);
    const tokens = as(n, x, 'N', channels, height * width);
    const scores = n.b.op('MatMul', [perm(n, tokens, 0, 2, 1), tokens], {});
    const mixed = as(n, n.b.op('MatMul', [tokens, n.b.op('Sqrt', [scores], {})], {}), 'N', channels, height, width);
    return [mixed, add(n, mixed, x)];
  },
  'means along one axis, and both put together': (n) => {
    const x = n.conv(n.input, 2, [3, 3]);
    const rows = n.b.op('ReduceMean', [x], { axes: [3], keepdims: true });
    const columns = n.b.op('ReduceMax', [x], { axes: [2], keepdims: true });
    return [rows, columns, add(n, rows, columns), n.b.op('Mul', [x, n.b.op('Sigmoid', [rows], {})], {})];
  },
  'cut, turned and put side by side': (n) => {
    const x = n.conv(n.input, 2, [3, 3], { pads: [1, 1, 1, 1] });
    const slice = (axes: number[], starts: number[], ends: number[], steps: number[]) =>
      n.b.op('Slice', [x], { axes, starts, ends, steps });
    const [, , height, width] = shape(n, x);
    const top = slice([2], [0], [2], [1]);
    const rest = slice([2], [2], [height], [1]);
    const focus = [0, 1]
      .flatMap((r) => [0, 1].map((c) => slice([2, 3], [r, c], [height, width - (width % 2)], [2, 2])))
      .filter((v) => n.size(v)[0] === 3);
    const [left, right] = n.b.ops('Split', [x], { axis: 3, sizes: [3, width - 3] }, ['left', 'right']) as [string, string];
    const rolled = cat(n, 2, rest, top);
    return [
      slice([3], [-1], [-100], [-2]),
      rolled,
      n.conv(rolled, 1, [2, 2]),
      cat(n, 1, ...focus),
      n.b.op('Relu', [left], {}),
      n.b.op('Relu', [right], {}),
      cat(n, 3, n.conv(left, 2, [1, 2]), right),
    ];
  },
  'a dense end': (n) => {
    const x = n.b.op('Flatten', [n.conv(n.input, 2, [3, 3], { stride: 3 })], { axis: 1 });
    const width = n.b.shape(x)[1] as number;
    const logits = n.b.op('Gemm', [x, n.weights([width, 4], width)], { transA: false, transB: false, alpha: 1, beta: 1 });
    // Grown from a vector: every cell sees everything.
    return [logits, n.transposed(as(n, logits, 'N', 1, 2, 2), 2, [3, 3]), as(n, logits, 'N', 4, 1, 1)];
  },
};

test('gates ignored: as if the factor were not there', async () => {
  const branch = (n: PositiveNet) => n.conv(n.input, 4, [3, 3], { stride: 2, pads: [1, 1, 1, 1] });
  const gated = new PositiveNet(2, 6, 8);
  const x = branch(gated);
  const gate = gated.b.op('Sigmoid', [gated.conv(gated.b.op('GlobalAveragePool', [x], {}), 4, [1, 1])], {});
  const last = (n: PositiveNet, value: string) => n.conv(value, 2, [2, 2]);
  const value = last(gated, gated.b.op('Mul', [gate, x], {}));
  const boxes = new ReceptiveBoxes(gated.b.build([value]), gated.input, { ignoreGates: true });
  const plain = new PositiveNet(2, 6, 8);
  const [expected] = (await poisonBoxes(plain.b.build([last(plain, branch(plain))]), executor)).values();
  assert.deepEqual(
    expected?.map((rows, unit) => rows.map((columns, r) => columns.map((_, c) => boxes.box(value, r, c, unit)))),
    expected,
  );
});

for (const [what, build] of Object.entries(nets)) {
  test(what, async (t) => {
    const net = new PositiveNet(2, 6, 8);
    const values = build(net);
    const compared = await compare(net.b.build(values), net.input, what);
    t.diagnostic(`${compared} cells`);
    assert.ok(compared > 0);
  });
}

test('networks put together by chance', async (t) => {
  let compared = 0;
  for (let seed = 1; seed <= 40; seed++) {
    const net = new PositiveNet(2, 6, 7);
    const random = Random.seeded(seed);
    const below = (n: number) => random.below(n);
    const values = [net.input];
    for (let i = 0; i < 9; i++) {
      // Rather from what was made last: deep before wide.
      const x = values[Math.max(0, values.length - 1 - below(3))] as string;
      const made = grown(net, x, values, below);
      if (made !== undefined) values.push(made);
    }
    const asked = values.slice(-4).filter((value) => value !== net.input);
    compared += await compare(net.b.build([...new Set(asked)]), net.input, `seed ${seed}`);
  }
  t.diagnostic(`${compared} cells`);
  assert.ok(compared > 5000);
});

/** Another value made of one or two there are; undefined where the one chosen does not fit. */
function grown(n: PositiveNet, x: string, values: readonly string[], below: (n: number) => number): string | undefined {
  const [height, width] = n.size(x);
  const channels = n.channels(x);
  const [kh, kw] = [1 + below(3), 1 + below(3)];
  const pads: Pads = [below(3), below(3), below(3), below(3)];
  const dilation = 1 + below(2);
  const fits = height + pads[0] + pads[2] >= (kh - 1) * dilation + 1 && width + pads[1] + pads[3] >= (kw - 1) * dilation + 1;
  const other = values.find((value) => value !== x && String(n.size(value)) === String(n.size(x)));
  switch (below(11)) {
    case 0:
    case 1:
      return fits ? n.conv(x, 2, [kh, kw], { stride: 1 + below(2), dilation, pads }) : undefined;
    case 2:
      return fits ? n.conv(x, channels * 2, [kh, kw], { dilation, pads, group: channels }) : undefined;
    case 3:
      // Without ceil mode: onnxruntime merges a Pad before into the pool and then has fewer rows.
      return height > 2 && width > 2
        ? n.pool(x, below(2) ? 'MaxPool' : 'AveragePool', 2, 2, [below(2), below(2), below(2), below(2)])
        : undefined;
    case 4:
      return height * width < 40 ? n.transposed(x, 2, [kh, kw], { stride: 1 + below(3) }) : undefined;
    case 5:
      // Twice as many: places are exact, where the engine's rounding would give a little weight to cells that have none.
      return height * width < 40 ? resize(n, x, [2 * height, 2 * width], 'linear', below(2) ? 'half_pixel' : 'asymmetric') : undefined;
    case 6:
      return height > 2 && width > 2
        ? pad(
            n,
            x,
            [0, below(2), below(3), below(3), 0, 0, below(3), below(3)].map((p, i) => (i === 1 ? 0 : p)),
            below(2) ? 'reflect' : 'edge',
          )
        : undefined;
    case 7:
      return pad(n, x, [0, below(2), below(2), below(2), 0, below(2), below(2), below(2)], 'constant');
    case 8:
      return other && n.channels(other) === channels ? add(n, x, other) : undefined;
    case 9:
      return other && channels < 9 ? cat(n, 1, x, other) : undefined;
    default:
      return height > 3 && width > 3
        ? n.b.op('Slice', [x], {
            axes: [2, 3],
            starts: [below(2), width - 1],
            ends: [height, below(2)],
            steps: [1 + below(2), -1 - below(2)],
          })
        : undefined;
  }
}

// Layer normalisations spelled out are found whatever the arrangement, with their scale and shift; nothing else is taken for one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GraphBuilder } from '../../src/graph/builder.ts';
import { float32, type Graph, type Tensor } from '../../src/graph/graph.ts';
import type { Shape } from '../../src/graph/opset.ts';
import { recogniseLayerNorm } from '../../src/importers/recogniseLayerNorm.ts';
import { newBuilder } from '../../src/ops/index.ts';
import { runGraph } from '../support/onnxReference.ts';
import { seeded } from '../support/seeded.ts';

type Write = (b: GraphBuilder, x: string, axis: number) => string;
const CHANNELS = 5;

const weights = (b: GraphBuilder, name: string, offset: number, shape: readonly number[]) =>
  b.constant(name, float32(shape, seeded(CHANNELS, { name, scale: 0.5, offset })));
const op = (b: GraphBuilder, kind: 'Add' | 'Sub' | 'Mul' | 'Div' | 'Pow', x: string, y: string | number) =>
  b.op(kind, [x, typeof y === 'number' ? b.scalar(y) : y], {});
const mean = (b: GraphBuilder, x: string, axis: number) => b.op('ReduceMean', [x], { axes: [axis], keepdims: true });
const perChannel = (axis: number) => (axis === 1 ? [CHANNELS, 1, 1] : [CHANNELS]);

const arrangements: Readonly<Record<string, Write>> = {
  'PyTorch before opset 17': (b, x, axis) => {
    const centred = op(b, 'Sub', x, mean(b, x, axis));
    const deviation = b.op('Sqrt', [op(b, 'Add', mean(b, op(b, 'Pow', centred, 2), axis), 1e-5)], {});
    const scaled = op(b, 'Mul', op(b, 'Div', centred, deviation), weights(b, 'gamma', 1, perChannel(axis)));
    return op(b, 'Add', scaled, weights(b, 'beta', 0, perChannel(axis)));
  },
  'Keras 3': (b, x, axis) => {
    const centre = mean(b, x, axis);
    const difference = op(b, 'Sub', x, centre);
    const variance = mean(b, op(b, 'Mul', difference, difference), axis);
    const root = b.op('Sqrt', [op(b, 'Add', variance, 1e-3)], {});
    const inverse = op(b, 'Mul', b.op('Div', [b.scalar(1), root], {}), weights(b, 'gamma', 1, perChannel(axis)));
    const shift = op(b, 'Mul', b.op('Neg', [centre], {}), inverse);
    return op(b, 'Add', op(b, 'Mul', x, inverse), op(b, 'Add', shift, weights(b, 'beta', 0, perChannel(axis))));
  },
};

function graphOf(write: Write, shape: Shape, axis: number): Graph {
  const b = newBuilder();
  const x = b.input('x', { dtype: 'float32', shape });
  return b.build([b.op('Tanh', [write(b, x, axis)], {}, 'after')]);
}

const shapes: readonly [string, Shape, number][] = [
  ['of an image', ['N', CHANNELS, 3, 4], 1],
  ['of a sequence', ['N', 7, CHANNELS], 2],
];

for (const [what, write] of Object.entries(arrangements)) {
  for (const [of, shape, axis] of shapes) {
    test(`${what}, ${of}: one LayerNormalization with the same numbers`, async () => {
      const before = graphOf(write, shape, axis);
      const after = recogniseLayerNorm(before);
      const expected = axis === 1 ? ['Transpose', 'LayerNormalization', 'Transpose', 'Tanh'] : ['LayerNormalization', 'Tanh'];
      assert.deepEqual(
        after.nodes.map((n) => n.op),
        expected,
      );
      const sizes = shape.map((d) => (d === 'N' ? 2 : d));
      const feed: Tensor = float32(
        sizes,
        seeded(
          sizes.reduce((n, d) => n * d, 1),
          { name: 'x', scale: 2 },
        ),
      );
      const [spelled, found] = [await runGraph(before, ['after'], { x: feed }), await runGraph(after, ['after'], { x: feed })];
      spelled.after?.forEach((v, i) => {
        assert.ok(Math.abs(v - (found.after?.[i] as number)) < 2e-6, `value ${i}: ${v}, ${found.after?.[i]}`);
      });
    });
  }
}

const others: Readonly<Record<string, Write>> = {
  'RMS normalisation': (b, x, axis) => {
    const root = b.op('Sqrt', [op(b, 'Add', mean(b, op(b, 'Mul', x, x), axis), 1e-5)], {});
    return op(b, 'Div', x, root);
  },
  'only the mean taken away': (b, x, axis) => op(b, 'Sub', x, mean(b, x, axis)),
  'squeeze and excite': (b, x, axis) => op(b, 'Mul', x, mean(b, x, axis)),
};

for (const [what, write] of Object.entries(others)) {
  test(`${what} stays what it is`, () => {
    const graph = graphOf(write, ['N', CHANNELS, 3, 4], 1);
    assert.equal(recogniseLayerNorm(graph), graph);
  });
}

// Activations spelled out are found whatever the arrangement, and nothing else is taken for one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GraphBuilder } from '../../src/graph/builder.ts';
import { recogniseActivations } from '../../src/importers/recogniseActivations.ts';
import { newBuilder } from '../../src/ops/index.ts';

type Write = (b: GraphBuilder, x: string) => string;

/** Operators of the graph after recognition. */
function operators(write: Write): string[] {
  const b = newBuilder();
  const x = b.input('x', { dtype: 'float32', shape: ['N', 3, 4, 4] });
  const y = b.op('Neg', [write(b, b.op('Tanh', [x], {}, 'before'))], {}, 'after');
  return recogniseActivations(b.build([y]))
    .nodes.map(({ op, attrs }) => (op === 'Gelu' ? `Gelu ${attrs.approximate}` : op))
    .slice(1, -1);
}

const mul = (b: GraphBuilder, x: string, y: string | number) => b.op('Mul', [x, typeof y === 'number' ? b.scalar(y) : y], {});
const add = (b: GraphBuilder, x: string, y: string | number) => b.op('Add', [x, typeof y === 'number' ? b.scalar(y) : y], {});

const spelled: Readonly<Record<string, [Write, string]>> = {
  'x·sigmoid(x)': [(b, x) => mul(b, x, b.op('Sigmoid', [x], {})), 'SiLU'],
  'x / (1 + exp(−x))': [(b, x) => b.op('Div', [x, add(b, b.op('Exp', [b.op('Neg', [x], {})], {}), 1)], {}), 'SiLU'],
  'x·relu6(x + 3)/6': [(b, x) => b.op('Div', [mul(b, x, b.op('Clip', [add(b, x, 3)], { min: 0, max: 6 })), b.scalar(6)], {}), 'HardSwish'],
  'relu6(x + 3)·0.1666': [(b, x) => mul(b, b.op('Clip', [add(b, x, 3)], { min: 0, max: 6 }), 1 / 6), 'HardSigmoid'],
  'x·min(relu(x + 3), 6)/6': [
    (b, x) => mul(b, mul(b, x, b.op('Min', [b.op('Relu', [add(b, x, 3)], {}), b.scalar(6)], {})), 1 / 6),
    'HardSwish',
  ],
  '0.5·x·(1 + erf(x/√2))': [
    (b, x) => mul(b, mul(b, x, 0.5), add(b, b.op('Erf', [b.op('Div', [x, b.scalar(Math.SQRT2)], {})], {}), 1)),
    'Gelu none',
  ],
  'x·(1 + erf(x·0.7071))·0.5': [(b, x) => mul(b, mul(b, x, add(b, b.op('Erf', [mul(b, x, Math.SQRT1_2)], {}), 1)), 0.5), 'Gelu none'],
  'tanh GELU by Pow': [
    (b, x) => {
      const cubic = add(b, x, mul(b, b.op('Pow', [x, b.scalar(3)], {}), 0.044715));
      return mul(b, mul(b, x, 0.5), add(b, b.op('Tanh', [mul(b, cubic, Math.sqrt(2 / Math.PI))], {}), 1));
    },
    'Gelu tanh',
  ],
  'x·tanh(softplus(x))': [(b, x) => mul(b, x, b.op('Tanh', [b.op('Softplus', [x], {})], {})), 'Mish'],
};

for (const [what, [write, op]] of Object.entries(spelled)) {
  test(`${what} is ${op}`, () => assert.deepEqual(operators(write), [op]));
}

const others: Readonly<Record<string, Write>> = {
  'a gate of another value': (b, x) => mul(b, x, b.op('Sigmoid', [b.op('Abs', [x], {})], {})),
  'x·sigmoid(1.702x), the quick GELU': (b, x) => mul(b, x, b.op('Sigmoid', [mul(b, x, 1.702)], {})),
  'x·relu6(x + 3)': (b, x) => mul(b, x, b.op('Clip', [add(b, x, 3)], { min: 0, max: 6 })),
};

for (const [what, write] of Object.entries(others)) {
  test(`${what} stays what it is`, () => {
    const known = ['SiLU', 'HardSwish', 'HardSigmoid', 'Gelu none', 'Gelu tanh', 'Mish'];
    assert.deepEqual(
      operators(write).filter((op) => known.includes(op)),
      [],
    );
  });
}

test('what something else reads too stays beside the activation', () => {
  const found = operators((b, x) => {
    const gate = b.op('Sigmoid', [x], {});
    return add(b, mul(b, x, gate), gate);
  });
  assert.deepEqual(found, ['Sigmoid', 'SiLU', 'Add']);
});

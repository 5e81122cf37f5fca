import type { GraphBuilder } from '../../graph/builder.ts';
import type { Node } from '../../graph/graph.ts';
import type { OpName, Shape } from '../../graph/opset.ts';
import { add, minus, mul, positive, scaled } from '../../ops/emit.ts';
import { opOf } from '../../ops/index.ts';
import type { Gradient } from '../../ops/op.ts';

/**
 * The ordinary derivative; in an image where it lets nothing through at all, what comes from above, but for what would push values
 * further out of the open range (those below 0 down, those above 6 up at a ReLU6): a climb can begin where all is inactive.
 * @see Lucid, misc/redirected_relu_grad.py
 */
export const redirectedRule =
  (node: Node): Gradient<OpName> =>
  (context) => {
    const { b, grad } = context;
    const { gradient } = opOf(node);
    const passed = gradient === 'none' ? undefined : gradient(context)[0];
    return [passed ? () => add(b, passed(), whereBlocked(b, node, { grad, passed: passed() })) : null];
  };

function whereBlocked(b: GraphBuilder, node: Node, { grad, passed }: { grad: string; passed: string }): string {
  const y = node.outputs[0] as string;
  const down = scaled(b, b.op('Relu', [scaled(b, grad, -1)], {}), -1);
  const up = b.op('Relu', [grad], {});
  // Up where it is not at the upper end, down where it is not at the lower.
  const upper = node.op === 'Clip' ? positive(b, minus(b, node.attrs.max, y)) : undefined;
  const redirected = add(b, upper === undefined ? up : mul(b, up, upper), mul(b, down, positive(b, y)));
  const all = axesAfterBatch(b.shape(y));
  const through = b.op('ReduceSum', [b.op('Abs', [passed], {})], { axes: all, keepdims: true });
  return mul(b, redirected, minus(b, 1, positive(b, through)));
}

function axesAfterBatch(shape: Shape): number[] {
  return shape.map((_, axis) => axis).slice(1);
}

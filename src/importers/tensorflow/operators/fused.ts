import { tight } from '../../tight.ts';
import type { NodeContext } from '../context.ts';
import type { Order } from '../values.ts';
import { fusedActivation } from './activation.ts';
import { only } from './elementwise.ts';
import type { Operator } from './operator.ts';

/**
 * A linear node with what is fused into it (`fused_ops`): a bias, a batch normalisation, an activation. `linear` appends the
 * linear part, with the bias as an input of its own where there is one. `args`: the first input that belongs to what is fused.
 */
export function fuse(n: NodeContext, order: Order, linear: (bias: readonly string[]) => string, args = 2): void {
  n.put(fused(n, linear, args), order);
}

/** The same as a value that is not yet the node's output. */
export function fused(n: NodeContext, linear: (bias: readonly string[]) => string, args = 2): string {
  const steps = [...n.strings('fused_ops')];
  const biased = steps[0] === 'BiasAdd';
  if (biased) steps.shift();
  const bias = biased
    ? [n.constant(args, 'bias', () => ({ dtype: 'float32', shape: vector(n, args), data: tight(n.weight(args, 'a bias').data) }))]
    : [];
  let value = linear(bias);
  for (const step of steps) {
    const next =
      step === 'FusedBatchNorm'
        ? normalised(n, value, args)
        : step === 'Prelu'
          ? prelu(n, value, args + 1)
          : fusedActivation(n, step, value);
    if (next === undefined) throw n.unsupported(`is fused with '${step}', which is not supported`);
    value = next;
  }
  return value;
}

function vector(n: NodeContext, i: number): number[] {
  return [n.shape(i).reduce<number>((size, d) => size * Number(d), 1)];
}

/** scale, offset, mean and variance are the inputs from `args` on. */
function normalised(n: NodeContext, value: string, args: number): string {
  const parameters = [0, 1, 2, 3].map((k) => n.plain(args + k));
  return n.helper('BatchNormalization', [value, ...parameters], { epsilon: n.int('epsilon', 1e-4) }, 'normalised');
}

function prelu(n: NodeContext, value: string, i: number): string {
  return n.helper('PRelu', [value, n.channelsFirst(i)], {}, 'activation');
}

/** An activation alone, also by the name that `fused_ops` gives it. */
export const activation =
  (name: string): Operator =>
  (n) => {
    const { value, order } = only(n);
    n.put(fusedActivation(n, name, value) as string, order);
  };

/** An operator with an activation fused into it, as TFLite has them: it follows the output. */
export const activated =
  (operator: Operator): Operator =>
  (n) => {
    operator(n);
    for (const step of n.strings('fused_ops')) {
      const held = n.output();
      const value = held && fusedActivation(n, step, held.value);
      if (!held || value === undefined) throw n.unsupported(`is fused with '${step}', which is not supported`);
      n.put(value, held.order);
    }
  };

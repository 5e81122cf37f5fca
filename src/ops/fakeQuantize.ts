import { broadcastInputs } from './elementwise.ts';
import { add, div, minus, mul, positive, shifted } from './emit.ts';
import { misfit } from './inputs.ts';
import type { Op } from './op.ts';

/**
 * What an 8-bit network makes of a value: s·(clip(round(x/s) + z, low, high) − z) with scale s and zero point z, rounded half
 * to even.
 *
 * Rounding is flat nearly everywhere: its gradient is taken to be that of the identity where nothing is clipped, and 0 beyond
 * (straight-through). s and z count as given, also where they are worked out from the values (dynamic quantisation).
 * @see Jacob et al., Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference, CVPR 2018, equations 1 and 12
 * @see Bengio et al., Estimating or Propagating Gradients Through Stochastic Neurons for Conditional Computation, 2013
 */
export const fakeQuantize: Op<'FakeQuantize'> = {
  kind: 'activation',
  infer(node, inputs) {
    if (node.inputs.length !== 3) throw misfit(node, `needs a value, a scale and a zero point, got ${node.inputs.length} inputs`);
    const { low, high } = node.attrs;
    if (!(low < high)) throw misfit(node, `has the range ${low} to ${high}`);
    return broadcastInputs(node, inputs);
  },
  gradient: ({ node, b, grad }) => [
    () => {
      const [x, scale, zero] = node.inputs as [string, string, string];
      const code = add(b, div(b, x, scale), zero);
      const { low, high } = node.attrs;
      return mul(b, grad, positive(b, mul(b, shifted(b, code, 0.5 - low), minus(b, high + 0.5, code))));
    },
    null,
    null,
  ],
};

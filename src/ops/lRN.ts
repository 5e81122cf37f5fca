import type { GraphBuilder } from '../graph/builder.ts';
import { formatShape } from '../graph/graph.ts';
import { unsupported, volume } from './axes.ts';
import { floatInput } from './elementwise.ts';
import { div, mul, scaled, shifted, sub } from './emit.ts';
import { misfit } from './inputs.ts';
import type { Op } from './op.ts';

/**
 * Local response normalisation across channels: y = x·s^−beta, s = bias + alpha/size·Σ x² over the `size` channels around
 * each (Krizhevsky et al., 2012). An even size has no middle, and engines refuse it.
 */
export const lRN: Op<'LRN'> = {
  kind: 'other',
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
      const s = shifted(b, scaled(b, channelMean(b, mul(b, x, x), size), alpha), bias);
      const direct = mul(b, grad, b.op('Pow', [s, b.scalar(-beta)], {}));
      const seen = channelMean(b, div(b, mul(b, grad, y), s), size);
      return sub(b, direct, mul(b, x, scaled(b, seen, 2 * alpha * beta)));
    },
  ],
};

/** 1/size·Σ over the `size` channels around each; absent channels count as 0. */
function channelMean(b: GraphBuilder, x: string, size: number): string {
  const shape = b.shape(x);
  const half = (size - 1) / 2;
  const [batch, channels] = shape as [number, number];
  const rows = b.op('Reshape', [x], { shape: [batch, 1, channels, volume(shape.slice(2))] });
  const mean = b.op('AveragePool', [rows], {
    kernel: [size, 1],
    strides: [1, 1],
    dilations: [1, 1],
    pads: [half, 0, half, 0],
    ceilMode: false,
    countIncludePad: true,
  });
  return b.op('Reshape', [mean], { shape });
}

import type { GraphBuilder } from '../graph/builder.ts';
import { float32, type NodeOf } from '../graph/graph.ts';
import type { Pads } from '../graph/opset.ts';
import { imageInput, imageSizes, misfit } from './inputs.ts';
import type { Op } from './op.ts';
import { extent, windowOutput } from './window.ts';

/** Mean over a sliding window; padding counts as zeros (`countIncludePad`) or not at all. */
export const averagePool: Op<'AveragePool'> = {
  kind: 'pool-mean',
  infer(node, inputs) {
    const x = imageInput(node, inputs);
    const size = windowOutput(node, node.attrs, x.height, x.width, node.attrs.ceilMode);
    return [{ dtype: x.dtype, shape: [x.batch, x.channels, ...size] }];
  },
  gradient: ({ node, b, grad }) => [() => spread(b, node, grad)],
};

/**
 * Each output's gradient, divided by its window's number of cells, spread evenly over the window: a transposed convolution
 * with ones, run with channels moved to the batch so that it needs no groups.
 */
function spread(b: GraphBuilder, node: NodeOf<'AveragePool'>, grad: string): string {
  const x = node.inputs[0] as string;
  const { kernel, strides, dilations, pads } = node.attrs;
  const [batch, channels, height, width] = imageSizes(b, x);
  const [, , gH, gW] = imageSizes(b, grad);
  const share = b.op('Mul', [grad, b.constant(`share:${x}`, windowShare(node, height, width, gH, gW))], {});
  // Where the windows do not reach the end (or stick out, ceil mode) the transposed size differs from the input's.
  const reach = (g: number, axis: 0 | 1) => (g - 1) * strides[axis] + extent(kernel[axis], dilations[axis]) - pads[axis];
  const endPads: Pads = [pads[0], pads[1], Math.max(0, reach(gH, 0) - height), Math.max(0, reach(gW, 1) - width)];
  const outputPadding = [Math.max(0, height - reach(gH, 0)), Math.max(0, width - reach(gW, 1))] as const;
  if (outputPadding.some((p, axis) => p >= strides[axis as 0 | 1] && p > 0))
    throw misfit(node, 'leaves more cells uncovered than a stride');
  const ones = b.constant(`ones:${kernel}`, float32([1, 1, ...kernel], new Float32Array(kernel[0] * kernel[1]).fill(1)));
  const planes = b.op('Reshape', [share], { shape: ['N', 1, gH, gW], regroup: true });
  const spreadOut = b.op('ConvTranspose', [planes, ones], { strides, dilations, pads: endPads, outputPadding, group: 1 });
  return b.op('Reshape', [spreadOut], { shape: [batch, channels, height, width], regroup: true });
}

/** 1 / number of cells that count, per output position: [1,1,H',W']. */
export function windowShare(node: NodeOf<'AveragePool'>, height: number, width: number, gH: number, gW: number) {
  const { kernel, strides, dilations, pads, countIncludePad } = node.attrs;
  const counts = (n: number, axis: 0 | 1, size: number) =>
    Array.from({ length: n }, (_, i) => {
      const start = i * strides[axis] - pads[axis];
      const [low, high] = countIncludePad ? [-pads[axis], size + pads[(axis + 2) as 2 | 3]] : [0, size];
      const cells = Array.from({ length: kernel[axis] }, (_unused, k) => start + k * dilations[axis]);
      return cells.filter((c) => c >= low && c < high).length;
    });
  const columns = counts(gW, 1, width);
  const rows = counts(gH, 0, height);
  return float32([1, 1, gH, gW], Float32Array.from(rows.flatMap((r) => columns.map((c) => 1 / (r * c)))));
}

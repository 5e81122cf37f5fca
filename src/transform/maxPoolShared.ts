import type { Node } from '../graph/graph.ts';
import type { Dim, OpName } from '../graph/opset.ts';
import { asFloat, div, mul } from '../ops/emit.ts';
import type { Gradient } from '../ops/op.ts';

/**
 * Max pool gradient in which equal maxima of a window share alike, as the authors of CLRP route relevance. Windows that
 * overlap or reach into padding keep the ordinary rule, the first winner: undefined.
 */
export function maxPoolShared(node: Node): Gradient<OpName> | undefined {
  if (node.op !== 'MaxPool') return undefined;
  const { kernel, strides, pads, dilations } = node.attrs;
  const apart = kernel[0] === strides[0] && kernel[1] === strides[1];
  if (!apart || [...pads, dilations[0] - 1, dilations[1] - 1].some((p) => p !== 0)) return undefined;
  return ({ b, grad }) => [
    () => {
      const [x, y] = [node.inputs[0] as string, node.outputs[0] as string];
      const [, , height, width] = b.shape(x) as [Dim, number, number, number];
      const [, , rows, columns] = b.shape(y) as [Dim, number, number, number];
      const sizes = [rows * kernel[0], columns * kernel[1]] as const;
      // Each window's value at each of its cells; cells that no window covers get nothing.
      const spread = (value: string) => fitted(b.op('Resize', [value], { sizes, mode: 'nearest', coordinates: 'asymmetric' }));
      const fitted = (value: string) => {
        const rest = [height - sizes[0], width - sizes[1]] as const;
        if (rest.every((r) => r === 0)) return value;
        const cut = rest.some((r) => r < 0)
          ? b.op('Slice', [value], {
              starts: [0, 0],
              ends: [Math.min(height, sizes[0]), Math.min(width, sizes[1])],
              axes: [2, 3],
              steps: [1, 1],
            })
          : value;
        const fill = rest.map((r) => Math.max(0, r)) as [number, number];
        return fill.every((r) => r === 0) ? cut : b.op('Pad', [cut], { pads: [0, 0, 0, 0, 0, 0, ...fill], mode: 'constant', value: 0 });
      };
      const winners = asFloat(b, b.op('Equal', [x, spread(y)], {}));
      const share = b.op('AveragePool', [winners], {
        kernel,
        strides,
        pads,
        dilations,
        ceilMode: node.attrs.ceilMode,
        countIncludePad: true,
      });
      const cells = kernel[0] * kernel[1];
      return mul(b, winners, spread(div(b, grad, b.op('Mul', [share, b.scalar(cells)], {}))));
    },
  ];
}

import type { OpAttrs, Pair } from '../../../graph/opset.ts';
import type { NodeContext } from '../context.ts';
import { autoPads, emitWindow, explicitPads, pair, spatial, weightShape } from '../windows.ts';
import type { Operator } from './operator.ts';

export const Conv: Operator = (n) => {
  emitWindow(n, 'Conv', convolution(n, 1));
};

/** Attributes of a convolution whose weight is input `weight`. */
export function convolution(n: NodeContext, weight: number): OpAttrs['Conv'] {
  const [height, width] = spatial(n);
  const kernel = kernelOf(n, weight);
  const strides = pair(n, 'strides', 1);
  const dilations = pair(n, 'dilations', 1);
  const pads = autoPads(n, [height, width], { kernel, strides, dilations }) ?? explicitPads(n);
  return { strides, dilations, pads, group: n.int('group', 1) };
}

export const ConvTranspose: Operator = (n) => {
  const [height, width] = spatial(n);
  const kernel = kernelOf(n, 1);
  const strides = pair(n, 'strides', 1);
  const dilations = pair(n, 'dilations', 1);
  const outputPadding = pair(n, 'output_padding', 0);
  const mode = n.string('auto_pad', 'NOTSET');
  const given = n.ints('output_shape');
  const wanted =
    (given?.length === 1 ? [1, ...given] : given) ?? (mode.startsWith('SAME') ? [height * strides[0], width * strides[1]] : undefined);
  const full = (axis: 0 | 1) =>
    strides[axis] * ((axis === 0 ? height : width) - 1) + outputPadding[axis] + (kernel[axis] - 1) * dilations[axis] + 1;
  let pads = explicitPads(n);
  if (mode === 'VALID') pads = [0, 0, 0, 0];
  if (wanted) {
    const total = ([0, 1] as const).map((axis) => full(axis) - (wanted[axis] ?? 0));
    if (total.some((t) => t < 0)) throw n.unsupported(`has output_shape [${wanted}] beyond what its kernel reaches`);
    // The formula of the ONNX operator page: SAME_UPPER puts the odd cell at the end, everything else at the begin.
    const begin = total.map((t) => (mode === 'SAME_UPPER' ? Math.floor(t / 2) : Math.ceil(t / 2)));
    pads = [...begin, ...total.map((t, i) => t - (begin[i] as number))] as [number, number, number, number];
  }
  emitWindow(n, 'ConvTranspose', { strides, dilations, pads, outputPadding, group: n.int('group', 1) });
};

/** Kernel size, which the weight says and the attribute may repeat. */
function kernelOf(n: NodeContext, weight: number): Pair {
  const [, , height, width] = weightShape(n, weight) as [number, number, number, number];
  const [h, w] = n.ints('kernel_shape') ? pair(n, 'kernel_shape', 1) : [height, width];
  if (h !== height || w !== width) throw n.corrupt(`has kernel_shape [${n.ints('kernel_shape')}], its weight is [${n.shape(weight)}]`);
  return [height, width];
}

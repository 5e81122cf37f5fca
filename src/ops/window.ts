import type { NodeOf } from '../graph/graph.ts';
import type { OpName, Pads, Pair } from '../graph/opset.ts';
import { misfit } from './inputs.ts';

/** A sliding window as Conv and the pools have it. */
interface SlidingWindow {
  kernel: Pair;
  strides: Pair;
  dilations: Pair;
  pads: Pads;
}

/** Extent of a dilated kernel: (k − 1)·d + 1. */
export function extent(kernel: number, dilation: number): number {
  return (kernel - 1) * dilation + 1;
}

/** Output size [H,W] of a window sliding over [height, width]. `ceil`: the last window may stick out, as ONNX ceil_mode. */
export function windowOutput(
  node: Pick<NodeOf<OpName>, 'op' | 'outputs'>,
  w: SlidingWindow,
  height: number,
  width: number,
  ceil = false,
): [number, number] {
  const size = (input: number, axis: 0 | 1): number => {
    const begin = w.pads[axis];
    const span = input + begin + w.pads[(axis + 2) as 2 | 3] - extent(w.kernel[axis], w.dilations[axis]);
    if (span < 0) throw misfit(node, `has a window of ${extent(w.kernel[axis], w.dilations[axis])} over ${input} padded cells`);
    const steps = span / w.strides[axis];
    const out = (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
    // A window that would start in the end padding is dropped (ONNX, PyTorch).
    return ceil && (out - 1) * w.strides[axis] >= input + begin ? out - 1 : out;
  };
  return [size(height, 0), size(width, 1)];
}

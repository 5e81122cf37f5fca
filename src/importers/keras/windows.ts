import type { Pads, Pair } from '../../graph/opset.ts';
import { extent } from '../../ops/window.ts';
import { samePadding } from '../samePadding.ts';
import type { LayerCall } from './layer.ts';

/** Attributes of a sliding window, of Conv2D and the pools. */
export interface KerasWindow {
  kernel: Pair;
  strides: Pair;
  dilations: Pair;
  pads: Pads;
}

/** Pads of a window over the layer's input: none for `valid`, TensorFlow's for `same`. */
export function window(layer: LayerCall, kernel: Pair, strides: Pair, dilations: Pair = [1, 1]): KerasWindow {
  const { height, width } = layer.image;
  if (isSame(layer)) {
    const [top, bottom] = samePadding(height, extent(kernel[0], dilations[0]), strides[0]);
    const [left, right] = samePadding(width, extent(kernel[1], dilations[1]), strides[1]);
    return { kernel, strides, dilations, pads: [top, left, bottom, right] };
  }
  return { kernel, strides, dilations, pads: [0, 0, 0, 0] };
}

export function isSame(layer: LayerCall): boolean {
  const padding = layer.attributes.word('padding', 'valid');
  if (padding !== 'same' && padding !== 'valid') throw layer.unsupported(`has padding '${padding}', only 'same' and 'valid' are supported`);
  return padding === 'same';
}

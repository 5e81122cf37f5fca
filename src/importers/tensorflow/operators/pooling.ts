import type { NodeContext } from '../context.ts';
import { pads, spatial } from '../windows.ts';
import type { Operator } from './operator.ts';

export const MaxPool: Operator = (n) => {
  const { x, ...window } = windowOf(n);
  n.emit('MaxPool', [x.value], { ...window, ceilMode: false, withIndices: false }, x.order);
};

/** TensorFlow does not count the padding. */
export const AvgPool: Operator = (n) => {
  const { x, ...window } = windowOf(n);
  n.emit('AveragePool', [x.value], { ...window, ceilMode: false, countIncludePad: false }, x.order);
};

function windowOf(n: NodeContext) {
  const x = n.image(0);
  const kernel = spatial(n, 'ksize');
  const strides = spatial(n, 'strides');
  const dilations = [1, 1] as const;
  return { x, kernel, strides, dilations, pads: pads(n, [x.height, x.width], { kernel, strides, dilations }) };
}

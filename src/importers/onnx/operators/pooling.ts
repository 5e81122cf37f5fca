import type { NodeContext } from '../context.ts';
import { autoPads, explicitPads, pair } from '../windows.ts';
import type { Operator } from './operator.ts';

export const MaxPool: Operator = (n) => {
  if (n.flag('storage_order')) throw n.unsupported('has storage_order 1 (column-major indices), which is not supported');
  const withIndices = n.wants(1);
  if (withIndices) throw n.unsupported('has a second output (indices), which is not supported');
  n.emit('MaxPool', [n.value(0)], { ...window(n), withIndices });
};

export const AveragePool: Operator = (n) => {
  n.emit('AveragePool', [n.value(0)], { ...window(n), countIncludePad: n.flag('count_include_pad') });
};

export const GlobalAveragePool: Operator = (n) => {
  n.image(0);
  n.emit('GlobalAveragePool', [n.value(0)], {});
};

export const GlobalMaxPool: Operator = (n) => {
  n.image(0);
  n.emit('GlobalMaxPool', [n.value(0)], {});
};

function window(n: NodeContext) {
  const [, , height, width] = n.image(0);
  const kernel = pair(n, 'kernel_shape', 1);
  const strides = pair(n, 'strides', 1);
  const dilations = pair(n, 'dilations', 1);
  // onnxruntime leaves the dilation out of SAME padding, the specification has it in.
  const same = n.string('auto_pad', 'NOTSET').startsWith('SAME');
  if (same && dilations.some((d) => d > 1)) throw n.unsupported('has both auto_pad and dilations, on which runtimes disagree');
  const pads = autoPads(n, [height, width], { kernel, strides, dilations }) ?? explicitPads(n);
  return { kernel, strides, dilations, pads, ceilMode: n.flag('ceil_mode') };
}

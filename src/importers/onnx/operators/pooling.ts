import type { OpAttrs } from '../../../graph/opset.ts';
import type { NodeContext } from '../context.ts';
import { autoPads, emitWindow, explicitPads, pair, spatial } from '../windows.ts';
import type { Operator } from './operator.ts';

export const MaxPool: Operator = (n) => {
  if (n.flag('storage_order')) throw n.unsupported('has storage_order 1 (column-major indices), which is not supported');
  const withIndices = n.wants(1);
  if (withIndices) throw n.unsupported('has a second output (indices), which is not supported');
  emitWindow(n, 'MaxPool', { ...window(n), withIndices });
};

export const AveragePool: Operator = (n) => {
  emitWindow(n, 'AveragePool', averagePool(n));
};

export function averagePool(n: NodeContext): OpAttrs['AveragePool'] {
  return { ...window(n), countIncludePad: n.flag('count_include_pad') };
}

export const GlobalAveragePool: Operator = (n) => {
  n.image(0);
  n.emit('GlobalAveragePool', [n.value(0)], {});
};

export const GlobalMaxPool: Operator = (n) => {
  n.image(0);
  n.emit('GlobalMaxPool', [n.value(0)], {});
};

/** (Σ|x|ᵖ)^(1/p) over the whole image; p 1 or 2. */
export const GlobalLpPool: Operator = (n) => {
  const [, , height, width] = n.image(0);
  lp(n, (part) => n.helper('GlobalAveragePool', [part], {}, 'mean'), height * width);
};

/** (Σ|x|ᵖ)^(1/p) in a window; p 1 or 2. */
export const LpPool: Operator = (n) => {
  const attrs = { ...window(n), countIncludePad: true };
  if (attrs.ceilMode) throw n.unsupported('has ceil_mode 1, which is not supported');
  lp(n, (part) => n.helper('AveragePool', [part], attrs, 'mean'), attrs.kernel[0] * attrs.kernel[1]);
};

function lp(n: NodeContext, mean: (part: string) => string, size: number): void {
  n.image(0);
  const p = n.int('p', 2);
  if (p !== 1 && p !== 2) throw n.unsupported(`has p ${p}; 1 and 2 are supported`);
  const x = n.value(0);
  const part = p === 1 ? n.helper('Abs', [x], {}, 'abs') : n.helper('Mul', [x, x], {}, 'square');
  const inputs = [mean(part), n.scope.b.scalar(size)];
  if (p === 1) n.emit('Mul', inputs, {});
  else n.emit('Sqrt', [n.helper('Mul', inputs, {}, 'sum')], {});
}

function window(n: NodeContext) {
  const [height, width] = spatial(n);
  const kernel = pair(n, 'kernel_shape', 1);
  const strides = pair(n, 'strides', 1);
  const dilations = pair(n, 'dilations', 1);
  // onnxruntime leaves the dilation out of SAME padding, the specification has it in.
  const same = n.string('auto_pad', 'NOTSET').startsWith('SAME');
  if (same && dilations.some((d) => d > 1)) throw n.unsupported('has both auto_pad and dilations, on which runtimes disagree');
  const pads = autoPads(n, [height, width], { kernel, strides, dilations }) ?? explicitPads(n);
  return { kernel, strides, dilations, pads, ceilMode: n.flag('ceil_mode') };
}

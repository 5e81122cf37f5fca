import type { NodeContext } from '../context.ts';
import type { Operator } from './operator.ts';

/** Axes are an attribute, from opset 13 (ReduceSum) and 18 (the others) on an input; none means all. */
export const reduce =
  (op: 'ReduceMean' | 'ReduceSum' | 'ReduceMax' | 'ReduceMin'): Operator =>
  (n) => {
    const keepdims = n.flag('keepdims', true);
    const axes = axesOf(n);
    if (axes.length === 0) n.emit('Identity', [n.value(0)], {});
    else n.emit(op, [n.value(0)], { axes, keepdims });
  };

/** √Σx². */
export const ReduceL2: Operator = (n) => {
  const keepdims = n.flag('keepdims', true);
  const axes = axesOf(n);
  const square = n.helper('Mul', [n.value(0), n.value(0)], {}, 'square');
  n.emit('Sqrt', [n.helper('ReduceSum', [square], { axes, keepdims }, 'sum')], {});
};

export const ArgMax: Operator = (n) => {
  if (n.flag('select_last_index')) throw n.unsupported('has select_last_index 1, which is not supported');
  n.emit('ArgMax', [n.value(0)], { axis: n.axis(n.int('axis', 0), n.shape(0).length), keepdims: n.flag('keepdims', true) });
};

function axesOf(n: NodeContext): number[] {
  const rank = n.shape(0).length;
  const axes = n.list('axes', 1) ?? [];
  const none = n.flag('noop_with_empty_axes');
  if (axes.length > 0) return axes.map((axis) => n.axis(axis, rank)).sort((a, b) => a - b);
  return none ? [] : Array.from({ length: rank }, (_, i) => i);
}

import type { NodeContext } from '../context.ts';
import { graphAxis } from '../values.ts';
import { only } from './elementwise.ts';
import type { Operator } from './operator.ts';

/** [x, axes]; the mean over rows and columns of an image is a global average pool, as the layers models have it. */
export const reduce =
  (op: 'ReduceMean' | 'ReduceSum' | 'ReduceMax' | 'ReduceMin'): Operator =>
  (n) => {
    const rank = n.shape(0).length;
    const keepdims = n.flag('keep_dims');
    const said = n.constants(1, 'axes').map((axis) => n.axis(axis, rank));
    const { value, order } = only(n);
    const axes = said.map((axis) => graphAxis(order, axis)).sort((a, b) => a - b);
    if (axes.length === 0) return n.alias(0);
    const global = op === 'ReduceMean' ? 'GlobalAveragePool' : op === 'ReduceMax' ? 'GlobalMaxPool' : undefined;
    if (global && order !== 'file' && axes.join() === '2,3') return globalPool(n, global, value, keepdims);
    if (keepdims || order !== 'NCHW') return n.emit(op, [value], { axes, keepdims }, order);
    // What is left of an image without its axes is in the file's order only if that is kept.
    const plain = n.plain(0);
    n.emit(op, [plain], { axes: [...said].sort((a, b) => a - b), keepdims }, 'file');
  };

function globalPool(n: NodeContext, op: 'GlobalAveragePool' | 'GlobalMaxPool', value: string, keepdims: boolean): void {
  if (keepdims) n.emit(op, [value], {}, n.order(0));
  else n.emit('Flatten', [n.helper(op, [value], {}, 'pooled')], { axis: 1 }, 'file');
}

export const ArgMax: Operator = (n) => {
  const axis = n.axis(n.constants(1, 'an axis')[0] ?? 0, n.shape(0).length);
  n.emit('ArgMax', [n.plain(0)], { axis, keepdims: false }, 'file');
};

import { reducedAxes } from '../axes.ts';
import type { NodeContext } from '../context.ts';
import type { Operator } from './operator.ts';

/** Axes are an attribute, from opset 13 (ReduceSum) and 18 (the others) on an input; none means all. */
export const reduce =
  (op: 'ReduceMean' | 'ReduceSum' | 'ReduceMax' | 'ReduceMin'): Operator =>
  (n) => {
    const keepdims = n.flag('keepdims', true);
    const axes = reducedAxes(n, n.shape(0).length);
    if (axes.length === 0) n.emit('Identity', [n.value(0)], {});
    else n.emit(op, [n.value(0)], { axes, keepdims });
  };

/** Reductions that are another one of a function of x, and a function of that. */
const composed =
  (before: (n: NodeContext, x: string) => string, after?: 'Sqrt' | 'Log'): Operator =>
  (n) => {
    const attrs = { axes: reducedAxes(n, n.shape(0).length), keepdims: n.flag('keepdims', true) };
    const part = before(n, n.value(0));
    if (after) n.emit(after, [n.helper('ReduceSum', [part], attrs, 'sum')], {});
    else n.emit('ReduceSum', [part], attrs);
  };
const square = (n: NodeContext, x: string) => n.helper('Mul', [x, x], {}, 'square');

export const ReduceL1 = composed((n, x) => n.helper('Abs', [x], {}, 'abs'));
export const ReduceSumSquare = composed(square);
export const ReduceLogSum = composed((_, x) => x, 'Log');

/** log Σeˣ, the largest x taken out first so that nothing overflows. */
export const ReduceLogSumExp: Operator = (n) => {
  const axes = reducedAxes(n, n.shape(0).length);
  const x = n.value(0);
  const largest = n.helper('ReduceMax', [x], { axes, keepdims: true }, 'largest');
  const powers = n.helper('Exp', [n.helper('Sub', [x, largest], {}, 'shifted')], {}, 'powers');
  const log = n.helper('Log', [n.helper('ReduceSum', [powers], { axes, keepdims: true }, 'sum')], {}, 'log');
  if (n.flag('keepdims', true)) n.emit('Add', [log, largest], {});
  else n.emit('Squeeze', [n.helper('Add', [log, largest], {}, 'total')], { axes });
};

/** √Σx². */
export const ReduceL2 = composed(square, 'Sqrt');

export const ArgMax: Operator = (n) => {
  if (n.flag('select_last_index')) throw n.unsupported('has select_last_index 1, which is not supported');
  n.emit('ArgMax', [n.value(0)], { axis: n.axis(n.int('axis', 0), n.shape(0).length), keepdims: n.flag('keepdims', true) });
};

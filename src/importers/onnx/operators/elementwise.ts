import { elementType } from '../elementType.ts';
import type { Operator } from './operator.ts';

/** Operators over any number of inputs, as a chain of the binary one. */
export const variadic =
  (op: 'Add' | 'Max' | 'Min'): Operator =>
  (n) => {
    const inputs = n.all();
    const last = inputs.pop();
    if (last === undefined) throw n.corrupt('has no inputs');
    if (inputs.length === 0) n.emit('Identity', [last], {});
    else n.emit(op, [inputs.reduce((sum, value) => n.helper(op, [sum, value], {}, 'part')), last], {});
  };

export const Mean: Operator = (n) => {
  const inputs = n.all();
  if (inputs.length === 0) throw n.corrupt('has no inputs');
  const sum = inputs.reduce((total, value) => n.helper('Add', [total, value], {}, 'part'));
  n.emit('Mul', [sum, n.scope.b.scalar(1 / inputs.length)], {});
};

export const Reciprocal: Operator = (n) => {
  n.emit('Div', [n.scope.b.scalar(1), n.value(0)], {});
};

export const Cast: Operator = (n) => {
  n.ignore('saturate');
  const to = elementType(n.int('to', 0));
  if (!to) throw n.unsupported(`casts to element type ${n.int('to', 0)}, which is not supported`);
  if (n.scope.b.type(n.value(0)).dtype === to) n.emit('Identity', [n.value(0)], {});
  else n.emit('Cast', [n.value(0)], { to });
};

/** To the type of another value. */
export const CastLike: Operator = (n) => {
  n.ignore('saturate');
  const to = n.known(1)?.dtype ?? n.scope.b.type(n.value(1)).dtype;
  if (n.scope.b.type(n.value(0)).dtype === to) n.emit('Identity', [n.value(0)], {});
  else n.emit('Cast', [n.value(0)], { to });
};

/** x where it is above alpha, else 0. */
export const ThresholdedRelu: Operator = (n) => {
  const x = n.value(0);
  const above = n.helper('Greater', [x, n.scope.b.scalar(n.float('alpha', 1))], {}, 'above');
  n.emit('Where', [above, x, n.scope.b.scalar(0)], {});
};

/** alpha·elu(x/alpha). */
export const Celu: Operator = (n) => {
  const alpha = n.scope.b.scalar(n.float('alpha', 1));
  const bent = n.helper('Elu', [n.helper('Div', [n.value(0), alpha], {}, 'part')], { alpha: 1 }, 'bent');
  n.emit('Mul', [bent, alpha], {});
};

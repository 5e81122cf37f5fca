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

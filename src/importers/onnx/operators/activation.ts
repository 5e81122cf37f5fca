import type { OpAttrs, OpName, Shape } from '../../../graph/opset.ts';
import { FLOAT_MAX } from '../../../ops/emit.ts';
import type { NodeContext } from '../context.ts';
import type { Operator } from './operator.ts';

/** Operators without attributes are the same here and there. */
export const plain =
  <O extends { [K in OpName]: OpAttrs[K] extends Record<string, never> ? K : never }[OpName]>(op: O): Operator =>
  (n) => {
    n.emit(op, n.all(), {} as OpAttrs[O]);
  };

export const LeakyRelu: Operator = (n) => {
  n.emit('LeakyRelu', [n.value(0)], { alpha: n.float('alpha', 0.01) });
};

export const Elu: Operator = (n) => {
  n.emit('Elu', [n.value(0)], { alpha: n.float('alpha', 1) });
};

export const Selu: Operator = (n) => {
  n.emit('Selu', [n.value(0)], { alpha: n.float('alpha', 1.6732631921768188), gamma: n.float('gamma', 1.0507010221481323) });
};

export const HardSigmoid: Operator = (n) => {
  n.emit('HardSigmoid', [n.value(0)], { alpha: n.float('alpha', 0.2), beta: n.float('beta', 0.5) });
};

/** Bounds are attributes up to opset 10, inputs after. */
export const Clip: Operator = (n) => {
  const bound = (name: string, i: number, none: number): number => {
    const value = n.opset < 11 ? n.float(name, none) : (n.constants(i, name)?.[0] ?? none);
    if (Number.isNaN(value)) throw n.corrupt(`has ${name} NaN`);
    return Math.min(Math.max(value, -FLOAT_MAX), FLOAT_MAX);
  };
  n.emit('Clip', [n.value(0)], { min: bound('min', 1, -FLOAT_MAX), max: bound('max', 2, FLOAT_MAX) });
};

export const Gelu: Operator = (n) => {
  const approximate = n.string('approximate', 'none');
  if (approximate !== 'none' && approximate !== 'tanh') throw n.corrupt(`has approximate '${approximate}'`);
  n.emit('Gelu', [n.value(0)], { approximate });
};

export const Swish: Operator = (n) => {
  const alpha = n.float('alpha', 1);
  if (alpha !== 1) throw n.unsupported(`has alpha ${alpha}; only 1 (SiLU) is supported`);
  n.emit('SiLU', [n.value(0)], {});
};

export const Softmax: Operator = (n) => softmax(n, 'Softmax');
export const LogSoftmax: Operator = (n) => softmax(n, 'LogSoftmax');

/** From opset 13 on along one axis; before, over everything from `axis` on, flattened. */
function softmax(n: NodeContext, op: 'Softmax' | 'LogSoftmax'): void {
  const shape = n.shape(0);
  const axis = n.axis(n.int('axis', n.opset < 13 ? 1 : -1), shape.length);
  const rest = shape.slice(axis + 1);
  if (n.opset >= 13 || rest.every((d) => d === 1)) {
    n.emit(op, [n.value(0)], { axis });
    return;
  }
  if (axis === 0 && shape[0] === 'N') throw n.unsupported('normalises across the batch');
  const flat: Shape = [...shape.slice(0, axis), (shape[axis] as number) * rest.reduce<number>((p, d) => p * (d as number), 1)];
  const row = n.helper('Reshape', [n.value(0)], { shape: flat }, 'flat');
  const normalised = n.helper(op, [row], { axis }, 'normalised');
  n.emit('Reshape', [normalised], { shape });
}

import type { OpName } from '../../../graph/opset.ts';
import type { NodeContext } from '../context.ts';

/** Appends the activation named in a node's `fused_ops`; gives the value, or undefined where it is none that is known. */
export function fusedActivation(n: NodeContext, name: string, value: string): string | undefined {
  const step = (op: OpName, attrs: object) => n.helper(op, [value], attrs as never, 'activation');
  switch (name) {
    case 'Relu':
      return step('Relu', {});
    case 'Relu6':
      return step('Clip', { min: 0, max: 6 });
    case 'ReluN1To1':
      return step('Clip', { min: -1, max: 1 });
    case 'Elu':
      return step('Elu', { alpha: 1 });
    case 'Sigmoid':
      return step('Sigmoid', {});
    case 'Tanh':
      return step('Tanh', {});
    case 'LeakyRelu':
      return step('LeakyRelu', { alpha: n.int('leakyrelu_alpha', 0.2) });
    case 'GeluExact':
      return step('Gelu', { approximate: 'none' });
    case 'GeluApproximate':
      return step('Gelu', { approximate: 'tanh' });
    default:
      return undefined;
  }
}

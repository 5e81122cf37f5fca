import { float32 } from '../../../graph/graph.ts';
import { inFileOrder } from '../fileOrder.ts';
import type { LayerCall, LayerClass } from '../layer.ts';
import { toFileOrder } from '../layout.ts';

export const linearOperations: Readonly<Record<string, LayerClass>> = {
  Matmul: { emit: matmul },
};

/** Over the last two axes in the file's order; the second may be a constant. */
function matmul(layer: LayerCall): string {
  const { b, context } = layer;
  const [x, y, ...more] = layer.operands;
  if (typeof x !== 'string' || y === undefined || typeof y === 'number' || more.length > 0) throw layer.unsupported('has no two matrices');
  const rank = b.shape(x).length;
  const other = () => {
    if (typeof y === 'string') return toFileOrder(b, context.layout, y, `${layer.name}:channels-last-right`);
    if ('parts' in y || y.shape.length !== 2) throw layer.unsupported('multiplies by a constant that is no matrix');
    return layer.constant('matrix', () => float32(y.shape, y.values));
  };
  if (typeof y === 'string' && b.shape(y).length !== rank) throw layer.unsupported('multiplies values of different ranks');
  return inFileOrder(layer, x, rank, (left, role) => layer.op('MatMul', [left, other()], {}, role));
}

import type { LayerCall } from './layer.ts';
import { fromFileOrder, toFileOrder } from './layout.ts';

/**
 * What `write` makes of x, both in the file's axis order, back in the graph's.
 * @param rank of what it makes
 * @param role of the result, as in `LayerCall.op`
 */
export function inFileOrder(
  layer: LayerCall,
  x: string,
  rank: number,
  write: (x: string, role: string | undefined) => string,
  role?: string,
): string {
  const { b, context } = layer;
  const moved = toFileOrder(b, context.layout, x, `${layer.name}:channels-last`);
  if (rank !== 4 || context.layout === 'NCHW') return write(moved, role);
  return fromFileOrder(b, context.layout, write(moved, 'result'), role === undefined ? layer.name : `${layer.name}:${role}`);
}

import type { NodeContext } from './context.ts';

/** Axes a Reduce operator works on, in order: an attribute, from opset 13 (ReduceSum) and 18 (the others) on an input; none means all. */
export function reducedAxes(n: NodeContext, rank: number): number[] {
  const axes = n.list('axes', 1) ?? [];
  const none = n.flag('noop_with_empty_axes');
  if (axes.length > 0) return axes.map((axis) => n.axis(axis, rank)).sort((a, b) => a - b);
  return none ? [] : Array.from({ length: rank }, (_, i) => i);
}

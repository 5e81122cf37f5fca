import { asFloat, mul, sub } from './emit.ts';
import type { GradContext } from './op.ts';

/**
 * Gradient of an element-wise choice among inputs (Max, Min): each element's gradient goes to the first input equal to
 * the output there. What an input takes is gone for those behind it, so nothing is counted twice.
 */
export function firstHit({ node, b, grad }: GradContext<'Max'> | GradContext<'Min'>): (() => string)[] {
  const y = node.outputs[0] as string;
  const taken: string[] = [];
  const take = (i: number): string => {
    const known = taken[i];
    if (known !== undefined) return known;
    let left = grad;
    for (let j = 0; j < i; j++) left = sub(b, left, take(j));
    // The last input gets the rest: no comparison needed.
    const part = i === node.inputs.length - 1 ? left : mul(b, left, asFloat(b, b.op('Equal', [node.inputs[i] as string, y], {})));
    taken[i] = part;
    return part;
  };
  return node.inputs.map((_, i) => () => take(i));
}

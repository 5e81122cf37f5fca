import type { Dim, Shape } from '../graph/opset.ts';
import { checkBatchFirst } from './axes.ts';
import { misfit, type Named } from './inputs.ts';

/** The shape two shapes broadcast to, NumPy style; 'N' with 1 gives 'N', 'N' with any other number does not fit. */
export function broadcastShapes(node: Named, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const out: Dim[] = [];
  for (let i = 0; i < rank; i++) {
    const p = a[i - rank + a.length] ?? 1;
    const q = b[i - rank + b.length] ?? 1;
    if (p !== q && p !== 1 && q !== 1) throw misfit(node, `cannot broadcast [${a}] with [${b}]`);
    out.push(p === 1 ? q : p);
  }
  return checkBatchFirst(node, out);
}

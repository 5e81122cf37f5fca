import { sameShape } from '../graph/graph.ts';
import type { Dim } from '../graph/opset.ts';
import { checkBatchFirst, unsupported } from './axes.ts';
import { broadcastShapes } from './broadcast.ts';
import { inputType, misfit } from './inputs.ts';
import type { Op } from './op.ts';

/** alpha·op(a)·op(b) + beta·c; a [M,K] and b [K,N] after the transposes, c broadcast to [M,N]. */
export const gemm: Op<'Gemm'> = {
  kind: 'linear',
  infer(node, inputs) {
    const a = inputType(node, inputs, 0);
    const w = inputType(node, inputs, 1).shape;
    if (a.shape.length !== 2 || w.length !== 2) throw misfit(node, `needs 2-D inputs, got [${a.shape}] and [${w}]`);
    const [m, k] = node.attrs.transA ? [a.shape[1], a.shape[0]] : a.shape;
    const [kw, n] = node.attrs.transB ? [w[1], w[0]] : w;
    if (k !== kw) throw misfit(node, `multiplies [${a.shape}] by [${w}]`);
    if (k === 'N') throw unsupported(node, `adds up over the batch: [${a.shape}] by [${w}]`);
    const shape = checkBatchFirst(node, [m as Dim, n as Dim]);
    const c = inputs[2]?.shape;
    if (c && !sameShape(broadcastShapes(node, shape, c), shape)) throw misfit(node, `adds [${c}] to [${shape}]`);
    return [{ dtype: a.dtype, shape }];
  },
  gradient({ node, b, grad }) {
    const [a, w] = node.inputs as [string, string];
    const { transA, transB, alpha, beta } = node.attrs;
    const product = (x: string, y: string, tx: boolean, ty: boolean) => b.op('Gemm', [x, y], { transA: tx, transB: ty, alpha, beta: 0 });
    return [
      () => (transA ? product(w, grad, transB, true) : product(grad, w, false, !transB)),
      () => (transB ? product(grad, a, true, transA) : product(a, grad, !transA, false)),
      () => (beta === 1 ? grad : b.op('Mul', [grad, b.scalar(beta)], {})),
    ];
  },
};

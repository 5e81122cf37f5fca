import type { GraphBuilder } from '../graph/builder.ts';
import { normalisedInput, range } from './axes.ts';
import { broadcastShapes } from './broadcast.ts';
import { div, mul, shifted, sub } from './emit.ts';
import { misfit } from './inputs.ts';
import type { Op } from './op.ts';

/** scale·x̂ + bias with x̂ = (x − mean)/√(variance + ε) over the axes from `axis` on. */
export const layerNormalization: Op<'LayerNormalization'> = {
  kind: 'norm',
  infer(node, inputs) {
    const x = normalisedInput(node, inputs, node.attrs.axis);
    const normalised = x.shape.slice(node.attrs.axis);
    for (let i = 1; i < node.inputs.length; i++) {
      const shape = inputs[i]?.shape;
      if (!shape) continue;
      const result = broadcastShapes(node, normalised, shape);
      if (result.length !== normalised.length || result.some((d, k) => d !== normalised[k])) {
        throw misfit(node, `has parameters [${shape}] over axes of [${normalised}]`);
      }
    }
    return [x];
  },
  gradient({ node, b, grad }) {
    const [x, scale] = node.inputs as [string, string];
    const { axis, epsilon } = node.attrs;
    const rank = b.shape(x).length;
    const axes = range(rank).slice(axis);
    const mean = (v: string) => b.op('ReduceMean', [v], { axes, keepdims: true });
    return [
      // (h − mean h − x̂·mean(h·x̂))/deviation with h = g·scale
      () => {
        const { unit, deviation } = standardise(b, x, mean, epsilon);
        const h = mul(b, grad, scale);
        const tilt = mul(b, unit, mean(mul(b, h, unit)));
        return div(b, sub(b, sub(b, h, mean(h)), tilt), deviation);
      },
      () => mul(b, grad, standardise(b, x, mean, epsilon).unit),
      () => grad,
    ];
  },
};

function standardise(b: GraphBuilder, x: string, mean: (v: string) => string, epsilon: number): { unit: string; deviation: string } {
  const centred = sub(b, x, mean(x));
  const deviation = b.op('Sqrt', [shifted(b, mean(mul(b, centred, centred)), epsilon)], {});
  return { unit: div(b, centred, deviation), deviation };
}

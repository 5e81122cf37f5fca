import type { GraphBuilder } from '../graph/builder.ts';
import { float32 } from '../graph/graph.ts';
import { inputType, misfit } from './inputs.ts';
import type { Op } from './op.ts';

/** Inference mode: scale·(x − mean)/√(variance + ε) + bias per channel (axis 1). */
export const batchNormalization: Op<'BatchNormalization'> = {
  kind: 'norm',
  infer(node, inputs) {
    const x = inputType(node, inputs, 0);
    const channels = x.shape[1];
    for (let i = 1; i < 5; i++) {
      const shape = inputType(node, inputs, i).shape;
      if (shape.length !== 1 || shape[0] !== channels) throw misfit(node, `has parameters [${shape}] for ${channels} channels`);
    }
    return [x];
  },
  gradient: ({ node, b, grad }) => [() => b.op('Mul', [grad, normalisationFactor(b, node.inputs, node.attrs.epsilon)], {})],
};

/** scale/√(variance + ε) as a constant [C,1,…] that broadcasts over x. */
function normalisationFactor(b: GraphBuilder, inputs: readonly string[], epsilon: number): string {
  const [x, scale, , , variance] = inputs as [string, string, string, string, string];
  const [s, v] = [b.constants.get(scale), b.constants.get(variance)];
  const shape = [
    s?.data.length ?? (b.shape(scale)[0] as number),
    ...b
      .shape(x)
      .slice(2)
      .map(() => 1),
  ];
  if (s && v) {
    return b.constant(
      `factor:${scale}`,
      float32(
        shape,
        Float32Array.from(s.data as Float32Array, (a, i) => a / Math.sqrt(Number(v.data[i]) + epsilon)),
      ),
    );
  }
  const deviation = b.op('Sqrt', [b.op('Add', [variance, b.scalar(epsilon)], {})], {});
  return b.op('Reshape', [b.op('Div', [scale, deviation], {})], { shape });
}

import { float32 } from '../../../graph/graph.ts';
import type { CallOperand, LayerCall, LayerClass } from '../layer.ts';

export type Binary = 'Add' | 'Sub' | 'Mul' | 'Div' | 'Max' | 'Min';

const folded = (op: Binary, arity?: number): LayerClass => ({ emit: (layer) => fold(layer, op, arity) });

/** Layers over several inputs, and the operations that `a + b`, `x * 0.5` on Keras tensors become. */
export const mergeClasses: Readonly<Record<string, LayerClass>> = {
  Add: folded('Add'),
  Subtract: folded('Sub', 2),
  Multiply: folded('Mul'),
  Divide: folded('Div', 2),
  TrueDivide: folded('Div', 2),
  Maximum: folded('Max'),
  Minimum: folded('Min'),
  Average: {
    emit: (layer) => layer.op('Mul', [fold(layer, 'Add', undefined, 'sum'), layer.b.scalar(1 / layer.operands.length)], {}),
  },
  Concatenate: { emit: concatenate },
  /** InceptionResNetV2: inputs[0] + inputs[1]·scale. */
  CustomScaleLayer: {
    emit: (layer) => {
      const [a, b] = values(layer, 2) as [string, string];
      const scaled = layer.op('Mul', [b, layer.b.scalar(layer.attributes.number('scale', 1))], {}, 'scaled');
      return layer.op('Add', [a, scaled], {});
    },
  },
};

/** Operand values; numbers become constants. Tensors must have one rank: Keras pads missing axes in the middle, not in front. */
function values(layer: LayerCall, arity?: number, operands: readonly CallOperand[] = layer.operands): string[] {
  const { b } = layer;
  if (arity !== undefined && operands.length !== arity) throw layer.misfit(`has ${operands.length} inputs, expected ${arity}`);
  const tensors = operands.filter((o): o is string => typeof o === 'string');
  if (tensors.length === 0) throw layer.misfit('has no inputs');
  const ranks = new Set(tensors.map((t) => b.shape(t).length));
  if (ranks.size > 1) throw layer.unsupported(`merges inputs of different ranks: ${tensors.map((t) => `[${b.shape(t)}]`).join(' and ')}`);
  const rank = b.shape(tensors[0] as string).length;
  return operands.map((o, i) =>
    typeof o === 'string' ? o : typeof o === 'number' ? b.scalar(o) : alongLastAxis(layer, `operand${i}`, o, rank),
  );
}

/** One number per entry of the file's last axis. */
function alongLastAxis(layer: LayerCall, role: string, numbers: readonly number[], rank: number): string {
  const shape = Array.from({ length: rank - layer.axis(-1, rank) }, (_, i) => (i === 0 ? numbers.length : 1));
  return layer.constant(role, () => float32(shape, numbers));
}

/** op(op(a, b), c) … of the layer's operands, or of others. */
export function fold(layer: LayerCall, op: Binary, arity?: number, role?: string, operands?: readonly CallOperand[]): string {
  const [first, ...rest] = values(layer, arity, operands) as [string, ...string[]];
  if (rest.length === 0) return first;
  return rest.reduce(
    (sum, value, i) => layer.op(op, [sum, value], {}, i === rest.length - 1 ? role : `${op.toLowerCase()}${i + 1}`),
    first,
  );
}

function concatenate(layer: LayerCall): string {
  const inputs = values(layer);
  const rank = layer.b.shape(inputs[0] as string).length;
  return layer.op('Concat', inputs, { axis: layer.axis(layer.attributes.integers('axis')?.[0] ?? -1, rank) });
}

import { float32 } from '../../../graph/graph.ts';
import type { CallOperand, LayerCall, LayerClass } from '../layer.ts';
import { fileAxis } from '../layout.ts';
import type { Index, Literal } from '../model.ts';
import { permute } from '../permute.ts';

export type Binary = 'Add' | 'Sub' | 'Mul' | 'Div' | 'Pow' | 'Max' | 'Min';

const folded = (op: Binary, arity?: number): LayerClass => ({ emit: (layer) => fold(layer, op, arity) });

/** Layers over several inputs. */
export const mergeClasses: Readonly<Record<string, LayerClass>> = {
  Add: folded('Add'),
  Subtract: folded('Sub', 2),
  Multiply: folded('Mul'),
  Maximum: folded('Max'),
  Minimum: folded('Min'),
  Average: {
    emit: (layer) => layer.op('Mul', [fold(layer, 'Add', undefined, 'sum'), layer.b.scalar(1 / layer.operands.length)], {}),
  },
  Concatenate: { emit: concatenate },
  Dot: { emit: dot },
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
export function values(layer: LayerCall, arity?: number, operands: readonly CallOperand[] = layer.operands): string[] {
  const { b } = layer;
  if (arity !== undefined && operands.length !== arity) throw layer.misfit(`has ${operands.length} inputs, expected ${arity}`);
  const tensors = operands.filter((o): o is string => typeof o === 'string');
  if (tensors.length === 0) throw layer.misfit('has no inputs');
  const ranks = new Set(tensors.map((t) => b.shape(t).length));
  if (ranks.size > 1) throw layer.unsupported(`merges inputs of different ranks: ${tensors.map((t) => `[${b.shape(t)}]`).join(' and ')}`);
  const rank = b.shape(tensors[0] as string).length;
  return operands.map((o, i) => (typeof o === 'string' ? o : typeof o === 'number' ? b.scalar(o) : literal(layer, `operand${i}`, o, rank)));
}

/** A tensor of the config beside values of `rank` axes: it fits their last ones. */
function literal(layer: LayerCall, role: string, constant: Literal | Index, rank: number): string {
  if ('parts' in constant) throw layer.misfit('is called with an index');
  const { shape, values } = constant;
  if (shape.length > rank) throw layer.unsupported(`takes a constant of shape [${shape}] with inputs of ${rank} axes`);
  const whole = [...new Array<number>(rank - shape.length).fill(1), ...shape];
  const perm = Array.from({ length: rank }, (_, axis) => fileAxis(layer.context.layout, rank, axis));
  return layer.constant(role, () => {
    const moved = permute(Float32Array.from(values), whole, perm);
    return float32(moved.shape.slice(moved.shape.findIndex((d) => d !== 1)), moved.data);
  });
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

/** Of two vectors, or with `normalize` the cosine between them. */
function dot(layer: LayerCall): string {
  const [x, y] = values(layer, 2) as [string, string];
  const rank = layer.b.shape(x).length;
  const axes = layer.attributes.integers('axes') ?? [];
  if (rank !== 2 || axes.some((axis) => axis !== 1 && axis !== -1))
    throw layer.unsupported(`multiplies [${layer.b.shape(x)}] over axes [${axes}]`);
  const cosine = layer.attributes.boolean('normalize', false);
  const [a, c] = cosine ? [unit(layer, x, [1], 'left'), unit(layer, y, [1], 'right')] : [x, y];
  return layer.op('ReduceSum', [layer.op('Mul', [a, c], {}, 'products')], { axes: [1], keepdims: true });
}

/** x / √max(Σx², 1e-12), over axes of the graph value. */
export function unit(layer: LayerCall, x: string, axes: readonly number[], role?: string): string {
  const step = (name: string) => (role === undefined ? name : `${role}-${name}`);
  const squares = layer.op('Mul', [x, x], {}, step('squares'));
  const sum = layer.op('ReduceSum', [squares], { axes, keepdims: true }, step('sum'));
  const root = layer.op('Sqrt', [layer.op('Max', [sum, layer.b.scalar(1e-12)], {}, step('bounded'))], {}, step('norm'));
  return layer.op('Div', [x, root], {}, role);
}

export function concatenate(layer: LayerCall): string {
  const inputs = values(layer);
  const rank = layer.b.shape(inputs[0] as string).length;
  return layer.op('Concat', inputs, { axis: layer.axis(layer.attributes.integers('axis')?.[0] ?? -1, rank) });
}

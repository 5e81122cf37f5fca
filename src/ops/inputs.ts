import type { GraphBuilder } from '../graph/builder.ts';
import type { NodeOf, ValueType } from '../graph/graph.ts';
import { formatShape } from '../graph/graph.ts';
import type { Dim, OpName, Shape } from '../graph/opset.ts';
import { ModelError } from '../shared/errors.ts';

export type Named = Pick<NodeOf<OpName>, 'op' | 'outputs'>;

/** Type of input `i`, which must be there. */
export function inputType(node: Named, inputs: readonly (ValueType | undefined)[], i: number): ValueType {
  const type = inputs[i];
  if (!type) throw misfit(node, `needs input ${i}`);
  return type;
}

/** Type of input `i`, which must be there and float32. */
export function floatInput(node: Named, inputs: readonly (ValueType | undefined)[], i: number): ValueType {
  const type = inputType(node, inputs, i);
  if (type.dtype !== 'float32') throw misfit(node, `needs float32 values, got ${type.dtype}`);
  return type;
}

/** Input `i` as an image tensor [N,C,H,W] with known sizes. */
export function imageInput(node: Named, inputs: readonly (ValueType | undefined)[], i = 0): ImageType {
  const { shape, dtype } = inputType(node, inputs, i);
  const [batch, channels, height, width] = shape;
  if (shape.length !== 4 || batch === undefined) throw misfit(node, `needs a 4-D input, got ${formatShape(shape)}`);
  return { dtype, batch, channels: channels as number, height: height as number, width: width as number };
}

interface ImageType {
  dtype: ValueType['dtype'];
  batch: Shape[number];
  channels: number;
  height: number;
  width: number;
}

/** Sizes of a value that is an image tensor [N,C,H,W]. */
export function imageSizes(b: GraphBuilder, value: string): readonly [Dim, number, number, number] {
  return b.shape(value) as readonly [Dim, number, number, number];
}

/** The error for inputs that do not fit an operator: "Conv 'block3/conv1': needs …". */
export function misfit(node: Named, what: string): ModelError {
  return new ModelError('shape', `${node.op} '${node.outputs[0]}' ${what}.`, { where: node.outputs[0] ?? node.op });
}

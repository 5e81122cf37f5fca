import type { NodeOf, ValueType } from '../graph/graph.ts';
import { formatShape } from '../graph/graph.ts';
import type { OpName, Shape } from '../graph/opset.ts';
import { ModelError } from '../shared/errors.ts';

export type Named = Pick<NodeOf<OpName>, 'op' | 'outputs'>;

/** Type of input `i`, which must be there. */
export function inputType(node: Named, inputs: readonly (ValueType | undefined)[], i: number): ValueType {
  const type = inputs[i];
  if (!type) throw misfit(node, `needs input ${i}`);
  return type;
}

/** Input `i` as an image tensor [N,C,H,W] with known sizes. */
export function imageInput(node: Named, inputs: readonly (ValueType | undefined)[], i = 0): ImageType {
  const { shape, dtype } = inputType(node, inputs, i);
  const [batch, channels, height, width] = shape;
  if (shape.length !== 4 || batch === undefined) throw misfit(node, `needs a 4-D input, got ${formatShape(shape)}`);
  return { dtype, batch, channels: channels as number, height: height as number, width: width as number };
}

export interface ImageType {
  dtype: ValueType['dtype'];
  batch: Shape[number];
  channels: number;
  height: number;
  width: number;
}

/** The error for inputs that do not fit an operator: "Conv 'block3/conv1': needs …". */
export function misfit(node: Named, what: string): ModelError {
  return new ModelError('shape', `${node.op} '${node.outputs[0]}' ${what}.`, { where: node.outputs[0] ?? node.op });
}

import { ModelError } from '../../shared/errors.ts';
import type { Question } from '../../shared/question.ts';
import { imageSides } from '../imageSide.ts';
import { chooseInputs, type FileInput } from '../inputs.ts';
import { type Known, known } from '../known/known.ts';
import type { ModelChoices, ModelInput } from '../model.ts';
import { isArray, type Json } from './json.ts';
import type { Layout } from './layout.ts';
import type { KerasLayer, KerasModel } from './model.ts';
import { shapeOf } from './parse.ts';
import { permute } from './permute.ts';

/** The image input of a model and the values of the others, channels-first. */
export interface KerasInputs {
  image: ModelInput;
  constants: ReadonlyMap<string, Known>;
  answered: readonly Question[];
}

/** @throws ModelError 'input' that says what the inputs are instead, or what is missing. */
export function modelInputs(model: KerasModel, layout: Layout, { inputSize, inputs: given }: ModelChoices): KerasInputs {
  const inputs = model.inputs.map((name) => fileInput(model, name));
  const { image, constants, answered } = chooseInputs(inputs, given);
  const { name, text, shape = [] } = image;
  const [c, h, w] = layout === 'NCHW' ? [1, 2, 3] : [3, 1, 2];
  const at = (axis: number | undefined) => shape[axis ?? 0];
  const channels = at(c);
  if (channels === undefined) {
    throw new ModelError('input', `The model's input '${name}' is ${text}, which leaves the number of channels open.`, {
      where: name,
      hint: 'Save the model with the channels of its image in the shape of its input.',
    });
  }
  const [height, width] = imageSides([at(h), at(w)], { name, text, inputSize });
  return {
    image: { value: name, name, channels, height, width, layout },
    constants: new Map([...constants].map(([other, value]) => [other, layout === 'NHWC' ? channelsFirst(other, value) : value])),
    answered,
  };
}

function fileInput(model: KerasModel, name: string): FileInput {
  const layer = model.layers.find((l) => l.name === name);
  const shape = layer && shapeOf(layer);
  if (!layer || !isArray(shape)) {
    throw new ModelError('input', `The file does not say what shape the model's input '${name}' has.`, {
      where: name,
      hint: 'Build the model with an Input layer (or call it once) before saving it.',
    });
  }
  const sizes = shape.map(sizeOf);
  const type = dtypeOf(layer);
  const text = `${type} [${sizes.map((size, axis) => size ?? (axis === 0 ? 'N' : '?')).join(',')}]`;
  return { name, dtype: dtypes[type], shape: sizes, text };
}

function sizeOf(size: Json): number | undefined {
  return typeof size === 'number' ? size : undefined;
}

function dtypeOf({ attributes }: KerasLayer): string {
  const type = attributes.get('dtype');
  return typeof type === 'string' ? type : 'float32';
}

const dtypes: Readonly<Record<string, FileInput['dtype']>> = {
  float16: 'float32',
  bfloat16: 'float32',
  float32: 'float32',
  float64: 'float32',
  mixed_float16: 'float32',
  mixed_bfloat16: 'float32',
  int64: 'int64',
  int32: 'int32',
  int16: 'int32',
  int8: 'int32',
  uint8: 'uint8',
  bool: 'bool',
};

/** Graph values with four axes are channels-first, whatever the file has. */
function channelsFirst(name: string, value: Known): Known {
  if (value.shape.length !== 4) return value;
  if (value.dtype !== 'float32') {
    throw new ModelError('unsupported', `The input '${name}' is a picture of whole numbers, which cannot be given a value.`, {
      where: name,
    });
  }
  const { shape, data } = permute(value.data, value.shape, [0, 3, 1, 2]);
  return known('float32', shape, data);
}

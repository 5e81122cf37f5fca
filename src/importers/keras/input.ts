import { ModelError } from '../../shared/errors.ts';
import type { ModelInput } from '../model.ts';
import { isArray, type Json } from './json.ts';
import type { Layout } from './layout.ts';
import type { KerasModel } from './model.ts';
import { shapeOf } from './parse.ts';

const LARGEST_SIDE = 2 ** 15;
const HINT = 'Glassbox explains models with one image as input.';

/**
 * The one image input of a model.
 * @param size height and width to use where the file leaves them open.
 * @throws ModelError 'input' that says what the input is instead.
 */
export function imageInput(model: KerasModel, layout: Layout, size: readonly [number, number] | undefined): ModelInput {
  const [name, ...others] = model.inputs;
  const layer = model.layers.find((l) => l.name === name);
  if (!name || !layer || others.length > 0) {
    const names = model.inputs.map((n) => `'${n}'`).join(', ');
    throw new ModelError('input', `The model has ${model.inputs.length} inputs${names && `: ${names}`}.`, { hint: HINT });
  }
  const shape = shapeOf(layer);
  if (!isArray(shape)) {
    throw new ModelError('input', `The file does not say what shape the model's input has.`, {
      where: name,
      hint: 'Build the model with an Input layer (or call it once) before saving it.',
    });
  }
  const sizes = shape.slice(1);
  const [channels, height, width] = layout === 'NCHW' ? sizes : [sizes[2], sizes[0], sizes[1]];
  const text = `[${['N', ...sizes.map((d) => d ?? '?')].join(',')}]`;
  if (shape.length !== 4 || !isChannels(channels)) {
    throw new ModelError('input', `The model's input '${name}' has shape ${text}, which is no image with 1, 3 or 4 channels.`, {
      where: name,
      hint: HINT,
    });
  }
  const open = size === undefined ? undefined : 'given';
  const side = (declared: Json | undefined, given: number | undefined): number => {
    const value = declared ?? given;
    if (value === undefined && !open) {
      throw new ModelError('input', `The model leaves the size of its image open: its input '${name}' is ${text}.`, {
        where: name,
        hint: 'Set input.size to [height, width] in the sidecar.',
      });
    }
    if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= LARGEST_SIDE) return value;
    throw new ModelError('input', `The model's input '${name}' is ${text}; a side of an image must be 1 to ${LARGEST_SIDE} pixels.`, {
      where: name,
    });
  };
  return { value: name, name, channels, height: side(height, size?.[0]), width: side(width, size?.[1]), layout };
}

function isChannels(value: Json | undefined): value is number {
  return value === 1 || value === 3 || value === 4;
}

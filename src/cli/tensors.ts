import type { NpyArray } from '../formats/npy.ts';
import type { Model } from '../importers/model.ts';
import { ModelError } from '../shared/errors.ts';

/**
 * Input tensors of an .npy array in the model's own axis order, with or without a batch axis, each as [C,H,W].
 * Throws ModelError('shape') naming both shapes.
 */
export function inputTensors(file: string, array: NpyArray, model: Model): Float32Array[] {
  const { channels, height, width, layout } = model.input;
  const own = layout === 'NCHW' ? [channels, height, width] : [height, width, channels];
  const batched = array.shape.length === 4;
  const sample = batched ? array.shape.slice(1) : array.shape;
  if (sample.length !== 3 || sample.some((d, i) => d !== own[i])) {
    throw new ModelError('shape', `${file} has shape [${array.shape}], the model's input is [N,${own}] (${layout}).`, {
      file,
      hint: 'Write the tensor in the axis order of the model file, with or without the batch.',
    });
  }
  const size = channels * height * width;
  const n = batched ? (array.shape[0] as number) : 1;
  return Array.from({ length: n }, (_, i) => {
    const one = Float32Array.from(array.data.subarray(i * size, (i + 1) * size));
    return layout === 'NCHW' ? one : channelsFirst(one, channels, height * width);
  });
}

/** [H·W,C] → [C,H·W]. */
function channelsFirst(data: Float32Array, channels: number, cells: number): Float32Array {
  const out = new Float32Array(data.length);
  for (let i = 0; i < cells; i++) for (let c = 0; c < channels; c++) out[c * cells + i] = data[i * channels + c] as number;
  return out;
}

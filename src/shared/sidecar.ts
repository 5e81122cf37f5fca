/**
 * The sidecar: what a model file does not say. `MODELNAME.glassbox.json` beside the model file, else `glassbox.json` in
 * its folder or the folder above. Fed value = (pixel·scale − mean) / std, pixel 0..255, mean and std in fed channel order.
 * The JSON schema contributed to the editor (media/glassbox.schema.json) says the same.
 */
export interface Sidecar {
  /** Class names in output order, the name of a file with them, relative to the sidecar, or of a known set (`imagenet-1k`). */
  labels?: readonly string[] | string;
  input?: Preprocessing;
  /** `input.size` of a sidecar whose `input` says nothing else. */
  size?: InputSize;
  /** Values of the inputs that are no image, by their names in the model file. */
  inputs?: InputValues;
  /** Name in the model file of the output to explain, where it has several. */
  output?: string;
}

/** A number fills the input; a list has one number per element, row-major; `shape` is for inputs whose shape the file leaves open. */
export type InputValue = number | readonly number[] | { shape: readonly number[]; value: number | readonly number[] };
export type InputValues = Readonly<Record<string, InputValue>>;

/** [height, width], or that of each image (see ./ownSize.ts). */
export type InputSize = readonly [number, number] | 'image';
export type ResizeMode = 'stretch' | 'cover' | 'contain';
/** RGBA: with the image's own alpha, opaque where it has none. */
export type ChannelOrder = 'RGB' | 'BGR' | 'gray' | 'RGBA';
/** How many channels are fed. */
export function channelsIn(order: ChannelOrder): number {
  return order === 'gray' ? 1 : order === 'RGBA' ? 4 : 3;
}

export type Interpolation = 'nearest' | 'bilinear' | 'bicubic';

/** How an image becomes the network's input. */
export interface Preprocessing {
  /** Absent: as the model says. */
  size?: InputSize;
  /** Part of each side of the image that is kept, around its centre, before it is resized: 0.875 for Resize(256), CenterCrop(224), to within a pixel. Absent: 1. */
  crop?: number;
  resize: ResizeMode;
  /** How pixels are resampled; absent: bilinear. */
  interpolation?: Interpolation;
  /** Averages over all pixels when shrinking, as Pillow and torchvision do; false: as tf.image.resize. Absent: true. */
  antialias?: boolean;
  channels: ChannelOrder;
  scale: number;
  mean: readonly number[];
  std: readonly number[];
}

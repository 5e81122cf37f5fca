/**
 * The sidecar: what a model file does not say. `MODELNAME.glassbox.json` beside the model file, else `glassbox.json` in
 * its folder or the folder above. Fed value = (pixel·scale − mean) / std, pixel 0..255, mean and std in fed channel order.
 * The JSON schema contributed to the editor (media/glassbox.schema.json) says the same.
 */
export interface Sidecar {
  /** Class names in output order, or the name of a file with them, relative to the sidecar. */
  labels?: readonly string[] | string;
  input?: Preprocessing;
  /** Name in the model file of the output to explain, where it has several. */
  output?: string;
}

export type ResizeMode = 'stretch' | 'cover' | 'contain';
export type ChannelOrder = 'RGB' | 'BGR' | 'gray';
export type Interpolation = 'nearest' | 'bilinear' | 'bicubic';

/** How an image becomes the network's input. */
export interface Preprocessing {
  /** [height, width]; absent: as the model says. */
  size?: readonly [number, number];
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

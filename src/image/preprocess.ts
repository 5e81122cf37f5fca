import { ModelError } from '../shared/errors.ts';
import type { Rect } from '../shared/protocol.ts';
import type { ChannelOrder, Preprocessing } from '../shared/sidecar.ts';
import { rgbToGray } from './channels.ts';
import type { RgbImage } from './decode.ts';
import { encodePng } from './png.ts';
import { type Pixels, resample } from './resample.ts';

/** The part of a model's input that an image must fit. */
export interface InputSize {
  channels: number;
  height: number;
  width: number;
}

/** What is fed to the network for one image. */
export interface FedImage {
  /** [1,C,H,W] in fed channel order, of values (pixel·scale − mean) / std. */
  tensor: Float32Array;
  shape: readonly [1, number, number, number];
  /** Smallest and largest fed value. */
  min: number;
  max: number;
  /** The rectangle of the image that the input shows; sticks out where the image was padded (`contain`). */
  covers: Rect;
}

/**
 * Resizes and normalises an image for a model. `stretch`: the whole image, aspect ratio lost. `cover`: the largest centred
 * part of the input's aspect ratio (Pillow's ImageOps.fit). `contain`: the whole image, centred, borders of black pixels
 * (ImageOps.pad). Throws ModelError: `shape` (size or channels do not fit the model), `input` (input is no 1 or 3 channel image).
 */
export function preprocess(image: RgbImage, how: Preprocessing, input: InputSize): FedImage {
  checkFits(how, input);
  const pixels: Pixels =
    how.channels === 'gray'
      ? { width: image.width, height: image.height, channels: 1, data: rgbToGray(image.data) }
      : { width: image.width, height: image.height, channels: 3, data: image.data };
  const { resized, covers } = fitters[how.resize](pixels, how, input);
  return { ...normalise(resized, how), covers };
}

type Fitter = (image: Pixels, how: Preprocessing, input: InputSize) => { resized: Pixels; covers: Rect };

const fitters: Record<Preprocessing['resize'], Fitter> = { stretch, cover, contain };

function stretch(image: Pixels, how: Preprocessing, { width, height }: InputSize): ReturnType<Fitter> {
  const covers = { x: 0, y: 0, width: image.width, height: image.height };
  return { resized: resample(image, { ...sampling(how), width, height }), covers };
}

function cover(image: Pixels, how: Preprocessing, { width, height }: InputSize): ReturnType<Fitter> {
  const cropWidth = Math.min(image.width, (image.height * width) / height);
  const cropHeight = Math.min(image.height, (image.width * height) / width);
  const box = { x: (image.width - cropWidth) / 2, y: (image.height - cropHeight) / 2, width: cropWidth, height: cropHeight };
  return { resized: resample(image, { ...sampling(how), width, height, box }), covers: box };
}

function contain(image: Pixels, how: Preprocessing, { width, height }: InputSize): ReturnType<Fitter> {
  const ratio = Math.min(width / image.width, height / image.height);
  const innerWidth = Math.max(1, Math.min(width, Math.round(image.width * ratio)));
  const innerHeight = Math.max(1, Math.min(height, Math.round(image.height * ratio)));
  const inner = resample(image, { ...sampling(how), width: innerWidth, height: innerHeight });
  const left = Math.floor((width - innerWidth) / 2);
  const top = Math.floor((height - innerHeight) / 2);
  const { channels } = image;
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < innerHeight; y++) {
    const row = inner.data.subarray(y * innerWidth * channels, (y + 1) * innerWidth * channels);
    data.set(row, ((top + y) * width + left) * channels);
  }
  const perX = image.width / innerWidth;
  const perY = image.height / innerHeight;
  const covers = { x: 0 - left * perX, y: 0 - top * perY, width: width * perX, height: height * perY };
  return { resized: { width, height, channels, data }, covers };
}

function sampling({ interpolation = 'bilinear', antialias = true }: Preprocessing) {
  return { interpolation, antialias };
}

function normalise({ width, height, channels, data }: Pixels, how: Preprocessing): Omit<FedImage, 'covers'> {
  const tensor = new Float32Array(channels * height * width);
  const plane = height * width;
  const order = planesOf(how.channels);
  for (let c = 0; c < channels; c++) {
    // A pixel has 256 values only.
    const fed = Float32Array.from({ length: 256 }, (_, pixel) => (pixel * how.scale - how.mean[c]!) / how.std[c]!);
    for (let i = 0; i < plane; i++) tensor[c * plane + i] = fed[data[i * channels + order[c]!]!]!;
  }
  return { tensor, shape: [1, channels, height, width], ...range(tensor) };
}

/** Fed values [channels] of black and white pixels: no image gives values outside. */
export function pixelBounds(how: Preprocessing, { channels }: Pick<InputSize, 'channels'>): { low: Float32Array; high: Float32Array } {
  const fed = (pixel: number) => Float32Array.from({ length: channels }, (_, c) => (pixel * how.scale - how.mean[c]!) / how.std[c]!);
  return { low: fed(0), high: fed(255) };
}

/** Position among R, G, B of each fed channel. */
function planesOf(channels: ChannelOrder): readonly number[] {
  return channels === 'BGR' ? [2, 1, 0] : channels === 'RGB' ? [0, 1, 2] : [0];
}

/** Smallest and largest value. */
export function range(tensor: Float32Array): { min: number; max: number } {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const v of tensor) {
    if (v < min) min = v;
    if (v > max) max = v;
  }
  return { min, max };
}

/**
 * A fed tensor undone to visible pixels: (value·std + mean) / scale, clamped to 0..255, as R G B (fed BGR is swapped back)
 * or grey. It shows what the network was given: its resolution, what was cut off, stretched or padded. Without a known
 * preprocessing (a tensor from a file) min..max becomes 0..255 and the first channel red.
 */
export function fedPixels(tensor: Float32Array, how: Preprocessing | undefined, input: InputSize): Pixels {
  const { width, height } = input;
  const plane = height * width;
  const channels = input.channels === 3 ? 3 : 1;
  const order = how ? planesOf(how.channels) : [0, 1, 2];
  const data = new Uint8ClampedArray(plane * channels);
  const { min, max } = range(tensor);
  const spread = max > min ? 255 / (max - min) : 0;
  for (let c = 0; c < channels; c++) {
    const undo = how ? (v: number) => (v * how.std[c]! + how.mean[c]!) / how.scale : (v: number) => (v - min) * spread;
    for (let i = 0; i < plane; i++) data[i * channels + order[c]!] = undo(tensor[c * plane + i]!);
  }
  return { width, height, channels, data: new Uint8Array(data.buffer) };
}

/** `fedPixels` as PNG. */
export async function fedPng(tensor: Float32Array, how: Preprocessing | undefined, input: InputSize): Promise<Uint8Array> {
  return await encodePng(fedPixels(tensor, how, input));
}

function checkFits(how: Preprocessing, input: InputSize): void {
  if (input.channels !== 1 && input.channels !== 3) {
    throw new ModelError('input', `The model's input has ${input.channels} channels; an image has 3 (RGB, BGR) or 1 (gray).`, {
      hint: 'Give the input tensor itself as an .npy file on the command line (--input).',
    });
  }
  const channels = how.channels === 'gray' ? 1 : 3;
  if (channels !== input.channels) {
    const fitting = input.channels === 1 ? '"gray"' : '"RGB" or "BGR"';
    throw new ModelError('shape', `The preprocessing gives ${channels} channels (${how.channels}), the model takes ${input.channels}.`, {
      hint: `Set input.channels to ${fitting} in the sidecar.`,
    });
  }
  if (how.mean.length !== channels || how.std.length !== channels) {
    const counts = `${how.mean.length} and ${how.std.length}`;
    throw new ModelError('shape', `Mean and std of the preprocessing have ${counts} numbers for ${channels} channels.`, {
      hint: 'Give one number per channel in the sidecar.',
    });
  }
  const [height, width] = how.size ?? [input.height, input.width];
  if (height !== input.height || width !== input.width) {
    throw new ModelError(
      'shape',
      `The preprocessing gives ${height}×${width} pixels (height×width), the model takes ${input.height}×${input.width}.`,
      {
        hint: 'Correct input.size in the sidecar, or remove it.',
      },
    );
  }
}

import { ModelError } from '../shared/errors.ts';
import type { Rect } from '../shared/protocol.ts';
import { type ChannelOrder, channelsIn, type Preprocessing } from '../shared/sidecar.ts';
import { premultiply, rgbToGray, unpremultiply, withAlpha } from './channels.ts';
import type { RgbImage } from './decode.ts';
import { encodePng } from './png.ts';
import { type Box, type Pixels, resample } from './resample.ts';

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
 * Crops, resizes and normalises an image for a model. `stretch`: all of it, aspect ratio lost. `cover`: the largest centred
 * part of the input's aspect ratio (Pillow's ImageOps.fit). `contain`: all of it, centred, borders of black pixels
 * (ImageOps.pad; transparent ones in RGBA). Transparent pixels are averaged as Pillow does it, weighted by their alpha.
 * Throws ModelError: `shape` (size or channels do not fit the model), `input` (input is no image of 1, 3 or 4 channels).
 */
export function preprocess(image: RgbImage, how: Preprocessing, input: InputSize): FedImage {
  checkFits(how, input);
  const pixels = pixelsOf(image, how.channels);
  const weighted = how.channels === 'RGBA' && image.alpha !== undefined && how.interpolation !== 'nearest';
  if (weighted) premultiply(pixels.data);
  const place = fit(pixels, how, input);
  const resized = fitted(pixels, how, place, input);
  if (weighted) unpremultiply(resized.data);
  return { ...normalise(resized, how), covers: place.covers };
}

function pixelsOf({ width, height, data, alpha }: RgbImage, order: ChannelOrder): Pixels {
  if (order === 'gray') return { width, height, channels: 1, data: rgbToGray(data) };
  if (order === 'RGBA') return { width, height, channels: 4, data: withAlpha(data, alpha) };
  return { width, height, channels: 3, data };
}

/** Where the pixels of an input come from. */
interface Fit {
  /** The part of the image that is resampled, in its pixels. */
  box: Box;
  /** Where that goes in the input, whole pixels; the rest is black. */
  to: { left: number; top: number; width: number; height: number };
  /** See `FedImage`. */
  covers: Rect;
}

/** The rectangle of an image that the input shows, as `preprocess` says with what is fed: of its size alone. */
export function coversOf(image: ImageSize, how: Preprocessing, input: InputSize): Rect {
  return fit(image, how, input).covers;
}

function fit({ width, height }: ImageSize, { crop = 1, resize }: Preprocessing, input: InputSize): Fit {
  // The part of the image that is looked at: its middle.
  const middle = { x: (width * (1 - crop)) / 2, y: (height * (1 - crop)) / 2, width: width * crop, height: height * crop };
  return fitters[resize](middle, input, { width, height });
}

type ImageSize = Pick<Pixels, 'width' | 'height'>;
type Fitter = (middle: Box, input: InputSize, image: ImageSize) => Fit;

const whole = ({ width, height }: InputSize): Fit['to'] => ({ left: 0, top: 0, width, height });

const fitters: Record<Preprocessing['resize'], Fitter> = { stretch, cover, contain };

function stretch(middle: Box, input: InputSize): Fit {
  return { box: middle, to: whole(input), covers: middle };
}

function cover(middle: Box, input: InputSize, image: ImageSize): Fit {
  const cropWidth = Math.min(middle.width, (middle.height * input.width) / input.height);
  const cropHeight = Math.min(middle.height, (middle.width * input.height) / input.width);
  const box = { x: (image.width - cropWidth) / 2, y: (image.height - cropHeight) / 2, width: cropWidth, height: cropHeight };
  return { box, to: whole(input), covers: box };
}

function contain(middle: Box, { width, height }: InputSize): Fit {
  const ratio = Math.min(width / middle.width, height / middle.height);
  const innerWidth = Math.max(1, Math.min(width, Math.round(middle.width * ratio)));
  const innerHeight = Math.max(1, Math.min(height, Math.round(middle.height * ratio)));
  const left = Math.floor((width - innerWidth) / 2);
  const top = Math.floor((height - innerHeight) / 2);
  const perX = middle.width / innerWidth;
  const perY = middle.height / innerHeight;
  const covers = { x: middle.x - left * perX, y: middle.y - top * perY, width: width * perX, height: height * perY };
  return { box: middle, to: { left, top, width: innerWidth, height: innerHeight }, covers };
}

/** The pixels of the input: the part of the image at its place. */
function fitted(image: Pixels, how: Preprocessing, { box, to }: Fit, { width, height }: InputSize): Pixels {
  const inner = resample(image, { ...sampling(how), width: to.width, height: to.height, box });
  if (to.width === width && to.height === height) return inner;
  const { channels } = image;
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < to.height; y++) {
    const row = inner.data.subarray(y * to.width * channels, (y + 1) * to.width * channels);
    data.set(row, ((to.top + y) * width + to.left) * channels);
  }
  return { width, height, channels, data };
}

function sampling({ interpolation = 'bilinear', antialias = true }: Preprocessing) {
  return { interpolation, antialias };
}

/** Pixels of the input's own size in the order R G B (A), or grey, as they are fed. */
export function normalise({ width, height, channels, data }: Pixels, how: Preprocessing): Omit<FedImage, 'covers'> {
  const plane = height * width;
  const tensor = new Float32Array(channels * plane);
  const order = planes[how.channels];
  const bounds = { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
  for (let c = 0; c < channels; c++) {
    const to = tensor.subarray(c * plane, (c + 1) * plane);
    const seen = fillPlane(to, data.subarray(order[c]!), channels, fedValues(how, c));
    bounds.min = Math.min(bounds.min, seen.min);
    bounds.max = Math.max(bounds.max, seen.max);
  }
  return { tensor, shape: [1, channels, height, width], ...bounds };
}

/** What each of the 256 values of a pixel is fed as. */
function fedValues({ scale, mean, std }: Preprocessing, c: number): Float32Array {
  const fed = new Float32Array(256);
  for (let pixel = 0; pixel < 256; pixel++) fed[pixel] = (pixel * scale - mean[c]!) / std[c]!;
  return fed;
}

/** Looks up every `step`-th pixel; returns the smallest and largest value that occurs. */
function fillPlane(to: Float32Array, data: Uint8Array, step: number, fed: Float32Array): { min: number; max: number } {
  // Which end of the table is the smaller one depends on the sign of scale and std: both are looked up at the end.
  let darkest = 255;
  let brightest = 0;
  for (let i = 0, from = 0; i < to.length; i++, from += step) {
    const pixel = data[from]!;
    if (pixel < darkest) darkest = pixel;
    if (pixel > brightest) brightest = pixel;
    to[i] = fed[pixel]!;
  }
  return { min: Math.min(fed[darkest]!, fed[brightest]!), max: Math.max(fed[darkest]!, fed[brightest]!) };
}

/** Fed values [channels] of black and white pixels: no image gives values outside. */
export function pixelBounds(how: Preprocessing, { channels }: Pick<InputSize, 'channels'>): { low: Float32Array; high: Float32Array } {
  const fed = (pixel: number) => Float32Array.from({ length: channels }, (_, c) => (pixel * how.scale - how.mean[c]!) / how.std[c]!);
  return { low: fed(0), high: fed(255) };
}

/** Position among R, G, B, A of each fed channel. */
export const planes: Readonly<Record<ChannelOrder, readonly number[]>> = { RGB: [0, 1, 2], BGR: [2, 1, 0], gray: [0], RGBA: [0, 1, 2, 3] };

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
 * A fed tensor undone to visible pixels: (value·std + mean) / scale, clamped to 0..255, as R G B (fed BGR is swapped back),
 * R G B A or grey. It shows what the network was given: its resolution, what was cut off, stretched or padded. Without a known
 * preprocessing (a tensor from a file) min..max becomes 0..255 and the first channel red.
 */
export function fedPixels(tensor: Float32Array, how: Preprocessing | undefined, input: InputSize): Pixels {
  const { width, height } = input;
  const plane = height * width;
  const channels = how ? channelsIn(how.channels) : input.channels === 3 ? 3 : 1;
  const order = how ? planes[how.channels] : [0, 1, 2];
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

/** What channel orders suit how many channels. */
const fitting: Readonly<Record<number, string>> = { 1: '"gray"', 3: '"RGB" or "BGR"', 4: '"RGBA"' };

/** For an input that no image can be. `whose`: a name for it, `The input 'x' of net.onnx`. */
export function notAnImage(whose: string, channels: number): ModelError {
  return new ModelError('input', `${whose} has ${channels} channels; an image has 1 (gray), 3 (RGB, BGR) or 4 (RGBA).`, {
    hint: 'Give the input tensor itself as an .npy file on the command line (--input).',
  });
}

/** Throws ModelError: `input` where no image has the model's channels, `shape` where the preprocessing gives others or another size. */
export function checkFits(how: Preprocessing, input: InputSize): void {
  const suits = fitting[input.channels];
  if (suits === undefined) throw notAnImage("The model's input", input.channels);
  const channels = channelsIn(how.channels);
  if (channels !== input.channels) {
    throw new ModelError('shape', `The preprocessing gives ${channels} channels (${how.channels}), the model takes ${input.channels}.`, {
      hint: `Set input.channels to ${suits} in the sidecar.`,
      question: { kind: 'preprocessing' },
    });
  }
  if (how.mean.length !== channels || how.std.length !== channels) {
    const counts = `${how.mean.length} and ${how.std.length}`;
    throw new ModelError('shape', `Mean and std of the preprocessing have ${counts} numbers for ${channels} channels.`, {
      hint: 'Give one number per channel in the sidecar.',
    });
  }
  if (how.size === undefined || how.size === 'image') return;
  const [height, width] = how.size;
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

import { basename, dirname, join, resolve } from 'node:path';
import { readFileBounded } from '../formats/file.ts';
import type { Interpolation, Preprocessing } from '../shared/sidecar.ts';
import { isObject } from './parse.ts';

const MAX_CONFIG_BYTES = 16 * 2 ** 20;

/** Preprocessing that files of a model hub state, and the file's name with the library that writes it. */
export interface Stated {
  preprocessing: Preprocessing;
  from: string;
}

/**
 * What timm's `config.json` (`pretrained_cfg`) or the `preprocessor_config.json` of Hugging Face transformers beside the model
 * says; undefined where there is none, or it asks for something that cannot be done here. A folder `onnx` has them above it.
 */
export async function hubPreprocessing(modelPath: string, channels: number): Promise<Stated | undefined> {
  if (channels !== 3) return undefined;
  for (const folder of hubFolders(modelPath)) {
    const processor = await readObject(join(folder, 'preprocessor_config.json'));
    const stated = processor && fromTransformers(processor);
    if (stated) return { preprocessing: stated, from: 'preprocessor_config.json (transformers)' };
    const config = await readObject(join(folder, 'config.json'));
    const timm = config && isObject(config.pretrained_cfg) ? fromTimm(config.pretrained_cfg) : undefined;
    if (timm) return { preprocessing: timm, from: 'config.json (timm)' };
  }
  return undefined;
}

/** Class names in `config.json`: timm's `label_names`, transformers' `id2label` unless it is the made-up LABEL_0, LABEL_1 … */
export async function hubLabels(modelPath: string): Promise<readonly string[] | undefined> {
  for (const folder of hubFolders(modelPath)) {
    const config = await readObject(join(folder, 'config.json'));
    const names = config && (listOf(config.label_names) ?? byIndex(config.id2label));
    if (names && !/^LABEL_\d+$/.test(names[0]!)) return names;
  }
  return undefined;
}

function hubFolders(modelPath: string): string[] {
  const folder = dirname(resolve(modelPath));
  return basename(folder) === 'onnx' ? [folder, dirname(folder)] : [folder];
}

/** timm/data/transforms_factory.py, transforms_imagenet_eval: Resize(size / crop_pct), CenterCrop(size). */
function fromTimm(config: Record<string, unknown>): Preprocessing | undefined {
  const { crop_pct: crop = 0.875, crop_mode: mode = 'center', interpolation = 'bicubic' } = config;
  const resize = mode === 'center' ? 'cover' : mode === 'squash' ? 'stretch' : undefined;
  const method = interpolations[String(interpolation)];
  const mean = triple(config.mean);
  const std = triple(config.std);
  if (!resize || !method || !mean || !std?.every((v) => v > 0) || !isFraction(crop)) return undefined;
  return { ...cropped(crop), resize, interpolation: method, channels: 'RGB', scale: 1 / 255, mean, std };
}

const interpolations: Readonly<Record<string, Interpolation>> = { nearest: 'nearest', bilinear: 'bilinear', bicubic: 'bicubic' };
/** Pillow's numbers of them, as transformers writes `resample`. */
const resamplings: Readonly<Record<number, Interpolation>> = { 0: 'nearest', 2: 'bilinear', 3: 'bicubic' };

/** transformers/image_processing_utils.py: resize, centre crop, rescale, normalise, each with its `do_`. */
function fromTransformers(config: Record<string, unknown>): Preprocessing | undefined {
  const { resample = 2, do_rescale: rescales = true, rescale_factor: factor = 1 / 255, do_normalize: normalises = true } = config;
  const interpolation = resamplings[Number(resample)];
  const geometry = geometryOf(config);
  const scale = rescales === false ? 1 : factor;
  const mean = (normalises === false ? undefined : triple(config.image_mean)) ?? [0, 0, 0];
  const std = (normalises === false ? undefined : triple(config.image_std)) ?? [1, 1, 1];
  if (!interpolation || !geometry || typeof scale !== 'number' || !(Math.abs(scale) > 0) || !std.every((v) => v > 0)) return undefined;
  // EfficientNet and its like: value − 1 after rescaling.
  const shift = config.rescale_offset === true ? 1 : 0;
  const channels = config.do_flip_channel_order === true ? 'BGR' : 'RGB';
  return { ...geometry, interpolation, channels, scale, mean: mean.map((v) => v + shift), std };
}

function geometryOf(config: Record<string, unknown>): Pick<Preprocessing, 'resize' | 'crop'> | undefined {
  const size = sidesOf(config.size);
  if (config.do_resize === false || !size) return undefined;
  if (isFraction(config.crop_pct)) {
    // ConvNeXt and its like: from 384 pixels on the whole image is stretched.
    return size.edge !== undefined && size.edge >= 384 ? { resize: 'stretch' } : { resize: 'cover', ...cropped(config.crop_pct) };
  }
  const resize = size.edge === undefined ? 'stretch' : 'cover';
  const crop = config.do_center_crop === true ? sidesOf(config.crop_size) : undefined;
  if (!crop) return { resize };
  const share = (crop.height ?? crop.edge ?? 0) / (size.height ?? size.edge ?? 1);
  return isFraction(share) ? { resize, ...cropped(share) } : undefined;
}

interface Sides {
  height?: number;
  /** Length of the shorter side. */
  edge?: number;
}

function sidesOf(size: unknown): Sides | undefined {
  if (isSide(size)) return { edge: size };
  if (!isObject(size)) return undefined;
  if (isSide(size.shortest_edge)) return { edge: size.shortest_edge };
  return isSide(size.height) && isSide(size.width) ? { height: size.height } : undefined;
}

function isSide(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0;
}

function isFraction(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value <= 1;
}

function cropped(crop: number): { crop?: number } {
  return crop === 1 ? {} : { crop };
}

function triple(value: unknown): number[] | undefined {
  const good = Array.isArray(value) && value.length === 3 && value.every((v) => typeof v === 'number' && Number.isFinite(v));
  return good ? value : undefined;
}

function listOf(value: unknown): string[] | undefined {
  return Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string') ? value : undefined;
}

function byIndex(value: unknown): string[] | undefined {
  if (!isObject(value)) return undefined;
  const names = Object.keys(value).map((_, i) => value[String(i)]);
  return listOf(names);
}

/** A file that is not there, or no JSON, is none: it may belong to anything. */
async function readObject(path: string): Promise<Record<string, unknown> | undefined> {
  try {
    const bytes = await readFileBounded(path, { what: 'config', maxBytes: MAX_CONFIG_BYTES });
    const json: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

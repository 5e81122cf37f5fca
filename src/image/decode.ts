import { createHash } from 'node:crypto';
import type { Metadata } from 'sharp';
import { decodeBmp } from '../formats/bmp.ts';
import { readFileBounded } from '../formats/file.ts';
import { ModelError, throwIfAborted } from '../shared/errors.ts';
import { cmykToRgb, takeRgb } from './channels.ts';
import { loadSharp } from './sharp.ts';
import { type ImageFormat, sniffImage } from './sniff.ts';

/** Largest image file read. */
const MAX_IMAGE_BYTES = 256 * 2 ** 20;
/** Largest image decoded, in pixels. Checked in the header, before anything is allocated. */
const MAX_IMAGE_PIXELS = 100_000_000;
const DECODE_SECONDS = 60;

/** Pixels as an image library of the frameworks gives them (Pillow, `convert('RGB')`), upright. */
export interface RgbImage {
  width: number;
  height: number;
  /** [height·width·3], R G B, 8 bit; sRGB by convention: embedded colour profiles are not applied, as in Pillow and TensorFlow. */
  data: Uint8Array;
  /** [height·width], where a pixel is not opaque; colours are not multiplied by it. */
  alpha?: Uint8Array;
  /** SHA-256 of the file, hex. */
  hash: string;
  source: ImageSource;
  /** What was left out or changed on the way to 8 bit RGB, phrases for the panel. */
  notes: readonly string[];
}

/** What the file held. */
export interface ImageSource {
  format: ImageFormat;
  /** Bits per channel. */
  depth: number;
  space: 'rgb' | 'grey' | 'cmyk';
  alpha: boolean;
  /** Frames of an animation, pages of a TIFF. */
  pages: number;
  /** EXIF orientation 1..8 that was applied; 1: none. */
  orientation: number;
}

type Decoded = Omit<RgbImage, 'hash'>;

/**
 * Decodes png, jpeg, webp, gif (first frame), tiff (first page) and bmp.
 * EXIF orientation is applied as editors and browsers show it. Alpha is kept apart, not blended: the colours
 * under it are what Pillow, Keras and torchvision feed. 16 bit keeps its high byte. CMYK is converted by Pillow's formula.
 * Throws ModelError: `file-missing`, `file-too-large`, `file-changed`, `format-unknown`, `file-corrupt`, `unsupported`, `engine`.
 */
export async function decodeImage(path: string, signal?: AbortSignal): Promise<RgbImage> {
  throwIfAborted(signal);
  const bytes = await readFileBounded(path, { what: 'image', maxBytes: MAX_IMAGE_BYTES });
  throwIfAborted(signal);
  return await decodeImageBytes(bytes, path, signal);
}

/** The same for bytes at hand; `path` is for messages. */
async function decodeImageBytes(bytes: Buffer, path: string, signal?: AbortSignal): Promise<RgbImage> {
  const sniffed = sniffImage(bytes);
  if ('other' in sniffed) throw notAnImage(path, sniffed.other);
  try {
    const decoded = sniffed.format === 'bmp' ? fromBmp(bytes) : await fromSharp(bytes, sniffed.format, signal);
    throwIfAborted(signal);
    return { ...decoded, hash: createHash('sha256').update(bytes).digest('hex') };
  } catch (error) {
    if (error instanceof ModelError) throw error.with({ file: path });
    throw corrupt(path, sniffed.format, error);
  }
}

function fromBmp(bytes: Buffer): Decoded {
  const { width, height, data, bitsPerPixel } = decodeBmp(bytes, checkPixels);
  const source: ImageSource = { format: 'bmp', depth: 8, space: 'rgb', alpha: false, pages: 1, orientation: 1 };
  return { width, height, data, source, notes: bitsPerPixel === 32 ? ['fourth channel left out'] : [] };
}

async function fromSharp(bytes: Buffer, format: ImageFormat, signal: AbortSignal | undefined): Promise<Decoded> {
  const sharp = await loadSharp();
  // Bounds are ours (below), so that the message can name them.
  const metadata = await sharp(bytes, { limitInputPixels: false, limitInputChannels: false }).metadata();
  checkPixels(metadata.width, metadata.height);
  throwIfAborted(signal);
  const source = describe(metadata, format);
  // 'error': a truncated file is refused, not filled with grey. One page: the first.
  const image = sharp(bytes, { failOn: 'error', limitInputPixels: MAX_IMAGE_PIXELS, ignoreIcc: true, pages: 1 })
    .autoOrient()
    .timeout({ seconds: DECODE_SECONDS });
  const converted = source.space === 'cmyk' ? image.pipelineColourspace('cmyk').toColourspace('cmyk') : image.toColourspace('srgb');
  const { data: buffer, info } = await converted.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  const data = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
  const size = { width: info.width, height: info.height };
  if (source.space === 'cmyk') return { ...size, data: cmykToRgb(data, info.channels), source, notes: notesOn(source, source.alpha) };
  const { rgb, alpha } = takeRgb(data, info.channels);
  return { ...size, data: rgb, ...(alpha && { alpha }), source, notes: notesOn(source, alpha !== undefined) };
}

function describe(metadata: Metadata, format: ImageFormat): ImageSource {
  const depth = metadata.depth === 'uchar' ? (metadata.bitsPerSample ?? 8) : metadata.depth === 'ushort' ? 16 : undefined;
  const space = spaces[metadata.space];
  if (depth === undefined || space === undefined || metadata.channels > (space === 'cmyk' ? 5 : 4) || (space === 'cmyk' && depth > 8)) {
    throw new ModelError('unsupported', `The image holds ${metadata.channels} '${metadata.space}' channels of type ${metadata.depth}.`, {
      hint: 'Save it as 8 bit RGB or grey: how such values become pixels is not defined.',
    });
  }
  return {
    format,
    depth,
    space,
    alpha: metadata.hasAlpha,
    pages: metadata.pages ?? 1,
    orientation: metadata.orientation ?? 1,
  };
}

const spaces: Partial<Record<string, ImageSource['space']>> = {
  srgb: 'rgb',
  rgb: 'rgb',
  rgb16: 'rgb',
  'b-w': 'grey',
  grey16: 'grey',
  cmyk: 'cmyk',
};

function notesOn(source: ImageSource, transparent: boolean): string[] {
  const notes: string[] = [];
  if (source.pages > 1) notes.push(`first of ${source.pages} ${source.format === 'tiff' ? 'pages' : 'frames'}`);
  if (source.orientation > 1) notes.push(`turned upright (EXIF orientation ${source.orientation})`);
  if (transparent) notes.push('transparency left out');
  if (source.depth > 8) notes.push(`${source.depth} bit reduced to 8`);
  if (source.space === 'cmyk') notes.push('CMYK converted to RGB without its colour profile');
  return notes;
}

function checkPixels(width: number, height: number): void {
  if (width < 1 || height < 1) throw new ModelError('file-corrupt', `The image says it is ${width}×${height} pixels.`);
  if (width * height <= MAX_IMAGE_PIXELS) return;
  const mp = (pixels: number) => `${Math.round(pixels / 1e6)} megapixels`;
  throw new ModelError(
    'file-too-large',
    `The image is ${width}×${height} pixels (${mp(width * height)}); at most ${mp(MAX_IMAGE_PIXELS)} are decoded.`,
    { hint: 'Make a smaller copy of it: a network sees a few hundred pixels per side.' },
  );
}

function notAnImage(path: string, is: string): ModelError {
  const hint =
    is === 'a Git LFS pointer'
      ? "Run 'git lfs pull' to fetch the image."
      : is === 'an empty file'
        ? 'Restore the file.'
        : 'Choose a png, jpg, webp, bmp, gif or tiff image.';
  return new ModelError('format-unknown', `'${path}' is ${is}, not an image that can be read.`, { file: path, hint });
}

function corrupt(path: string, format: ImageFormat, cause: unknown): ModelError {
  const lines = (cause instanceof Error ? cause.message : String(cause)).split('\n').map((line) => line.trim());
  const reason = lines.find((line) => line !== '') ?? 'no reason given';
  return new ModelError('file-corrupt', `The ${format} image '${path}' is damaged or incomplete: ${reason}.`, {
    file: path,
    hint: 'Restore the file, or open it in an image editor and save it again.',
    cause,
  });
}

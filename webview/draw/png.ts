import { ModelError } from '../../src/shared/errors.ts';
import type { RgbPixels } from '../../src/shared/unitsProtocol.ts';
import type { Size } from './geometry.ts';
import { contextOf } from './picture.ts';
import { paintRgb } from './rgb.ts';

export interface PngOptions {
  /** One byte per pixel; undefined: opaque. */
  alpha?: Uint8Array | undefined;
  /** Undefined: the pixels' own. */
  size?: Size;
}

/** The pixels as they are as a PNG; where `size` is another one, each is enlarged to a block. */
export async function pngOf(pixels: RgbPixels, { alpha, size = pixels }: PngOptions = {}): Promise<Uint8Array> {
  const own = canvasOf(pixels);
  paintRgb(contextOf(own), pixels, alpha);
  const canvas = size.width === pixels.width && size.height === pixels.height ? own : scaled(own, size);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) throw new ModelError('internal', 'The browser made no PNG of the picture.', { hint: 'Try again.' });
  return new Uint8Array(await blob.arrayBuffer());
}

function canvasOf({ width, height }: Size): HTMLCanvasElement {
  return Object.assign(document.createElement('canvas'), { width, height });
}

function scaled(from: HTMLCanvasElement, size: Size): HTMLCanvasElement {
  const canvas = canvasOf(size);
  const context = contextOf(canvas);
  context.imageSmoothingEnabled = false;
  context.drawImage(from, 0, 0, size.width, size.height);
  return canvas;
}

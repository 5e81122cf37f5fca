import { ModelError } from '../../src/shared/errors.ts';
import type { ExplanationMap, Rect } from '../../src/shared/protocol.ts';
import { type MapLook, paintMap } from './mapCanvas.ts';

/** Longest side of an exported picture: smaller images are enlarged to it, larger ones reduced. */
const smallest = 512;
const largest = 2048;

/** PNG of the image with the map over it, at the image's own size where that is between 512 and 2048 pixels. */
export async function paintPicture(
  image: HTMLImageElement | undefined,
  map: ExplanationMap,
  look: MapLook & { opacity: number },
  covers: Rect | undefined,
): Promise<Uint8Array> {
  if (!image || !covers) throw new ModelError('internal', 'The image is not there yet.', { hint: 'Wait until it is shown.' });
  const size = { width: image.naturalWidth, height: image.naturalHeight };
  const longest = Math.max(size.width, size.height);
  const factor = Math.min(largest, Math.max(smallest, longest)) / longest;
  const canvas = canvasOf(size.width * factor, size.height * factor);
  const context = contextOf(canvas);
  context.imageSmoothingEnabled = factor < 1 || longest >= smallest;
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  const overlay = canvasOf(canvas.width, canvas.height);
  paintMap(contextOf(overlay), map, look, covers, size);
  context.globalAlpha = look.opacity;
  context.drawImage(overlay, 0, 0);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) throw new ModelError('internal', 'The browser made no PNG of the picture.', { hint: 'Export the raw numbers instead.' });
  return new Uint8Array(await blob.arrayBuffer());
}

function canvasOf(width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(width));
  canvas.height = Math.max(1, Math.round(height));
  return canvas;
}

export function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d');
  if (!context) throw new ModelError('internal', 'The browser gives no canvas to draw on.');
  return context;
}

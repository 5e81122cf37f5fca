import type { ColorScale } from '../../../src/shared/colorScale.ts';
import type { ProbeFrames } from '../../../src/shared/trainingProtocol.ts';
import type { RgbPixels } from '../../../src/shared/unitsProtocol.ts';
import { drawPicture } from '../../draw/drawPicture.ts';
import { hatch } from '../../draw/hatch.ts';
import { colored, type MapLook } from '../../draw/mapCanvas.ts';
import { type Look, lookOf } from '../look.ts';
import { drawnMap } from '../reading.ts';

/** Where on a canvas, device pixels. */
export interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

interface CoarseMap {
  values: Float32Array;
  width: number;
  height: number;
}

/** The row's map as it is kept, with its look; undefined: it has none. */
export function coarseMap(
  frames: ProbeFrames,
  row: number,
  scale: ColorScale,
  chosen: Partial<Look>,
): (CoarseMap & { look: MapLook }) | undefined {
  if (row < 0) return undefined;
  const values = drawnMap(frames, row);
  if (!values.some(Number.isFinite)) return undefined;
  return { values, width: frames.width, height: frames.height, look: lookOf(chosen, scale, values) };
}

/** Fills the place with the map's colours; stripes where there is none, or one that says nothing. */
export function paintFrame(pen: CanvasRenderingContext2D, map: ReturnType<typeof coarseMap>, place: Place): void {
  const { x, y, width, height } = place;
  if (!map || map.look.scale.flat) {
    const stripes = hatch(pen);
    if (stripes) pen.fillStyle = stripes;
    pen.fillRect(x, y, width, height);
    return;
  }
  pen.imageSmoothingEnabled = map.look.smooth;
  pen.drawImage(colored(map, map.look, { width, height }), x, y, width, height);
}

/** The picture with the map over it, over the whole canvas. `map` undefined: the picture alone. */
export function paintProbe(
  pen: CanvasRenderingContext2D,
  picture: OffscreenCanvas | RgbPixels | undefined,
  map: ReturnType<typeof coarseMap>,
  opacity: number,
): void {
  const { width, height } = pen.canvas;
  pen.imageSmoothingEnabled = true;
  pen.imageSmoothingQuality = 'high';
  if (picture instanceof OffscreenCanvas) pen.drawImage(picture, 0, 0, width, height);
  else if (picture) drawPicture(pen, picture);
  // One that says nothing covers nothing.
  if (!map || map.look.scale.flat) return;
  pen.globalAlpha = picture ? opacity : 1;
  paintFrame(pen, map, { x: 0, y: 0, width, height });
  pen.globalAlpha = 1;
}

import type { ExplanationMap, Rect } from '../../../src/shared/protocol.ts';
import type { Size } from '../../draw/geometry.ts';
import { paintMap } from '../../draw/mapCanvas.ts';
import { penOf } from '../../draw/pen.ts';
import type { Scale } from '../../draw/scale.ts';
import { lookOf } from '../look.ts';
import type { PageState } from '../state.ts';
import type { SharedScale } from './scales.ts';

/** What one cell's canvas shows. */
export interface CellPicture {
  picture: HTMLImageElement | undefined;
  /** Natural size of the image. */
  size: Size;
  covers: Rect | undefined;
  map: ExplanationMap | undefined;
  scale: SharedScale | undefined;
  /** The map alone. */
  bare: boolean;
}

/** Fills the canvas: the picture, and the map over it in the colours of its (maybe shared) scale. */
export function paintCell(context: CanvasRenderingContext2D, state: PageState, cell: CellPicture): void {
  const { width, height } = context.canvas;
  const { picture, covers, map, scale, bare, size } = cell;
  if (picture && !bare) context.drawImage(small(picture, { width, height }), 0, 0, width, height);
  if (!map || !scale || !covers) return;
  const look = lookOf(state, map);
  const shared: Scale = { ...look.scale, low: scale.low, high: scale.high };
  const overlay = document.createElement('canvas');
  Object.assign(overlay, { width, height });
  paintMap(penOf(overlay), map, { ...look, scale: shared }, covers, size);
  context.save();
  context.globalAlpha = bare || !picture ? 1 : look.opacity;
  context.drawImage(overlay, 0, 0);
  context.restore();
}

const thumbs = new WeakMap<HTMLImageElement, HTMLCanvasElement>();

/** A photograph is scaled down once, not for each of a hundred cells. */
function small(picture: HTMLImageElement, { width, height }: Size): CanvasImageSource {
  const known = thumbs.get(picture);
  if (known && known.width === width && known.height === height) return known;
  const thumb = document.createElement('canvas');
  Object.assign(thumb, { width, height });
  const context = penOf(thumb);
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0, width, height);
  thumbs.set(picture, thumb);
  return thumb;
}

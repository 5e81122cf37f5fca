import { type ColorMapId, colorIndex } from '../../src/shared/colorMaps.ts';
import { scalePosition } from '../../src/shared/colorScale.ts';
import type { ExplanationMap, Rect } from '../../src/shared/protocol.ts';
import { resizeBilinear } from '../../src/shared/resample.ts';
import { clip, type Size } from './geometry.ts';
import { hatch } from './hatch.ts';
import { pixelTable } from './palette.ts';
import type { Scale } from './scale.ts';

/** Finest grid that is interpolated by value; from there the browser scales colours, which no eye can tell. */
const finest = 512;

export interface MapLook {
  scale: Scale;
  colorMap: ColorMapId;
  smooth: boolean;
}

type Cells = Pick<ExplanationMap, 'values' | 'width' | 'height'>;

/** Draws the map where it lies over the image. `context` shows the whole image at the size of its canvas. */
export function paintMap(context: CanvasRenderingContext2D, map: Cells, look: MapLook, covers: Rect, image: Size): void {
  const { width, height } = context.canvas;
  const visible = clip(covers, image);
  if (!visible) return;
  context.save();
  context.scale(width / image.width, height / image.height);
  context.beginPath();
  context.rect(visible.x, visible.y, visible.width, visible.height);
  context.clip();
  const size = { width: (covers.width * width) / image.width, height: (covers.height * height) / image.height };
  context.imageSmoothingEnabled = look.smooth;
  context.imageSmoothingQuality = 'high';
  context.drawImage(colored(map, look, size), covers.x, covers.y, covers.width, covers.height);
  hatchUnknown(context, map, covers, { width: width / image.width, height: height / image.height });
  context.restore();
}

/** The map in colours at no more than `size` and `finest`; cells not computed yet are transparent. */
export function colored(map: Pick<Cells, 'width' | 'height'>, look: MapLook, size: Size): OffscreenCanvas {
  const cells = { values: look.scale.drawn, width: map.width, height: map.height };
  const grid = look.smooth ? interpolated(cells, size) : cells;
  const canvas = new OffscreenCanvas(grid.width, grid.height);
  // Pixels come from memory: no detour over the graphics card, which is slow where there is none.
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return canvas;
  const table = pixelTable(look.colorMap);
  const picture = context.createImageData(grid.width, grid.height);
  const pixels = new Uint32Array(picture.data.buffer);
  for (let i = 0; i < pixels.length; i++) {
    const t = scalePosition(look.scale, grid.values[i] ?? Number.NaN);
    pixels[i] = Number.isNaN(t) ? 0 : (table[colorIndex(t)] ?? 0);
  }
  context.putImageData(picture, 0, 0);
  return canvas;
}

function interpolated(cells: Cells, size: Size): Cells {
  const factor = Math.min(1, finest / Math.max(size.width, size.height));
  const width = Math.max(cells.width, Math.round(size.width * factor));
  const height = Math.max(cells.height, Math.round(size.height * factor));
  if (width === cells.width && height === cells.height) return cells;
  return { width, height, values: resizeBilinear(cells.values, cells.height, cells.width, height, width) };
}

/** Stripes over the cells not computed yet; they keep their size on screen whatever the size of the image. */
function hatchUnknown(context: CanvasRenderingContext2D, map: Cells, covers: Rect, scale: Size): void {
  if (!map.values.some(Number.isNaN)) return;
  const { width, height } = context.canvas;
  const layer = new OffscreenCanvas(width, height);
  const pen = layer.getContext('2d');
  const pattern = pen && hatch(pen);
  if (!pen || !pattern) return;
  pen.imageSmoothingEnabled = false;
  pen.setTransform(scale.width, 0, 0, scale.height, 0, 0);
  pen.drawImage(unknownCells(map), covers.x, covers.y, covers.width, covers.height);
  pen.resetTransform();
  pen.globalCompositeOperation = 'source-in';
  pen.fillStyle = pattern;
  pen.fillRect(0, 0, width, height);
  context.resetTransform();
  context.drawImage(layer, 0, 0);
}

/** [H,W], opaque where a cell is not known. */
function unknownCells({ values, width, height }: Cells): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) return canvas;
  const mask = context.createImageData(width, height);
  for (let i = 0; i < values.length; i++) mask.data[4 * i + 3] = Number.isNaN(values[i]) ? 255 : 0;
  context.putImageData(mask, 0, 0);
  return canvas;
}

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
  hatchUnknown(context, map, covers, width / image.width);
  context.restore();
}

/** The map in colours at no more than `size` and `finest`; cells not computed yet are transparent. */
export function colored(map: Pick<Cells, 'width' | 'height'>, look: MapLook, size: Size): OffscreenCanvas {
  const cells = { values: look.scale.drawn, width: map.width, height: map.height };
  const grid = look.smooth ? interpolated(cells, size) : cells;
  const canvas = new OffscreenCanvas(grid.width, grid.height);
  const context = canvas.getContext('2d');
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

function hatchUnknown(context: CanvasRenderingContext2D, map: Cells, covers: Rect, pixelsPerUnit: number): void {
  const w = covers.width / map.width;
  const h = covers.height / map.height;
  context.beginPath();
  for (let i = 0; i < map.values.length; i++) {
    if (!Number.isNaN(map.values[i])) continue;
    context.rect(covers.x + (i % map.width) * w, covers.y + Math.floor(i / map.width) * h, w, h);
  }
  const pattern = hatch(context);
  if (!pattern) return;
  // Stripes keep their size on screen whatever the size of the image.
  pattern.setTransform(new DOMMatrix().scale(1 / pixelsPerUnit));
  context.fillStyle = pattern;
  context.fill();
}

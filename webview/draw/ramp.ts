import { type ColorMapId, colorIndex } from '../../src/shared/colorMaps.ts';
import { pixelTable } from './palette.ts';

/** Fills a canvas one pixel high with the colours from one end of the scale to the other. */
export function paintRamp(context: CanvasRenderingContext2D, colorMap: ColorMapId): void {
  const { width, height } = context.canvas;
  const table = pixelTable(colorMap);
  const row = context.createImageData(width, height);
  const pixels = new Uint32Array(row.data.buffer);
  for (let x = 0; x < width; x++) pixels[x] = table[colorIndex(x / (width - 1))] ?? 0;
  context.putImageData(row, 0, 0);
}

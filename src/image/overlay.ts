import { type ColorMapId, colorIndex, colorTable, fittingColorMap } from '../shared/colorMaps.ts';
import { colorScale, drawnValues, scalePosition } from '../shared/colorScale.ts';
import type { Rect } from '../shared/protocol.ts';
import { sampleBilinear } from '../shared/resample.ts';
import type { RgbImage } from './decode.ts';
import { encodePng } from './png.ts';
import { type Pixels, resample } from './resample.ts';

export interface DrawnMap {
  /** [height,width], raw; NaN: not computed. */
  values: Float32Array;
  width: number;
  height: number;
}

export interface OverlayOptions {
  /** Rectangle of the image on which the map lies. */
  covers: Rect;
  relu: boolean;
  signed: boolean;
  /** Replaced by the default of the needed kind (sequential, diverging) where it is of the other one. */
  colorMap?: ColorMapId;
  /** 0: image only, 1: map only. Default 0.5. */
  opacity?: number;
  /** Longest side of the picture in pixels; a larger image is made smaller. Default 1024. */
  maxSide?: number;
}

/** The map in colours over the image. A flat map is not drawn: the image comes back as it is. */
export async function overlayPng(image: RgbImage, map: DrawnMap, options: OverlayOptions): Promise<Uint8Array> {
  return await encodePng(overlayPixels(image, map, options));
}

export function overlayPixels(image: RgbImage, map: DrawnMap, options: OverlayOptions): Pixels {
  const { covers, opacity = 0.5, maxSide = 1024 } = options;
  const shrink = Math.min(1, maxSide / Math.max(image.width, image.height));
  const width = Math.max(1, Math.round(image.width * shrink));
  const height = Math.max(1, Math.round(image.height * shrink));
  const base = resample({ width: image.width, height: image.height, channels: 3, data: image.data }, { width, height });
  const values = drawnValues(map.values, options.relu);
  const scale = colorScale(values, options);
  if (scale.flat) return base;
  const colors = colorTable(fittingColorMap(options.colorMap, scale.kind));
  for (let i = 0; i < height; i++) {
    const y = ((((i + 0.5) * image.height) / height - covers.y) / covers.height) * map.height;
    for (let j = 0; j < width; j++) {
      const x = ((((j + 0.5) * image.width) / width - covers.x) / covers.width) * map.width;
      if (x < 0 || y < 0 || x >= map.width || y >= map.height) continue;
      const value = sampleBilinear(values, map.height, map.width, x, y);
      if (!Number.isFinite(value)) continue;
      blend(base.data, 3 * (i * width + j), { colors, at: 3 * colorIndex(scalePosition(scale, value)), opacity });
    }
  }
  return base;
}

function blend(data: Uint8Array, to: number, { colors, at, opacity }: { colors: Uint8Array; at: number; opacity: number }): void {
  for (let c = 0; c < 3; c++) data[to + c] = Math.round(data[to + c]! * (1 - opacity) + colors[at + c]! * opacity);
}

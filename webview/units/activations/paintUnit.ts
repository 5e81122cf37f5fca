import type { ColorMapId } from '../../../src/shared/colorMaps.ts';
import type { ColorScale } from '../../../src/shared/colorScale.ts';
import type { RgbPixels, UnitWall } from '../../../src/shared/unitsProtocol.ts';
import { drawPicture } from '../../draw/drawPicture.ts';
import type { Size } from '../../draw/geometry.ts';
import { contextOf } from '../../draw/picture.ts';
import { colourPlaced, PlacedGrid } from '../../draw/placed.ts';
import { mapOf } from './selectors.ts';

/** How much of the picture the strongest cells cover. */
const opacity = 0.85;

/** What is left of the picture's light where it is grey: small maps are to be seen on it. */
const greyLight = 0.5;

export interface UnitLook {
  scale: ColorScale;
  colorMap: ColorMapId;
  /** The picture under the map. */
  under: 'nothing' | 'grey' | 'colour';
  smooth: boolean;
  /** Of the network, [height, width]. */
  input: readonly [number, number];
}

/** Fills the canvas with the map of a unit, each cell where the centre of its receptive field lies; undefined: the picture alone. */
export function paintUnit(context: CanvasRenderingContext2D, wall: UnitWall, unit: number | undefined, look: UnitLook): void {
  const size = { width: context.canvas.width, height: context.canvas.height };
  const isBare = look.under === 'nothing';
  const pixels = isBare ? context.createImageData(size.width, size.height) : copyOf(pictureAt(wall.picture, size, look.under === 'grey'));
  if (unit !== undefined) {
    const values = gridOf(wall, look, size).values(mapOf(wall, unit));
    colourPlaced(pixels, values, { scale: look.scale, colorMap: look.colorMap, opacity: isBare ? undefined : opacity });
  }
  context.putImageData(pixels, 0, 0);
}

function copyOf({ data, width, height }: ImageData): ImageData {
  return new ImageData(new Uint8ClampedArray(data), width, height);
}

const pictures = new WeakMap<RgbPixels, Map<string, ImageData>>();

/** Scaled once, not for each of a thousand maps. */
function pictureAt(picture: RgbPixels, size: Size, isGrey: boolean): ImageData {
  return remembered(pictures, picture, `${size.width} ${size.height} ${isGrey}`, () => {
    const context = contextOf(Object.assign(document.createElement('canvas'), size));
    drawPicture(context, picture);
    const pixels = context.getImageData(0, 0, size.width, size.height);
    if (isGrey) darken(pixels);
    return pixels;
  });
}

/** Luma of Rec. 601. */
function darken({ data }: ImageData): void {
  for (let i = 0; i < data.length; i += 4) {
    const luma = 0.299 * (data[i] as number) + 0.587 * (data[i + 1] as number) + 0.114 * (data[i + 2] as number);
    data.fill(greyLight * luma, i, i + 3);
  }
}

const grids = new WeakMap<UnitWall, Map<string, PlacedGrid>>();

function gridOf(wall: UnitWall, { input, smooth }: UnitLook, size: Size): PlacedGrid {
  return remembered(grids, wall, `${size.width} ${size.height} ${smooth}`, () => new PlacedGrid(wall.placement, input, size, smooth));
}

function remembered<K extends object, V>(of: WeakMap<K, Map<string, V>>, key: K, name: string, make: () => V): V {
  const known = of.get(key) ?? new Map<string, V>();
  of.set(key, known);
  const value = known.get(name) ?? make();
  known.set(name, value);
  return value;
}

import type { ColorScale } from '../../../src/shared/colorScale.ts';
import type { ExplanationMap } from '../../../src/shared/protocol.ts';
import type { RgbPixels } from '../../../src/shared/unitsProtocol.ts';
import { drawPicture } from '../../draw/drawPicture.ts';
import { paintMap } from '../../draw/mapCanvas.ts';
import { colorMapFor } from '../../draw/palette.ts';
import { penOf } from '../../draw/pen.ts';

/** What one canvas shows. */
export interface MapPicture {
  picture: RgbPixels | undefined;
  map: ExplanationMap | undefined;
  /** Undefined or flat: no colours. */
  scale: ColorScale | undefined;
  /** The map alone. */
  bare: boolean;
  /** Cells as squares. */
  cells: boolean;
}

/** How much of the picture the colours cover. */
const opacity = 0.65;

/** Fills the canvas: the picture, and the map over all of it, since both are of what the network is fed. */
export function paintOver(context: CanvasRenderingContext2D, { picture, map, scale, bare, cells }: MapPicture): void {
  const { width, height } = context.canvas;
  const isMap = map !== undefined && scale !== undefined && !scale.flat;
  if (picture && !(bare && isMap)) drawPicture(context, picture);
  if (!isMap) return;
  // Over colours a map in colours cannot be read.
  if (picture && !bare) grey(context);
  const overlay = Object.assign(document.createElement('canvas'), { width, height });
  const look = { scale: { ...scale, drawn: map.values, beyond: 0 }, colorMap: colorMapFor(scale, {}), smooth: !cells };
  const whole = { x: 0, y: 0, width, height };
  paintMap(penOf(overlay), map, look, whole, { width, height });
  context.save();
  context.globalAlpha = bare || !picture ? 1 : opacity;
  context.drawImage(overlay, 0, 0);
  context.restore();
}

/** Takes the colours out. */
function grey(context: CanvasRenderingContext2D): void {
  const { width, height } = context.canvas;
  context.save();
  context.globalCompositeOperation = 'saturation';
  context.fillStyle = '#000';
  context.fillRect(0, 0, width, height);
  context.restore();
}
